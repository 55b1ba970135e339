using Cms.Access;
using Cms.Editorial.Presences;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow;
using Cms.Images;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Articles;
using Cms.Publishing.Bodies;
using Npgsql;

namespace Cms.Editorial.Articles.Reading;

/// <summary>An article as the desk's statements give it.</summary>
internal sealed record EditorialArticleRow : ArticleFacts
{
    public required Guid Id { get; init; }
    public required string Status { get; init; }
    public required int Revision { get; init; }
    public required int? PublishedRevision { get; init; }
    public required bool HasUnpublishedChanges { get; init; }
    public required string? Excerpt { get; init; }

    /// <summary>Null in a list, beyond the end of the page.</summary>
    public required string? Body { get; init; }
    public required string? Section { get; init; }
    public required Guid[]? SectionPath { get; init; }
    public required string Authors { get; init; }
    public required ImageUseInput? HeroUse { get; init; }
    public required string Images { get; init; }
    public required string Tags { get; init; }
    public required string Related { get; init; }
    public required DateTimeOffset? PublishedAt { get; init; }
    public required DateTimeOffset? EmbargoedUntil { get; init; }
    public required int WordCount { get; init; }
    public required int ReadingMinutes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string? CreatedBy { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string? UpdatedBy { get; init; }
    public required string? Assignee { get; init; }
    public required DateTimeOffset? DueAt { get; init; }
    public required string OpenBy { get; init; }
    public required string? Plan { get; init; }
    public required string? Schedule { get; init; }
    public required string? Withdrawal { get; init; }
}

/// <summary>Reads articles as the desk sees them: one statement, whatever comes with them.</summary>
internal static class ArticleReader
{
    public static async Task<EditorialArticle> ReadAsync(
        NpgsqlTransaction transaction,
        Guid id,
        BodyForm[] forms,
        Caller caller,
        CancellationToken ct
    ) =>
        View(
            (
                await transaction.FindAsync<EditorialArticleRow>(
                    $"{Select} where a.id = @id",
                    new { id, Reach = Reach.Of(caller) },
                    ct
                )
            )!,
            forms
        );

    public static EditorialArticle View(EditorialArticleRow row, BodyForm[] forms)
    {
        var images = Json.Read<ImageView[]>(row.Images).ToDictionary(i => i.Id);
        var body = Body.Parse(row.Body!);
        return new(
            row,
            row.Excerpt ?? body.Excerpt(ArticleLimits.MadeExcerpt, row.Access != ArticleAccess.Public),
            forms.Contains(BodyForm.None)
                ? null
                : BodyForms.Written(body, forms, id => images.GetValueOrDefault(id)),
            Hero(row, images)
        );
    }

    private static ImageView? Hero(EditorialArticleRow row, Dictionary<Guid, ImageView> images)
    {
        if (row.HeroUse is not { } use)
            return null;
        var image = images[use.Id];
        return image with
        {
            Alt = use.Alt ?? image.Alt,
            Caption = use.Caption ?? image.Caption,
            Credit = use.Credit ?? image.Credit,
        };
    }

    /// <summary>
    /// Articles <c>a</c> with their working revision <c>r</c>. Related articles out of <c>@Reach</c> appear as readers
    /// see them, or not at all.
    /// </summary>
    public static readonly string Select = SelectWith($"{ArticleColumns.Select("r")}, r.body");

    /// <summary>What <see cref="Select"/> and <see cref="SelectListed"/> select from.</summary>
    public const string Source =
        "articles a join article_revisions r on r.article_id = a.id and r.number = a.revision";

    /// <summary>The same for a page, as <see cref="LongTexts"/> reads it.</summary>
    public static readonly string SelectListed = SelectWith(
        $"""
        {ArticleColumns.Select("r", except: "corrections")}, texts.value body,
        case when texts.n is null then '[]' else r.corrections end corrections
        """
    );

    /// <summary>The body of the row <c>page.id</c>. An excerpt is made of it where none is written.</summary>
    public const string ListedBody = $"""
        select r.body::text value, octet_length(r.corrections::text) more from {Source} where a.id = page.id
        """;

    /// <summary>The pictures of the working copy <c>a</c>.</summary>
    private const string WorkingImages =
        "select w.image_id id from article_images w where w.article_id = a.id";

    /// <param name="texts">The columns of the facts, and the body.</param>
    /// <param name="source">What is selected from: an article <c>a</c>, and a revision <c>r</c> of it.</param>
    /// <param name="images">Selects the <c>id</c> of each image that it shows.</param>
    public static string SelectWith(string texts, string source = Source, string images = WorkingImages) =>
        $"""
            select a.id, a.status, a.revision, a.published_revision,
                   coalesce(r.content_hash <> (select p.content_hash from published_articles p
                       where p.id = a.id), false) has_unpublished_changes,
                   nullif(r.excerpt, '') excerpt, {texts},
                   (select json_build_object('id', s.id, 'slug', s.slug, 'name', s.name) from sections s
                       where s.id = a.section_id) section,
                   section_path(a.section_id) section_path,
                   coalesce((select json_agg(json_build_object(
                            'id', x.id, 'slug', x.slug, 'name', x.name, 'jobTitle', x.job_title, 'bio',
                                x.bio, 'social', x.social, 'avatar',
                                (select {ImageJson.Object} from {ImageJson.All} where i.id = x.avatar_image_id))
                            order by u.n)
                        from unnest(r.author_ids) with ordinality u(id, n)
                            join authors x on x.id = u.id), '[]') authors,
                   r.hero_image hero_use,
                   coalesce((select json_agg({ImageJson.Object})
                        from ({images}) u
                        join {ImageJson.All} on i.id = u.id
                        ), '[]') images,
                   coalesce((select json_agg(json_build_object('slug', t.slug, 'name', t.name) order by u.n)
                        from unnest(present_tags(r.tag_ids)) with ordinality u(id, n)
                            join tags t on t.id = u.id), '[]') tags,
                   coalesce((select json_agg(named.article order by u.n)
                        from unnest(r.related_ids) with ordinality u(id, n)
                        cross join lateral (select {Reach.Name("u.id")} article) named
                        where named.article is not null), '[]') related,
                   coalesce(r.published_at, a.first_published_at) published_at, r.embargoed_until,
                   r.word_count, r.reading_minutes,
                   a.created_at, {Actors.Of("a.created_by")} created_by,
                   a.updated_at, {Actors.Of("a.updated_by")} updated_by,
                   {Actors.Of("a.assignee_id")} assignee, a.due_at, {PresenceTable.Of("a.id")} open_by,
                   {Plans.Select} plan, {ScheduleTable.Select} schedule, {WithdrawalView.Done} withdrawal
            from {source}
            """;
}
