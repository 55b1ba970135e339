using Cms.Changes;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Sync.Streams;

/// <summary>Reads news and older changes from the database into memory.</summary>
internal sealed partial class SharedFeed
{
    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var head = _signal.Head;
            var moved = _signal.MovedFrom(head);
            Task followed;
            bool isFollowed;
            lock (_gate)
            {
                if (_followed.Task.IsCompleted)
                    _followed = NewSource();
                (followed, isFollowed) = (_followed.Task, _recent.IsFollowed);
            }
            try
            {
                if (head is not null && isFollowed)
                    await LookAsync(stoppingToken);
                await Task.WhenAny(moved, followed).WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // whatever happens, it must go on reading
            catch (Exception e)
#pragma warning restore CA1031
            {
                _log.LogWarning("The changes for open streams could not be read: {Reason}", e.Message);
                await Task.Delay(BeforeNextTry, _clock, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool IsUpToDate(FeedHead head) => _recent.IsAt(head) && _trims == _signal.Trims;

    /// <summary>Brings memory up to date.</summary>
    private async Task LookAsync(CancellationToken ct)
    {
        await _looking.WaitAsync(ct);
        try
        {
            FeedHead? known;
            bool isFollowed;
            var trims = _signal.Trims;
            lock (_gate)
            {
                // Another look has found it already.
                if (_signal.Head is { } head && IsUpToDate(head))
                    return;
                (known, isFollowed) = (_recent.Head, _recent.IsFollowed);
            }
            var look = await ReadAsync(
                (transaction, own) => FeedLook.ReadNewsAsync(transaction, known, isFollowed, own),
                ct
            );
            await WaitUntilInvalidatedAsync(look.Head);
            // After the read: a key that was revoked before one of these changes was committed is known to be revoked
            // before any of them is sent.
            await _keys.CheckAsync();
            lock (_gate)
            {
                // Numbers of another epoch belong to other contents.
                if (_recent.Head is { } last && last.Epoch != look.Head.Epoch)
                    DropContents();
                _trims = trims;
                foreach (var (thing, row) in look.Rows)
                    Keep(thing, row);
                _recent.Take(look.Head, look.Floor, look.Numbers, look.Things);
            }
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>Reads things that memory has dropped, for those who are behind. News does not wait for it.</summary>
    private async Task CatchUpAsync(IReadOnlyList<RecentChange> wanted, CancellationToken ct)
    {
        await _catchingUp.WaitAsync(ct);
        try
        {
            Guid epoch;
            lock (_gate)
            {
                if (_recent.Head is not { } head)
                    return;
                epoch = head.Epoch;
                // Another catch-up has read it already. (What is newer than memory has to wait for the news of it.)
                if (wanted.All(w => !w.IsThere || VersionOf(w) == w.Version))
                    return;
                wanted = [.. wanted.Where(w => w.IsThere && VersionOf(w) < w.Version)];
            }
            var look = await ReadAsync(
                (transaction, own) => FeedLook.ReadThingsAsync(transaction, wanted, own),
                ct
            );
            // What this read found newer than memory is sent after the news of it.
            await WaitUntilInvalidatedAsync(look.Head);
            lock (_gate)
            {
                if (_recent.Head?.Epoch != epoch || look.Head.Epoch != epoch)
                    return;
                foreach (var (thing, row) in look.Rows)
                    if (
                        !_rows.TryGetValue((thing.Type, thing.Id), out var kept)
                        || kept.Version < thing.Version
                    )
                        Keep(thing, row);
            }
        }
        finally
        {
            _catchingUp.Release();
        }

        long VersionOf(RecentChange change) =>
            _rows.TryGetValue((change.Type, change.Id), out var row) ? row.Version : -1;
    }

    private Task<T> ReadAsync<T>(
        Func<NpgsqlTransaction, CancellationToken, Task<T>> read,
        CancellationToken ct
    ) =>
        _database.ReadAsync(
            (postgres, own) => postgres.InSnapshotAsync(transaction => read(transaction, own), own),
            ct
        );

    /// <summary>
    /// Waits until this node's signal has reached everything that a read has seen, so that outdated answers have left
    /// the cache: a client that receives a change must find it at every address.
    /// </summary>
    private async Task WaitUntilInvalidatedAsync(FeedHead head)
    {
        for (var wait = 0; wait < MaxWaitsForNews; wait++)
        {
            if (
                _signal.Head is not { } known
                || known.Epoch != head.Epoch
                || _signal.HasInvalidated(head.Sequence)
            )
                return;
            await Task.WhenAny(_signal.MovedFrom(known), Task.Delay(BetweenWaits, _clock));
        }
    }

    private void Keep(FeedThing thing, ISyncedRow row)
    {
        var key = (thing.Type, thing.Id);
        if (_rows.Remove(key, out var old))
            _rowBytes -= old.Row.Size;
        else
            _oldestRows.Enqueue(key);
        // One that is larger than all may take is kept alone: who follows it waits for it here.
        while (_rowBytes > 0 && _rowBytes + row.Size > MaxRowBytes && _oldestRows.TryDequeue(out var oldest))
            if (oldest == key)
                _oldestRows.Enqueue(key);
            else if (_rows.Remove(oldest, out var gone))
                _rowBytes -= gone.Row.Size;
            else if (_oldestRows.Count == 0)
                break;
        _rows.Add(key, (thing.Version, row));
        _rowBytes += row.Size;
    }

    private void DropContents()
    {
        _rows.Clear();
        _oldestRows.Clear();
        _rowBytes = 0;
        _written.Clear();
        while (_oldestWritten.TryDequeue(out var written))
            written.Dispose();
        _writtenBytes = 0;
    }
}
