using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;

namespace Cms.Editorial.Notes;

/// <summary>Resolves a note</summary>
/// <remarks>With its replies. What is resolved already stays as it is: its first `resolvedAt` counts. A reply counts as
/// the note that it replies to.</remarks>
internal sealed class ResolveNote(DeskDoor desk) : DeskSlice<NoteRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/notes/{noteId}/resolve");
        Does(Act.ResolveNote);
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
        update article_notes set resolved_at = coalesce(resolved_at, @At),
                resolved_by = case when resolved_at is null then @By else resolved_by end
        where id = @ThreadId
        """;
}
