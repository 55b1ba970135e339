using Cms.Changes;
using Cms.Editorial.Workflow;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.ForReaders;

/// <summary>Takes articles from readers, and says why.</summary>
internal static partial class Publisher
{
    /// <summary>Takes the article from readers, if they see it.</summary>
    /// <param name="withdrawal">What is said of it; null: the desk has thrown it away.</param>
    public static async Task WithdrawAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Guid article,
        Withdrawal? withdrawal,
        CancellationToken ct
    )
    {
        await transaction.ExecuteAsync(HoldTree, new { }, ct);
        if (
            await transaction.FindAsync<LiveTerms>(
                SelectLive,
                new { Id = article, Revision = (int?)null },
                ct
            )
            is not { } before
        )
            return;
        await transaction.ExecuteAsync(
            "delete from published_articles where id = @article",
            new { article },
            ct
        );
        if (withdrawal is null)
            announcement.Deleted(EntityType.Article, article);
        else
            announcement.Unpublished(EntityType.Article, article, withdrawal.ReasonText);
        if (withdrawal is { IsSilent: false })
            await SayAsync(transaction, article, withdrawal, ct);
        before.AnnounceTo(announcement);
        announcement.Relocated(article);
    }

    /// <summary>Says something else of an article that was taken from readers. The same again is no news.</summary>
    public static async Task RestateAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Guid article,
        Withdrawal withdrawal,
        CancellationToken ct
    )
    {
        if (await SayAsync(transaction, article, withdrawal, ct) > 0)
            announcement.Restated(EntityType.Article, article, withdrawal.ReasonText);
    }

    /// <returns>How many rows are new or changed.</returns>
    private static Task<int> SayAsync(
        NpgsqlTransaction transaction,
        Guid article,
        Withdrawal withdrawal,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            """
            insert into published_withdrawals as w (article_id, reason, notice, replaced_by)
            values (@article, @ReasonText, @Notice, @ReplacedBy)
            on conflict (article_id) do update
                set reason = excluded.reason, notice = excluded.notice, replaced_by = excluded.replaced_by
            where (w.reason, w.notice, w.replaced_by)
                is distinct from (excluded.reason, excluded.notice, excluded.replaced_by)
            """,
            new
            {
                article,
                withdrawal.ReasonText,
                withdrawal.Notice,
                withdrawal.ReplacedBy,
            },
            ct
        );
}
