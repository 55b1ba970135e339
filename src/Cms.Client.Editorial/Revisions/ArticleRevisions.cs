using System.Globalization;
using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>The revisions of articles: every save made one, and none is ever changed.</summary>
public sealed class ArticleRevisions
{
    private const string Path = "v1/editorial/articles/";
    private readonly DeskConnection _desk;

    internal ArticleRevisions(DeskConnection desk) => _desk = desk;

    /// <summary>An article's revisions, the newest first: pages are fetched as the reader gets to them.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="query">How to read the list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Revision> ListAsync(
        SlugOrId slugOrId,
        ListQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetPageAsync(slugOrId, query, cursor, ct), cancellationToken);

    /// <summary>One page of an article's revisions.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="query">How to read the list.</param>
    /// <param name="cursor">Of another page; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<Revision>> GetPageAsync(
        SlugOrId slugOrId,
        ListQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PageAsync(
            Wire.List(new Address(Path, slugOrId.Value, "/revisions"), query, cursor),
            DeskJson.Default.RevisionPage,
            cancellationToken
        );

    /// <summary>The whole article as it was saved then.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="number">The revision's number.</param>
    /// <param name="body">The forms of the body to include.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<EditorialArticle> GetAsync(
        SlugOrId slugOrId,
        int number,
        BodyForms body = BodyForms.Blocks,
        CancellationToken cancellationToken = default
    ) =>
        _desk.GetAsync(
            new Address(Path, slugOrId.Value, $"/revisions/{Text(number)}").With("body", Wire.Forms(body)),
            DeskJson.Default.EditorialArticle,
            cancellationToken
        );

    /// <summary>What turns one revision into another; any two, in either direction.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="from">The number of the first revision.</param>
    /// <param name="to">The number of the second revision.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<RevisionComparison> CompareAsync(
        SlugOrId slugOrId,
        int from,
        int to,
        CancellationToken cancellationToken = default
    ) =>
        _desk.GetAsync(
            new Address(Path, slugOrId.Value, $"/revisions/{Text(from)}/changes/{Text(to)}"),
            DeskJson.Default.RevisionComparison,
            cancellationToken
        );

    /// <summary>
    /// Saves the content of an older revision again, as the next one. Readers see nothing of it until it is published.
    /// </summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="number">The revision to restore.</param>
    /// <param name="revision">The present revision, as it was read.</param>
    /// <param name="options">How it is saved; it cannot be published in the same step.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EditConflictException">Somebody has saved since.</exception>
    public Task<EditorialArticle> RestoreAsync(
        SlugOrId slugOrId,
        int number,
        int revision,
        RestoreOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.WriteAsync(
            HttpMethod.Post,
            new Address(Path, slugOrId.Value, $"/revisions/{Text(number)}/restore"),
            null,
            options,
            [("If-Match", DeskConnection.ETag(revision)), .. EditorialArticles.Note(options?.Note)],
            DeskJson.Default.EditorialArticle,
            cancellationToken
        );

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How a revision is restored.</summary>
public sealed record RestoreOptions : CallOptions
{
    /// <summary>Why, for the list of revisions: one line of at most 500 characters.</summary>
    public string? Note { get; init; }
}
