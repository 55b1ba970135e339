using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Releases;
using Cms.Editorial.Workflow;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Previews.Releases;

/// <summary>
/// What readers see, with a release on top: it is published in a transaction that is undone (decisions/0036).
/// </summary>
internal static class ReleaseOverlay
{
    /// <exception cref="Refused">404: no such preview; 409: the release cannot go live as it is.</exception>
    public static Task<T> ReadAsync<T>(
        NpgsqlDataSource postgres,
        TimeProvider clock,
        string token,
        Func<NpgsqlTransaction, Task<T>> read,
        CancellationToken ct
    ) =>
        postgres.InUndoneTransactionAsync(
            async transaction =>
            {
                await PublishAsync(transaction, clock.GetUtcNow(), token, ct);
                return await read(transaction);
            },
            ct
        );

    private static async Task PublishAsync(
        NpgsqlTransaction transaction,
        DateTimeOffset now,
        string token,
        CancellationToken ct
    )
    {
        var target =
            await transaction.FindAsync<Target>(
                SelectTarget,
                new { Hash = PreviewToken.Hash(token), now },
                ct
            ) ?? throw PreviewAnswers.NotFound();
        var release =
            await ReleaseHead.ReadAsync(transaction, target.ReleaseId, target.Reach, ct)
            ?? throw PreviewAnswers.NotFound();
        // Once it has gone live, it shows what readers see.
        if (release.PublishedAt is not null)
            return;
        var articles = await ArticleHead.LockAllAsync(transaction, release.ArticleIds, Caller.System, ct);
        var faults = new Faults();
        var parts = await ReleasePublishing.PrepareAsync(
            transaction,
            release.Parts,
            articles,
            PublishPolicy.Default,
            now,
            faults,
            ct,
            isPreview: true
        );
        if (faults.Count > 0)
            throw new Refused(
                ProblemKinds.PreviewImpossible,
                "The release cannot go live as it is: errors names its items."
            )
            {
                Errors = faults,
            };
        var edit = new Edit(Act.PublishRelease, transaction, new(), Caller.System, now);
        await ReleasePublishing.WriteAsync(edit, release, parts, ct);
    }

    private static readonly string SelectTarget = $"""
        select v.release_id, {PreviewMaker.Reach} reach
        from previews v
        {PreviewMaker.Join}
        where v.token_hash = @Hash and v.expires_at > @now and v.release_id is not null
          and {PreviewMaker.MayStill(Act.PreviewRelease)}
        """;

    private sealed record Target
    {
        public required Guid ReleaseId { get; init; }
        public required Guid[]? Reach { get; init; }
    }
}
