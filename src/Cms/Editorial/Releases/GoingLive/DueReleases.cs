using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Releases.GoingLive;

/// <summary>Takes releases live whose time has come, each in a transaction of its own.</summary>
internal static class DueReleases
{
    public const string FailedEvent = "release.schedule-failed";

    /// <param name="refusal">What PostgreSQL refused when this was tried a moment ago; null: nothing.</param>
    /// <returns>How many were looked at: one or none.</returns>
    /// <exception cref="PostgresException">An article is taken for long (<c>lock_not_available</c>).</exception>
    public static async Task<int> DoAsync(
        EditBatch batch,
        PublishPolicy policy,
        string? refusal,
        CancellationToken ct
    )
    {
        if (await ReleaseHead.LockDueAsync(batch.Transaction, batch.At, ct) is not { DueAt: { } due } release)
            return 0;
        // Where somebody is saving one of them, it waits its turn: of many articles one might be taken at each look.
        await batch.Transaction.ExecuteAsync(WaitShortly, new { }, ct);
        var articles = await ArticleHead.LockAllAsync(
            batch.Transaction,
            release.ArticleIds,
            Caller.System,
            ct
        );
        await batch.Transaction.ExecuteAsync(WaitOn, new { }, ct);
        var isLate = batch.At - due > DueActs.OnTime;
        var faults = new Faults();
        if (refusal is not null)
            faults.Add(Fault.At("", "not-storable", $"The database refuses it: {refusal}."));
        else
        {
            var parts = await ReleasePublishing.PrepareAsync(
                batch.Transaction,
                release.Parts,
                articles,
                policy,
                // Readers are told the time that was chosen.
                isLate ? batch.At : due,
                faults,
                ct
            );
            if (faults.Count == 0)
            {
                var edit = batch.Begin(Act.PublishRelease);
                edit.Found(release.Id, release.Revision);
                edit.Note = DueActs.NoteOf(due, by: null, batch.At, isLate);
                await ReleasePublishing.WriteAsync(edit, release, parts, ct);
                if (isLate)
                    foreach (var part in parts)
                        await Plans.IsLateAsync(edit, part.Head.Id, part.Part.Act, due, ct);
                batch.Done(edit);
                return 1;
            }
        }
        await FailAsync(batch, release, faults, ct);
        return 1;
    }

    private static async Task FailAsync(
        EditBatch batch,
        ReleaseHead release,
        Faults faults,
        CancellationToken ct
    )
    {
        var isNews = await batch.Transaction.FindAsync<bool>(
            Fail,
            new
            {
                release.Id,
                Failure = Json.WriteText(faults.Select(PublicationChecks.Finding).ToArray()),
                batch.At,
                Next = batch.At + DueActs.BetweenTries,
            },
            ct
        );
        if (!isNews)
            return;
        var edit = batch.Begin(Act.FailRelease);
        edit.Found(release.Id, release.Revision);
        edit.Wrote(release.Id, release.Revision);
        edit.Note = string.Join(" ", faults.Select(f => f.Detail));
        batch.Done(edit);
        // Receivers may not be meant to know of its articles yet: only what an editor's tool needs to find it.
        batch.Announcement.Tell(
            FailedEvent,
            Act.FailRelease.Entity,
            release.Id,
            Json.WriteText(
                new
                {
                    type = "release",
                    id = release.Id,
                    url = $"/v1/editorial/releases/{release.Id}",
                    dueAt = release.DueAt,
                    errors = faults.Select(f => new { pointer = f.Pointer ?? "", code = f.Code }),
                }
            )
        );
    }

    // Schedules of the same moment must not be late because one article is taken for long.
    private const string WaitShortly = "set local lock_timeout = '300ms'";
    private const string WaitOn = "set local lock_timeout to default";

    private const string Fail = """
        with old as (select failure from releases where id = @Id),
        failed as (
            update releases set failed_at = coalesce(failed_at, @At), failure = @Failure::jsonb, try_at = @Next
            where id = @Id)
        select failure is distinct from @Failure::jsonb from old
        """;
}
