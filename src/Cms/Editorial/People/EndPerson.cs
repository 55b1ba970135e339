using Cms.Access;
using Cms.Access.People;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using FastEndpoints;

namespace Cms.Editorial.People;

/// <summary>Ends the access that a person has</summary>
/// <remarks>
/// Tokens that were issued to the person until now are 401, open event streams end (`event: end`), and previews that
/// the person made show nothing any more, for good. Articles keep the person's name. Whether the person may come back
/// is for the OpenID Connect provider to say: a token that it issues later counts (more than 30 seconds later, since
/// its clock may be ahead). So lock the account there first.
/// </remarks>
internal sealed class EndPerson(DeskDoor desk, KeyWatch watch) : DeskSlice<EndPersonRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/people/{id}");
        Does(Act.EndPerson);
        AnswersNothing(ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(EndPersonRequest request, CancellationToken ct)
    {
        var answer = await DoAsync(
            async edit =>
            {
                if (!await KnownPeople.EndAsync(edit.Transaction, request.Id, edit.At, ct))
                    throw Refused.NotFound("person", request.Id.ToString());
                edit.Wrote(request.Id, revision: null);
                return true;
            },
            _ => new Done(),
            ct
        );
        await watch.CheckAsync();
        return answer;
    }
}

internal sealed record EndPersonRequest
{
    /// <summary>The person's id, as `GET /v1/editorial/actors` lists it.</summary>
    [RouteParam]
    public Guid Id { get; init; }
}
