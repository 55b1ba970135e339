using System.Diagnostics.Metrics;
using System.Globalization;
using Cms.Access;
using Cms.Changes;
using Cms.Delivery.Reading;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Streams;

namespace Cms.Delivery.Sync.Streams;

/// <summary>
/// The reader of the change feed that all streams of this node share. It reads each change once, matches it with each
/// scope in memory (<see cref="RecentChanges"/>), and renders it once in each form. Only the followers of affected
/// scopes wake up. It uses one database connection at a time for news, and one for those who catch up with older
/// changes. See decisions/0013.
/// </summary>
internal sealed partial class SharedFeed : BackgroundWork
{
    /// <summary>Bytes that things as the database has them may take.</summary>
    private const long MaxRowBytes = 16 * 1024 * 1024;

    /// <summary>The most bytes of rendered changes to keep while nobody sends them.</summary>
    private const long MaxWrittenBytes = 16 * 1024 * 1024;

    /// <summary>How often a page is retried before it is read on its own.</summary>
    private const int MaxLooks = 20;

    /// <summary>Beyond this, a page ends with what was read so far.</summary>
    private const int PatientLooks = 3;

    /// <summary>How long a read that is ahead of this node's signal waits for the signal to catch up.</summary>
    private const int MaxWaitsForNews = 50;
    private static readonly TimeSpan BetweenWaits = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly DeliveryDatabase _database;
    private readonly ChangeSignal _signal;
    private readonly BytesInFlight _bytes;
    private readonly KeyWatch _keys;
    private readonly FeedBounds _bounds;
    private readonly TimeProvider _clock;
    private readonly ILogger<SharedFeed> _log;
    private readonly Meter _meter;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _looking = new(1);
    private readonly SemaphoreSlim _catchingUp = new(1);
    private readonly RecentChanges _recent = new(FeedLook.MaxNumbers);
    private readonly Dictionary<string, Followed> _scopes = new(StringComparer.Ordinal);
    private readonly Dictionary<(EntityType, Guid), (long Version, ISyncedRow Row)> _rows = [];
    private readonly Queue<(EntityType, Guid)> _oldestRows = [];
    private readonly Dictionary<WrittenChangeKey, WrittenChange> _written = [];
    private readonly Queue<WrittenChange> _oldestWritten = [];
    private TaskCompletionSource _followed = NewSource();
    private long _rowBytes;
    private long _writtenBytes;
    private long _trims;
    private long _writings;

    public SharedFeed(
        DeliveryDatabase database,
        ChangeSignal signal,
        BytesInFlight bytes,
        KeyWatch keys,
        FeedBounds bounds,
        TimeProvider clock,
        IMeterFactory meters,
        ILogger<SharedFeed> log,
        IHostApplicationLifetime lifetime
    )
        : base(lifetime)
    {
        (_database, _signal, _bytes, _keys) = (database, signal, bytes, keys);
        (_bounds, _clock, _log) = (bounds, clock, log);
        Lane = new(StreamLane.DefaultWidth, clock);
        _meter = meters.Create("Cms.Feed");
        _meter.CreateObservableGauge(
            "cms.feed.scopes",
            () => Scopes,
            description: "Different selections that streams and waiting requests follow."
        );
        _meter.CreateObservableCounter(
            "cms.feed.written",
            () => Volatile.Read(ref _writings),
            description: "Changes rendered as JSON, each once for all streams."
        );
    }

    /// <summary>Where those who wait for news wake up.</summary>
    public StreamLane Lane { get; }

    /// <summary>Scopes that are followed.</summary>
    public int Scopes
    {
        get
        {
            lock (_gate)
                return _scopes.Count;
        }
    }

    /// <summary>Follows a scope until the result is disposed of.</summary>
    /// <exception cref="Refused">503: too many others are followed.</exception>
    public Following Follow(SyncScope scope, Caller? caller)
    {
        var key = ScopeKey(scope);
        lock (_gate)
        {
            if (!_scopes.TryGetValue(key, out var followed))
            {
                if (_scopes.Count >= _bounds.Scopes)
                    throw new Refused(
                        ProblemKinds.Overloaded,
                        "As many different selections are followed as the server takes "
                            + $"({_bounds.Scopes}). Ask for one that others follow too, such as fewer types "
                            + "without sections."
                    )
                    {
                        RetryAfter = RetryAfter,
                    };
                _scopes.Add(key, followed = new(scope, caller));
                _recent.Follow(followed);
                _followed.TrySetResult();
            }
            followed.Users++;
            return new(this, key, followed);
        }
    }

    /// <summary>Ends when something may have happened in a scope after a place in the feed.</summary>
    /// <param name="following">The scope.</param>
    /// <param name="at">The place.</param>
    /// <param name="moved">Ends when anything has happened, as it was before the place was read.</param>
    public Task NewsAsync(Following following, SyncCursor at, Task moved)
    {
        lock (_gate)
        {
            // If memory cannot serve this reader, any change is a reason to read.
            if (
                _recent.Head is not { } head
                || head.Epoch != at.Epoch
                || head.Sequence > _signal.Head?.Sequence
                || at.Position < following.Followed.CoveredFrom
            )
                return moved;
            return _recent.HasNews(at.Scope, following.Followed.Caller, at.Position)
                ? Task.CompletedTask
                : following.Followed.News;
        }
    }

