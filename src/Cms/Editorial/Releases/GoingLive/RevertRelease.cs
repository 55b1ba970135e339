using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Unicode;
using FastEndpoints;
using FluentValidation;

namespace Cms.Editorial.Releases.GoingLive;

/// <summary>Puts back what was live before a release</summary>
/// <remarks>
/// As a release of its own, which goes live at once: what the release published gets the revision back that readers saw
/// before, or is withdrawn if they saw none; what it withdrew is published again. Working copies do not change. Where
/// something else was published or withdrawn since, putting it back would take that away too: the answer is 422 and
/// names each (`changed-since`), unless you send `overwrite: true`. To undo the revert, revert it.
/// </remarks>
internal sealed class RevertRelease(DeskDoor desk, PublishPolicy policy)
    : DeskSlice<RevertReleaseRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/releases/{releaseId}/revert");
        Does(Act.RevertRelease);
        Answers<Release>(201, ProblemKinds.NotFound, ProblemKinds.WrongStatus);
    }

    public override Task<IResult> ExecuteAsync(RevertReleaseRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var head = await ReleaseHead.LockAsync(
                    edit,
                    request.ReleaseId,
                    conditions: default,
                    ifMatchRequired: false,
                    ct
                );
                if (head.PublishedAt is null)
                    throw new Refused(
                        ProblemKinds.WrongStatus,
                        "The release has not gone live: there is nothing to put back."
                    );
                var articles = await ArticleHead.LockAllAsync(
                    edit.Transaction,
                    head.ArticleIds,
                    edit.Caller,
                    ct
                );
                var faults = new Faults();
                if (!request.Revert.Overwrite)
                    FindNewer(head, articles, faults);
                var input = new ReleaseInput
                {
                    Name = request.Revert.Name ?? Text.Short($"Revert of {head.Name}"),
                };
                var id = Ids.New(edit.At);
                var parts = head
                    .Parts.Where(p => IsToBeDone(p, articles))
                    .Select(p => Back(p, articles))
                    .ToList();
                await ReleaseWriter.CreateAsync(edit, id, input, parts, head.Id, ct);
                // Under the numbers of the release that is reverted.
                var made = new ReleaseHead
                {
                    Id = id,
                    Name = input.Name,
                    Revision = 1,
                    DueAt = null,
                    PublishedAt = null,
                    Parts = parts,
                };
                await PublishRelease.PublishAsync(edit, made, policy, faults, ct);
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

    private static ReleasePart Back(ReleasePart part, IReadOnlyDictionary<Guid, ArticleHead> articles) =>
        new()
        {
            ArticleId = part.ArticleId,
            Act = ReleasePart.NameOf(
                part.ReplacedRevision is null ? ReleaseAct.Unpublish : ReleaseAct.Publish
            ),
            Revision = part.ReplacedRevision,
            AddedRevision = articles.GetValueOrDefault(part.ArticleId)?.Revision ?? part.AddedRevision,
        };

    /// <summary>What is as it was before already needs nothing: withdrawing it again would be refused.</summary>
    private static bool IsToBeDone(ReleasePart part, IReadOnlyDictionary<Guid, ArticleHead> articles) =>
        part.ReplacedRevision is not null
        || !articles.TryGetValue(part.ArticleId, out var head)
        || head.PublishedRevision is not null;

    private static void FindNewer(
        ReleaseHead release,
        IReadOnlyDictionary<Guid, ArticleHead> articles,
        Faults faults
    )
    {
        for (var n = 0; n < release.Parts.Count; n++)
        {
            var part = release.Parts[n];
            if (articles.TryGetValue(part.ArticleId, out var head) && head.PublishedRevision != part.Revision)
                faults.Add(
                    ReleasePublishing.Of(
                        n,
                        head,
                        Fault.At(
                            "",
                            "changed-since",
                            (
                                head.PublishedRevision is { } live
                                    ? $"Readers see revision {live} by now, which the release did not publish."
                                    : "It was withdrawn since."
                            ) + " Send \"overwrite\": true to put it back all the same."
                        )
                    )
                );
        }
    }
}

internal sealed record RevertReleaseRequest
{
    /// <summary>The release's id.</summary>
    [RouteParam]
    public Guid ReleaseId { get; init; }

    [FromBody]
    [OptionalBody]
    public RevertInput Revert { get; init; } = new();
}

/// <summary>How a release is put back.</summary>
internal sealed record RevertInput
{
    /// <summary>What the desk calls the new release; null: after the one that is put back.</summary>
    /// <example>Back to the lists of yesterday</example>
    public string? Name { get; init; }

    /// <summary>Also takes away what was published or withdrawn since.</summary>
    public bool Overwrite { get; init; }
}

internal sealed class RevertInputRules : AbstractValidator<RevertInput>
{
    public RevertInputRules() => RuleFor(r => r.Name).HasAtMost(ReleaseInput.MaxName).IsLine();
}
