using System.Globalization;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>What readers get: <c>/v1/articles</c> and what hangs on it, from memory and from the database.</summary>
internal static class DeliveryBench
{
    private static readonly (string Name, Func<Stage, CancellationToken, Task> RunAsync)[] Parts =
    [
        ("memory", HotPath.RunAsync),
        ("database", ColdPath.RunAsync),
        ("depth", Depth.RunAsync),
        ("size", Size.RunAsync),
        ("search", SearchPath.RunAsync),
        ("saturation", Saturation.RunAsync),
        ("start", StartAndMemory.RunAsync),
    ];

    /// <summary>Names of the parts, in their order.</summary>
    public static IEnumerable<string> PartNames => Parts.Select(p => p.Name);

    /// <param name="only">One part; null: all.</param>
    public static async Task RunAsync(
        Newsrooms newsrooms,
        Report report,
        string folder,
        int articles,
        int fewer,
        Pace pace,
        string? only,
        CancellationToken ct
    )
    {
        await using var large = await newsrooms.CopyAsync(articles, ct);
        await using var small = await newsrooms.CopyAsync(fewer, ct);
        report.Say(await CircumstancesAsync(large, articles, fewer, pace, ct));
        report.Lead(0);

        var chart = new BarChart("Requests a second, as a share of the baseline's");
        var aims = new Aims();
        using (var largeHouse = await House.OpenAsync(large, articles, ct))
        using (var smallHouse = await House.OpenAsync(small, fewer, ct))
        {
            var stage = new Stage(report, aims, chart, pace, folder, largeHouse, smallHouse);
            foreach (var (name, part) in Parts)
                if (only is null || only == name)
                    await part(stage, ct);
        }
        var before = report.Text.Length;
        aims.Write(report);
        report.Lead(before);
        await File.WriteAllTextAsync(Path.Combine(folder, "delivery.svg"), chart.ToSvg(), ct);
    }

    private static async Task<string> CircumstancesAsync(
        Newsroom newsroom,
        int articles,
        int fewer,
        Pace pace,
        CancellationToken ct
    )
    {
        var machine = await Circumstances.OfAsync(newsroom, ct);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{articles:#,0} and {fewer:#,0} articles. {machine} "
                + $"wrk, {pace.Seconds} s each time, {pace.Rounds} rounds in which all are measured in "
                + $"turn, after a warm-up. A figure is the median of the rounds, with the least and the "
                + $"most beside it; a ratio is made within each round. Every baseline's answer was "
                + $"compared with the server's, byte for byte, before it was measured."
        );
    }
}
