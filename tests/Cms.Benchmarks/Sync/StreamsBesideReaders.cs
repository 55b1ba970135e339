using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Delivery;
using Cms.Benchmarks.Harness;
using Cms.Platform.Postgres;

namespace Cms.Benchmarks.Sync;

/// <summary>
/// What thousands of streams of different scopes cost those who read and those who publish: with streams and without,
/// in turn, on the same node.
/// </summary>
internal static class StreamsBesideReaders
{
    private const int Readers = 4;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReadPace = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan PublishPace = TimeSpan.FromMilliseconds(500);
    private static readonly string[] Forms = ["none", "html", "text", "markdown", "blocks"];
    private static readonly string[] Types = ["section", "image", "author", "tag"];

    public static async Task RunAsync(
        Newsrooms newsrooms,
        Report report,
        int articles,
        int streams,
        int scopes,
        int rounds,
        CancellationToken ct
    )
    {
        await using var newsroom = await newsrooms.CopyAsync(articles, ct);
        using var node = await ServerProcess.NodeAsync(
            newsroom,
            "artifacts/bench/node",
            ct,
            settings: new Dictionary<string, string> { ["Cms__CacheMegabytes"] = "0" }
        );
        var published = await newsroom.ArticlesAsync(1_000, ct);
        var targets = await ScopesAsync(newsroom, scopes, ct);
        var fronts = (await Reading.FrontsAsync(newsroom, ct)).Select(f => Wire.Get(f)).ToArray();
        var next = 0;

        // For the compilers, and so that every front has been read once.
        await MeasureAsync(TimeSpan.FromSeconds(10));
        var (none, some) = (new List<Outcome>(), new List<Outcome>());
        for (var round = 1; round <= rounds; round++)
        {
            Report.Progress($"streams beside readers: round {round} of {rounds}, none");
            none.Add(await MeasureAsync(Window));
            Report.Progress($"streams beside readers: round {round} of {rounds}, {streams} streams");
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var held = new Held();
            var wires = new List<Wire>();
            for (var i = 0; i < streams; i++)
            {
                var wire = await Wire.OpenAsync(node.Address, ct, bufferSize: 4 * 1024);
                wires.Add(wire);
                await wire.SendAsync(Wire.Get(targets[i % targets.Length]), ct);
                _ = held.ListenAsync(wire, over.Token);
                // Not all in the same instant: the server is to be measured, not its backlog.
                if (i % 50 == 49)
                    await Task.Delay(10, ct);
            }
            await Task.Delay(Settle, ct);
            var (open, before) = (held.Open, held.Events);
            var outcome = await MeasureAsync(Window);
            await Task.Delay(Settle, ct);
            some.Add(outcome with { Streams = open, Events = held.Events - before });
            await over.CancelAsync();
            foreach (var wire in wires)
                wire.Dispose();
            await Task.Delay(Settle, ct);
        }

        report.Heading($"{streams:#,0} streams of {scopes:#,0} scopes beside readers");
        report.Say(
            $"{Readers} readers without the memory of answers, each asking every "
                + $"{ReadPace.TotalMilliseconds:0} ms; a publication each {PublishPace.TotalMilliseconds:0} "
                + "ms. "
                + "A ratio is to the same round without streams. The clients of all streams run on the same machine."
        );
        report.Table(
            ["", "without streams", "with streams", "ratio"],
            [
                Row("streams open", o => o.Streams),
                Row("events received", o => o.Events),
                Row("reads", o => o.Reads.Count),
                Row("reads refused", o => o.Refused),
                Row("read, p50, ms", o => Figure.Percentile(o.Reads, 0.5)),
                Row("read, p99, ms", o => Figure.Percentile(o.Reads, 0.99)),
                Row("publications", o => o.Publications.Count),
                Row("publish, p50, ms", o => Figure.Percentile(o.Publications, 0.5)),
                Row("publish, p99, ms", o => Figure.Percentile(o.Publications, 0.99)),
                Row("CPU of the node, % of a core", o => o.Cpu),
            ]
        );

        string[] Row(string name, Func<Outcome, double> figure) =>
            [
                name,
                Spread.Of(none.Select(figure)).ToString(),
                Spread.Of(some.Select(figure)).ToString(),
                none.All(o => figure(o) > 0)
                    ? Spread.Of(some.Zip(none, (with, without) => figure(with) / figure(without))).ToString()
                    : "",
            ];

        async Task<Outcome> MeasureAsync(TimeSpan window)
        {
            var (cpu, start) = (node.Cpu, Stopwatch.GetTimestamp());
            var reads = new ConcurrentBag<double>();
            var publications = new List<double>();
            var refused = 0;
            await Task.WhenAll([.. Enumerable.Range(0, Readers).Select(ReadAsync), PublishAsync()]);
            return new(
                [.. reads],
                refused,
                publications,
                100 * (node.Cpu - cpu) / Stopwatch.GetElapsedTime(start).TotalSeconds
            );

            async Task ReadAsync(int reader)
            {
                using var wire = await Wire.OpenAsync(node.Address, ct);
                for (var i = 0; Stopwatch.GetElapsedTime(start) < window; i++)
                {
                    await DueAsync(i * ReadPace);
                    var sent = Stopwatch.GetTimestamp();
                    var status = await wire.AskAsync(fronts[((i * Readers) + reader) % fronts.Length], ct);
                    if (status == 200)
                        reads.Add(Figure.MsSince(sent));
                    else
                        Interlocked.Increment(ref refused);
                }
            }

            async Task PublishAsync()
            {
                using var wire = await Wire.OpenAsync(node.Address, ct);
                for (var i = 0; Stopwatch.GetElapsedTime(start) < window; i++)
                {
                    await DueAsync(i * PublishPace);
                    var article = published[next++ % published.Count];
                    await wire.AskAsync(Change(newsroom, article, next), ct);
                    var sent = Stopwatch.GetTimestamp();
                    await wire.AskAsync(Desk.Publish(newsroom, article), ct);
                    publications.Add(Figure.MsSince(sent));
                }
            }

            async Task DueAsync(TimeSpan due)
            {
                due -= Stopwatch.GetElapsedTime(start);
                if (due > TimeSpan.Zero)
                    await Task.Delay(due, ct);
            }
        }
    }

