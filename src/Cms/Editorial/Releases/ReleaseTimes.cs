using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Releases.GoingLive;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Problems;

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
}
