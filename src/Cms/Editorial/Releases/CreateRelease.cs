using Cms.Desk;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using FastEndpoints;

namespace Cms.Editorial.Releases;

/// <summary>Creates a release</summary>
/// <remarks>
/// Articles that go live together: readers see all of it or nothing. Without `at` it waits until you publish it; items
/// without a `revision` are then published as they are at that moment. With `at` it goes live by itself at that time.
/// What is scheduled is a revision: items without one get that of the present working copy, and later saves do not
/// change what goes out. Everything is checked now (422 names every item that could not go live), and again when the
/// time comes. If it cannot go live then, nothing of it does, `failure` says why, webhooks are sent
/// `release.schedule-failed`, and it is tried again every few seconds.
///
/// Your key must reach the sections of all its articles.
/// </remarks>
internal sealed class CreateRelease(DeskDoor desk, PublishPolicy policy, NextChange nextChange)
    : DeskSlice<CreateReleaseRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/releases");
        Does(Act.CreateRelease);
        Answers<Release>(201);
    }

    public override Task<IResult> ExecuteAsync(CreateReleaseRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var input = request.Release;
                var faults = new Faults();
                Scheduling.FindPast(faults, edit.At, ("/at", input.At));
                var parts = await ReleaseWriter.ResolveAsync(
                    edit.Transaction,
                    input,
                    known: [],
                    edit.Caller,
                    faults,
                    ct
                );
                await ReleaseTimes.RequireReadyAsync(edit, input, parts, policy, faults, ct);
                var id = Ids.New(edit.At);
                await ReleaseWriter.CreateAsync(edit, id, input, parts, reverts: null, ct);
                if (input.At is { } at)
                    nextChange.IsAtTheLatest(at);
                return await ReleaseRow.ReadAsync(edit.Transaction, id, ct);
            },
            release => new Saved<Release>(
                release,
                release.Revision,
                StatusCodes.Status201Created,
                $"/v1/editorial/releases/{release.Id}"
            ),
            ct
        );
}

internal sealed record CreateReleaseRequest
{
    [FromBody]
    public ReleaseInput Release { get; init; } = null!;
}
