using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>Releases: articles that go live together, or not at all.</summary>
public sealed class EditorialReleases
{
    private const string Path = "v1/editorial/releases";
    private readonly DeskConnection _desk;

    internal EditorialReleases(DeskConnection desk) => _desk = desk;

    /// <summary>Makes a release.</summary>
    /// <param name="release">What goes live, and when.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Release> CreateAsync(
        ReleaseDraft release,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(release);
        return _desk.PostAsync(
            new Address(Path),
            DeskConnection.Json(release, DeskJson.Default.ReleaseDraft),
            options,
            DeskJson.Default.Release,
            cancellationToken
        );
    }

    /// <summary>A release.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Release> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        _desk.GetAsync(Of(id), DeskJson.Default.Release, cancellationToken);

    /// <summary>A release; null if there is none with that id.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<Release?> FindAsync(Guid id, CancellationToken cancellationToken = default) =>
        Reading.NullIfAbsentAsync(GetAsync(id, cancellationToken));

    /// <summary>The releases of a query, one after the other: pages are fetched as the reader gets to them.</summary>
    /// <param name="query">Which; null: all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<ReleaseSummary> ListAsync(
        ReleaseQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetPageAsync(query, cursor, ct), cancellationToken);

    /// <summary>One page of the releases of a query.</summary>
    /// <param name="query">Which; null: all.</param>
    /// <param name="cursor">Of another page of the same query; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<ReleaseSummary>> GetPageAsync(
        ReleaseQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PageAsync(
            Wire.List(Path, query, cursor).With("status", [.. (query?.Statuses ?? []).Select(s => s.Value)]),
            DeskJson.Default.ReleasePage,
            cancellationToken
        );

    /// <summary>Changes a release that has not gone live.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="revision">The revision that the change starts from.</param>
    /// <param name="patch">What is assigned is changed.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EditConflictException">Somebody has changed it since that revision.</exception>
    public Task<Release> ChangeAsync(
        Guid id,
        int revision,
        ReleasePatch patch,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) => _desk.PatchAsync(Of(id), patch, revision, options, [], DeskJson.Default.Release, cancellationToken);

    /// <summary>Deletes a release. Its articles stay as they are.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="revision">The revision that it must have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(Guid id, int revision, CancellationToken cancellationToken = default) =>
        _desk.DeleteAsync(
            Of(id),
            revision,
            problem => Task.FromResult(problem.Code == ProblemCodes.NotFound),
            cancellationToken
        );

    /// <summary>What keeps a release from going live, and what would be better.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ReleaseChecks> GetChecksAsync(Guid id, CancellationToken cancellationToken = default) =>
        _desk.GetAsync(Of(id, "/checks"), DeskJson.Default.ReleaseChecks, cancellationToken);

    /// <summary>Takes a release live now: all of its articles, or none.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CmsProblemException"><see cref="ProblemCodes.Invalid"/>: what stands in the way is in
    /// <see cref="CmsProblemException.Errors"/>, item by item.</exception>
    public Task<Release> PublishAsync(
        Guid id,
        ActOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.WriteAsync(
            HttpMethod.Post,
            Of(id, "/publish"),
            null,
            options,
            options?.IfRevision is { } revision ? [("If-Match", DeskConnection.ETag(revision))] : [],
            DeskJson.Default.Release,
            cancellationToken
        );

    /// <summary>Puts back what was live before a release, at once and as a release of its own.</summary>
    /// <param name="id">The id of the release that went live.</param>
    /// <param name="revert">How; null: only where nothing was published or withdrawn since.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Release> RevertAsync(
        Guid id,
        ReleaseRevert? revert = null,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PostAsync(
            Of(id, "/revert"),
            DeskConnection.Json(revert ?? new(), DeskJson.Default.ReleaseRevert),
            options,
            DeskJson.Default.Release,
            cancellationToken
        );

    /// <summary>Makes a preview of the newsroom as it will be. Only this answer has its token.</summary>
    /// <param name="id">The release's id.</param>
    /// <param name="preview">Until when, and what for; null: for seven days.</param>
    /// <param name="options">How it is made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<NewPreview> CreatePreviewAsync(
        Guid id,
        ReleasePreviewDraft? preview = null,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PostAsync(
            Of(id, "/previews"),
            DeskConnection.Json(preview ?? new(), DeskJson.Default.ReleasePreviewDraft),
            options,
            DeskJson.Default.NewPreview,
            cancellationToken
        );

    /// <summary>A release's previews, the newest first, without those that have ended.</summary>
    /// <param name="id">The release's id.</param>
    /// <param name="query">How to read the list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Preview> ListPreviewsAsync(
        Guid id,
        ListQuery? query = null,
        CancellationToken cancellationToken = default
    ) =>
        Reading.WalkAsync(
            (cursor, ct) =>
                _desk.PageAsync(
                    Wire.List(Of(id, "/previews"), query, cursor),
                    DeskJson.Default.PreviewPage,
                    ct
                ),
            cancellationToken
        );

    /// <summary>Ends a preview.</summary>
    /// <param name="id">The release's id.</param>
    /// <param name="preview">The preview's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task RevokePreviewAsync(Guid id, Guid preview, CancellationToken cancellationToken = default) =>
        _desk.DeleteAsync(
            Of(id, $"/previews/{preview}"),
            revision: null,
            problem => Task.FromResult(problem.Code == ProblemCodes.NotFound),
            cancellationToken
        );

    private static Address Of(Guid id, string below = "") => new(Path + "/", id.ToString(), below);
}

/// <summary>Until when a preview of a release can be read.</summary>
public sealed record ReleasePreviewDraft
{
    /// <summary>When it ends; null: after seven days.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What it is for.</summary>
    public string? Note { get; init; }
}
