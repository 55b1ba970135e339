using Cms.Access;
using Cms.Editorial.Revisions;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Notes;

/// <summary>Returns a note</summary>
/// <remarks>Or a reply.</remarks>
internal sealed class GetNote(NpgsqlDataSource postgres) : Slice<NoteRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/articles/{slugOrId}/notes/{noteId}");
        Permissions(Permission.ReadDesk);
        Answers<Note>(200, ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(NoteRequest request, CancellationToken ct)
    {
        var article = await RevisionReader.FindArticleAsync(
            postgres,
            request.SlugOrId,
            HttpContext.Caller(),
            ct
        );
        var note =
            await postgres.FindAsync<NoteRow>(
                $"{NoteRow.Select} where n.id = @NoteId and n.article_id = @article",
                new { request.NoteId, article },
                ct
            ) ?? throw Refused.NotFound("note", request.NoteId.ToString());
        return Fresh.Of(note.View());
    }
}
