using System.Buffers.Text;
using System.Diagnostics;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Sync;

/// <summary>
/// How long after an article was published those hear of it who listen, at the node that published it and at another.
/// </summary>
internal static class PublishToEvent
{
    private const int Publications = 500;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Report report, Newsroom newsroom, CancellationToken ct)
    {
        using var node = await ServerProcess.NodeAsync(newsroom, "artifacts/bench/node", ct);
        using var other = await ServerProcess.NodeAsync(newsroom, "artifacts/bench/node", ct);
        var articles = await newsroom.ArticlesAsync(Publications, ct);
        await MeasureAsync(1); // for the compilers

        var rows = new List<string[]>();
        foreach (var listeners in (int[])[1, 200])
        {
            Report.Progress($"publish to event: {listeners} listeners at each of two nodes");
            var (publications, here, there) = await MeasureAsync(listeners);
            var baseline = publications.Select(p => Ms(p.Sent, p.Answered)).ToList();
            rows.Add(Row("the publication itself: request to answer", listeners, baseline, baseline));
            foreach (
                var (where, heard) in ((string, Listener[])[])
                    [("the same node", here), ("another node", there)]
            )
            {
                rows.Add(Row($"request to event, {where}", listeners, Times(heard, p => p.Sent), baseline));
                rows.Add(
                    Row($"answer to event, {where}", listeners, Times(heard, p => p.Answered), baseline)
                );
            }
            List<double> Times(Listener[] heard, Func<Publication, long> from) =>
                [.. heard.SelectMany(l => publications.Select((p, i) => Ms(from(p), l.HeardAt[i])))];
        }
        report.Heading("From publish to event");
        report.Say(
            $"{Publications} publications, one each {Pace.TotalMilliseconds:0} ms; an event that comes "
                + "before the answer has less than 0 ms."
        );
        report.Table(["ms", "listeners at each node", "p50", "ratio", "p99", "the most"], rows);

        async Task<(Publication[] Publications, Listener[] Here, Listener[] There)> MeasureAsync(int count)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var numbers = articles.Select((id, i) => (id, i)).ToDictionary(a => a.id, a => a.i);
            var (here, there) = (await ListenAsync(node), await ListenAsync(other));

            using var wire = await Wire.OpenAsync(node.Address, ct);
            var publications = new Publication[Publications];
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Publications; i++)
            {
                await newsroom.OutdateAsync(articles[i], ct);
                var due = (i * Pace) - Stopwatch.GetElapsedTime(start);
                if (due > TimeSpan.Zero)
                    await Task.Delay(due, ct);
                var request = Desk.Publish(newsroom, articles[i]);
                var sent = Stopwatch.GetTimestamp();
                await wire.ExchangeAsync(request, 200, ct);
                publications[i] = new(sent, Stopwatch.GetTimestamp());
            }
            await Task.WhenAll(here.Concat(there).Select(l => l.All)).WaitAsync(Limit, ct);
            await over.CancelAsync();
            foreach (var listener in here.Concat(there))
                listener.Dispose();
            return (publications, here, there);

            async Task<Listener[]> ListenAsync(ServerProcess server)
            {
                var listeners = new Listener[count];
                for (var i = 0; i < count; i++)
                    listeners[i] = await Listener.StartAsync(server, numbers, over.Token);
                return listeners;
            }
        }
    }

    private static string[] Row(string name, int listeners, List<double> times, List<double> baseline) =>
        [
            name,
            $"{listeners}",
            Figure.Of(Figure.Percentile(times, 0.5)),
            Figure.Ratio(Figure.Percentile(times, 0.5), Figure.Percentile(baseline, 0.5)),
            Figure.Of(Figure.Percentile(times, 0.99)),
            Figure.Of(times.Max()),
        ];

    private static double Ms(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    private sealed record Publication(long Sent, long Answered);

    private sealed class Listener : IDisposable
    {
        private static readonly byte[] Start = "data: {\"type\":\"article\",\"id\":\""u8.ToArray();
        private readonly Wire _wire;
        private readonly Dictionary<Guid, int> _numbers;
        private readonly TaskCompletionSource _listening = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _heard;

        private Listener(Wire wire, Dictionary<Guid, int> numbers) =>
            (_wire, _numbers, HeardAt) = (wire, numbers, new long[numbers.Count]);

        /// <summary>When it heard of each article.</summary>
        public long[] HeardAt { get; }

        public Task All => _all.Task;

        public static async Task<Listener> StartAsync(
            ServerProcess server,
            Dictionary<Guid, int> numbers,
            CancellationToken ct
        )
        {
            var listener = new Listener(
                await Wire.OpenAsync(server.Address, ct, bufferSize: 16 * 1024),
                numbers
            );
            await listener._wire.SendAsync(Wire.Get("/v1/events?types=article&body=none"), ct);
            _ = listener.ListenAsync(ct);
            await listener._listening.Task.WaitAsync(ct);
            return listener;
        }

        public void Dispose() => _wire.Dispose();

        private async Task ListenAsync(CancellationToken ct)
        {
            try
            {
                await _wire.ReceiveAsync(200, ct, new Lines(Hear).Take);
            }
            catch (OperationCanceledException) { }
        }

        private void Hear(ReadOnlySpan<byte> line)
        {
            if (line.StartsWith(": listening"u8))
                _listening.TrySetResult();
            if (!line.StartsWith(Start))
                return;
            var now = Stopwatch.GetTimestamp();
            if (
                Utf8Parser.TryParse(line[Start.Length..], out Guid id, out _)
                && _numbers.TryGetValue(id, out var number)
                && HeardAt[number] == 0
            )
            {
                HeardAt[number] = now;
                if (++_heard == _numbers.Count)
                    _all.TrySetResult();
            }
        }
    }
}
