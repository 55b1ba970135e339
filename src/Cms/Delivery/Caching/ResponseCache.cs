using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Cms.Changes;
using Cms.Platform.Http.Problems;

namespace Cms.Delivery.Caching;

/// <summary>
/// Finished answers by address, in bounded memory. An answer is given only if nothing it depends on has changed since
/// before its first query; <see cref="Generations"/> hears of every change. Without the feed nothing is given and
/// nothing kept.
/// </summary>
internal sealed class ResponseCache : IDisposable
{
    /// <summary>Larger answers are rare, and cost what many small ones do.</summary>
    public const int MaxAnswerBytes = 1024 * 1024;

    private const int MaxAliases = 8;

    /// <summary>
    /// By how much an alias may be longer than the address. Enough for some percent-encoding; too little for a path of
    /// many dots and slashes.
    /// </summary>
    private const int MaxAliasExtraLength = 256;

    // What an alias costs beside its text: its places in the tables.
    private const int BytesPerAlias = 100;
    private const int MaxTries = 3;

    private readonly ConcurrentDictionary<string, CachedAnswer> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Making> _making = new(StringComparer.Ordinal);
    private readonly Generations _generations;
    private readonly ChangeSignal _signal;
    private readonly long _budget;
    private readonly Meter _meter;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _joins;
    private readonly Counter<long> _evictions;

    // Under the gate: the ring that the evicting hand goes round (CLOCK: whoever was used since it last came by stays
    // for one more round).
    private readonly Lock _gate = new();
    private readonly LinkedList<CachedAnswer> _ring = [];
    private readonly Dictionary<CachedAnswer, LinkedListNode<CachedAnswer>> _places = [];
    private LinkedListNode<CachedAnswer>? _hand;
    private long _bytes;
    private long _hits;

    /// <param name="budget">The most memory that answers may take, in bytes, all codings counted.</param>
    public ResponseCache(ChangeSignal signal, Generations generations, long budget, IMeterFactory meters)
    {
        (_signal, _generations, _budget) = (signal, generations, budget);
        _meter = meters.Create("Cms.ResponseCache");
        // Counted here, and asked for: telling a meter of each would cost as much as finding the answer.
        _meter.CreateObservableCounter(
            "cms.cache.hits",
            () => Interlocked.Read(ref _hits),
            description: "Requests answered from memory."
        );
        _misses = _meter.CreateCounter<long>("cms.cache.misses", description: "Requests that ran a query.");
        _joins = _meter.CreateCounter<long>(
            "cms.cache.joins",
            description: "Requests that shared another's query."
        );
        _evictions = _meter.CreateCounter<long>(
            "cms.cache.evictions",
            description: "Answers dropped for room."
        );
        _meter.CreateObservableGauge("cms.cache.size", () => Bytes, "By", "Memory that answers take.");
        _meter.CreateObservableGauge("cms.cache.answers", () => Count, description: "Answers kept.");
    }

    public long Bytes => Interlocked.Read(ref _bytes);

    public int Count
    {
        get
        {
            lock (_gate)
                return _ring.Count;
        }
    }

    /// <summary>Whether answers may be given and kept now.</summary>
    public bool IsOpen => _signal.IsLive;

    /// <summary>The current answer to this address or alias of one, if there is any.</summary>
    public CachedAnswer? Find(string address)
    {
        if (!IsOpen || !_answers.TryGetValue(address, out var answer) || !IsCurrent(answer))
            return null;
        Interlocked.Increment(ref _hits);
        return answer;
    }

    /// <summary>Lets an answer be found by another way to write its address, such as with needless escapes.</summary>
    public void AddAlias(CachedAnswer answer, string address)
    {
        lock (_gate)
        {
            if (
                !_places.ContainsKey(answer)
                || answer.Aliases.Count >= MaxAliases
                || address == answer.Key
                || address.Length > answer.Key.Length + MaxAliasExtraLength
            )
                return;
            if (!_answers.TryAdd(address, answer))
                return;
            answer.Aliases.Add(address);
            answer.Bytes += BytesPerAlias + (2 * address.Length);
            _bytes += BytesPerAlias + (2 * address.Length);
            MakeRoom(answer);
        }
    }

