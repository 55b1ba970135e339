using System.Diagnostics;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;
using Cms.Platform.Postgres;

namespace Cms.Benchmarks.Sync;

/// <summary>Thousands who wait, and what they cost while nothing happens, and when something does.</summary>
internal static class HeldConnections
{
    private const int Connections = 2_000;
    private const int EventBytes = 1_000;
    private const string Events = "/v1/events?types=article&body=none";
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(
        Report report,
        ServerProcess bare,
        Newsroom newsroom,
        int rounds,
        CancellationToken ct
    )
    {
        var articles = await newsroom.ArticlesAsync(2 * rounds + 20, ct);
        var next = 0;
        string[] nobody;
        Held bareStreams,
            streams,
            bareWaits,
            waits;

        using (var node = await NodeAsync())
        {
            Report.Progress("held connections: nobody");
            await Task.Delay(Settle, ct);
            var cpu = node.Cpu;
            await Task.Delay(Idle, ct);
            nobody = ["nobody", "", "", Share(node.Cpu - cpu), $"{await ConnectionsAsync()}", "", ""];
        }

        bareStreams = await HoldAsync(bare, () => Task.FromResult("/hold"), stays: true, TellAsync);
        using (var node = await NodeAsync())
            streams = await HoldAsync(
                node,
                () => Task.FromResult(Events),
                stays: true,
                () => PublishAsync(node)
            );
        bareWaits = await HoldAsync(bare, () => Task.FromResult("/wait"), stays: false, TellAsync);
        using (var node = await NodeAsync())
            waits = await HoldAsync(
                node,
                async () => $"/v1/sync?wait=60&cursor={await node.EndAsync(ct)}",
                stays: false,
                () => PublishAsync(node)
            );

        report.Heading($"{Connections:#,0} connections held");
        report.Table(
            [
                "",
                "KiB of memory each",
                "ratio",
                "idle CPU, % of a core",
                "connections to PostgreSQL",
                "ms from the request to publish until all have it",
                "ratio",
            ],
            [
                nobody,
                Row("bare Kestrel, SSE", bareStreams, bareStreams),
                Row("SSE", streams, bareStreams),
                Row("bare Kestrel, requests that wait", bareWaits, bareWaits),
                Row("long polls", waits, bareWaits),
            ]
        );

        // A server that has compiled what it needs, so that memory is that of the connections.
        async Task<ServerProcess> NodeAsync()
        {
            var node = await ServerProcess.NodeAsync(newsroom, "artifacts/bench/node", ct);
            using var wire = await Wire.OpenAsync(node.Address, ct);
            await node.EndAsync(ct);
            for (var i = 0; i < 5; i++)
                await PublishAsync(node);
            return node;
        }

        async Task PublishAsync(ServerProcess node)
        {
            using var wire = await Wire.OpenAsync(node.Address, ct);
            var article = articles[next++ % articles.Count];
            await newsroom.OutdateAsync(article, ct);
            await wire.ExchangeAsync(Desk.Publish(newsroom, article), 200, ct);
        }

        async Task TellAsync()
        {
            using var wire = await Wire.OpenAsync(bare.Address, ct);
            await wire.ExchangeAsync(Wire.Get($"/tell/{EventBytes}"), 200, ct);
        }

        async Task<Held> HoldAsync(
            ServerProcess server,
            Func<Task<string>> target,
            bool stays,
            Func<Task> somethingHappens
        )
        {
            Report.Progress($"held connections: {(await target()).Split('?')[0]}");
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var wires = new Wire[Connections];
            for (var i = 0; i < Connections; i++)
                wires[i] = await Wire.OpenAsync(server.Address, ct, bufferSize: 8 * 1024);
            var waiting = new Waiting(Connections);
            var before = server.Resident;
            await StartAsync();
            await Task.Delay(Settle, ct);
            var memory = (server.Resident - before) / Connections;

            var (cpu, start) = (server.Cpu, Stopwatch.GetTimestamp());
            await Task.Delay(Idle, ct);
            var idle = (server.Cpu - cpu) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            var connections = await ConnectionsAsync();

            var times = new List<double>();
            for (var round = 0; round <= rounds; round++)
            {
                if (round > 0 && !stays)
                {
                    await StartAsync();
                    await Task.Delay(Settle, ct);
                }
                var all = waiting.All();
                start = Stopwatch.GetTimestamp();
                await somethingHappens();
                await all.WaitAsync(Limit, ct);
                // The first is for the compilers.
                if (round > 0)
                    times.Add(Figure.MsSince(start));
            }
            await over.CancelAsync();
            foreach (var wire in wires)
                wire.Dispose();
            return new(memory, idle, connections, Spread.Of(times));

            async Task StartAsync()
            {
                var request = Wire.Get(await target());
                for (var i = 0; i < Connections; i++)
                {
                    var wire = wires[i];
                    await wire.SendAsync(request, ct);
                    _ = stays ? ListenAsync(wire) : WaitAsync(wire);
                    // Not all in the same instant: the server is to be measured, not its backlog.
                    if (i % 50 == 49)
                        await Task.Delay(10, ct);
                }
            }

            async Task ListenAsync(Wire wire)
            {
                var lines = new Lines(line =>
                {
                    if (line.StartsWith("data: "u8))
                        waiting.One();
                });
                try
                {
                    await wire.ReceiveAsync(200, over.Token, lines.Take);
                }
                catch (OperationCanceledException) { }
            }

            async Task WaitAsync(Wire wire)
            {
                await wire.ReceiveAsync(200, ct);
                waiting.One();
            }
        }

        Task<long> ConnectionsAsync() =>
            newsroom.Postgres.FindAsync<long>(
                "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'cms'",
                new { },
                ct
            );
    }

    private static string Share(double seconds) => Figure.Of(100 * seconds / Idle.TotalSeconds);

    private static string[] Row(string name, Held held, Held baseline) =>
        [
            name,
            Figure.Of(held.Memory / 1024),
            Figure.Ratio(held.Memory, baseline.Memory),
            Figure.Of(100 * held.Cpu),
            ReferenceEquals(held, baseline) ? "" : $"{held.Postgres}",
            held.Reached.ToString(),
            Figure.Ratio(held.Reached.Median, baseline.Reached.Median),
        ];

    private sealed record Held(double Memory, double Cpu, long Postgres, Spread Reached);

    /// <summary>Counts until everybody has it.</summary>
    private sealed class Waiting(int count)
    {
        private TaskCompletionSource _all = new();
        private int _left;

        public Task All()
        {
            _left = count;
            _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _all.Task;
        }

        public void One()
        {
            if (Interlocked.Decrement(ref _left) == 0)
                _all.TrySetResult();
        }
    }
}
