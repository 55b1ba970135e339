using System.Data;
using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Releases;
using Cms.Editorial.Releases.GoingLive;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Previews.Releases;

/// <summary>
/// What readers see, with a release on top: it is published in a transaction that is undone (decisions/0036).
/// </summary>
internal static class ReleaseOverlay
{
    /// <param name="read">Reads what readers would see, given who reads an article, by its id: those that the release
    /// publishes are whole, and of all others whoever has the address sees no more than anybody.</param>
    /// <exception cref="Refused">404: no such preview; 409: the release cannot go live as it is.</exception>
    public static Task<T> ReadAsync<T>(
        NpgsqlDataSource postgres,
        TimeProvider clock,
        string token,
        Func<NpgsqlTransaction, Func<Guid, Caller?>, Task<T>> read,
        CancellationToken ct
    ) =>
        postgres.InUndoneTransactionAsync(
            async transaction =>
            {
                var shown = await PublishAsync(transaction, clock.GetUtcNow(), token, ct);
                return await read(transaction, id => shown.Contains(id) ? Caller.System : null);
            },
            ct,
            IsolationLevel.RepeatableRead
        );

    /// <returns>The articles that the release publishes; none, if it has gone live.</returns>
    private static async Task<HashSet<Guid>> PublishAsync(
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
            return [];
        var articles = await ArticleHead.ReadAllAsync(transaction, release.ArticleIds, Caller.System, ct);
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
        await ReleasePublishing.ShowAsync(transaction, parts, ct);
        return [.. parts.Where(p => p.Publication is not null).Select(p => p.Head.Id)];
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
