using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>What the desk says about articles. Readers never see it.</summary>
public sealed class ArticleNotes
{
    private const string Path = "v1/editorial/articles/";
    private readonly DeskConnection _desk;

    internal ArticleNotes(DeskConnection desk) => _desk = desk;

    /// <summary>Says something about an article, or about a block of it.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="note">What is said.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Note> CreateAsync(
        SlugOrId slugOrId,
        NoteDraft note,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) => WriteAsync(Of(slugOrId, ""), note, options, cancellationToken);

    /// <summary>Replies to a note.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="note">The note's id.</param>
    /// <param name="reply">What is said. It has the block of the note.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Note> ReplyAsync(
        SlugOrId slugOrId,
        Guid note,
        NoteDraft reply,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) => WriteAsync(Of(slugOrId, $"/{note}/replies"), reply, options, cancellationToken);

    /// <summary>The notes about an article, the oldest first, each with its replies behind it.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="query">Which; null: all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Note> ListAsync(
        SlugOrId slugOrId,
        NoteQuery? query = null,
        CancellationToken cancellationToken = default
    ) =>
        Reading.WalkAsync(
            (cursor, ct) =>
                _desk.PageAsync(
                    Wire.List(Of(slugOrId, ""), query, cursor)
                        .With(
                            "resolved",
                            query?.Resolved switch
                            {
                                null => null,
                                true => "true",
                                false => "false",
                            }
                        ),
                    DeskJson.Default.NotePage,
                    ct
                ),
            cancellationToken
        );

    /// <summary>A note.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="note">The note's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Note> GetAsync(SlugOrId slugOrId, Guid note, CancellationToken cancellationToken = default) =>
        _desk.GetAsync(Of(slugOrId, $"/{note}"), DeskJson.Default.Note, cancellationToken);

    /// <summary>Says that a note is done with.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="note">The note's id.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Note> ResolveAsync(
        SlugOrId slugOrId,
        Guid note,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PostAsync(
            Of(slugOrId, $"/{note}/resolve"),
            null,
            options,
            DeskJson.Default.Note,
            cancellationToken
        );

    /// <summary>Says that a note is not done with after all.</summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public Task<Note> ReopenAsync(
        SlugOrId slugOrId,
        Guid note,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PostAsync(
            Of(slugOrId, $"/{note}/reopen"),
            null,
            options,
            DeskJson.Default.Note,
            cancellationToken
        );

    /// <summary>Deletes a note that has no replies.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="note">The note's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InUseException">It has replies.</exception>
    public Task DeleteAsync(SlugOrId slugOrId, Guid note, CancellationToken cancellationToken = default) =>
        _desk.DeleteAsync(
            Of(slugOrId, $"/{note}"),
            revision: null,
            problem => Task.FromResult(problem.Code == ProblemCodes.NotFound),
            cancellationToken
        );

    private Task<Note> WriteAsync(Address address, NoteDraft note, CallOptions? options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(note);
        return _desk.PostAsync(
            address,
            DeskConnection.Json(note, DeskJson.Default.NoteDraft),
            options,
            DeskJson.Default.Note,
            ct
        );
    }

    private static Address Of(SlugOrId slugOrId, string below) => new(Path, slugOrId.Value, "/notes" + below);
}

/// <summary>Something that is said about an article.</summary>
public sealed record NoteDraft
{
    /// <summary>What is said, in plain text.</summary>
    public required string Text { get; init; }

    /// <summary>The id of the block that it is about; null: the article. Not of a reply.</summary>
    public string? Block { get; init; }

    /// <summary>Whom it calls: ids of people and keys.</summary>
    public IReadOnlyList<Guid>? Mentions { get; init; }
}

/// <summary>Which notes to list.</summary>
public sealed record NoteQuery : ListQuery
{
    /// <summary>Only notes that are resolved, or only those that are open; null: all.</summary>
    public bool? Resolved { get; init; }
}

/// <summary>Something that was said about an article.</summary>
public sealed record Note
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The note that it replies to; null: none.</summary>
    public Guid? InReplyTo { get; init; }

    /// <summary>What was said, in plain text.</summary>
    public required string Text { get; init; }

    /// <summary>The id of the block that it is about; null: the article.</summary>
    public string? Block { get; init; }

    /// <summary>Whom it calls.</summary>
    public IReadOnlyList<Actor> Mentions { get; init; } = [];

    /// <summary>When it was said.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who said it.</summary>
    public Actor? CreatedBy { get; init; }

    /// <summary>When it was resolved; null: it is open.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Who resolved it.</summary>
    public Actor? ResolvedBy { get; init; }
}
