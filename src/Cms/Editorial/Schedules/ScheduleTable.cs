using Cms.Access;
using Cms.Editorial.Workflow;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Schedules;

/// <summary>The table of what is to be done by the clock.</summary>
internal static class ScheduleTable
{
    public const string Publish = "publish";
    public const string Unpublish = "unpublish";

    /// <summary>Plans an act, in place of the same act that was planned before.</summary>
    /// <param name="statusBefore">The status that the article goes back to when this is cancelled, unless one is known
    /// from an earlier plan.</param>
    public static Task SaveAsync(
        NpgsqlTransaction transaction,
        Guid article,
        ClockTask task,
        DateTimeOffset dueAt,
        string? statusBefore,
        Caller caller,
        DateTimeOffset at,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            Upsert,
            new
            {
                article,
                task.Act,
                task.Revision,
                task.IsMinor,
                dueAt,
                statusBefore,
                Keeps = task.Withdrawal is null,
                Reason = task.Withdrawal?.ReasonText,
                task.Withdrawal?.Notice,
                task.Withdrawal?.ReplacedBy,
                by = caller.Id,
                at,
            },
            ct
        );

    /// <summary>What is planned, by act.</summary>
    public static async Task<IReadOnlyDictionary<string, PlannedAct>> FindAsync(
        NpgsqlTransaction transaction,
        Guid article,
        CancellationToken ct
    ) =>
        (
            await transaction.ListAsync<PlannedAct>(
                "select act, due_at, status_before from article_schedules where article_id = @article",
                new { article },
                ct
            )
        ).ToDictionary(p => p.Act, StringComparer.Ordinal);

    /// <summary>The revision that is to be published by the clock; null: none.</summary>
    public static Task<int?> FindRevisionAsync(
        NpgsqlTransaction transaction,
        Guid article,
        CancellationToken ct
    ) =>
        transaction.FindAsync<int?>(
            "select revision from article_schedules where article_id = @article and act = 'publish'",
            new { article },
            ct
        );

    /// <summary>What was to be published goes on as a newer revision, which says the same and more.</summary>
    public static Task GoOnAsync(
        NpgsqlTransaction transaction,
        Guid article,
        int from,
        int to,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            """
            update article_schedules set revision = @to
            where article_id = @article and act = 'publish' and revision = @from
            """,
            new
            {
                article,
                from,
                to,
            },
            ct
        );

    /// <summary>
    /// An embargo that is set afterwards holds back what is to be published: it is published when the embargo ends.
    /// </summary>
    /// <exception cref="Refused">422: it is to be withdrawn before that.</exception>
    public static async Task HoldBackAsync(
        NpgsqlTransaction transaction,
        Guid article,
        DateTimeOffset until,
        CancellationToken ct
    )
    {
        var planned = await FindAsync(transaction, article, ct);
        if (!(planned.GetValueOrDefault(Publish)?.DueAt < until))
            return;
        if (planned.GetValueOrDefault(Unpublish)?.DueAt is { } end && end <= until)
            throw Refused.Invalid(
                "/embargoedUntil",
                "not-before-withdrawal",
                $"It is to be withdrawn at {Ahead.Text(end)}, which is not after the end of its embargo. Give an "
                    + "earlier time, or cancel the schedule."
            );
        await transaction.ExecuteAsync(
            """
            update article_schedules set due_at = @until, try_at = @until, failed_at = null, failure = null
            where article_id = @article and act = 'publish'
            """,
            new { article, until },
            ct
        );
    }

    /// <summary>Nothing is planned any more.</summary>
    public static Task DropAsync(NpgsqlTransaction transaction, Guid article, CancellationToken ct) =>
        transaction.ExecuteAsync(
            "delete from article_schedules where article_id = @article",
            new { article },
            ct
        );

    /// <summary>Its publication is not planned any more.</summary>
    public static Task DropPublicationAsync(
        NpgsqlTransaction transaction,
        Guid article,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            "delete from article_schedules where article_id = @article and act = 'publish'",
            new { article },
            ct
        );

    private const string Upsert = """
        insert into article_schedules as old (article_id, act, revision, due_at, try_at, status_before,
            is_minor, reason, notice, replaced_by, created_at, created_by)
        values (@article, @Act, @Revision, @dueAt, @dueAt, @statusBefore,
            @IsMinor, @Reason, @Notice, @ReplacedBy, @at, @by)
        on conflict (article_id, act) do update set
            revision = excluded.revision, due_at = excluded.due_at, try_at = excluded.try_at,
            status_before = coalesce(old.status_before, excluded.status_before),
            is_minor = excluded.is_minor,
            reason = case when @Keeps then old.reason else excluded.reason end,
            notice = case when @Keeps then old.notice else excluded.notice end,
            replaced_by = case when @Keeps then old.replaced_by else excluded.replaced_by end,
            created_at = excluded.created_at, created_by = excluded.created_by, failed_at = null, failure = null
        """;

    /// <summary>
    /// Selects the articles whose working copy differs from the revision that is scheduled. They are few.
    /// </summary>
    public const string SelectEdited = """
        select c.article_id from article_schedules c
        join articles x on x.id = c.article_id
        join article_revisions v on v.article_id = x.id and v.number = c.revision
        join article_revisions r on r.article_id = x.id and r.number = x.revision
        where c.act = 'publish'
          and (v.content_hash, v.embargoed_until) is distinct from (r.content_hash, r.embargoed_until)
        """;

    /// <summary>What is planned for the article <c>a</c>, with its working revision <c>r</c>, as
    /// <c>ArticleSchedule</c>; null: nothing.</summary>
    public static readonly string Select = $"""
        (select jsonb_object_agg(c.act, jsonb_build_object(
                'withdrawal', {WithdrawalView.Select("c")},
                'dueAt', c.due_at, 'revision', c.revision, 'isMinor', c.is_minor,
                'failedAt', c.failed_at, 'failure', c.failure,
                'hasChanges', (select (v.content_hash, v.embargoed_until)
                        is distinct from (r.content_hash, r.embargoed_until) from article_revisions v
                    where v.article_id = c.article_id and v.number = c.revision)))
         from article_schedules c where c.article_id = a.id)
        """;
}

/// <summary>Something that is planned.</summary>
internal sealed record PlannedAct(string Act, DateTimeOffset DueAt, string? StatusBefore);

/// <summary>What the clock is to do to an article.</summary>
internal sealed record ClockTask
{
    private ClockTask() { }

    public required string Act { get; init; }
    public int? Revision { get; private init; }
    public bool IsMinor { get; private init; }

    /// <summary>What is said of it; null: what was said of it before.</summary>
    public Withdrawal? Withdrawal { get; private init; }

    public static ClockTask Publish(int revision, bool isMinor) =>
        new()
        {
            Act = ScheduleTable.Publish,
            Revision = revision,
            IsMinor = isMinor,
        };

    public static ClockTask Withdraw(Withdrawal? withdrawal) =>
        new() { Act = ScheduleTable.Unpublish, Withdrawal = withdrawal };
}
