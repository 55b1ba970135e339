using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Workflow;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Releases;

/// <summary>What must be so before a release gets a time.</summary>
internal static class ReleaseTimes
{
    /// <summary>Refuses what was found, and, of a release with a time, what keeps it from going live then.</summary>
    /// <exception cref="Refused">422.</exception>
    public static async Task RequireReadyAsync(
        Edit edit,
        ReleaseInput input,
        IReadOnlyList<ReleasePart> parts,
        PublishPolicy policy,
        Faults faults,
        CancellationToken ct
    )
    {
        if (faults.Count == 0 && input.At is { } at)
            await ReleasePublishing.PrepareAsync(
                edit.Transaction,
                parts,
                await ArticleHead.LockAllAsync(
                    edit.Transaction,
                    [.. parts.Select(p => p.ArticleId)],
                    edit.Caller,
                    ct
                ),
                policy,
                at,
                faults,
                ct
            );
        if (faults.Count > 0)
            throw Refused.Invalid(faults);
    }

    /// <summary>Refuses to schedule an article by itself that goes live with a release at a time.</summary>
    /// <exception cref="Refused">409, with the name of the release.</exception>
    public static async Task RequireNoneAsync(
        NpgsqlTransaction transaction,
        Guid article,
        CancellationToken ct
    )
    {
        if (
            await transaction.FindAsync<Planned>(
                """
                select r.id, r.due_at from release_items i join releases r on r.id = i.release_id
                where i.article_id = @article and r.try_at is not null order by r.due_at limit 1
                """,
                new { article },
                ct
            ) is
            { } planned
        )
            throw new Refused(
                ProblemKinds.WrongStatus,
                $"The article goes live with the release {planned.Id} at {Ahead.Text(planned.DueAt)}. Take it out "
                    + "of the release to schedule it by itself."
            );
    }

    private sealed record Planned(Guid Id, DateTimeOffset DueAt);
}
