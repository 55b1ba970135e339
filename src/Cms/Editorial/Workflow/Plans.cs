using Cms.Desk;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Workflow;

/// <summary>Writes what the desk plans with an article.</summary>
internal static class Plans
{
    public static Task RejectAsync(Edit edit, Guid article, string note, CancellationToken ct) =>
        edit.Transaction.ExecuteAsync(
            """
            insert into article_plans (article_id, rejected_at, rejected_by, rejection) values (@article, @At, @by, @note)
            on conflict (article_id) do update set
                rejected_at = excluded.rejected_at, rejected_by = excluded.rejected_by, rejection = excluded.rejection
            """,
            new
            {
                article,
                edit.At,
                by = edit.Caller.KeyId,
                note,
            },
            ct
        );

    /// <summary>The article went on: what it was sent back for is settled.</summary>
    public static Task SettleAsync(NpgsqlTransaction transaction, Guid article, CancellationToken ct) =>
        transaction.ExecuteAsync(Settle, new { Id = article }, ct);

    /// <summary>The statement of <see cref="SettleAsync"/> for the article <c>@Id</c>.</summary>
    public const string Settle = """
        update article_plans set rejected_at = null, rejected_by = null, rejection = null
        where article_id = @Id and rejected_at is not null
        """;

    /// <summary>The plan of the article <c>a</c> as <c>ArticlePlan</c>; null: it has none.</summary>
    public const string Select = """
        (select jsonb_build_object(
                'rejection', case when p.rejected_at is not null then jsonb_build_object(
                    'note', p.rejection, 'at', p.rejected_at,
                    'by', (select jsonb_build_object('id', k.id, 'name', k.name) from api_keys k where k.id = p.rejected_by)) end)
         from article_plans p where p.article_id = a.id)
        """;
}
