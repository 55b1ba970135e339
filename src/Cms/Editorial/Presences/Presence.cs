using Cms.Access;
using Cms.Platform;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Presences;

/// <summary>Somebody who has an article open.</summary>
internal sealed record Presence
{
    /// <summary>Who.</summary>
    public required Actor Actor { get; init; }

    /// <summary>The `id`s of the blocks at which somebody is; empty: the tool does not say.</summary>
    public required IReadOnlyList<string> Blocks { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }
}

/// <summary>
/// Remembers for a minute who has an article open. It is advice: it blocks no save, is in no audit log, and ends by
/// itself. A key or person counts once for each article.
/// </summary>
internal static class PresenceTable
{
    /// <summary>How long a tool need not renew it.</summary>
    public const int Seconds = 60;

    /// <summary>Articles that a key or person may have open. A tool may share one key among its users.</summary>
    public const int MaxArticles = 200;

    /// <exception cref="Refused">429: the caller has too many others open.</exception>
    public static async Task ComeAsync(
        NpgsqlDataSource postgres,
        Guid article,
        Caller caller,
        IReadOnlyList<string> blocks,
        CancellationToken ct
    )
    {
        var hasCome = await postgres.InTransactionAsync(
            async transaction =>
            {
                var args = new
                {
                    article,
                    caller.Id,
                    Blocks = blocks.Distinct().ToArray(),
                    Seconds,
                    MaxArticles,
                };
                await transaction.ExecuteAsync(TakeTurn, args, ct);
                var count = await transaction.ExecuteAsync(Come, args, ct);
                await transaction.ExecuteAsync(Clear, args, ct);
                return count > 0;
            },
            ct
        );
        if (!hasCome)
            throw new Refused(
                ProblemKinds.TooManyOpenArticles,
                $"This {caller.Credential} has {MaxArticles} other articles open, which is the limit. Close those that "
                    + "nobody works on (DELETE …/presence); each ends by itself a minute after it was last renewed."
            )
            {
                RetryAfter = TimeSpan.FromSeconds(Seconds),
            };
    }

    public static Task<int> LeaveAsync(
        NpgsqlDataSource postgres,
        Guid article,
        Caller caller,
        CancellationToken ct
    ) =>
        postgres.ExecuteAsync(
            "delete from article_presence where article_id = @article and actor_id = @Id",
            new { article, caller.Id },
            ct
        );

    /// <summary>
    /// An expression in SQL: who has the article of a column open, the first to come first, as JSON of
    /// <see cref="Presence"/>s.
    /// </summary>
    public static string Of(string article) =>
        $"""
            coalesce((select jsonb_agg(jsonb_build_object('actor', {Actors.Of(
                "o.actor_id"
            )}, 'blocks', o.blocks,
                         'since', o.since) order by o.since, o.actor_id)
                     from article_presence o where o.article_id = {article} and o.expires_at > now()), '[]')
            """;

    // Requests of one caller take turns, so that each counts what the others have opened.
    private const string TakeTurn = "select from actors where id = @Id for no key update";

    private const string Come = """
        insert into article_presence as o (article_id, actor_id, blocks, since, expires_at)
        select @article, @Id, @Blocks, now(), now() + make_interval(secs => @Seconds)
        where (select count(*) from article_presence
               where actor_id = @Id and article_id <> @article and expires_at > now()) < @MaxArticles
        on conflict (article_id, actor_id) do update set blocks = excluded.blocks, expires_at = excluded.expires_at,
            since = case when o.expires_at <= now() then now() else o.since end
        """;

    // Those that have ended are of no use to anybody. After the caller's own, and only where nobody else has them: so
    // whoever waits for a row here holds none that another one waits for.
    private const string Clear = """
        delete from article_presence o using (
            select article_id, actor_id from article_presence
            where expires_at <= now() and (article_id, actor_id) <> (@article, @Id)
            for update skip locked) ended
        where (o.article_id, o.actor_id) = (ended.article_id, ended.actor_id)
        """;
}
