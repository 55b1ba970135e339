using Cms.Access.People;
using Cms.Platform;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Access;

/// <summary>
/// Watches the keys of open answers, and ends the answers whose key is revoked or expires, or whose person has been
/// ended. One statement checks all of them: when this node ends one, after changes were read and before they are sent,
/// and at each heartbeat.
/// </summary>
internal sealed class KeyWatch(
    NpgsqlDataSource postgres,
    TimeProvider clock,
    ILogger<KeyWatch> log,
    IHostApplicationLifetime lifetime,
    TimeSpan every
) : BackgroundWork(lifetime)
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<Guid, List<WatchedKey>> _watched = [];
    private Task? _next;

    /// <summary>
    /// Watches the key of a caller until the result is disposed of. Anonymous callers have no key to watch. A person's
    /// token ends at its time, or when an admin ends the person.
    /// </summary>
    public WatchedKey Watch(Caller? caller)
    {
        var key = new WatchedKey(this, caller, clock);
        if (caller is not { Id: { } id })
            return key;
        lock (_gate)
        {
            if (!_watched.TryGetValue(id, out var others))
                _watched.Add(id, others = []);
            others.Add(key);
        }
        return key;
    }

    /// <summary>
    /// Checks all watched keys. When this returns, every key that had ended before the call is known to have ended.
    /// </summary>
    public Task CheckAsync()
    {
        lock (_gate)
            // A check that has not begun yet would see everything that this one would.
            return _watched.Count == 0 ? Task.CompletedTask : _next ??= CheckInTurnAsync();
    }

    private async Task CheckInTurnAsync()
    {
        // Outside CheckAsync's lock, so that callers can join until this begins.
        await _turn.WaitAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await LookAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task LookAsync()
    {
        Guid[] ids;
        lock (_gate)
        {
            _next = null;
            ids = [.. _watched.Keys];
        }
        if (ids.Length == 0)
            return;
        var rows = (
            await postgres.ListAsync<KeyState>(SelectStates, new { ids }, CancellationToken.None)
        ).ToDictionary(r => r.Id);
        var ended = new List<WatchedKey>();
        lock (_gate)
            foreach (var id in ids)
                if (_watched.TryGetValue(id, out var keys))
                    ended.AddRange(keys.Where(k => !k.Take(rows.GetValueOrDefault(id))));
        foreach (var key in ended)
            key.End();
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await CheckAsync();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // whatever happens, it must go on watching
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LogWarning("The keys of open streams could not be checked: {Reason}", e.Message);
            }
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    internal void Remove(WatchedKey key)
    {
        if (key.Caller?.Id is not { } id)
            return;
        lock (_gate)
            if (_watched.TryGetValue(id, out var others) && others.Remove(key) && others.Count == 0)
                _watched.Remove(id);
    }

    private const string SelectStates = """
        select id, role, section_ids, expires_at, revoked_at ended_at from api_keys where id = any(@ids)
        union all select id, role, section_ids, null, ended_at from people where id = any(@ids)
        """;

    /// <summary>What a key or a person is at the moment.</summary>
    internal sealed record KeyState
    {
        public required Guid Id { get; init; }
        public required string? Role { get; init; }
        public required Guid[]? SectionIds { get; init; }
        public required DateTimeOffset? ExpiresAt { get; init; }

        /// <summary>When the key was revoked, or the person ended.</summary>
        public required DateTimeOffset? EndedAt { get; init; }
    }
}

/// <summary>The key of one open answer.</summary>
internal sealed class WatchedKey(KeyWatch watch, Caller? caller, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private DateTimeOffset? _expiresAt = caller?.ExpiresAt;

    public Caller? Caller => caller;

    /// <summary>Cancelled once a check finds that the key has ended.</summary>
    public CancellationToken Ended => _ended.Token;

    private TimeSpan? Left => _expiresAt - clock.GetUtcNow();

    /// <summary>The time, or the shorter time until the key expires.</summary>
    public TimeSpan Within(TimeSpan time) =>
        Left is not { } left || left > time ? time
        : left > TimeSpan.Zero ? left
        : TimeSpan.Zero;

    /// <exception cref="Refused">401: the key has ended.</exception>
    public void Require()
    {
        if (_ended.IsCancellationRequested || Left <= TimeSpan.Zero)
            throw new Refused(
                ProblemKinds.Unauthenticated,
                caller?.Kind == ActorKind.Person
                    ? "The token has expired since the answer began, or an admin has ended the access of its person."
                    : "The key was revoked, has expired, or has changed its rights since the answer began."
            );
    }

    /// <summary>What was read for the key, if that has not ended; otherwise it is given back.</summary>
    /// <exception cref="Refused">401: the key has ended.</exception>
    public T Require<T>(T read)
        where T : IDisposable
    {
        try
        {
            Require();
            return read;
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The same, after a look: a key that ended before this was called is known to have, whoever ended it.
    /// </summary>
    /// <exception cref="Refused">401: the key has ended.</exception>
    public async Task<T> CheckAsync<T>(T read)
        where T : IDisposable
    {
        try
        {
            await watch.CheckAsync();
        }
        catch
        {
            read.Dispose();
            throw;
        }
        return Require(read);
    }

    public void Dispose()
    {
        watch.Remove(this);
        _ended.Dispose();
    }

    /// <summary>Whether the key is still what it was when the answer began.</summary>
    internal bool Take(KeyWatch.KeyState? now)
    {
        // A person's rights are those of the token, and the person may have several.
        if (caller!.Kind == ActorKind.Person)
            return now is not null && !KnownPeople.HasEnded(now.EndedAt, caller.IssuedAt);
        _expiresAt = now?.ExpiresAt;
        return now is { EndedAt: null, Role: { } role }
            && !(Left <= TimeSpan.Zero)
            && Enum.Parse<Role>(role, ignoreCase: true) == caller.Role
            && (now.SectionIds ?? []).ToHashSet().SetEquals(caller.SectionIds ?? [])
            && now.SectionIds is null == caller.SectionIds is null;
    }

    internal void End()
    {
        try
        {
            // Not inline: thousands of answers may share this key.
            _ = _ended.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The answer ended by itself.
        }
    }
}
