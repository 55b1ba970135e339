using Cms.Benchmarks.Delivery;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Writes;

/// <summary>Eight writers and 32 readers at once, and either of them alone.</summary>
internal static class BesideReaders
{
    private const int Writers = 8;
    private const int Readers = 32;

    public static async Task RunAsync(WritesStage stage, CancellationToken ct)
    {
        await using var ours = await Office.ServerAsync(stage.Newsrooms, stage.Articles, ct);
        await using var byHand = await Office.ByHandAsync(stage.Newsrooms, stage.Articles, ct);
        using var cacheless = await ServerProcess.NodeAsync(
            ours.Newsroom,
            "artifacts/bench/node",
            ct,
            settings: [new("Cms__CacheMegabytes", "0")]
        );
        var script = await WrkScript.WriteAsync(
            Path.GetFullPath("artifacts/bench"),
            "readers",
            // In turn, so that a half are lists, which each publication outdates.
            (await Reading.ArticlesAsync(ours.Newsroom, ct))
                .Zip(await Reading.FrontsAsync(ours.Newsroom, ct))
                .SelectMany(pair => (string[])[pair.First, pair.Second]),
            ct
        );
        (string Name, Contestant Readers)[] kinds =
        [
            ("from memory", new("readers", ours.Node!, Reading.FirstPage) { Script = script }),
            ("cache off", new("readers, cache off", cacheless, Reading.FirstPage) { Script = script }),
        ];
        foreach (var office in (Office[])[ours, byHand])
        {
            Report.Progress($"readers: warming up {office.Name}");
            await Day.PairsAsync(office, stage.Manuscripts, Writers, stage.WarmUp, isHot: false, ct);
        }
        foreach (var (name, readers) in kinds)
        {
            Report.Progress($"readers: warming up those who read {name}");
            await Wrk.RunAsync(readers, Readers, (int)stage.WarmUp.TotalSeconds, ct);
        }

        var found = new Dictionary<string, List<Load>>();
        for (var round = 0; round < stage.Pace.Rounds; round++)
        {
            Report.Progress($"readers: round {round + 1} of {stage.Pace.Rounds}");
            foreach (var office in (Office[])[ours, byHand])
            {
                await MeasureAsync($"{office.Name}, no readers", null, office);
                foreach (var (name, readers) in kinds)
                {
                    if (office == ours)
                        await MeasureAsync($"nobody, {name}", readers, null);
                    await MeasureAsync($"{office.Name}, {name}", readers, office);
                }
            }
        }

        stage.Report.Heading("Beside readers");
        stage.Report.Say(
            $"""
            {Writers} connections create and publish, in two requests; {Readers} read 1,000 articles and 1,000 lists
            of sections, authors and tags in turn (wrk), each as fast as it is answered. "Cache off" is a second
            node on the same newsroom. Those who write by hand write in a newsroom of their own on the same machine.
            """
        );
        stage.Report.Table(
            [
                "who writes",
                "who reads",
                "articles per s",
                "publish p50, ms",
                "p99, ms",
                "reads per s",
                "p50, ms",
                "p99, ms",
                "p99 to without writers",
            ],
            Rows()
        );
        var memory = kinds[0].Name;
        stage.Aims.AtLeast(
            "create + publish beside 32 readers: per second",
            60,
            Written($"{ours.Name}, {memory}", l => l.PerSecond)
        );
        stage.Aims.AtMost(
            "32 readers beside 8 writers: p99 to without writers",
            1.5,
            kinds.Select(k => (k.Name, Slower(ours, k.Name)))
        );

        IEnumerable<string[]> Rows()
        {
            foreach (var (name, _) in kinds)
                yield return ["nobody", name, "", "", "", .. ReadFigures($"nobody, {name}"), ""];
            foreach (var office in (Office[])[ours, byHand])
            {
                yield return
                [
                    office.Name,
                    "nobody",
                    .. WriteFigures($"{office.Name}, no readers"),
                    "",
                    "",
                    "",
                    "",
                ];
                foreach (var (name, _) in kinds)
                    yield return
                    [
                        office.Name,
                        name,
                        .. WriteFigures($"{office.Name}, {name}"),
                        .. ReadFigures($"{office.Name}, {name}"),
                        Slower(office, name).ToString(),
                    ];
            }
        }

        async Task MeasureAsync(string name, Contestant? readers, Office? writers)
        {
            var writing = writers is null
                ? null
                : Day.PairsAsync(writers, stage.Manuscripts, Writers, stage.Time, isHot: false, ct);
            var reading = readers is null ? null : Wrk.RunAsync(readers, Readers, stage.Pace.Seconds, ct);
            if (reading is not null)
                Add("read: " + name, await reading);
            if (writing is not null)
            {
                var shift = await writing;
                // How many pairs in a second, and how long their publications took.
                Add("written: " + name, shift.ToLoad(1));
                await writers!.SettleAsync(ct);
            }
        }

        void Add(string name, Load load)
        {
            if (!found.TryGetValue(name, out var loads))
                found[name] = loads = [];
            loads.Add(load);
        }

        Spread Written(string name, Func<Load, double> figure) =>
            Spread.Of(found["written: " + name].Select(figure));

        Spread Read(string name, Func<Load, double> figure) =>
            Spread.Of(found["read: " + name].Select(figure));

        string[] WriteFigures(string name) =>
            [
                Written(name, l => l.PerSecond).ToString(),
                Written(name, l => l.P50).ToString(),
                Written(name, l => l.P99).ToString(),
            ];

        string[] ReadFigures(string name) =>
            [
                Read(name, l => l.PerSecond).ToString(),
                Read(name, l => l.P50).ToString(),
                Read(name, l => l.P99).ToString(),
            ];

        Spread Slower(Office office, string name) =>
            Spread.Of(
                found[$"read: {office.Name}, {name}"]
                    .Zip(found[$"read: nobody, {name}"], (with, without) => with.P99 / without.P99)
            );
    }
}
