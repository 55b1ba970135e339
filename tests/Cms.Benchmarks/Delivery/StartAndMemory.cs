using System.Diagnostics;
using System.Net.Sockets;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>How long a node takes to serve, and how much memory it takes to do nothing and to do much.</summary>
internal static class StartAndMemory
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(Stage stage, CancellationToken ct)
    {
        var newsroom = stage.Large.Newsroom;
        var articles = await WrkScript.WriteAsync(
            stage.Folder,
            "start-articles",
            await Reading.ArticlesAsync(newsroom, ct),
            ct
        );
        var recorded = Path.Combine(stage.Folder, "recorded");
        List<Life> nodes = [],
            published = [],
            bares = [];
        for (var round = 1; round <= stage.Pace.Rounds; round++)
        {
            Report.Progress($"start and memory: round {round} of {stage.Pace.Rounds}");
            bares.Add(
                await LiveAsync(
                    port => ServerProcess.BareAsync(ct, recorded, port),
                    "/list",
                    "/list",
                    [("/list", null), ("/article", null)]
                )
            );
            nodes.Add(await NodeAsync(null));
            if (ServerProcess.Published is { } program)
                published.Add(await NodeAsync(program));
        }
        stage.Report.Heading("Start and memory");
        stage.Report.Say(
            "From the start of the process to its first answers. Memory is what is resident "
                + $"{Rest.TotalSeconds:0} s after that, at the end of a load of "
                + $"{Stage.Busy} connections (the list, then 1,000 articles in turn), and at most "
                + "meanwhile. (Bare Kestrel: the same two answers.)"
        );
        stage.Report.Table(
            ["", "first answer, ms", "first list, ms", "MiB at rest", "MiB after the load", "MiB at most"],
            [
                Row("bare Kestrel", bares),
                Row("Cms", nodes),
                .. published.Count > 0 ? [Row("Cms, by scripts/publish", published)] : (string[][])[],
            ]
        );
        if (published.Count > 0)
            stage.Aims.AtMost(
                "start, by scripts/publish: ms to the first answer",
                1_000,
                Spread.Of(published.Select(l => l.Live))
            );

        Task<Life> NodeAsync(string? program) =>
            LiveAsync(
                port => ServerProcess.NodeAsync(newsroom, "artifacts/bench/node", ct, port, program),
                "/health/live",
                Reading.FirstPage,
                [(Reading.FirstPage, null), ("/", articles)]
            );

        async Task<Life> LiveAsync(
            Func<int, Task<ServerProcess>> start,
            string first,
            string list,
            (string Target, WrkScript? Script)[] load
        )
        {
            var port = NginxProcess.FreePort();
            var began = Stopwatch.GetTimestamp();
            var starting = start(port);
            var address = new Uri($"http://127.0.0.1:{port}/");
            try
            {
                var live = await FirstAsync(address, first, began, starting, ct);
                var listed = await FirstAsync(address, list, began, starting, ct);
                var server = await starting;
                await Task.Delay(Rest, ct);
                var rest = server.Resident;
                server.ForgetPeak();
                foreach (var (target, script) in load)
                    await Wrk.RunAsync(
                        new("load", server, target) { Script = script },
                        Stage.Busy,
                        stage.Pace.Seconds,
                        ct
                    );
                return new(live, listed, rest, server.Resident, server.Peak);
            }
            finally
            {
                (await starting).Dispose();
            }
        }
    }

    private static async Task<double> FirstAsync(
        Uri address,
        string target,
        long began,
        Task<ServerProcess> starting,
        CancellationToken ct
    )
    {
        while (true)
        {
            try
            {
                using var wire = await Wire.OpenAsync(address, ct);
                await wire.ExchangeAsync(Wire.Get(target), 200, ct);
                return Figure.MsSince(began);
            }
            catch (SocketException) when (!starting.IsFaulted)
            {
                // Often enough for the figure, and seldom enough not to be in the way.
                await Task.Delay(2, ct);
            }
        }
    }

    private static string[] Row(string name, List<Life> lives) =>
        [
            name,
            Spread.Of(lives.Select(l => l.Live)).ToString(),
            Spread.Of(lives.Select(l => l.Listed)).ToString(),
            Spread.Of(lives.Select(l => Figure.Mib(l.Rest))).ToString(),
            Spread.Of(lives.Select(l => Figure.Mib(l.After))).ToString(),
            Spread.Of(lives.Select(l => Figure.Mib(l.Peak))).ToString(),
        ];

    private sealed record Life(double Live, double Listed, double Rest, double After, double Peak);
}