    /// <summary>
    /// Reads a page from memory, after bringing it up to date. Null if it does not reach back far enough.
    /// </summary>
    /// <exception cref="Refused">503: too many bytes are waiting for slow clients.</exception>
    public async Task<ChangesRead?> TryReadAsync(
        SyncCursor start,
        int limit,
        Caller? caller,
        Following? following,
        bool hasBegun,
        CancellationToken ct
    )
    {
        for (var look = 0; look < MaxLooks; look++)
        {
            if (_signal.Head is not { } head || head.Epoch != start.Epoch)
                return null;
            List<RecentChange>? changes = null;
            lock (_gate)
                if (IsUpToDate(head))
                {
                    if (!_recent.Covers(start, following?.Followed))
                        return null;
                    changes = _recent.After(start.Scope, caller, start.Position, limit + 1);
                    head = _recent.Head!;
                }
            if (changes is null)
            {
                await LookAsync(ct);
                continue;
            }
            var end = start with { Position = head.Sequence };
            if (changes.Count == 0)
                return new(
                    [],
                    head.Sequence - start.Position > ChangeReader.QuietDistance ? end : start,
                    HasMore: false
                )
                {
                    Reached = end,
                };
            using var portion = hasBegun ? await _bytes.TakePatientlyAsync(ct) : await _bytes.TakeAsync(ct);
            var (page, missing) = Compose(changes, limit, portion.Bytes, end, caller, look >= PatientLooks);
            if (page is not null)
                return page;
            await CatchUpAsync(missing, ct);
        }
        return null;
    }

    public override void Dispose()
    {
        _meter.Dispose();
        _looking.Dispose();
        _catchingUp.Dispose();
        base.Dispose();
    }

    private (ChangesRead? Page, IReadOnlyList<RecentChange> Missing) Compose(
        List<RecentChange> changes,
        int limit,
        long mostBytes,
        SyncCursor end,
        Caller? caller,
        bool isImpatient
    )
    {
        var page = new List<(RecentChange Change, WrittenChange WrittenChange)>();
        var size = 0L;
        var count = Math.Min(limit, changes.Count);
        while (page.Count < count)
        {
            var change = changes[page.Count];
            if (Find(change, end.Scope, caller) is not { } written)
            {
                if (page.Count > 0 && isImpatient)
                    break;
                foreach (var (_, held) in page)
                    held.Dispose();
                return (null, [.. changes.Take(count).Skip(page.Count).Take(FeedLook.MaxThingsAtOnce)]);
            }
            if (page.Count > 0 && size + written.Bytes.Length > mostBytes)
            {
                written.Dispose();
                break;
            }
            page.Add((change, written));
            size += written.Bytes.Length;
        }
        var hasMore = page.Count < changes.Count;
        var next = hasMore ? end with { Position = page[^1].Change.Sequence } : end;
        // An article comes after the things that it refers to.
        page.Sort((a, b) => (a.Change.Type, a.Change.Sequence).CompareTo((b.Change.Type, b.Change.Sequence)));
        return (
            new([.. page.Select(p => p.WrittenChange.Bytes)], next, hasMore)
            {
                Reached = next,
                Holds = [.. page.Select(p => p.WrittenChange)],
            },
            []
        );
    }

    /// <summary>A rendered change, which the caller must dispose of; null if the thing must be read first.</summary>
    private WrittenChange? Find(RecentChange change, SyncScope scope, Caller? caller)
    {
        if (!change.IsThere)
            return new(
                _bytes,
                () => ChangeRendering.Deletion(change.Type, change.Id, change.Reason!.Value),
                null
            );
        lock (_gate)
        {
            if (!_rows.TryGetValue((change.Type, change.Id), out var kept) || kept.Version != change.Version)
                return null;
            var row = kept.Row;
            var key = new WrittenChangeKey(
                change.Type,
                change.Id,
                change.Version,
                change.Type == EntityType.Article ? Mask(scope) : 0,
                row.IsWholeFor(caller),
                row.VariantFor(scope)
            );
            if (_written.TryGetValue(key, out var written))
            {
                written.Use();
                return written;
            }
            written = new(
                _bytes,
                () =>
                {
                    Interlocked.Increment(ref _writings);
                    return Json.Write(row.ChangeFor(scope, caller));
                },
                Keep
            )
            {
                Key = key,
            };
            written.Use();
            _written.Add(key, written);
            return written;
        }
    }

    /// <summary>Counts the memory of a rendered change.</summary>
    private void Keep(WrittenChange written)
    {
        lock (_gate)
        {
            _writtenBytes += written.Bytes.Length;
            _oldestWritten.Enqueue(written);
            var most = Math.Min(MaxWrittenBytes, _bytes.Bound / 4);
            while (_writtenBytes > most && _oldestWritten.TryDequeue(out var oldest))
            {
                _writtenBytes -= oldest.Bytes.Length;
                _written.Remove(oldest.Key!);
                oldest.Dispose();
            }
        }
    }

    private void Leave(string key, Followed followed)
    {
        lock (_gate)
        {
            if (--followed.Users > 0)
                return;
            _scopes.Remove(key);
            _recent.Leave(followed);
        }
    }

    private static int Mask(SyncScope scope) =>
        scope.Body.Aggregate(0, (mask, form) => mask | (1 << (int)form));

    private static string ScopeKey(SyncScope scope) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(',', scope.Types)} {Mask(scope)} {scope.Rights} {string.Join(',', scope.Sections)}"
        );

    private static TaskCompletionSource NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A scope that somebody follows, until it is disposed of.</summary>
    internal sealed class Following(SharedFeed feed, string key, Followed followed) : IDisposable
    {
        private bool _isOver;

        public Followed Followed => followed;

        public void Dispose()
        {
            if (!_isOver)
                feed.Leave(key, followed);
            _isOver = true;
        }
    }
}
