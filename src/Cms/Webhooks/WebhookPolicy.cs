using Cms.Platform.Outbound;

namespace Cms.Webhooks;

/// <summary>Where webhooks may go, and how hard they try.</summary>
internal sealed record WebhookPolicy
{
    /// <summary>An address that a webhook may have.</summary>
    public const string Example = "https://site.example/hooks/cms";

    public OutboundRules Outbound => new(AllowHttp, AllowPrivate, ConnectTimeout);

    /// <summary>Plain http too.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Loopback, private and all other addresses that are not of the public internet.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>From the first byte sent to the last one read.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The wait after the first failure; each further one doubles it, up to <see cref="MaxRetry"/>.
    /// </summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan MaxRetry { get; init; } = TimeSpan.FromHours(8);

    /// <summary>How long a delivery is tried.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromDays(3);

    /// <summary>How long what was delivered, or given up, is kept to be looked at.</summary>
    public TimeSpan KeepLog { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Attempts that a node has under way for one webhook. There is no bound for all webhooks together on purpose:
    /// however it were shared, enough slow receivers would delay a fast one. An attempt is a socket and a few
    /// kilobytes, and holds no connection to the database.
    /// </summary>
    public int AtOnce { get; init; } = 4;

    /// <summary>
    /// Failures in a row after which a receiver is in trouble: it is then tried with one delivery at a time, and given
    /// a rest after each, so that a thousand deliveries do not all find out by themselves.
    /// </summary>
    public int Trouble { get; init; } = 10;

    public TimeSpan MaxRest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// An attempt that has said nothing for so long is lost with its node. Above the timeout, so that one that lives is
    /// never doubled.
    /// </summary>
    public TimeSpan Lease => Timeout + TimeSpan.FromSeconds(5);

    /// <summary>
    /// The wait before the next attempt, after so many have failed: anywhere between half of the step and all of it.
    /// </summary>
    public TimeSpan Backoff(int failed) => Jitter(Step(FirstRetry, failed - 1, MaxRetry));

    /// <summary>The rest that a receiver in trouble is given; none while it is not.</summary>
    public TimeSpan Rest(int failuresInRow) =>
        failuresInRow < Trouble
            ? TimeSpan.Zero
            : Jitter(Step(TimeSpan.FromSeconds(1), failuresInRow - Trouble, MaxRest));

    private static TimeSpan Step(TimeSpan first, int doublings, TimeSpan longest) =>
        // 2^40 seconds are longer than any longest.
        TimeSpan.FromSeconds(
            Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(doublings, 40)), longest.TotalSeconds)
        );

    // Never less than half: a retry that comes at once, as one in so many of a full jitter would, only finds what the
    // last one found.
    private static TimeSpan Jitter(TimeSpan step) => step * (0.5 + (Random.Shared.NextDouble() / 2));
}
