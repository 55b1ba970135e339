using Cms.Desk;
using Cms.Editorial.Articles.Bodies;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using FastEndpoints;

namespace Cms.Editorial.Batch;

/// <summary>Does up to 200 acts, all or none</summary>
/// <remarks>
/// Creates, changes, publishes, withdraws, deletes and retags articles in one transaction, in the order of `acts`;
/// readers see all of it at once. Each act does what its own endpoint does, under the same rules and with the same
/// permissions, and is recorded by itself in the audit log. `results` says by position what became of each. A request
/// has at most 2 MiB.
///
/// If one cannot be done, none is: the answer is 422 (`batch-refused`), and `acts` has the problem of each that cannot.
/// With `dryRun` nothing is changed, and the answer is always 200: `results` says what would happen, with the problems.
/// </remarks>
internal sealed class RunBatch(DeskDoor desk, BodyParsing bodies, BatchRun run)
    : DeskSlice<RunBatchRequest>(desk)
{
    private readonly List<BodyResult?> _bodies = [];

    public override void Configure()
    {
        Post("/v1/editorial/batch");
        Does(Act.RunBatch);
        Answers<BatchResult>(200, ProblemKinds.BatchRefused);
    }

    protected override async Task PrepareAsync(RunBatchRequest request, CancellationToken ct)
    {
        foreach (var act in request.Batch.Acts)
            _bodies.Add(
                act switch
                {
                    BatchCreate create => await bodies.ParseAsync(create.Article.Body, ct),
                    BatchChange change => await bodies.ParseAsync(change.Article, ct),
                    _ => null,
                }
            );
    }

    public override Task<IResult> ExecuteAsync(RunBatchRequest request, CancellationToken ct)
    {
        var acts = request.Batch.Acts;
        return request.Batch.DryRun
            ? RehearseAsync(
                async edit =>
                {
                    var steps = await run.RunAsync(edit, acts, _bodies, ct);
                    return await ResultAsync(edit, request.Batch, steps, ct);
                },
                result => Fresh.Of(result),
                ct
            )
            : DoAsync(
                async edit =>
                {
                    var steps = await run.RunAsync(edit, acts, _bodies, ct);
                    RefuseIfRefused(acts, steps);
                    return await ResultAsync(edit, request.Batch, steps, ct);
                },
                result => Fresh.Of(result),
                ct
            );
    }

    private static void RefuseIfRefused(IReadOnlyList<BatchAct> acts, IReadOnlyList<BatchStep> steps)
    {
        var refused = steps.Select((s, n) => (Act: n, s.Refused)).Where(s => s.Refused is not null).ToList();
        if (refused.Count == 0)
            return;
        var faults = new Faults();
        foreach (var (n, _) in refused)
            faults.AddRange(steps[n].Faults(n, acts[n]));
        throw new Refused(
            ProblemKinds.BatchRefused,
            $"{refused.Count} of {acts.Count} acts cannot be done, so none was done; see acts."
        )
        {
            Errors = faults,
            Acts = [.. refused.Select(r => (r.Act, r.Refused!))],
        };
    }

    private async Task<BatchResult> ResultAsync(
        Edit edit,
        BatchInput input,
        IReadOnlyList<BatchStep> steps,
        CancellationToken ct
    )
    {
        var articles = (
            await edit.Transaction.ListAsync<BatchArticle>(
                """
                select a.id, a.slug, a.status, a.revision, a.published_revision from articles a where a.id = any(@Ids)
                """,
                new { Ids = steps.Select(s => s.Article).OfType<Guid>().Distinct().ToArray() },
                ct
            )
        ).ToDictionary(a => a.Id);
        return new()
        {
            DryRun = input.DryRun,
            Results =
            [
                .. steps.Select(
                    (step, n) =>
                        new BatchOutcome
                        {
                            Article = step.Article is { } id ? articles[id] : null,
                            Warnings = step.Article is null ? [] : _bodies[n]?.Warnings ?? [],
                            Problem = step.Refused is { } refused
                                ? ErrorBoundary.ProblemOf(HttpContext, refused)
                                : null,
                        }
                ),
            ],
        };
    }
}

internal sealed record RunBatchRequest
{
    [FromBody]
    public BatchInput Batch { get; init; } = null!;
}

/// <summary>What became of a batch.</summary>
internal sealed record BatchResult
{
    /// <summary>Whether nothing was changed, and this is only what would happen.</summary>
    public required bool DryRun { get; init; }

    /// <summary>What became of each act, by its position in `acts`.</summary>
    public required IReadOnlyList<BatchOutcome> Results { get; init; }
}

/// <summary>What became of an act.</summary>
internal sealed record BatchOutcome
{
    /// <summary>The article as it is after the whole batch; null: the act cannot be done.</summary>
    public required BatchArticle? Article { get; init; }

    /// <summary>The parts of the sent `body` that are left out.</summary>
    public required IReadOnlyList<BodyWarning> Warnings { get; init; }

    /// <summary>
    /// Why the act cannot be done; null: it can. Only with `dryRun`: otherwise the whole batch is refused.
    /// </summary>
    public required Problem? Problem { get; init; }
}

/// <summary>An article after a batch.</summary>
internal sealed record BatchArticle
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its slug.</summary>
    public required string Slug { get; init; }

    /// <summary>Where it stands.</summary>
    public required ArticleStatus Status { get; init; }

    /// <summary>Number of its working copy.</summary>
    public required int Revision { get; init; }

    /// <summary>Number of the revision that readers see; null if they see none.</summary>
    public required int? PublishedRevision { get; init; }
}
