using Cms.Access;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;

namespace Cms.Editorial.Notes;

/// <summary>Deletes a note of your own</summary>
/// <remarks>Admins delete anybody's. A note with replies is refused (409): resolve it, or delete these first.</remarks>
internal sealed class DeleteNote(DeskDoor desk) : DeskSlice<NoteRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/articles/{slugOrId}/notes/{noteId}");
        Does(Act.DeleteNote);
        AnswersNothing(ProblemKinds.NotFound, ProblemKinds.InUse);
    }

    public override Task<IResult> ExecuteAsync(NoteRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var article = await NoteWriter.FindArticleAsync(edit, request.SlugOrId, ct);
                var note = await NoteWriter.FindNoteAsync(edit, article, request.NoteId, ct);
                if (note.CreatedBy != edit.Caller.Id && !edit.Caller.May(Permission.DeletePermanently))
                    throw new Refused(
                        ProblemKinds.Forbidden,
                        "Only who wrote a note deletes it, or "
                            + $"{Permission.RolesFrom(Permission.LowestFor(Permission.DeletePermanently))}."
                    );
                if (await edit.Transaction.ExecuteAsync(Remove, new { note.Id }, ct) == 0)
                    throw new Refused(
                        ProblemKinds.InUse,
                        "The note has replies. Resolve it, or delete them first."
                    );
                return true;
            },
            _ => new Done(),
            ct
        );

    private const string Remove = """
        delete from article_notes n where n.id = @Id
            and not exists (select from article_notes r where r.thread_id = n.id and r.id <> n.id)
        """;
}
