using Cms.Access;
using Cms.Delivery.Reading;
using Cms.Images;
using Cms.Platform.Http.Answers;
using Cms.Publishing;
using Cms.Publishing.Articles;

namespace Cms.Delivery.Articles;

/// <summary>A published article as its statement gives it, and the way from there to what readers get.</summary>
internal sealed record ArticleRow : PublishedFacts
{
    /// <summary>In a list that is sorted by it.</summary>
    public required string? SortHeadline { get; init; }
    public required Guid SectionId { get; init; }

    /// <summary>Wherever there is a body: who may read on depends on it.</summary>
    public required Guid[]? SectionPath { get; init; }
    public required Guid[] TagIds { get; init; }
    public required Guid[] AuthorIds { get; init; }
    public required Guid? HeroId { get; init; }
    public required string? HeroAlt { get; init; }
    public required string? HeroCaption { get; init; }
    public required string? HeroCredit { get; init; }
    public required double? HeroFocalX { get; init; }
    public required double? HeroFocalY { get; init; }
    public required int? HeroWidth { get; init; }
    public required int? HeroHeight { get; init; }
    public required string? HeroDominantColor { get; init; }
    public required string? HeroThumbHash { get; init; }
    public required string? HeroPlaceholder { get; init; }
    public required int? HeroPictureVersion { get; init; }
    public required int? HeroFileVersion { get; init; }
    public required bool? HeroMayMove { get; init; }
    public required string? HeroLicence { get; init; }
    public required DateTimeOffset? HeroUsageUntil { get; init; }
    public required string? Byline { get; init; }
    public required string? Body { get; init; }
    public required string? Images { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Where the change feed was for the statement.</summary>
    public required long FeedHead { get; init; }

    /// <summary>In a windowed statement: how many candidates the window had.</summary>
    public int Scanned { get; init; }
}

/// <summary>The columns that every statement over published articles selects, and what readers get of them.</summary>
internal static class ArticleRows
{
    /// <summary>
    /// Columns of a summary over <c>published_articles p</c>; needs <see cref="Joins"/>. The names come from
    /// <see cref="KnownNames"/>.
    /// </summary>
    public static readonly string Columns = $"""
        {ArticleColumns.SelectListed("p")}, {Published}, {Hero},
        h.focal_x hero_focal_x, h.focal_y hero_focal_y, h.width hero_width, h.height hero_height,
        h.dominant_color hero_dominant_color, h.thumb_hash hero_thumb_hash, h.placeholder hero_placeholder,
        h.picture_version hero_picture_version, h.file_version hero_file_version,
        h.licence hero_licence, h.usage_until hero_usage_until,
        h.media_type in ('image/gif', 'image/webp') hero_may_move, {LastChange.Column}, {LastChange.Head}
        """;

    /// <summary>What <see cref="PublishedFacts"/> adds, and the ids of what the article names.</summary>
    public const string Published = """
        p.id, p.excerpt, p.published_at, p.updated_at, p.word_count, p.reading_minutes,
        p.section_id, p.author_ids, p.tag_ids
        """;

    /// <summary>The picture on top, with the words that it has here.</summary>
    public const string Hero = """
        h.id hero_id, coalesce(p.hero_alt, h.alt) hero_alt, coalesce(p.hero_caption, h.caption) hero_caption,
        coalesce(p.hero_credit, h.credit) hero_credit
        """;

    /// <summary>Its body, and what decides who may read all of it.</summary>
    public const string Body = "p.body, p.section_path";

    /// <summary>
    /// The same in a list, of which not every row has its body (<see cref="ArticleList.WithBodies"/>).
    /// </summary>
    public const string ListedBody = $"""
        texts.value body, p.section_path, case when texts.n is not null then {BodyImages} end images
        """;

    /// <summary>The body of the row <c>page.id</c>, for <see cref="Cms.Platform.Postgres.LongTexts"/>.</summary>
    public const string LongBody =
        "select p.body::text value, 0 more from published_articles p where p.id = page.id";

    /// <summary>The authors as a single article tells of them, in the order of the byline.</summary>
    public const string Byline = $"""
        coalesce((select json_agg(json_build_object(
                'id', a.id, 'slug', a.slug, 'name', a.name, 'jobTitle', a.job_title, 'bio', a.bio, 'social',
                    a.social, 'avatar', (select {ImageJson.Object} from published_images i
                        where i.id = a.avatar_image_id))
                order by u.n)
            from unnest(p.author_ids) with ordinality u(id, n) join published_authors a on a.id = u.id), '[]')
        """;

