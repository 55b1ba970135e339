using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;

namespace Cms.Editorial.Notes;

/// <summary>Reopens a note</summary>
/// <remarks>It counts as open again, with its replies. A reply counts as the note that it replies to.</remarks>
internal sealed class ReopenNote(DeskDoor desk) : DeskSlice<NoteRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/notes/{noteId}/reopen");
        Does(Act.ReopenNote);
        Answers<Note>(200, ProblemKinds.NotFound);
    }

    public override Task<IResult> ExecuteAsync(NoteRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var article = await NoteWriter.FindArticleAsync(edit, request.SlugOrId, ct);
                var note = await NoteWriter.FindNoteAsync(edit, article, request.NoteId, ct);
                await edit.Transaction.ExecuteAsync(
                    Update,
                    new
                    {
                        note.ThreadId,
                        edit.At,
                        By = edit.Caller.Id,
                    },
                    ct
                );
                return await NoteWriter.ReadAsync(edit.Transaction, note.ThreadId, ct);
            },
            note => Fresh.Of(note),
            ct
        );

    private const string Update = """
        update article_notes set resolved_at = null, resolved_by = null
        where id = @ThreadId
        """;
}