    /// <summary>
    /// The answer to an address, made by <paramref name="make"/> for all who ask for it at the same time. Whoever came
    /// while it was being made takes it only if it cannot be older than their coming.
    /// </summary>
    /// <param name="make">Makes the answer; it is given the time before its first query.</param>
    public async Task<Outcome> GetAsync(string key, Func<long, Task<Outcome>> make)
    {
        var arrived = _generations.Now;
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var mine = new Making();
            var making = _making.GetOrAdd(key, mine);
            if (making == mine)
                return await LeadAsync(key, mine, make);
            _joins.Add(1);
            var outcome = await making.Task;
            if (
                outcome.Answer is not { } answer
                || answer.AsOf >= arrived
                || _generations.AreCurrent(answer.Slots, answer.AsOf)
            )
                return outcome with { IsOwn = false };
        }
        _misses.Add(1);
        return await make(_generations.Now);
    }

    /// <summary>More memory for another coding of an answer.</summary>
    public void Grow(CachedAnswer answer, int bytes)
    {
        lock (_gate)
        {
            answer.Bytes += bytes;
            if (!_places.ContainsKey(answer))
                return;
            _bytes += bytes;
            MakeRoom(answer);
        }
    }

    public void Dispose() => _meter.Dispose();

    private async Task<Outcome> LeadAsync(string key, Making mine, Func<long, Task<Outcome>> make)
    {
        try
        {
            // Another one may have found between the look and the start.
            if (Find(key) is { } found)
                return mine.Complete(_making, key, new(found, null));
            _misses.Add(1);
            // Before the first query: what changes from now on is news to the answer.
            var asOf = _generations.Now;
            var outcome = await make(asOf);
            if (outcome.Answer is { } answer)
                Keep(answer);
            return mine.Complete(_making, key, outcome);
        }
        catch (Exception e)
        {
            mine.Fail(_making, key, e);
            throw;
        }
    }

    private bool IsCurrent(CachedAnswer answer)
    {
        // Read before the slots: if something is published after this, it is looked at again next time.
        var published = _generations.Published;
        if (Volatile.Read(ref answer.CheckedAt) != published)
        {
            if (!_generations.AreCurrent(answer.Slots, answer.AsOf))
            {
                lock (_gate)
                    Remove(answer);
                return false;
            }
            Volatile.Write(ref answer.CheckedAt, published);
        }
        if (!answer.IsWarm)
            answer.IsWarm = true;
        return true;
    }

    private void Keep(CachedAnswer answer)
    {
        lock (_gate)
        {
            if (
                answer.IsPassing
                || !IsOpen
                || !_generations.AreCurrent(answer.Slots, answer.AsOf)
                || answer.Bytes > MaxAnswerBytes
            )
                return;
            if (_answers.TryGetValue(answer.Key, out var old))
                Remove(old);
            _answers[answer.Key] = answer;
            _places[answer] = _ring.AddLast(answer);
            _bytes += answer.Bytes;
            MakeRoom(answer);
        }
    }

    private void MakeRoom(CachedAnswer newest)
    {
        for (var left = 2 * _ring.Count; _bytes > _budget && left > 0; left--)
        {
            _hand = _hand?.Next ?? _ring.First!;
            var answer = _hand.Value;
            if (answer == newest)
                continue;
            if (answer.IsWarm)
            {
                answer.IsWarm = false;
                continue;
            }
            Remove(answer);
            _evictions.Add(1);
        }
    }

    private void Remove(CachedAnswer answer)
    {
        if (!_places.Remove(answer, out var place))
            return;
        if (_hand == place)
            _hand = place.Previous;
        _ring.Remove(place);
        _bytes -= answer.Bytes;
        _answers.TryRemove(KeyValuePair.Create(answer.Key, answer));
        foreach (var alias in answer.Aliases)
            _answers.TryRemove(KeyValuePair.Create(alias, answer));
    }

    private sealed class Making
    {
        private readonly TaskCompletionSource<Outcome> _completion = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        public Task<Outcome> Task => _completion.Task;

        public Outcome Complete(ConcurrentDictionary<string, Making> making, string key, Outcome outcome)
        {
            making.TryRemove(KeyValuePair.Create(key, this));
            _completion.SetResult(outcome);
            return outcome;
        }

        public void Fail(ConcurrentDictionary<string, Making> making, string key, Exception e)
        {
            making.TryRemove(KeyValuePair.Create(key, this));
            _completion.SetException(e);
            // Nobody may be waiting; that it failed is not unobserved: the leader throws it too.
            _ = _completion.Task.Exception;
        }
    }
}

/// <summary>
/// What came of a miss: an answer, a refusal, or neither, where the response was written in another way.
/// </summary>
/// <param name="Refusal">Why there is no answer; not written yet, so that nobody waits for the one who led to be sent
/// it.</param>
/// <param name="IsOwn">Whether it was made by the one who asked.</param>
internal sealed record Outcome(CachedAnswer? Answer, Refused? Refusal, bool IsOwn = true);
