using System.Globalization;
using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.ForReaders;
using Cms.Editorial.Workflow;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Editorial.Schedules;

/// <summary>
/// Does what is due in one transaction. What cannot be done is recorded, and the others go out.
/// </summary>
internal static class DueActs
{
    public const string FailedEvent = "article.schedule-failed";
    private const string Savepoint = "due";

    /// <summary>Beyond this it is said to be late.</summary>
    public static readonly TimeSpan OnTime = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(5);

    /// <param name="atMost">How many at once.</param>
    /// <param name="careful">Whether what PostgreSQL refuses of one article leaves the others: each then costs two
    /// exchanges more.</param>
    /// <returns>How many acts there were.</returns>
    public static async Task<int> DoAsync(
        EditBatch batch,
        PublishPolicy policy,
        int atMost,
        bool careful,
        CancellationToken ct
    )
    {
        var found = OfWholeMoments(
            await batch.Transaction.ListAsync<DueArticle>(SelectDueArticles, new { batch.At, atMost }, ct),
            atMost
        );
        if (found.Count == 0)
            return 0;
        // Where somebody is saving one, it is done in a moment.
        var heads = new Dictionary<Guid, ArticleHead>(
            await ArticleHead.LockFreeAsync(
                batch.Transaction,
                [.. found.Select(d => d.ArticleId).Distinct()],
                Caller.System,
                ct
            )
        );
        // Only what is read under the locks is true: the desk may have changed or cancelled it until then.
        var due = await batch.Transaction.ListAsync<DueAct>(
            SelectDue,
            new
            {
                batch.At,
                Until = found[^1].TryAt,
                Ids = heads.Keys.ToArray(),
            },
            ct
        );
        var done = new List<DueAct>();
        foreach (var act in due)
        {
            var head = heads[act.ArticleId];
            var faults = careful
                ? await TryCarefullyAsync(batch, policy, act, head, ct)
                : await TryAsync(batch, policy, act, head, ct);
            if (faults is null)
                done.Add(act);
            else
                await FailAsync(batch, act, head, faults, ct);
            // The next act on the same article finds it changed.
            if (due.Count(d => d.ArticleId == act.ArticleId) > 1)
                foreach (
                    var (id, now) in await ArticleHead.LockFreeAsync(
                        batch.Transaction,
                        [act.ArticleId],
                        Caller.System,
                        ct
                    )
                )
                    heads[id] = now;
        }
        await batch.Transaction.ExecuteAsync(
            Delete,
            new { Ids = done.Select(d => d.ArticleId).ToArray(), Acts = done.Select(d => d.Act).ToArray() },
            ct
        );
        return heads.Count == 0 ? 0 : found.Count;
    }

    /// <summary>Those of one moment belong together: where not all of the last one were read, none is taken.</summary>
    private static IReadOnlyList<DueArticle> OfWholeMoments(IReadOnlyList<DueArticle> due, int atMost) =>
        due.Count == atMost && due[0].TryAt != due[^1].TryAt
            ? [.. due.Where(d => d.TryAt != due[^1].TryAt)]
            : due;

    /// <summary>Whether PostgreSQL refused what one article wrote, and is well itself.</summary>
    public static bool IsRefusal(PostgresException e) => e.SqlState[..2] is "22" or "23" or "P0";

    private static async Task<IReadOnlyCollection<Fault>?> TryCarefullyAsync(
        EditBatch batch,
        PublishPolicy policy,
        DueAct due,
        ArticleHead head,
        CancellationToken ct
    )
    {
        await batch.Transaction.SaveAsync(Savepoint, ct);
        try
        {
            var faults = await TryAsync(batch, policy, due, head, ct);
            await batch.Transaction.ReleaseAsync(Savepoint, ct);
            return faults;
        }
        catch (PostgresException e) when (IsRefusal(e))
        {
            await batch.Transaction.RollbackAsync(Savepoint, ct);
            return
            [
                Fault.At(
                    "",
                    "not-storable",
                    $"The database refuses it: {e.MessageText}. Schedule a newer revision."
                ),
            ];
        }
    }

