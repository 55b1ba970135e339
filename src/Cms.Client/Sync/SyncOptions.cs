namespace Cms.Client.Sync;

/// <summary>What <see cref="SyncEngine"/> keeps a copy of, and how.</summary>
public sealed record SyncOptions
{
    /// <summary>
    /// What to keep; whole articles (<see cref="LocalNewsroom"/>) need all five, which is the default.
    /// </summary>
    public IReadOnlyCollection<EntityType> Types { get; init; } = Enum.GetValues<EntityType>();

    /// <summary>
    /// Slugs of sections: only their articles, with those of the sections below and with what they need. Empty: the
    /// whole newsroom.
    /// </summary>
    public IReadOnlyCollection<string> Sections { get; init; } = [];

    /// <summary>The forms of the bodies to keep.</summary>
    public BodyForms Body { get; init; } = BodyForms.Blocks;

    /// <summary>
    /// How many changes to fetch and to put into the store at a time, 1 to 1000. Halved for a while when a page does
    /// not come within <see cref="CmsClientOptions.Timeout"/>.
    /// </summary>
    public int PageSize { get; init; } = 200;

    /// <summary>
    /// How long <see cref="SyncEngine.RunAsync"/> lets the server hold a request until something changes; at most 60
    /// seconds.
    /// </summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long <see cref="SyncEngine.RunAsync"/> waits after a failure, beyond the retries of the client; doubled for
    /// each further one, with jitter.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest such wait, unless the server asks for a longer one.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Called after each page that readers of the store can see. A crash between the store's commit and the call loses
    /// the call: the store is the truth, and this a reason to look. What it throws ends the sync that called it.
    /// </summary>
    public Func<AppliedPage, CancellationToken, Task>? OnApplied { get; init; }

    /// <summary>
    /// Called when <see cref="SyncEngine.RunAsync"/> failed and will try again: with the reason, and how long it will
    /// wait.
    /// </summary>
    public Action<CmsException, TimeSpan>? OnFailure { get; init; }
}

/// <summary>What readers of the store can see since a moment ago.</summary>
public sealed record AppliedPage
{
    /// <summary>
    /// What changed; <see cref="IsReplaced"/>: the last of what was put into the new copy.
    /// </summary>
    public required IReadOnlyList<StoreChange> Changes { get; init; }

    /// <summary>Whether everything was loaded anew and replaced at once: look at all of it again.</summary>
    public required bool IsReplaced { get; init; }

    /// <summary>Whether there is more to come at once.</summary>
    public required bool HasMore { get; init; }
}

/// <summary>What a sync did.</summary>
public sealed record SyncResult
{
    /// <summary>Pages put into the store.</summary>
    public required int Pages { get; init; }

    /// <summary>Things that came or changed; one that did twice counts twice.</summary>
    public required int Upserted { get; init; }

    /// <summary>Things that went.</summary>
    public required int Deleted { get; init; }

    /// <summary>
    /// Whether everything was loaded anew: for the first time, for another scope, or because the server said so.
    /// </summary>
    public required bool StartedAnew { get; init; }
}
