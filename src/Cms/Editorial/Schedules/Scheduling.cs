using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.ForReaders;
using Cms.Editorial.Releases;
using Cms.Editorial.Workflow;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using FluentValidation;

namespace Cms.Editorial.Schedules;

/// <summary>When an article is to be published. Without times: now, and for good.</summary>
internal sealed record PublishInput
{
    /// <summary>
    /// Publishes the present revision then; with an offset from UTC, in the future and at most five years ahead. Null:
    /// now. Under an embargo: not before that ends.
    /// </summary>
    /// <example>2026-12-01T06:00:00+01:00</example>
    public DateTimeOffset? At { get; init; }

    /// <summary>
    /// Withdraws it then. Null: what was planned stays planned.
    /// </summary>
    /// <example>2026-12-24T18:00:00+01:00</example>
    public DateTimeOffset? Until { get; init; }

    /// <summary>
    /// A change that is no news, such as a spelling: readers get it, and `updatedAt` stays what it is. It has no effect
    /// on an article that readers do not see.
    /// </summary>
    public bool Minor { get; init; }
}

/// <summary>When an article is withdrawn, and what is said of it.</summary>
internal sealed record UnpublishInput
{
    public const int MaxNotice = 2_000;

    /// <summary>
    /// Why. Apps and partners that keep copies are told, by the deletion in `/v1/sync` and by the webhook. Null: nobody
    /// is.
    /// </summary>
    public WithdrawalReason? Reason { get; init; }

    /// <summary>What readers are told at its address, in plain text: `notice` in the answer 410.</summary>
    /// <example>This article was removed because its main source has withdrawn what he said.</example>
    public string? Notice { get; init; }

    /// <summary>
    /// Slug or id of an article that takes its place: readers are sent there (308) while that is published. If it is
    /// replaced itself, they are sent on.
    /// </summary>
    /// <example>the-valley-that-bet-on-halden</example>
    [EmptyIsNotNull]
    public string? ReplacedBy { get; init; }

    /// <summary>
    /// Withdraws it then; with an offset from UTC, in the future and at most five years ahead. Null: now.
    /// </summary>
    /// <example>2026-12-24T18:00:00+01:00</example>
    public DateTimeOffset? At { get; init; }
}

internal sealed class UnpublishInputRules : AbstractValidator<UnpublishInput>
{
    public UnpublishInputRules()
    {
        RuleFor(w => w.Notice).HasAtMost(UnpublishInput.MaxNotice);
        RuleFor(w => w.ReplacedBy).MinimumLength(1).HasAtMost(ArticleLimits.Reference);
    }
}

/// <summary>Publishes and withdraws articles, now or later.</summary>
internal sealed class Scheduling(PublishPolicy policy, NextChange nextChange)
{
    private const string Minor = "minor";

    /// <summary>
    /// Publishes the working copy, or plans it. Before its embargo ends, it is planned for that time.
    /// </summary>
    /// <exception cref="Refused">409, 422.</exception>
    public async Task PublishAsync(Edit edit, ArticleHead head, PublishInput when, CancellationToken ct)
    {
        RequireAhead(edit.At, ("/at", when.At), ("/until", when.Until));
        var planned = head.HasSchedule ? await ScheduleTable.FindAsync(edit.Transaction, head.Id, ct) : null;
        var from = Later(when.At ?? edit.At, head.EmbargoedUntil);
        var until = when.Until ?? planned?.GetValueOrDefault(ScheduleTable.Unpublish)?.DueAt;
        if (until <= from)
            throw Refused.Invalid(
                "/until",
                "not-after-publication",
                $"It is to be withdrawn at {Ahead.Text(until.Value)}, which is not after its publication at "
                    + $"{Ahead.Text(from)}. Give a later 'until', or cancel the schedule."
            );
        if (from > edit.At)
            await PlanAsync(edit, head, from, when.Minor, ct);
        else
        {
            await Publisher.PublishAsync(
                edit.Transaction,
                edit.Announcement,
                head,
                policy,
                edit.At,
                ct,
                isMinor: when.Minor
            );
            if (when.Minor)
                edit.Note = Minor;
            if (head.HasSchedule)
                await ScheduleTable.DropPublicationAsync(edit.Transaction, head.Id, ct);
        }
        if (when.Until is { } end)
            await SaveAsync(edit, head, ClockTask.Withdraw(withdrawal: null), end, ct);
    }

