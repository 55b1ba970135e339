using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Cms.Client.Http;

namespace Cms.Client;

/// <summary>
/// Reads what a newsroom has published. Answers are remembered with their <c>ETag</c>: what has not changed is not sent
/// again, and what has is never shown old. Requests that fail for now are sent again, and not before the server allows
/// (<c>Retry-After</c>). Every other refusal is a <see cref="CmsProblemException"/>. One client serves any number of
/// requests at a time; keep it.
/// </summary>
public sealed class CmsClient : IDisposable
{
    private readonly Connection _connection;
    private readonly Remembered _remembered;

    /// <summary>A client with connections of its own.</summary>
    /// <param name="options">How it reaches its server; <see cref="CmsClientOptions.BaseAddress"/> is needed.</param>
    public CmsClient(CmsClientOptions options)
        : this(Connection.Own(options)) { }

    /// <summary>An anonymous client with connections of its own.</summary>
    /// <param name="baseAddress">Where the server is, such as <c>https://cms.example/</c>.</param>
    public CmsClient(Uri baseAddress)
        : this(new CmsClientOptions { BaseAddress = baseAddress }) { }

    /// <summary>
    /// A client over an <see cref="HttpClient"/> from elsewhere, such as a factory; it is not disposed with this.
    /// </summary>
    /// <param name="http">Its <see cref="HttpClient.Timeout"/> must be longer than what it is to wait for: 30 seconds,
    /// for a running sync.</param>
    /// <param name="options">How the server is reached, unless <paramref name="http"/> says so.</param>
    public CmsClient(HttpClient http, CmsClientOptions options)
        : this(Connection.Over(http, options)) { }

    private CmsClient(Connection connection)
    {
        _connection = connection;
        _remembered = new Remembered(connection.Options.RememberedBytes);
    }

    /// <summary>Where the server is.</summary>
    public Uri BaseAddress => _connection.BaseAddress;

    internal CmsClientOptions Options => _connection.Options;

    /// <summary>Whether it asks with a key, and so gets bodies whole.</summary>
    internal bool HasKey => _connection.Transport.Authorization is not null;

    /// <summary>The absolute address of what the server names relatively, such as <see cref="Image.Url"/>.</summary>
    /// <param name="url">A URL as the server gave it.</param>
    public Uri Absolute(string url) => new(BaseAddress, url);

    /// <summary>A published article. A slug that it once had leads to it as well.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="body">The forms of the body to include.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CmsProblemException"><see cref="ProblemCodes.NotFound"/>, <see cref="ProblemCodes.Withdrawn"/>
    /// and others.</exception>
    /// <exception cref="CmsConnectionException">There was no answer.</exception>
    public Task<Article> GetArticleAsync(
        string slugOrId,
        BodyForms body = BodyForms.Blocks,
        CancellationToken cancellationToken = default
    ) =>
        ReadAsync(
            new Address("v1/articles/", slugOrId).With("body", Wire.Forms(body)),
            CmsJson.Default.Article,
            cancellationToken
        );

    /// <summary>A published article; null if there is none of that name, or none any more.</summary>
    /// <inheritdoc cref="GetArticleAsync"/>
    public Task<Article?> FindArticleAsync(
        string slugOrId,
        BodyForms body = BodyForms.Blocks,
        CancellationToken cancellationToken = default
    ) => Reading.NullIfAbsentAsync(GetArticleAsync(slugOrId, body, cancellationToken));

