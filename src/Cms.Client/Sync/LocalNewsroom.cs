using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cms.Client.Sync;

/// <summary>
/// Reads the local copy: single things as they are kept, and articles put together as the API gives them, so that a
/// page is made of the same records online and offline.
/// </summary>
/// <remarks>
/// Between two pages of changes an article may for a moment name something that is not here any more or not yet.
/// Authors, tags and images that are not here are left out, and so is an article whose section is not.
/// </remarks>
/// <param name="store">The copy.</param>
public sealed class LocalNewsroom(ILocalStore store)
{
    private const int PageSize = 100;

    /// <summary>Something by its id; null if the copy does not hold it.</summary>
    /// <typeparam name="T"><see cref="LocalArticle"/>, <see cref="LocalSection"/>, <see cref="LocalAuthor"/>,
    /// <see cref="LocalImage"/> or <see cref="LocalTag"/>.</typeparam>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<T?> FindAsync<T>(Guid id, CancellationToken cancellationToken = default)
        where T : class, ILocalEntity =>
        (await store.FindAsync(Kind<T>.Type, [id], cancellationToken)).Select(Kind<T>.Read).FirstOrDefault();

    /// <summary>Something by its slug; null if the copy does not hold it. Images have none.</summary>
    /// <inheritdoc cref="FindAsync{T}"/>
    /// <param name="slug">Its slug.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<T?> FindBySlugAsync<T>(string slug, CancellationToken cancellationToken = default)
        where T : class, ILocalEntity =>
        await store.FindBySlugAsync(Kind<T>.Type, slug, cancellationToken) is { } row
            ? Kind<T>.Read(row)
            : null;

    /// <summary>
    /// Everything of a type: articles newest first, sections in the order of their positions, authors and tags by name,
    /// images in the order of their ids.
    /// </summary>
    /// <inheritdoc cref="FindAsync{T}"/>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<T> ListAsync<T>(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
        where T : class, ILocalEntity
    {
        await foreach (var page in PagesAsync(Kind<T>.Type, null, cancellationToken))
        foreach (var row in page)
            yield return Kind<T>.Read(row);
    }

