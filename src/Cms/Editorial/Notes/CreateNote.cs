using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using FastEndpoints;

namespace Cms.Editorial.Notes;

/// <summary>Writes a note about an article</summary>
/// <remarks>
/// Notes are for the desk: readers never see them, and they make no revision. A note may be about one block. `mentions`
/// names those whom it calls; webhooks are told by `note.created`, which has ids and mentions but not the text. It is
/// another thing than the note of a revision (`Revision-Note`), which says what a save is for.
/// </remarks>
internal sealed class CreateNote(DeskDoor desk) : DeskSlice<CreateNoteRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/notes");
        Does(Act.CreateNote);
        Answers<Note>(201, ProblemKinds.NotFound);
    }

    public override Task<IResult> ExecuteAsync(CreateNoteRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
                await NoteWriter.WriteAsync(
                    edit,
                    await NoteWriter.FindArticleAsync(edit, request.SlugOrId, ct),
                    request.Note,
                    request.Note.Block,
                    thread: null,
                    ct
                ),
            note => Fresh.Of(note, StatusCodes.Status201Created, note.Url),
            ct
        );
}

internal sealed record CreateNoteRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    [FromBody]
    public NoteInput Note { get; init; } = null!;
}
