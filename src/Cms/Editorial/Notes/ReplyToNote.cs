using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using FastEndpoints;

namespace Cms.Editorial.Notes;

/// <summary>Replies to a note</summary>
/// <remarks>A reply to a reply belongs to the same note. A note that was resolved stays so.</remarks>
internal sealed class ReplyToNote(DeskDoor desk) : DeskSlice<ReplyToNoteRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/notes/{noteId}/replies");
        Does(Act.ReplyToNote);
        Answers<Note>(201, ProblemKinds.NotFound);
    }

    public override Task<IResult> ExecuteAsync(ReplyToNoteRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var article = await NoteWriter.FindArticleAsync(edit, request.SlugOrId, ct);
                var note = await NoteWriter.FindNoteAsync(edit, article, request.NoteId, ct);
                return await NoteWriter.WriteAsync(
                    edit,
                    article,
                    request.Reply,
                    block: null,
                    note.ThreadId,
                    ct
                );
            },
            reply => Fresh.Of(reply, StatusCodes.Status201Created, reply.Url),
            ct
        );
}

/// <summary>Names a note.</summary>
internal record NoteRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>The note's id.</summary>
    [RouteParam]
    public Guid NoteId { get; init; }
}

internal sealed record ReplyToNoteRequest : NoteRequest
{
    [FromBody]
    public ReplyInput Reply { get; init; } = null!;
}