    /// <summary>Does one act. Returns why it cannot be done; then nothing was written. Null: it is done.</summary>
    private static async Task<IReadOnlyCollection<Fault>?> TryAsync(
        EditBatch batch,
        PublishPolicy policy,
        DueAct due,
        ArticleHead head,
        CancellationToken ct
    )
    {
        var isPublication = due.Act == ScheduleTable.Publish;
        var edit = batch.Begin(isPublication ? Act.PublishArticle : Act.UnpublishArticle);
        edit.Found(head.Id, head.Revision);
        var isLate = batch.At - due.DueAt > OnTime;
        try
        {
            if (isPublication)
            {
                await Publisher.PublishAsync(
                    batch.Transaction,
                    batch.Announcement,
                    head with
                    {
                        Revision = due.Revision!.Value,
                    },
                    policy,
                    // Readers are told the time that was chosen.
                    isLate ? batch.At : due.DueAt,
                    ct,
                    isWorkingCopy: due.Revision == head.Revision,
                    isMinor: due.IsMinor
                );
            }
            else
                await Scheduling.WithdrawAsync(
                    edit,
                    head,
                    head.After(ArticleAct.Unpublish),
                    new Withdrawal
                    {
                        Reason = due.Reason is null
                            ? null
                            : Enum.Parse<WithdrawalReason>(due.Reason, ignoreCase: true),
                        Notice = due.Notice,
                        ReplacedBy = due.ReplacedBy,
                    },
                    ct
                );
        }
        catch (Refused refused)
        {
            return refused.Errors ?? [Fault.At("", refused.Kind.Code, refused.Message)];
        }
        if (isLate)
            await Plans.IsLateAsync(edit, head.Id, due.Act, due.DueAt, ct);
        edit.Note = NoteOf(due.DueAt, due.CreatedBy ?? Caller.System.Name, batch.At, isLate);
        edit.Wrote(head.Id, due.Revision ?? head.Revision);
        batch.Done(edit);
        return null;
    }

    /// <summary>What the audit log says of an act of the clock.</summary>
    public static string NoteOf(DateTimeOffset dueAt, string? by, DateTimeOffset at, bool isLate)
    {
        var text = $"scheduled for {Ahead.Text(dueAt)}{(by is null ? "" : $" by {by}")}";
        var late = (long)(at - dueAt).TotalSeconds;
        return isLate ? string.Create(CultureInfo.InvariantCulture, $"{text}; late by {late} s") : text;
    }

    private static async Task FailAsync(
        EditBatch batch,
        DueAct due,
        ArticleHead head,
        IReadOnlyCollection<Fault> faults,
        CancellationToken ct
    )
    {
        var failure = Json.WriteText(faults.Select(PublicationChecks.Finding).ToArray());
        var isNews = await batch.Transaction.FindAsync<bool>(
            Fail,
            new
            {
                due.ArticleId,
                due.Act,
                failure,
                batch.At,
                Next = batch.At + BetweenTries,
            },
            ct
        );
        if (!isNews)
            return;
        var edit = batch.Begin(Act.FailSchedule);
        edit.Found(head.Id, head.Revision);
        edit.Wrote(head.Id, head.Revision);
        edit.Note = $"{due.Act}: {string.Join(" ", faults.Select(f => f.Detail))}";
        batch.Done(edit);
        // Receivers may not be meant to know of the article yet: only what an editor's tool needs to find it.
        batch.Announcement.Tell(
            FailedEvent,
            Act.FailSchedule.Entity,
            head.Id,
            Json.WriteText(
                new
                {
                    type = "article",
                    id = head.Id,
                    url = $"/v1/editorial/articles/{head.Id}",
                    act = due.Act,
                    dueAt = due.DueAt,
                    errors = faults.Select(f => new { pointer = f.Pointer ?? "", code = f.Code }),
                }
            )
        );
    }

    private const string SelectDueArticles = """
        select article_id, try_at from article_schedules
        where try_at <= @At order by try_at, article_id, act limit @atMost
        """;

    private const string SelectDue = """
        select c.article_id, c.act, c.revision, c.due_at, c.is_minor, c.reason, c.notice, c.replaced_by,
               (select o.name from actors o where o.id = c.created_by) created_by
        from article_schedules c
        where c.article_id = any(@Ids) and c.try_at <= least(@At, @Until)
        order by c.try_at, c.article_id, c.act
        """;

    private const string Delete = """
        delete from article_schedules c using unnest(@Ids, @Acts) d(id, act) where c.article_id = d.id and c.act = d.act
        """;

    private const string Fail = """
        with old as (select failure from article_schedules where article_id = @ArticleId and act = @Act),
        failed as (
            update article_schedules set failed_at = coalesce(failed_at, @At), failure = @failure::jsonb, try_at = @Next
            where article_id = @ArticleId and act = @Act)
        select failure is distinct from @failure::jsonb from old
        """;

    private sealed record DueArticle(Guid ArticleId, DateTimeOffset TryAt);

    private sealed record DueAct
    {
        public required Guid ArticleId { get; init; }
        public required string Act { get; init; }
        public required int? Revision { get; init; }
        public required DateTimeOffset DueAt { get; init; }
        public required bool IsMinor { get; init; }
        public required string? Reason { get; init; }
        public required string? Notice { get; init; }
        public required Guid? ReplacedBy { get; init; }
        public required string? CreatedBy { get; init; }
    }
}