    /// <summary>A fifth of them hears of the whole newsroom, the others of a section each.</summary>
    private static async Task<string[]> ScopesAsync(Newsroom newsroom, int count, CancellationToken ct)
    {
        var sections = await newsroom.Postgres.ListAsync<string>(
            "select slug::text from published_sections order by md5(id::text)",
            new { },
            ct
        );
        var whole = Enumerable
            .Range(0, 1 << Types.Length)
            .Select(mask =>
                string.Join(',', Types.Where((_, i) => (mask & (1 << i)) != 0).Prepend("article"))
            )
            .SelectMany(types => Forms.Select(form => $"types={types}&body={form}"))
            .Take(count / 5)
            .ToArray();
        var parts = Enumerable
            .Range(0, Math.Max(0, count - whole.Length))
            .Select(i =>
                $"types=article&section={sections[i % sections.Count]}&body={Forms[i / sections.Count % Forms.Length]}"
            );
        return [.. whole.Concat(parts).Distinct().Select(scope => $"/v1/events?{scope}")];
    }

    private static byte[] Change(Newsroom newsroom, Guid article, int number)
    {
        var body = $$"""{"deck":"What was known at {{number}}."}""";
        return Encoding.ASCII.GetBytes(
            $"PATCH /v1/editorial/articles/{article} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + $"Authorization: Bearer {newsroom.Key}\r\n"
                + "Content-Type: application/merge-patch+json\r\nIf-Match: *\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}"
        );
    }

    private sealed record Outcome(
        IReadOnlyCollection<double> Reads,
        int Refused,
        IReadOnlyCollection<double> Publications,
        double Cpu
    )
    {
        public int Streams { get; init; }
        public long Events { get; init; }
    }

    /// <summary>All streams, and what they hear.</summary>
    private sealed class Held
    {
        private int _open;
        private long _events;

        public int Open => Volatile.Read(ref _open);
        public long Events => Volatile.Read(ref _events);

        public async Task ListenAsync(Wire wire, CancellationToken ct)
        {
            var lines = new Lines(line =>
            {
                if (line.StartsWith("data: "u8))
                    Interlocked.Increment(ref _events);
                else if (line.StartsWith(": listening"u8))
                    Interlocked.Increment(ref _open);
            });
            try
            {
                await wire.ReceiveAsync(200, ct, lines.Take);
            }
            catch (Exception e)
                when (e is OperationCanceledException or IOException or InvalidOperationException)
            {
                // Refused or cut off: it is not among those who hear.
            }
        }
    }
}
