using Cms.Editorial.Workflow;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform;

namespace Cms.Editorial.Articles.Reading;

/// <summary>What the desk plans with an article, as its statements give it.</summary>
internal sealed record ArticlePlan
{
    public static readonly ArticlePlan None = new();

    public Rejection? Rejection { get; init; }
    public LateAct? Late { get; init; }
}

/// <summary>What the clock does to an article.</summary>
internal enum ScheduledAct
{
    Publish,
    Unpublish,
}

/// <summary>Something that was done by the clock after its time.</summary>
internal sealed record LateAct
{
    /// <summary>What was done.</summary>
    public required ScheduledAct Act { get; init; }

    /// <summary>When it was due.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When it was done.</summary>
    public required DateTimeOffset DoneAt { get; init; }
}

/// <summary>What the clock is to do to an article, as its statements give it.</summary>
internal sealed record ArticleSchedule
{
    public static readonly ArticleSchedule None = new();

    public ScheduleEntry? Publish { get; init; }
    public ScheduleEntry? Unpublish { get; init; }

    /// <summary>Which could not be done.</summary>
    public ScheduleFailure? Failure =>
        Publish?.FailureOf(ScheduledAct.Publish) ?? Unpublish?.FailureOf(ScheduledAct.Unpublish);
}

/// <summary>One of them.</summary>
internal sealed record ScheduleEntry
{
    public required DateTimeOffset DueAt { get; init; }
    public required int? Revision { get; init; }
    public required bool IsMinor { get; init; }
    public required bool? HasChanges { get; init; }
    public required DateTimeOffset? FailedAt { get; init; }
    public required IReadOnlyList<CheckFinding>? Failure { get; init; }
    public required WithdrawalView? Withdrawal { get; init; }

    public ScheduleFailure? FailureOf(ScheduledAct act) =>
        FailedAt is not { } at
            ? null
            : new()
            {
                Act = act,
                At = at,
                Errors = Failure!,
            };
}

/// <summary>Why something that was scheduled could not be done.</summary>
internal sealed record ScheduleFailure
{
    /// <summary>What was to be done.</summary>
    public required ScheduledAct Act { get; init; }

    /// <summary>When it was tried first.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was found.</summary>
    public required IReadOnlyList<CheckFinding> Errors { get; init; }
}

/// <summary>Why an article was sent back to its author.</summary>
internal sealed record Rejection
{
    /// <summary>What its author should do.</summary>
    /// <example>Who says so? Name the second source.</example>
    public required string Note { get; init; }

    /// <summary>When it was sent back.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The key that sent it back; null: the newsroom's own command line.</summary>
    public required Actor? By { get; init; }
}
