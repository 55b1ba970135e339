using System.Diagnostics;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Sync;

/// <summary>What those ask who have the newsroom already: is there anything new?</summary>
internal static class Deltas
{
    private const int Changes = 100;
    private const int Reads = 100;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(
        Report report,
        ServerProcess bare,
        Newsroom large,
        Newsroom small,
        int articles,
        int fewer,
        int rounds,
        CancellationToken ct
    )
    {
        using var node = await ServerProcess.NodeAsync(large, "artifacts/bench/node", ct);
        using var other = await ServerProcess.NodeAsync(small, "artifacts/bench/node", ct);

        report.Heading("A delta of nothing");
        var end = $"/v1/sync?cursor={await node.EndAsync(ct)}";
        var (tag, length) = await TagAsync(node, end, ct);
        var rows = new List<string[]>();
        foreach (var connections in (int[])[1, 64])
        {
            Way[] ways =
            [
                new("bare Kestrel, 304", bare, Wire.Get("/unchanged", $"If-None-Match: {tag}"), 304),
                new("304", node, Wire.Get(end, $"If-None-Match: {tag}"), 304),
                new($"bare Kestrel, 200 with {length} bytes", bare, Wire.Get($"/bytes/{length}"), 200),
                new("200", node, Wire.Get(end), 200),
            ];
            var rates = ways.ToDictionary(w => w, _ => new List<(double Rate, double Cpu)>());
            // The first round is for the compilers.
            for (var round = 0; round <= rounds; round++)
            {
                Report.Progress($"a delta of nothing: {connections} connections, round {round}");
                foreach (var way in ways)
                {
                    var measured = await HammerAsync(way, connections, ct);
                    if (round > 0)
                        rates[way].Add(measured);
                }
            }
            for (var i = 0; i < ways.Length; i++)
            {
                var baseline = rates[ways[i - (i % 2)]];
                rows.Add([
                    ways[i].Name,
                    $"{connections}",
                    Spread.Of(rates[ways[i]].Select(r => r.Rate)).ToString(),
                    Ratio(r => r.Rate),
                    Spread.Of(rates[ways[i]].Select(r => r.Cpu)).ToString(),
                    Ratio(r => r.Cpu),
                ]);
                string Ratio(Func<(double Rate, double Cpu), double> of) =>
                    Figure.Ratio(
                        Spread.Of(rates[ways[i]].Select(of)).Median,
                        Spread.Of(baseline.Select(of)).Median
                    );
            }
        }
        report.Table(["", "connections", "requests/s", "ratio", "server CPU, µs a request", "ratio"], rows);

        report.Heading($"A delta of {Changes} changes");
        var deltas = new List<string[]>();
        var first = await DeltaAsync(bare, other, small, ct);
        var second = await DeltaAsync(bare, node, large, ct);
        foreach (
            var (name, of) in ((string, Func<Delta, double[]>)[])
                [
                    ("bare Kestrel, the same bytes", d => d.Bare),
                    ("asked by the first", d => d.First),
                    ("asked by those after", d => d.Shared),
                    ("the publications themselves", d => d.Publications),
                ]
        )
        {
            foreach (var (count, delta) in ((int, Delta)[])[(fewer, first), (articles, second)])
                deltas.Add([
                    name,
                    $"{count:#,0}",
                    Figure.Of(Figure.Percentile(of(delta), 0.5)),
                    Figure.Of(Figure.Percentile(of(delta), 0.99)),
                    Figure.Ratio(Figure.Percentile(of(delta), 0.5), Figure.Percentile(of(first), 0.5)),
                ]);
        }
        report.Table(["", "articles", "p50, ms", "p99, ms", "ratio to fewer articles"], deltas);
    }

    private static async Task<(string Tag, long Length)> TagAsync(
        ServerProcess node,
        string target,
        CancellationToken ct
    )
    {
        using var client = new HttpClient { BaseAddress = node.Address };
        using var answer = await client.GetAsync(new Uri(target, UriKind.Relative), ct);
        return (answer.Headers.ETag!.ToString(), (await answer.Content.ReadAsByteArrayAsync(ct)).Length);
    }

    private static async Task<(double Rate, double Cpu)> HammerAsync(
        Way way,
        int connections,
        CancellationToken ct
    )
    {
        var wires = new List<Wire>();
        for (var i = 0; i < connections; i++)
            wires.Add(await Wire.OpenAsync(way.Server.Address, ct, bufferSize: 16 * 1024));
        var cpu = way.Server.Cpu;
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(
            wires.Select(wire =>
                Task.Run(
                    async () =>
                    {
                        var count = 0;
                        for (; Stopwatch.GetElapsedTime(start) < Window; count++)
                            await wire.ExchangeAsync(way.Request, way.Status, ct);
                        return count;
                    },
                    ct
                )
            )
        );
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        cpu = way.Server.Cpu - cpu;
        foreach (var wire in wires)
            wire.Dispose();
        return (counts.Sum() / seconds, cpu * 1e6 / counts.Sum());
    }

    private static async Task<Delta> DeltaAsync(
        ServerProcess bare,
        ServerProcess node,
        Newsroom newsroom,
        CancellationToken ct
    )
    {
        Report.Progress($"a delta of {Changes} changes");
        using var wire = await Wire.OpenAsync(node.Address, ct);
        using var bareWire = await Wire.OpenAsync(bare.Address, ct);
        var articles = await newsroom.ArticlesAsync(2 * Changes, ct);
        // Once for the compilers, on other articles.
        await PublishAsync(articles.Skip(Changes));
        var cursor = await node.EndAsync(ct);
        var publications = await PublishAsync(articles.Take(Changes));

        // A page of another size is another question: nobody has asked it yet.
        var bytes = await ReadAsync(2 * Reads + Changes);
        for (var i = 0; i < 20; i++)
            await ReadAsync(3 * Reads + Changes + i);
        var (first, shared, plain) = (new double[Reads], new double[Reads], new double[Reads]);
        for (var i = 0; i < Reads; i++)
        {
            first[i] = await TimeAsync(() => ReadAsync(Changes + i));
            shared[i] = await TimeAsync(() => ReadAsync(Changes + i));
            plain[i] = await TimeAsync(() => bareWire.ExchangeAsync(Wire.Get($"/bytes/{bytes}"), 200, ct));
        }
        return new(plain, first, shared, publications);

        ValueTask<long> ReadAsync(int limit) =>
            wire.ExchangeAsync(Wire.Get($"/v1/sync?cursor={cursor}&limit={limit}"), 200, ct);

        async Task<double[]> PublishAsync(IEnumerable<Guid> some)
        {
            var times = new List<double>();
            foreach (var article in some)
            {
                await newsroom.OutdateAsync(article, ct);
                times.Add(
                    await TimeAsync(() => wire.ExchangeAsync(Desk.Publish(newsroom, article), 200, ct))
                );
            }
            return [.. times];
        }

        static async Task<double> TimeAsync(Func<ValueTask<long>> exchange)
        {
            var start = Stopwatch.GetTimestamp();
            await exchange();
            return Figure.MsSince(start);
        }
    }

    private sealed record Way(string Name, ServerProcess Server, byte[] Request, int Status);

    private sealed record Delta(double[] Bare, double[] First, double[] Shared, double[] Publications);
}
