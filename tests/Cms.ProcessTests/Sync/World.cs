using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Cms.ProcessTests.Sync;

/// <summary>
/// What the writers know of each other's work: what there is to act upon, and what they were told has been kept.
/// </summary>
internal sealed class World
{
    public Pool Articles { get; } = new();
    public Pool Authors { get; } = new();
    public Pool Images { get; } = new();
    public Pool Tags { get; } = new();

    /// <summary>Sections that stay, and those that come and go.</summary>
    public Pool Sections { get; } = new();
    public Pool SpareSections { get; } = new();

    private readonly ConcurrentDictionary<string, int> _revisions = new();
    private readonly ConcurrentDictionary<string, bool> _gone = new();

    /// <summary>Every write that was acknowledged, by the address of what was written: the greatest revision.</summary>
    public IReadOnlyDictionary<string, int> Revisions => _revisions;

    /// <summary>What was deleted for good, by address: true if that was acknowledged, false if nobody knows.</summary>
    public IReadOnlyDictionary<string, bool> Gone => _gone;

    public void Kept(string url, JsonObject answer) =>
        _revisions.AddOrUpdate(
            url,
            static (_, r) => r,
            static (_, known, r) => Math.Max(known, r),
            answer["revision"]!.GetValue<int>()
        );

    public void Deleted(string url, bool isKnown) =>
        _gone.AddOrUpdate(url, static (_, k) => k, static (_, known, k) => known || k, isKnown);
}

/// <summary>Ids, from which any can be drawn.</summary>
internal sealed class Pool
{
    private readonly Lock _gate = new();
    private readonly List<string> _ids = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _ids.Count;
        }
    }

    public void Add(string id)
    {
        lock (_gate)
            if (!_ids.Contains(id))
                _ids.Add(id);
    }

    public void Remove(string id)
    {
        lock (_gate)
            _ids.Remove(id);
    }

    public string[] All()
    {
        lock (_gate)
            return [.. _ids];
    }

    public string? Draw(Random random)
    {
        lock (_gate)
            return _ids.Count == 0 ? null : _ids[random.Next(_ids.Count)];
    }

    public string[] Draw(Random random, int most)
    {
        lock (_gate)
        {
            var all = _ids.ToArray();
            random.Shuffle(all);
            return all[..Math.Min(all.Length, random.Next(most + 1))];
        }
    }
}
