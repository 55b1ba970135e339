using Cms.Changes;
using Cms.Platform;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Reading;

/// <summary>A read replica, and how far it is known to be.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private string? _server;
    private FeedHead? _seen;
    private int _session;

    public Replica(string connectionString)
    {
        Postgres = Database.OpenReplica(connectionString, Meet);
        Name = new NpgsqlConnectionStringBuilder(connectionString) is var at ? $"{at.Host}:{at.Port}" : "";
    }

    public NpgsqlDataSource Postgres { get; }

    /// <summary>Host and port.</summary>
    public string Name { get; }

    /// <summary>Counts the servers that were met at this address, and losses of them.</summary>
    public int Session
    {
        get
        {
            lock (_gate)
                return _session;
        }
    }

    /// <summary>Its session, if it is known to be at a head or beyond.</summary>
    public int? At(FeedHead head)
    {
        lock (_gate)
            return _seen is { } seen && seen.Epoch == head.Epoch && seen.Sequence >= head.Sequence
                ? _session
                : null;
    }

    public bool IsStill(int session) => Session == session;

    /// <summary>It has said how far it is, in this session.</summary>
    /// <param name="server">Which server said it: an idle connection may still lead to the one before.</param>
    public void Saw(FeedHead? head, int session, string server)
    {
        lock (_gate)
            if (server == _server)
            {
                if (session == _session)
                    _seen = head;
                return;
            }
        Meet(server);
    }

    /// <summary>Whatever is known of it is over.</summary>
    public void Discard()
    {
        lock (_gate)
            (_seen, _session) = (null, _session + 1);
    }

    public ValueTask DisposeAsync() => Postgres.DisposeAsync();

    /// <summary>
    /// A new connection to a server, known by when it was started. If it is another one than before (restarted,
    /// exchanged, or behind a balancer), what the other one had says nothing, and its connections must not be mixed
    /// with those of this one.
    /// </summary>
    private void Meet(string server)
    {
        lock (_gate)
        {
            if (server == _server)
                return;
            (_server, _seen, _session) = (server, null, _session + 1);
        }
        Postgres.Clear();
    }
}

/// <summary>The replicas of the connection string <c>CmsReplica</c>: each of its hosts is one.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    private readonly Replica[] _all;
    private readonly bool _inTurn;
    private int _turn;

    /// <param name="connectionString">With hosts as Npgsql has them (<c>Host=one,two:5433</c>); null: there are
    /// none.</param>
    public Replicas(string? connectionString)
    {
        _all = [.. Database.HostsOf(connectionString).Select(host => new Replica(host))];
        _inTurn = _all.Length > 1 && new NpgsqlConnectionStringBuilder(connectionString).LoadBalanceHosts;
    }

    public bool IsEmpty => _all.Length == 0;

    /// <summary>The most connections that there are to all of them.</summary>
    public int MaxConnections => _all.Sum(r => Database.PoolOf(r.Postgres));

    public IReadOnlyList<Replica> All => _all;

    /// <summary>
    /// One that is at a head: the next in turn with <c>Load Balance Hosts=true</c>, otherwise the first.
    /// </summary>
    public (Replica, int Session)? At(FeedHead head)
    {
        var first = _inTurn ? (int)((uint)Interlocked.Increment(ref _turn) % (uint)_all.Length) : 0;
        for (var i = 0; i < _all.Length; i++)
        {
            var replica = _all[(first + i) % _all.Length];
            if (replica.At(head) is { } session)
                return (replica, session);
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _all)
            await replica.DisposeAsync();
    }
}

/// <summary>
/// Asks each replica how far it is: again and again from when something has changed until it has that, and now and then
/// otherwise. So no request has to ask, and none goes to a replica that is not there yet.
/// </summary>
internal sealed class ReplicaWatch(
    NpgsqlDataSource primary,
    Replicas replicas,
    ChangeSignal signal,
    TimeProvider clock,
    ILogger<ReplicaWatch> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AtLeastEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxAnswerTime = TimeSpan.FromSeconds(2);

    private string? _migration;

    protected override Task WorkAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(replicas.All.Select(replica => WatchAsync(replica, stoppingToken)));

    private async Task WatchAsync(Replica replica, CancellationToken ct)
    {
        var (pause, answered) = (MinPause, true);
        while (!ct.IsCancellationRequested)
        {
            // Before the look: whatever comes after it moves this.
            var moved = signal.MovedFrom(signal.Head);
            var isThere = await AskAsync(replica, answered, ct);
            answered = isThere is not null;
            if (isThere == true)
                pause = MinPause;
            await WaitAsync(isThere == true ? moved : null, isThere == false ? pause : AtLeastEvery, ct);
            if (isThere == false && pause < MaxPause)
                pause *= 2;
        }
    }

    /// <summary>Whether it has all that this node knows of; null where it does not answer.</summary>
    private async Task<bool?> AskAsync(Replica replica, bool answered, CancellationToken ct)
    {
        var session = replica.Session;
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
            deadline.CancelAfter(MaxAnswerTime);
            // One that lacks a migration answers in its own old way.
            _migration ??= await primary.FindAsync<string>(SelectMigration, new { }, ct);
            var row = (await replica.Postgres.FindAsync<Row>(SelectHead, new { }, deadline.Token))!;
            var isUsable = string.CompareOrdinal(row.Migration, _migration) >= 0;
            replica.Saw(isUsable ? new(row.Epoch, row.Head) : null, session, row.Server);
            return signal.Least is { } head && replica.At(head) is not null;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // whatever happens, it must go on asking
        catch (Exception e)
#pragma warning restore CA1031
        {
            replica.Discard();
            if (answered)
                log.LogWarning("The replica {Replica} does not answer: {Reason}", replica.Name, e.Message);
            return null;
        }
    }

    private async Task WaitAsync(Task? moved, TimeSpan atMost, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var pause = Task.Delay(atMost, clock, over.Token);
        await (moved is null ? Task.WhenAny(pause) : Task.WhenAny(moved, pause));
        await over.CancelAsync();
    }

    private const string SelectMigration = "select max(name) from migrations";

    private const string SelectHead = $"""
        select e.id epoch, f.head, (select max(name) from migrations) migration, ({Database.SelectServer}) server
        from change_feed f, (select id from change_epochs order by number desc limit 1) e
        """;

    private sealed record Row
    {
        public required Guid Epoch { get; init; }
        public required long Head { get; init; }
        public required string Migration { get; init; }
        public required string Server { get; init; }
    }
}
