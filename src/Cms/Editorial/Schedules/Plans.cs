using Cms.Access;
using Cms.Desk;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Schedules;

/// <summary>Writes what the desk plans with an article.</summary>
internal static class Plans
{
    public static Task RejectAsync(Edit edit, Guid article, string note, CancellationToken ct) =>
        edit.Transaction.ExecuteAsync(
            """
            insert into article_plans (article_id, rejected_at, rejected_by, rejection)
            values (@article, @At, @by, @note)
            on conflict (article_id) do update set
                rejected_at = excluded.rejected_at, rejected_by = excluded.rejected_by, rejection = excluded.rejection
            """,
            new
            {
                article,
                edit.At,
                by = edit.Caller.Id,
                note,
            },
            ct
        );

    /// <summary>The article went on: what it was sent back for is settled.</summary>
    public static Task SettleAsync(NpgsqlTransaction transaction, Guid article, CancellationToken ct) =>
        transaction.ExecuteAsync(Settle, new { Id = article }, ct);

    /// <summary>Something was done by the clock after its time.</summary>
    public static Task IsLateAsync(
        Edit edit,
        Guid article,
        string act,
        DateTimeOffset dueAt,
        CancellationToken ct
    ) =>
        edit.Transaction.ExecuteAsync(
            """
            insert into article_plans (article_id, late_act, late_due_at, late_done_at)
            values (@article, @act, @dueAt, @At)
            on conflict (article_id) do update set
                late_act = excluded.late_act, late_due_at = excluded.late_due_at, late_done_at = excluded.late_done_at
            """,
            new
            {
                article,
                act,
                dueAt,
                edit.At,
            },
            ct
        );

    /// <summary>The statement of <see cref="SettleAsync"/> for the article <c>@Id</c>.</summary>
    public const string Settle = """
        update article_plans set rejected_at = null, rejected_by = null, rejection = null,
            late_act = null, late_due_at = null, late_done_at = null
        where article_id = @Id and (rejected_at is not null or late_act is not null)
        """;

    /// <summary>The plan of the article <c>a</c> as <c>ArticlePlan</c>; null: it has none.</summary>
    public static readonly string Select = $"""
        (select jsonb_build_object(
                'rejection', case when p.rejected_at is not null then jsonb_build_object(
                    'note', p.rejection, 'at', p.rejected_at,
                    'by', {Actors.Of("p.rejected_by")}) end,
                'late', case when p.late_act is not null then jsonb_build_object(
                    'act', p.late_act, 'dueAt', p.late_due_at, 'doneAt', p.late_done_at) end)
         from article_plans p where p.article_id = a.id)
        """;
}