    /// <summary>Withdraws an article, or plans it; or says something else of one that is withdrawn.</summary>
    /// <exception cref="Refused">409, 422.</exception>
    public async Task UnpublishAsync(Edit edit, ArticleHead head, UnpublishInput when, CancellationToken ct)
    {
        // Readers are told something else of what they do not see any more.
        var isRestated =
            head.State is ArticleStatus.Unpublished
            && when is { At: null } and not { Reason: null, Notice: null, ReplacedBy: null };
        var status = isRestated ? head.State : head.After(ArticleAct.Unpublish);
        var faults = new Faults();
        if (when.At is { } time && Ahead.Wrong("/at", time, edit.At) is { } fault)
            faults.Add(fault);
        var withdrawal = new Withdrawal
        {
            Reason = when.Reason,
            Notice = when.Notice,
            ReplacedBy = await FindReplacementAsync(edit, head, when.ReplacedBy, faults, ct),
        };
        if (faults.Count > 0)
            throw Refused.Invalid(faults);
        edit.Note = withdrawal.ReasonText;
        if (isRestated)
        {
            await Publisher.RestateAsync(edit.Transaction, edit.Announcement, head.Id, withdrawal, ct);
            return;
        }
        if (when.At is { } at)
        {
            var planned = head.HasSchedule
                ? await ScheduleTable.FindAsync(edit.Transaction, head.Id, ct)
                : null;
            if (
                planned?.GetValueOrDefault(ScheduleTable.Publish)?.DueAt is { } publication
                && at <= publication
            )
                throw Refused.Invalid(
                    "/at",
                    "not-after-publication",
                    $"Newer changes are to be published at {Ahead.Text(publication)}: it must be withdrawn after "
                        + "that. Give a later time, or cancel the schedule."
                );
            edit.Turned(Act.UnpublishArticle, Act.ScheduleUnpublication);
            edit.Note = string.Join("; ", new[] { $"for {Ahead.Text(at)}", edit.Note }.OfType<string>());
            await SaveAsync(edit, head, ClockTask.Withdraw(withdrawal), at, ct);
            return;
        }
        await WithdrawAsync(edit, head, status, withdrawal, ct);
        await ScheduleTable.DropAsync(edit.Transaction, head.Id, ct);
    }

    private static async Task<Guid?> FindReplacementAsync(
        Edit edit,
        ArticleHead head,
        string? reference,
        Faults faults,
        CancellationToken ct
    )
    {
        if (reference is null)
            return null;
        var found = await References.FindArticleAsync(edit.Transaction, reference, edit.Caller, ct);
        if (found is null)
            faults.Add(
                Fault.At(
                    "/replacedBy",
                    "unknown-reference",
                    $"There is no article '{Platform.Unicode.Text.Short(reference)}'."
                )
            );
        else if (found == head.Id)
            faults.Add(
                Fault.At(
                    "/replacedBy",
                    "self-reference",
                    "An article cannot take its own place: name another."
                )
            );
        return found;
    }

    /// <summary>Withdraws an article from readers.</summary>
    public static async Task WithdrawAsync(
        Edit edit,
        ArticleHead head,
        ArticleStatus status,
        Withdrawal withdrawal,
        CancellationToken ct
    )
    {
        await edit.Transaction.ExecuteAsync(
            ArticleStates.Update,
            ArticleStates.Arguments(head, status, edit.Caller, edit.At),
            ct
        );
        await Plans.SettleAsync(edit.Transaction, head.Id, ct);
        await Publisher.WithdrawAsync(edit.Transaction, edit.Announcement, head.Id, withdrawal, ct);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) =>
        other > one ? other.Value : one;

    private async Task PlanAsync(
        Edit edit,
        ArticleHead head,
        DateTimeOffset dueAt,
        bool isMinor,
        CancellationToken ct
    )
    {
        var status = head.After(ArticleAct.Schedule);
        await OpenReleases.RequireNoTimeAsync(edit, head, ct);
        var revision = await ArticleWriter.FindRevisionAsync(edit.Transaction, head.Id, head.Revision, ct);
        var body = Body.Parse(revision.Body);
        var faults = await PublicationChecks.BlockersAsync(
            edit.Transaction,
            policy,
            revision,
            body,
            await Publisher.ImagesAsync(edit.Transaction, revision, body, ct),
            dueAt,
            ct
        );
        if (faults.Count > 0)
            throw Refused.Invalid(faults);
        edit.Turned(Act.PublishArticle, Act.ScheduleArticle);
        edit.Note = $"for {Ahead.Text(dueAt)}{(isMinor ? $"; {Minor}" : "")}";
        await SaveAsync(edit, head, ClockTask.Publish(head.Revision, isMinor), dueAt, ct);
        if (status != head.State)
            await edit.Transaction.ExecuteAsync(
                ArticleStates.Update,
                ArticleStates.Arguments(head, status, edit.Caller, edit.At),
                ct
            );
        await Plans.SettleAsync(edit.Transaction, head.Id, ct);
        // The slug of what was scheduled before may be free now.
        if (head.HasSchedule)
            await ArticleSlugs.ReleaseUnusedAsync(edit.Transaction, head.Id, head.Slug, ct);
    }

    private async Task SaveAsync(
        Edit edit,
        ArticleHead head,
        ClockTask task,
        DateTimeOffset dueAt,
        CancellationToken ct
    )
    {
        await ScheduleTable.SaveAsync(
            edit.Transaction,
            head.Id,
            task,
            dueAt,
            head.State is ArticleStatus.Scheduled or ArticleStatus.Published ? null : head.Status,
            edit.Caller,
            edit.At,
            ct
        );
        // Caches need not wait until the clock looks next.
        nextChange.IsAtTheLatest(dueAt);
    }

    private static void RequireAhead(
        DateTimeOffset now,
        params IEnumerable<(string Pointer, DateTimeOffset? At)> times
    )
    {
        var faults = new Faults();
        FindPast(faults, now, times);
        if (faults.Count > 0)
            throw Refused.Invalid(faults);
    }

    /// <summary>Times at which nothing can be planned: they have passed, or are too far ahead.</summary>
    public static void FindPast(
        Faults faults,
        DateTimeOffset now,
        params IEnumerable<(string Pointer, DateTimeOffset? At)> times
    )
    {
        foreach (var (pointer, time) in times)
            if (time is { } at && Ahead.Wrong(pointer, at, now) is { } fault)
                faults.Add(fault);
    }
}
