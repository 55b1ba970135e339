using Cms.Access;
using Cms.Editorial.Revisions;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Npgsql;

namespace Cms.Editorial.Presences;

/// <summary>Says that you have closed an article</summary>
/// <remarks>Without it, the others see it within a minute.</remarks>
internal sealed class EndPresence(NpgsqlDataSource postgres) : Slice<PresenceRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/articles/{slugOrId}/presence");
        Permissions(Permission.ReadDesk);
        AnswersNothing(ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(PresenceRequest request, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        var article = await RevisionReader.FindArticleAsync(postgres, request.SlugOrId, caller, ct);
        await PresenceTable.LeaveAsync(postgres, article, caller, ct);
        return new Done();
    }
}