    public const string Joins = "left join published_images h on h.id = p.hero_image_id";

    /// <summary>
    /// The images that a body names, with their words; in an order, since the entity tag depends on it.
    /// </summary>
    public const string BodyImages = $"""
        (select json_agg({ImageJson.Object} order by i.id)
            from published_article_images u join published_images i on i.id = u.image_id where u.article_id = p.id)
        """;

    public static ArticleSummary Summary(
        NamedArticle article,
        BodyForm[] forms,
        Caller? caller,
        ImageForm images = ImageForm.Compact
    ) =>
        new(
            article.Row,
            article.Section.Value,
            Values(article.Authors),
            HeroOf(article.Row)?.In(images),
            Values(article.Tags),
            Show(article.Row, forms, images, caller)
        );

    public static Article Whole(
        NamedArticle article,
        IEnumerable<NamedArticle> related,
        BodyForm[] forms,
        ImageForm images,
        Caller? caller
    ) =>
        new(
            article.Row,
            article.Section.Value,
            BylineOf(article.Row),
            HeroOf(article.Row)?.In(images),
            Values(article.Tags),
            Show(article.Row, forms, images, caller),
            [.. related.Select(r => Summary(r, [BodyForm.None], caller))]
        );

    /// <summary>What an answer with these articles depends on.</summary>
    public static IEnumerable<string> CacheTags(IEnumerable<NamedArticle> articles, Caller? caller)
    {
        foreach (var article in articles)
        {
            var row = article.Row;
            yield return $"article:{row.Id}";
            yield return article.Section.CacheTag;
            foreach (var tag in article.Tags)
                yield return tag.CacheTag;
            foreach (var author in article.Authors)
                yield return author.CacheTag;
            foreach (var author in BylineOf(row))
                if (author.Avatar is { } avatar)
                    yield return $"image:{avatar.Id}";
            if (row.HeroId is { } hero)
                yield return $"image:{hero}";
            // Of a body that is cut, only the images that were sent: the others are behind the wall.
            var sent =
                row.Body is null || MayReadOn(row, caller)
                    ? null
                    : Publishing.Bodies.Body.Parse(row.Body).Teaser().Body.ImageIds;
            foreach (var image in Images(row))
                if (image.Id != row.HeroId && (sent is null || sent.Contains(image.Id)))
                    yield return $"image:{image.Id}";
        }
    }

    private static (BodyView? Body, bool Truncated) Show(
        ArticleRow row,
        BodyForm[] forms,
        ImageForm images,
        Caller? caller
    ) =>
        row.Body is null
            ? (null, false)
            : Wall.Show(
                row.Body,
                Images(row).Select(image => image.WithSources(images)),
                forms,
                MayReadOn(row, caller)
            );

    private static bool MayReadOn(ArticleRow row, Caller? caller) =>
        Wall.MayReadOn(row.Access, row.SectionPath!, caller);

    // Only a single article has more than names of its authors.
    private static Byline[] BylineOf(ArticleRow row) =>
        row.Byline is null ? [] : Json.Read<Byline[]>(row.Byline);

    private static T[] Values<T>(Name<T>[] names) => Array.ConvertAll(names, n => n.Value);

    private static ImageView[] Images(ArticleRow row) =>
        row.Images is null ? [] : Json.Read<ImageView[]>(row.Images);

    private static ImageView? HeroOf(ArticleRow row) =>
        row.HeroId is not { } id
            ? null
            : new()
            {
                Id = id,
                Alt = row.HeroAlt,
                Caption = row.HeroCaption,
                Credit = row.HeroCredit,
                Width = row.HeroWidth!.Value,
                Height = row.HeroHeight!.Value,
                FocalPoint = row.HeroFocalX is { } x
                    ? new FocalPoint { X = x, Y = row.HeroFocalY!.Value }
                    : null,
                DominantColor = row.HeroDominantColor,
                ThumbHash = row.HeroThumbHash,
                Placeholder = row.HeroPlaceholder,
                PictureVersion = row.HeroPictureVersion!.Value,
                FileVersion = row.HeroFileVersion!.Value,
                MayMove = row.HeroMayMove!.Value,
                Licence = row.HeroLicence,
                UsageUntil = row.HeroUsageUntil,
            };
}
