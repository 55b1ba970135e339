using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>The desk's articles: writing them, and their way to the readers.</summary>
public sealed class EditorialArticles
{
    private const string Path = "v1/editorial/articles";
    private readonly DeskConnection _desk;

    internal EditorialArticles(DeskConnection desk) => _desk = desk;

    /// <summary>Opens an article as a draft.</summary>
    /// <param name="article">What it says.</param>
    /// <param name="options">How it is saved.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<EditorialArticle> CreateAsync(
        ArticleDraft article,
        SaveOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(article);
        return _desk.WriteAsync(
            HttpMethod.Post,
            new Address(Path).With("publish", options?.Publish == true ? "true" : null),
            DeskConnection.Json(article, DeskJson.Default.ArticleDraft),
            options,
            Note(options?.Note),
            DeskJson.Default.EditorialArticle,
            cancellationToken
        );
    }

    /// <summary>An article's working copy.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="body">The forms of the body to include.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<EditorialArticle> GetAsync(
        SlugOrId slugOrId,
        BodyForms body = BodyForms.Blocks,
        CancellationToken cancellationToken = default
    ) =>
        _desk.GetAsync(
            new Address(Path + "/", slugOrId.Value).With("body", Wire.Forms(body)),
            DeskJson.Default.EditorialArticle,
            cancellationToken
        );

    /// <summary>An article's working copy; null if there is none of that name.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<EditorialArticle?> FindAsync(
        SlugOrId slugOrId,
        BodyForms body = BodyForms.Blocks,
        CancellationToken cancellationToken = default
    ) => Reading.NullIfAbsentAsync(GetAsync(slugOrId, body, cancellationToken));

    /// <summary>The articles of a query, one after the other: pages are fetched as the reader gets to them.</summary>
    /// <param name="query">Which, and in which order; null: all but those in the trash, last saved first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<EditorialArticle> ListAsync(
        EditorialQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetPageAsync(query, cursor, ct), cancellationToken);

    /// <summary>One page of the articles of a query.</summary>
    /// <param name="query">Which, and in which order; null: all but those in the trash, last saved first.</param>
    /// <param name="cursor">Of another page of the same query; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<EditorialArticle>> GetPageAsync(
        EditorialQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PageAsync(
            (query ?? new EditorialQuery()).Address(cursor),
            DeskJson.Default.ArticlePage,
            cancellationToken
        );

    /// <summary>Saves a change as the next revision. Readers see nothing of it until it is published.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="revision">The revision that the change starts from.</param>
    /// <param name="patch">What is assigned is changed.</param>
    /// <param name="options">How it is saved, and whether it may be merged with what others have saved since.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EditConflictException">Somebody has saved since that revision.</exception>
    public Task<EditorialArticle> ChangeAsync(
        SlugOrId slugOrId,
        int revision,
        ArticlePatch patch,
        ChangeOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PatchAsync(
            new Address(Path + "/", slugOrId.Value).With("publish", options?.Publish == true ? "true" : null),
            patch,
            revision,
            options,
            options?.Merge == true ? [.. Note(options.Note), ("Prefer", "merge")] : Note(options?.Note),
            DeskJson.Default.EditorialArticle,
            cancellationToken
        );

    /// <summary>Moves an article to the trash: readers no longer see it, and the desk can restore it.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="revision">The revision that it must have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task TrashAsync(SlugOrId slugOrId, int revision, CancellationToken cancellationToken = default) =>
        _desk.DeleteAsync(
            new Address(Path + "/", slugOrId.Value),
            revision,
            async problem =>
                problem is WrongStatusException
                && (await GetAsync(slugOrId, BodyForms.None, cancellationToken)).Status
                    == ArticleStatus.Trashed,
            cancellationToken
        );

    /// <summary>Deletes an article for good, with all of its revisions. Role <c>admin</c>.</summary>
    /// <inheritdoc cref="TrashAsync"/>
    public Task DeletePermanentlyAsync(
        SlugOrId slugOrId,
        int revision,
        CancellationToken cancellationToken = default
    ) =>
        _desk.DeleteAsync(
            new Address(Path + "/", slugOrId.Value).With("permanently", "true"),
            revision,
            problem => Task.FromResult(problem.Code == ProblemCodes.NotFound),
            cancellationToken
        );

    /// <summary>Submits a draft for review.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WrongStatusException">Its status does not allow it.</exception>
    public Task<EditorialArticle> SubmitAsync(
        SlugOrId slugOrId,
        ActOptions? options = null,
        CancellationToken cancellationToken = default
    ) => ActAsync(slugOrId, "/submit", null, options, cancellationToken);

    /// <summary>Sends an article back to its author.</summary>
    /// <param name="note">What its author should do.</param>
    /// <inheritdoc cref="SubmitAsync"/>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<EditorialArticle> RejectAsync(
        SlugOrId slugOrId,
        string note,
        ActOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        ActAsync(
            slugOrId,
            "/reject",
            DeskConnection.Json(new NoteBody(note), DeskJson.Default.NoteBody),
            options,
            cancellationToken
        );

    /// <summary>Publishes an article's working copy, now or later.</summary>
    /// <param name="publication">When and how; null: now, and for good.</param>
    /// <inheritdoc cref="SubmitAsync"/>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<EditorialArticle> PublishAsync(
        SlugOrId slugOrId,
        Publication? publication = null,
        ActOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        ActAsync(
            slugOrId,
            "/publish",
            publication is null ? null : DeskConnection.Json(publication, DeskJson.Default.Publication),
            options,
            cancellationToken
        );

    /// <summary>Withdraws an article from readers, now or later.</summary>
    /// <param name="withdrawal">When, and what is said of it; null: now.</param>
    /// <inheritdoc cref="SubmitAsync"/>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<EditorialArticle> UnpublishAsync(
        SlugOrId slugOrId,
        Withdrawal? withdrawal = null,
        ActOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        ActAsync(
            slugOrId,
            "/unpublish",
            withdrawal is null ? null : DeskConnection.Json(withdrawal, DeskJson.Default.Withdrawal),
            options,
            cancellationToken
        );

    /// <summary>Cancels what is scheduled for an article.</summary>
    /// <inheritdoc cref="SubmitAsync"/>
    public Task<EditorialArticle> CancelScheduleAsync(
        SlugOrId slugOrId,
        ActOptions? options = null,
        CancellationToken cancellationToken = default
    ) => ActAsync(slugOrId, "/cancel-schedule", null, options, cancellationToken);

    /// <summary>Takes an article out of the trash.</summary>
    /// <inheritdoc cref="SubmitAsync"/>
    public Task<EditorialArticle> RestoreAsync(
        SlugOrId slugOrId,
        ActOptions? options = null,
        CancellationToken cancellationToken = default
    ) => ActAsync(slugOrId, "/restore", null, options, cancellationToken);

    /// <summary>Says who is to do something with an article, and until when. It makes no revision.</summary>
    /// <param name="assignment">Who, and until when.</param>
    /// <inheritdoc cref="SubmitAsync"/>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="ifRevision">The revision that it must have; null: any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<EditorialArticle> AssignAsync(
        SlugOrId slugOrId,
        Assignment assignment,
        int? ifRevision = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(assignment);
        return _desk.PutAsync(
            new Address(Path + "/", slugOrId.Value, "/assignment"),
            DeskConnection.Json(assignment, DeskJson.Default.Assignment),
            ifRevision is { } revision ? [("If-Match", DeskConnection.ETag(revision))] : [],
            DeskJson.Default.EditorialArticle,
            cancellationToken
        );
    }

    /// <summary>Adds a correction to a published article; readers see it at once.</summary>
    /// <param name="text">What was wrong and what is right, in plain text.</param>
    /// <inheritdoc cref="SubmitAsync"/>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<EditorialArticle> CorrectAsync(
        SlugOrId slugOrId,
        string text,
        ActOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        ActAsync(
            slugOrId,
            "/corrections",
            DeskConnection.Json(new TextBody(text), DeskJson.Default.TextBody),
            options,
            cancellationToken
        );

    /// <summary>What keeps an article's working copy from being published, and what would be better.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ArticleChecks> GetChecksAsync(
        SlugOrId slugOrId,
        CancellationToken cancellationToken = default
    ) =>
        _desk.GetAsync(
            new Address(Path + "/", slugOrId.Value, "/checks"),
            DeskJson.Default.ArticleChecks,
            cancellationToken
        );

    private Task<EditorialArticle> ActAsync(
        SlugOrId slugOrId,
        string act,
        Func<HttpContent>? content,
        ActOptions? options,
        CancellationToken ct
    ) =>
        _desk.WriteAsync(
            HttpMethod.Post,
            new Address(Path + "/", slugOrId.Value, act),
            content,
            options,
            options?.IfRevision is { } revision ? [("If-Match", DeskConnection.ETag(revision))] : [],
            DeskJson.Default.EditorialArticle,
            ct
        );

    /// <summary>The header, which is ASCII.</summary>
    internal static IReadOnlyList<(string, string)> Note(string? note) =>
        note is null ? [] : [("Revision-Note", Uri.EscapeDataString(note))];
}
