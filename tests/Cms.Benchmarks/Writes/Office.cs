using System.Collections.Concurrent;
using System.Diagnostics;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Writes;

/// <summary>A newsroom of its own and the way to write in it: through the server, or by hand.</summary>
internal sealed class Office : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(20);

    // Of one core, while nobody writes.
    private const double Idle = 0.1;

    private readonly Newsrooms _newsrooms;
    private readonly List<IWriter> _writers = [];
    private readonly Func<CancellationToken, Task<IWriter>> _open;

    private Office(
        string name,
        Newsrooms newsrooms,
        Newsroom newsroom,
        ServerProcess? node,
        Func<CancellationToken, Task<IWriter>> open
    ) => (Name, _newsrooms, Newsroom, Node, _open) = (name, newsrooms, newsroom, node, open);

    public string Name { get; }
    public Newsroom Newsroom { get; }

    /// <summary>The server; null where it is done by hand.</summary>
    public ServerProcess? Node { get; }

    public static async Task<Office> ServerAsync(Newsrooms newsrooms, int articles, CancellationToken ct)
    {
        var newsroom = await newsrooms.CopyAsync(articles, ct);
        var node = await ServerProcess.NodeAsync(newsroom, "artifacts/bench/node", ct);
        return new(
            "Cms",
            newsrooms,
            newsroom,
            node,
            stop => ServerWriter.OpenAsync(newsroom, node.Address, stop)
        );
    }

    public static async Task<Office> ByHandAsync(Newsrooms newsrooms, int articles, CancellationToken ct)
    {
        var newsroom = await newsrooms.CopyAsync(articles, ct);
        return new("by hand", newsrooms, newsroom, node: null, stop => HandWriter.OpenAsync(newsroom, stop));
    }

    /// <summary>Whether one request creates and publishes.</summary>
    public async Task<bool> CanCreatePublishedAsync(Manuscript manuscript, CancellationToken ct)
    {
        using var writer = await _open(ct);
        return writer is not ServerWriter server || await server.CanCreatePublishedAsync(manuscript, ct);
    }

    /// <summary>
    /// So many connections, each doing one thing after the other, until time is up or nothing is left.
    /// </summary>
    /// <param name="act">Does it, and says how many milliseconds each part of it took; null: nothing is left.</param>
    public async Task<Shift> WorkAsync(
        int connections,
        TimeSpan time,
        Func<IWriter, CancellationToken, Task<double[]?>> act,
        CancellationToken ct
    )
    {
        while (_writers.Count < connections)
            _writers.Add(await _open(ct));
        var done = new ConcurrentBag<double[]>();
        var start = Stopwatch.GetTimestamp();
        // On threads of the pool from the start: a writer that is answered at once must not keep the next one waiting.
        await Task.WhenAll(_writers.Take(connections).Select(w => Task.Run(() => WriteAsync(w), ct)));
        return new(Stopwatch.GetElapsedTime(start), [.. done]);

        async Task WriteAsync(IWriter writer)
        {
            while (Stopwatch.GetElapsedTime(start) < time && await act(writer, ct) is { } parts)
                done.Add(parts);
        }
    }

    /// <summary>
    /// Waits until what the server still does about past writes is done, so that the next contestant has the machine.
    /// </summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        if (Node is null)
            return;
        var limit = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(limit) < LongestSettling)
        {
            var before = Node.Cpu + _newsrooms.Cpu;
            await Task.Delay(Look, ct);
            if (Node.Cpu + _newsrooms.Cpu - before <= Idle * Look.TotalSeconds)
                return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers)
            writer.Dispose();
        Node?.Dispose();
        await Newsroom.DisposeAsync();
    }
}

/// <summary>What was done while connections were at work.</summary>
/// <param name="Time">How long they were.</param>
/// <param name="Done">For each act, how many milliseconds its parts took.</param>
internal sealed record Shift(TimeSpan Time, IReadOnlyList<double[]> Done)
{
    /// <summary>How often it was done in a second, and how long it took, or one part of it.</summary>
    /// <param name="part">Null: all parts together.</param>
    public Load ToLoad(int? part = null)
    {
        var times = Done.Select(parts => part is { } one ? parts[one] : parts.Sum()).ToList();
        return times.Count == 0
            ? throw new InvalidOperationException("Nothing was done.")
            : new(
                Done.Count / Time.TotalSeconds,
                Figure.Percentile(times, 0.5),
                Figure.Percentile(times, 0.99)
            )
            {
                Requests = Done.Count,
            };
    }
}
