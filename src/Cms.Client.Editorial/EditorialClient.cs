using System.Text;
using System.Text.Json.Nodes;
using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>
/// Does what a newsroom's desk does. Requests that fail for now are sent again; what they do is done once, since every
/// try carries the same idempotency key. Refusals are exceptions: <see cref="EditConflictException"/>,
/// <see cref="WrongStatusException"/>, <see cref="InUseException"/>, and <see cref="CmsProblemException"/> for all
/// others. One client serves any number of requests at a time; keep it.
/// </summary>
public sealed class EditorialClient : IDisposable
{
    private readonly Connection _connection;
    private readonly DeskConnection _desk;

    /// <summary>A client with connections of its own.</summary>
    /// <param name="options">How it reaches its server: <see cref="CmsClientOptions.BaseAddress"/> and
    /// <see cref="CmsClientOptions.ApiKey"/> are needed.</param>
    public EditorialClient(CmsClientOptions options)
        : this(Connection.Own(options)) { }

    /// <summary>
    /// A client over an <see cref="HttpClient"/> from elsewhere, such as a factory, or one whose handler renews a
    /// person's token; it is not disposed with this.
    /// </summary>
    /// <param name="http">Where requests go.</param>
    /// <param name="options">How the server is reached, unless <paramref name="http"/> says so.</param>
    public EditorialClient(HttpClient http, CmsClientOptions options)
        : this(Connection.Over(http, options)) { }

    private EditorialClient(Connection connection)
    {
        _connection = connection;
        _desk = new(connection);
        Articles = new(_desk);
        Revisions = new(_desk);
        Previews = new(_desk);
        Notes = new(_desk);
        Releases = new(_desk);
        Presences = new(_desk);
        People = new(_desk);
        Live = new(_desk);
        Images = new(_desk);
        Audit = new(_desk);
        var json = DeskJson.Default;
        Sections = new(
            _desk,
            "v1/editorial/sections",
            json.EditorialSection,
            json.SectionPage,
            json.SectionDraft
        );
        Authors = new(_desk, "v1/editorial/authors", json.EditorialAuthor, json.AuthorPage, json.AuthorDraft);
        Tags = new(_desk, "v1/editorial/tags", json.EditorialTag, json.CountedTag, json.TagDraft);
    }

    /// <summary>Where the server is.</summary>
    public Uri BaseAddress => _connection.BaseAddress;

    /// <summary>Articles: writing them, and their way to the readers.</summary>
    public EditorialArticles Articles { get; }

    /// <summary>The revisions of articles.</summary>
    public ArticleRevisions Revisions { get; }

    /// <summary>Previews of articles.</summary>
    public ArticlePreviews Previews { get; }

    /// <summary>What the desk says about articles.</summary>
    public ArticleNotes Notes { get; }

    /// <summary>Who has which article open.</summary>
    public ArticlePresences Presences { get; }

    /// <summary>Who works at the desk.</summary>
    public EditorialPeople People { get; }

    /// <summary>What happens at the desk, as it happens.</summary>
    public LiveDesk Live { get; }

    /// <summary>Articles that go live together.</summary>
    public EditorialReleases Releases { get; }

    /// <summary>Sections.</summary>
    public EditorialResources<EditorialSection, SectionDraft, SectionPatch> Sections { get; }

    /// <summary>Authors.</summary>
    public EditorialResources<EditorialAuthor, AuthorDraft, AuthorPatch> Authors { get; }

    /// <summary>Tags.</summary>
    public EditorialResources<EditorialTag, TagDraft, TagPatch> Tags { get; }

    /// <summary>Images.</summary>
    public EditorialImages Images { get; }

    /// <summary>Who did what, when.</summary>
    public AuditLog Audit { get; }

    /// <summary>Who this client is, and what it may do.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<DeskUser> GetMeAsync(CancellationToken cancellationToken = default) =>
        _desk.GetAsync(new Address("v1/editorial/me"), DeskJson.Default.DeskUser, cancellationToken);

    /// <summary>Does up to 200 acts in one transaction: all of them, or none.</summary>
    /// <param name="acts">What is done, in this order.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">Some cannot be done.</exception>
    public Task<BatchResult> RunBatchAsync(
        IReadOnlyList<BatchAct> acts,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) => BatchAsync(acts, dryRun: false, options, cancellationToken);

    /// <summary>Says what a batch would do, and which acts could not be done. Nothing is changed.</summary>
    /// <param name="acts">What would be done, in this order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<BatchResult> RehearseBatchAsync(
        IReadOnlyList<BatchAct> acts,
        CancellationToken cancellationToken = default
    ) => BatchAsync(acts, dryRun: true, options: null, cancellationToken);

    private Task<BatchResult> BatchAsync(
        IReadOnlyList<BatchAct> acts,
        bool dryRun,
        CallOptions? options,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(acts);
        var json = new JsonObject { ["acts"] = new JsonArray([.. acts.Select(act => act.Json.DeepClone())]) };
        if (dryRun)
            json["dryRun"] = true;
        return _desk.PostAsync(
            new Address("v1/editorial/batch"),
            DeskConnection.Json(Encoding.UTF8.GetBytes(json.ToJsonString())),
            options,
            DeskJson.Default.BatchResult,
            ct
        );
    }

    /// <summary>The absolute address of what the server names relatively, such as
    /// <see cref="NewPreview.Url"/>.</summary>
    /// <param name="url">A URL as the server gave it.</param>
    public Uri Absolute(string url) => new(BaseAddress, url);

    /// <summary>Closes the connections, if they are the client's own.</summary>
    public void Dispose() => _connection.Dispose();
}
