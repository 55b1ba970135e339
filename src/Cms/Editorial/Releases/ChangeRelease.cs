using Cms.Desk;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using FastEndpoints;

namespace Cms.Editorial.Releases;

/// <summary>Changes a release that has not gone live</summary>
/// <remarks>
/// A merge patch (RFC 7396); `items` is replaced whole, and `at: null` takes its time away. `If-Match` must carry the
/// `ETag` that the change starts from. A release with a time is checked as when it is created. Items without a
/// `revision` get that of the present working copy when the release gets its time, and keep it; to renew one, send it
/// without `revision`. A `failure` is forgotten, and the release is tried anew at its time.
/// </remarks>
internal sealed class ChangeRelease(
    DeskDoor desk,
    PublishPolicy policy,
    NextChange nextChange,
    IServiceProvider services
) : DeskSlice<ChangeReleaseRequest>(desk)
{
    public override void Configure()
    {
        Patch("/v1/editorial/releases/{releaseId}");
        Does(Act.ChangeRelease);
        Answers<Release>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.WrongStatus,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired
        );
    }

    public override Task<IResult> ExecuteAsync(ChangeReleaseRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var head = await ReleaseHead.LockAsync(
                    edit,
                    request.ReleaseId,
                    request.Preconditions,
                    ifMatchRequired: true,
                    ct
                );
                head.RequireUnpublished();
                // A name is changed whatever its articles have become.
                var touched =
                    request.Patch.Members.ContainsKey("items") || request.Patch.Members.ContainsKey("at");
                IReadOnlyList<ReleasePart>? parts = null;
                var input = await request.Patch.ApplyAsync(
                    head.ToInput(),
                    merged => Rules.Check(services, merged, parameters: false),
                    async (merged, faults) =>
                    {
                        if (merged.At != head.DueAt)
                            Scheduling.FindPast(faults, edit.At, ("/at", merged.At));
                        if (touched)
                            parts = await ReleaseWriter.ResolveAsync(
                                edit.Transaction,
                                merged,
                                head.Parts,
                                edit.Caller,
                                faults,
                                ct
                            );
                    }
                );
                if (parts is not null)
                    await ReleaseTimes.RequireReadyAsync(edit, input, parts, policy, faults: [], ct);
                await ReleaseWriter.ChangeAsync(edit, head, input, parts, ct);
                if (input.At is { } at)
                    nextChange.IsAtTheLatest(at);
                return await ReleaseRow.ReadAsync(edit.Transaction, head.Id, ct);
            },
            release => new Saved<Release>(release, release.Revision),
            ct
        );
}

internal sealed record ChangeReleaseRequest : ChangingRequest
{
    /// <summary>The release's id.</summary>
    [RouteParam]
    public Guid ReleaseId { get; init; }

    [FromBody]
    public MergePatch<ReleaseInput> Patch { get; init; } = null!;
}
