using System.Globalization;
using Cms.Access;
using Cms.Editorial.Articles;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Releases.GoingLive;

/// <summary>Checks whether a release can go live</summary>
/// <remarks>
/// `blockers` keep it from going live, `advice` does not. Each `pointer` names an item, such as `/items/3`. What the
/// checks of an article find is found here too; besides:
///
/// | code | what it means |
/// | --- | --- |
/// | `no-items` | It has no articles. Blocks. |
/// | `unknown-reference` | The article was deleted for good, or what the revision names. Blocks. |
/// | `wrong-status` | The article is in the trash, or is to be withdrawn and is not published. Blocks. |
/// | `also-scheduled` | The article is scheduled by itself too. Blocks. |
/// | `not-after-publication` | The article is to be withdrawn before the release goes live. Blocks. |
/// | `changed-since` | The article was saved since it was added: the detail says which revision goes live. |
/// | `in-another-release` | The article stands in another release that has not gone live. |
/// </remarks>
internal sealed class GetReleaseChecks(NpgsqlDataSource postgres, PublishPolicy policy, TimeProvider clock)
    : Slice<ReleaseRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/releases/{releaseId}/checks");
        Permissions(Permission.ReadDesk);
        Answers<ReleaseChecks>(200, ProblemKinds.NotFound, ProblemKinds.WrongStatus);
    }

    public override async Task<IResult> ExecuteAsync(ReleaseRequest request, CancellationToken ct) =>
        Fresh.Of(
            await postgres.InSnapshotAsync(
                async transaction =>
                {
                    var caller = HttpContext.Caller();
                    var release =
                        await ReleaseHead.ReadAsync(transaction, request.ReleaseId, Reach.Of(caller), ct)
                        ?? throw Refused.NotFound("release", request.ReleaseId.ToString());
                    release.RequireUnpublished();
                    return await CheckAsync(transaction, release, caller, ct);
                },
                ct
            )
        );

    private async Task<ReleaseChecks> CheckAsync(
        NpgsqlTransaction transaction,
        ReleaseHead release,
        Caller caller,
        CancellationToken ct
    )
    {
        var articles = await ArticleHead.ReadAllAsync(transaction, release.ArticleIds, caller, ct);
        var at = release.DueAt is { } due && due > clock.GetUtcNow() ? due : clock.GetUtcNow();
        var faults = new Faults();
        var parts = await ReleasePublishing.PrepareAsync(
            transaction,
            release.Parts,
            articles,
            policy,
            at,
            faults,
            ct
        );
        var others = (
            await transaction.ListAsync<Other>(SelectOthers, new { release.Id, Reach = Reach.Of(caller) }, ct)
        ).ToLookup(o => o.ArticleId);
        var together = parts.Where(p => p.Publication is not null).Select(p => p.Head.Id).ToHashSet();
        var advice = new Faults();
        foreach (var (n, part, head, publication) in parts)
        {
            if (publication is not null)
                foreach (
                    var finding in await PublicationChecks.FindAsync(
                        transaction,
                        publication.Revision,
                        publication.Body,
                        publication.Images,
                        at,
                        ct,
                        together
                    )
                )
                    if (!policy.Blocks(finding.Code) && finding.Code != PublicationChecks.InFuture)
                        advice.Add(
                            ReleasePublishing.Of(
                                n,
                                head,
                                Fault.At(finding.Pointer, finding.Code, finding.Detail)
                            )
                        );
            if (part.Does == ReleaseAct.Publish && IsNewer(part, head))
                advice.Add(
                    ReleasePublishing.Of(
                        n,
                        head,
                        Fault.At(
                            "",
                            "changed-since",
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"It was added at revision {part.AddedRevision}, and its working copy is revision "
                                    + $"{head.Revision} by now. Revision {part.Revision ?? head.Revision} goes live."
                            )
                        )
                    )
                );
            foreach (var other in others[head.Id])
                advice.Add(
                    ReleasePublishing.Of(
                        n,
                        head,
                        Fault.At(
                            "",
                            "in-another-release",
                            $"It also stands in the release “{other.Name}” ({other.Id})."
                        )
                    )
                );
        }
        return new()
        {
            CheckedRevision = release.Revision,
            CanBePublished = faults.Count == 0,
            Blockers = [.. faults.Select(PublicationChecks.Finding)],
            Advice = [.. advice.Select(PublicationChecks.Finding)],
        };
    }

    private static bool IsNewer(ReleasePart part, ArticleHead head) =>
        head.Revision > (part.Revision ?? part.AddedRevision);

    // A release that is out of reach is not named.
    private static readonly string SelectOthers = $"""
        select mine.article_id, r.id, r.name
        from release_items mine join release_items i0 on i0.article_id = mine.article_id
            join releases r on r.id = i0.release_id
        where mine.release_id = @Id and r.id <> @Id and r.published_at is null and {ReleaseRow.Sees}
        order by r.created_at
        """;

    private sealed record Other(Guid ArticleId, Guid Id, string Name);
}

/// <summary>What the checks have found in a release.</summary>
internal sealed record ReleaseChecks
{
    /// <summary>The revision of the release that was checked.</summary>
    public required int CheckedRevision { get; init; }

    /// <summary>Whether nothing keeps it from going live.</summary>
    public required bool CanBePublished { get; init; }

    /// <summary>What keeps it from going live: the first 100.</summary>
    public required IReadOnlyList<CheckFinding> Blockers { get; init; }

    /// <summary>What would be better: the first 100.</summary>
    public required IReadOnlyList<CheckFinding> Advice { get; init; }
}
