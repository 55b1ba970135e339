using System.Globalization;
using Cms.Benchmarks.Harness;
using Cms.Platform.Http;

namespace Cms.Benchmarks.Delivery;

/// <summary>A page far down the list, beside the first.</summary>
internal static class Depth
{
    private const int Deep = 10_000;

    public static async Task RunAsync(Stage stage, CancellationToken ct)
    {
        var node = stage.Large.Cacheless;
        // A smaller newsroom has fewer; its last page may not be full.
        var number = Math.Min(Deep, (stage.Large.Articles / Paging.DefaultLimit) - 1);
        var deep = await Reading.PageAsync(stage.Large.Newsroom, node, number, ct);
        var name = string.Create(CultureInfo.InvariantCulture, $"page {number:#,0}");
        Contestant[] pages = [new("page 1", node, Reading.FirstPage), new(name, node, deep)];
        int[] crowds = [1, Stage.Few, Stage.Busy];
        var contest = await Contest.RunAsync("depth", pages, crowds, stage.Pace, ct);

        stage.Report.Heading("Far down the list");
        stage.Report.Say("20 articles a page, cache off. The ratio is of requests a second.");
        stage.Report.Table(
            ["connections", "", "requests/s", "ratio", "p50, ms", "p99, ms", "CPU, µs"],
            contest.Rows(pages, pages[0], crowds)
        );
        stage.Aims.AtMost(
            $"{name}, cache off: median time to page 1's",
            1.1,
            contest.Ratio(pages[1], pages[0], Stage.Few, Stage.P50)
        );
    }
}