    /// <summary>
    /// An article with all that its page shows; null if the copy does not hold it. Former slugs are not known here.
    /// </summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Article?> FindArticleAsync(
        string slugOrId,
        CancellationToken cancellationToken = default
    )
    {
        var article = Guid.TryParseExact(slugOrId, "D", out var id)
            ? await FindAsync<LocalArticle>(id, cancellationToken)
            : await FindBySlugAsync<LocalArticle>(slugOrId, cancellationToken);
        if (article is null)
            return null;
        var related = await ReadAsync<LocalArticle>(article.Related, cancellationToken);
        var needs = await NeedsAsync([article, .. related.Values], cancellationToken);
        return needs.Article(
            article,
            [.. article.Related.Select(r => related.GetValueOrDefault(r)).OfType<LocalArticle>()]
        );
    }

    /// <summary>Articles, newest first, with all that a section front shows; without bodies.</summary>
    /// <param name="section">The slug of a section: only its articles, and those of the sections below; null:
    /// all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<ArticleSummary> ListArticlesAsync(
        string? section = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var sections = section is null ? null : await BelowAsync(section, cancellationToken);
        if (sections is { Count: 0 })
            yield break;
        await foreach (var page in PagesAsync(EntityType.Article, sections, cancellationToken))
        {
            var articles = page.Select(Kind<LocalArticle>.Read).ToList();
            var needs = await NeedsAsync(articles, cancellationToken);
            foreach (var article in articles)
                if (needs.Summary(article) is { } summary)
                    yield return summary;
        }
    }

    /// <summary>The ids of a section and of those below it.</summary>
    private async Task<IReadOnlyCollection<Guid>> BelowAsync(string slug, CancellationToken ct)
    {
        var all = new List<LocalSection>();
        await foreach (var section in ListAsync<LocalSection>(ct))
            all.Add(section);
        var below = all.Where(s => s.Slug == slug).Select(s => s.Id).ToHashSet();
        // Down the tree until nothing more comes along.
        for (var before = -1; before != below.Count; )
        {
            before = below.Count;
            below.UnionWith(
                all.Where(s => s.Parent is { } parent && below.Contains(parent)).Select(s => s.Id)
            );
        }
        return below;
    }

    private async IAsyncEnumerable<IReadOnlyList<StoreRow>> PagesAsync(
        EntityType type,
        IReadOnlyCollection<Guid>? sections,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        StoreRow? after = null;
        while (true)
        {
            var page = await store.ListAsync(
                new StoreQuery
                {
                    Type = type,
                    Sections = sections,
                    Descending = type == EntityType.Article,
                    After = after,
                    Take = PageSize,
                },
                ct
            );
            if (page.Count > 0)
                yield return page;
            if (page.Count < PageSize)
                yield break;
            after = page[^1];
        }
    }

    private async Task<Needs> NeedsAsync(IReadOnlyCollection<LocalArticle> articles, CancellationToken ct)
    {
        var authors = await ReadAsync<LocalAuthor>([.. articles.SelectMany(a => a.Authors)], ct);
        return new()
        {
            Sections = await ReadAsync<LocalSection>([.. articles.Select(a => a.Section)], ct),
            Authors = authors,
            Tags = await ReadAsync<LocalTag>([.. articles.SelectMany(a => a.Tags)], ct),
            Images = await ReadAsync<LocalImage>(
                [
                    .. authors.Values.Select(a => a.Avatar).OfType<Guid>(),
                    .. articles.Select(a => a.HeroImage?.Id).OfType<Guid>(),
                    .. articles
                        .SelectMany(a => a.Body?.Blocks ?? [])
                        .OfType<ImageBlock>()
                        .Select(b => b.Image.Id),
                ],
                ct
            ),
        };
    }

    private async Task<Dictionary<Guid, T>> ReadAsync<T>(IReadOnlyCollection<Guid> ids, CancellationToken ct)
        where T : class, ILocalEntity =>
        ids.Count == 0
            ? []
            : (await store.FindAsync(Kind<T>.Type, ids, ct)).Select(Kind<T>.Read).ToDictionary(e => e.Id);

    /// <summary>How a type of the copy is called and read.</summary>
    private static class Kind<T>
        where T : class, ILocalEntity
    {
        public static readonly EntityType Type;
        private static readonly JsonTypeInfo<T> Json;

        static Kind()
        {
            (Type, JsonTypeInfo json) =
                typeof(T) == typeof(LocalArticle) ? (EntityType.Article, CmsJson.Default.LocalArticle)
                : typeof(T) == typeof(LocalSection) ? (EntityType.Section, CmsJson.Default.LocalSection)
                : typeof(T) == typeof(LocalAuthor) ? (EntityType.Author, CmsJson.Default.LocalAuthor)
                : typeof(T) == typeof(LocalImage) ? (EntityType.Image, CmsJson.Default.LocalImage)
                : typeof(T) == typeof(LocalTag) ? (EntityType.Tag, (JsonTypeInfo)CmsJson.Default.LocalTag)
                : throw new NotSupportedException($"The local copy holds no {typeof(T).Name}.");
            Json = (JsonTypeInfo<T>)json;
        }

        public static T Read(StoreRow row)
        {
            try
            {
                return JsonSerializer.Deserialize(row.Json, Json)
                    ?? throw new JsonException("Expected an object.");
            }
            catch (JsonException e)
            {
                throw new CmsFormatException(
                    $"The {EntityTypes.Name(row.Type)} {row.Id} in the local copy cannot be read: {e.Message}",
                    e
                );
            }
        }
    }

    /// <summary>What articles need, and how they are put together with it.</summary>
    private sealed class Needs
    {
        public required Dictionary<Guid, LocalSection> Sections { get; init; }
        public required Dictionary<Guid, LocalAuthor> Authors { get; init; }
        public required Dictionary<Guid, LocalTag> Tags { get; init; }
        public required Dictionary<Guid, LocalImage> Images { get; init; }

        public ArticleSummary? Summary(LocalArticle a) =>
            Section(a) is not { } section
                ? null
                : new ArticleSummary(
                    a,
                    section,
                    [
                        .. AuthorsOf(a)
                            .Select(w => new AuthorRef
                            {
                                Id = w.Id,
                                Slug = w.Slug,
                                Name = w.Name,
                                Url = w.Url,
                            }),
                    ],
                    TagsOf(a)
                )
                {
                    HeroImage = Picture(a.HeroImage),
                };

        public Article? Article(LocalArticle a, IReadOnlyList<LocalArticle> related) =>
            Section(a) is not { } section
                ? null
                : new Article(
                    a,
                    section,
                    [
                        .. AuthorsOf(a)
                            .Select(w => new Byline
                            {
                                Id = w.Id,
                                Slug = w.Slug,
                                Name = w.Name,
                                Url = w.Url,
                                JobTitle = w.JobTitle,
                                Bio = w.Bio,
                                Social = w.Social,
                                Avatar = w.Avatar is { } avatar ? Picture(new() { Id = avatar }) : null,
                            }),
                    ],
                    TagsOf(a)
                )
                {
                    HeroImage = Picture(a.HeroImage),
                    Body = Body(a.Body),
                    BodyTruncated = a.BodyTruncated,
                    Related = [.. related.Select(Summary).OfType<ArticleSummary>()],
                };

        private SectionRef? Section(LocalArticle a) =>
            Sections.TryGetValue(a.Section, out var section)
                ? new SectionRef
                {
                    Id = section.Id,
                    Slug = section.Slug,
                    Name = section.Name,
                    Url = section.Url,
                }
                : null;

        private IEnumerable<LocalAuthor> AuthorsOf(LocalArticle a) =>
            a.Authors.Select(id => Authors.GetValueOrDefault(id)).OfType<LocalAuthor>();

        private IReadOnlyList<TagRef> TagsOf(LocalArticle a) =>
            [
                .. a
                    .Tags.Select(id => Tags.GetValueOrDefault(id))
                    .OfType<LocalTag>()
                    .Select(tag => new TagRef { Slug = tag.Slug, Name = tag.Name }),
            ];

        private Image? Picture(LocalHeroImage? hero) =>
            hero is not null && Images.TryGetValue(hero.Id, out var image)
                ? new Image
                {
                    Id = image.Id,
                    Url = image.Url,
                    Alt = hero.Alt ?? image.Alt,
                    Caption = hero.Caption ?? image.Caption,
                    Credit = hero.Credit ?? image.Credit,
                    Width = image.Width,
                    Height = image.Height,
                    FocalPoint = image.FocalPoint,
                    DominantColor = image.DominantColor,
                    ThumbHash = image.ThumbHash,
                    Placeholder = image.Placeholder,
                }
                : null;

        private Body? Body(Body? body) =>
            body?.Blocks is { } blocks ? body with { Blocks = [.. blocks.Select(Block)] } : body;

        private Block Block(Block block) =>
            block is ImageBlock { Image: var use } && Images.TryGetValue(use.Id, out var image)
                ? new ImageBlock
                {
                    Id = block.Id,
                    Image = use with
                    {
                        Alt = use.Alt ?? image.Alt,
                        Caption = use.Caption ?? image.Caption,
                        Credit = use.Credit ?? image.Credit,
                        Url = use.Url ?? image.Url,
                        Width = use.Width ?? image.Width,
                        Height = use.Height ?? image.Height,
                        FocalPoint = use.FocalPoint ?? image.FocalPoint,
                        DominantColor = use.DominantColor ?? image.DominantColor,
                        ThumbHash = use.ThumbHash ?? image.ThumbHash,
                        Placeholder = use.Placeholder ?? image.Placeholder,
                    },
                }
                : block;
    }
}