    /// <summary>The articles of a query, one after the other: pages are fetched as the reader gets to them.</summary>
    /// <param name="query">Which, and in which order; null: all, newest first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<ArticleSummary> ListArticlesAsync(
        ArticleQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetArticlePageAsync(query, cursor, ct), cancellationToken);

    /// <summary>One page of the articles of a query.</summary>
    /// <param name="query">Which, and in which order; null: all, newest first.</param>
    /// <param name="cursor"><see cref="Page{T}.Next"/> or <see cref="Page{T}.Previous"/> of another page of the same
    /// query; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<ArticleSummary>> GetArticlePageAsync(
        ArticleQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) =>
        PageAsync(
            Wire.Articles(query ?? new ArticleQuery(), cursor),
            CmsJson.Default.ArticlePage,
            cancellationToken
        );

    /// <summary>Articles like a published one, the likest first. A slug that it once had leads to it as well.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="limit">How many, 1 to 20; null: the server's default, 5.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CmsProblemException"><see cref="ProblemCodes.NotFound"/>, <see cref="ProblemCodes.Withdrawn"/>
    /// and others.</exception>
    public async Task<IReadOnlyList<ArticleSummary>> GetRelatedAsync(
        string slugOrId,
        int? limit = null,
        CancellationToken cancellationToken = default
    ) =>
        (
            await ReadAsync(
                new Address("v1/articles/", slugOrId, "/related").With(
                    "limit",
                    limit?.ToString(CultureInfo.InvariantCulture)
                ),
                CmsJson.Default.RelatedBody,
                cancellationToken
            )
        ).Data;

    /// <summary>What a search finds, one after the other: pages are fetched as the reader gets to them.</summary>
    /// <param name="words">What a reader typed: words, <c>"a phrase"</c>, <c>-without</c>, <c>or</c>. Any text will
    /// do.</param>
    /// <param name="query">How to search; null: everywhere, the best first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<SearchHit> SearchAsync(
        string words,
        SearchQuery? query = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        string? cursor = null;
        do
        {
            var page = await GetSearchPageAsync(words, query, cursor, cancellationToken);
            foreach (var hit in page.Items)
                yield return hit;
            cursor = page.Next;
        } while (cursor is not null);
    }

    /// <summary>One page of what a search finds.</summary>
    /// <param name="words">What a reader typed.</param>
    /// <param name="query">How to search; null: everywhere, the best first.</param>
    /// <param name="cursor"><see cref="SearchPage.Next"/> or <see cref="SearchPage.Previous"/> of another page of the
    /// same search; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SearchPage> GetSearchPageAsync(
        string words,
        SearchQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(words);
        var address = Wire.Search(words, query ?? new SearchQuery(), cursor);
        return (await ReadAsync(address, CmsJson.Default.SearchBody, cancellationToken)).ToPage();
    }

    /// <summary>
    /// All sections in the order of their positions; <see cref="Section.Parent"/> puts them into a tree.
    /// </summary>
    /// <param name="query">How to read the list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Section> ListSectionsAsync(
        ListQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetSectionPageAsync(query, cursor, ct), cancellationToken);

    /// <summary>One page of the sections.</summary>
    /// <param name="query">How to read the list.</param>
    /// <param name="cursor">Of another page; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<Section>> GetSectionPageAsync(
        ListQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) => PageAsync(Wire.List("v1/sections", query, cursor), CmsJson.Default.SectionPage, cancellationToken);

    /// <summary>A section.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CmsProblemException"><see cref="ProblemCodes.NotFound"/> and others.</exception>
    public Task<Section> GetSectionAsync(string slugOrId, CancellationToken cancellationToken = default) =>
        ReadAsync(new Address("v1/sections/", slugOrId), CmsJson.Default.Section, cancellationToken);

    /// <summary>A section; null if there is none of that name.</summary>
    /// <inheritdoc cref="GetSectionAsync"/>
    public Task<Section?> FindSectionAsync(string slugOrId, CancellationToken cancellationToken = default) =>
        Reading.NullIfAbsentAsync(GetSectionAsync(slugOrId, cancellationToken));

    /// <summary>All authors by name.</summary>
    /// <param name="query">How to read the list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Author> ListAuthorsAsync(
        ListQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetAuthorPageAsync(query, cursor, ct), cancellationToken);

    /// <summary>One page of the authors.</summary>
    /// <param name="query">How to read the list.</param>
    /// <param name="cursor">Of another page; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<Author>> GetAuthorPageAsync(
        ListQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) => PageAsync(Wire.List("v1/authors", query, cursor), CmsJson.Default.AuthorPage, cancellationToken);

    /// <summary>An author.</summary>
    /// <param name="slugOrId">Their slug or their id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CmsProblemException"><see cref="ProblemCodes.NotFound"/> and others.</exception>
    public Task<Author> GetAuthorAsync(string slugOrId, CancellationToken cancellationToken = default) =>
        ReadAsync(new Address("v1/authors/", slugOrId), CmsJson.Default.Author, cancellationToken);

    /// <summary>An author; null if there is none of that name.</summary>
    /// <inheritdoc cref="GetAuthorAsync"/>
    public Task<Author?> FindAuthorAsync(string slugOrId, CancellationToken cancellationToken = default) =>
        Reading.NullIfAbsentAsync(GetAuthorAsync(slugOrId, cancellationToken));

    /// <summary>All tags by name.</summary>
    /// <param name="query">How to read the list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Tag> ListTagsAsync(
        ListQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetTagPageAsync(query, cursor, ct), cancellationToken);

    /// <summary>One page of the tags.</summary>
    /// <param name="query">How to read the list.</param>
    /// <param name="cursor">Of another page; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<Tag>> GetTagPageAsync(
        ListQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) => PageAsync(Wire.List("v1/tags", query, cursor), CmsJson.Default.CountedTag, cancellationToken);

    /// <summary>
    /// An image that something published uses, with its words. The file itself is at <see cref="Image.Url"/>.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CmsProblemException"><see cref="ProblemCodes.NotFound"/> and others.</exception>
    public Task<Image> GetImageAsync(Guid id, CancellationToken cancellationToken = default) =>
        ReadAsync(new Address("v1/images/", id.ToString()), CmsJson.Default.Image, cancellationToken);

    /// <summary>An image; null if nothing published uses one of that id.</summary>
    /// <inheritdoc cref="GetImageAsync"/>
    public Task<Image?> FindImageAsync(Guid id, CancellationToken cancellationToken = default) =>
        Reading.NullIfAbsentAsync(GetImageAsync(id, cancellationToken));

    /// <summary>Closes the connections, if they are the client's own.</summary>
    public void Dispose() => _connection.Dispose();

    /// <summary>Asks outside of what is remembered: for sync, whose entity tags are kept with its cursors.</summary>
    /// <returns>A success or "not modified".</returns>
    internal async Task<Answer> AskAsync(Address address, string? etag, TimeSpan wait, CancellationToken ct)
    {
        var uri = address.Under(BaseAddress);
        var answer = await _connection.Transport.AskAsync(
            new Question(uri, etag, uri, wait, IsShrinkable: true),
            ct
        );
        return answer.IsSuccess || (answer.IsNotModified && etag is not null)
            ? answer
            : throw ProblemBody.Read(answer);
    }

    private async Task<Page<T>> PageAsync<T>(
        Address address,
        JsonTypeInfo<Paged<T>> type,
        CancellationToken ct
    ) => (await ReadAsync(address, type, ct)).ToPage();

    private async Task<T> ReadAsync<T>(Address address, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        var uri = address.Under(BaseAddress);
        var key = $"{_connection.Transport.Authorization}\n{uri.AbsoluteUri}";
        var known = _remembered.Find(key);
        var answer = await _connection.Transport.AskAsync(new Question(uri, known?.ETag, known?.Address), ct);
        if (answer.IsNotModified && known is not null)
            return (T)known.Value;
        if (!answer.IsSuccess)
        {
            if (!answer.IsTransient)
                _remembered.Forget(key);
            throw ProblemBody.Read(answer);
        }

        var value = Wire.Read(answer, type);
        if (answer.ETag is { } etag)
            _remembered.Keep(key, new RememberedValue(value, etag, answer.Address, answer.Body.Length));
        return value;
    }
}
