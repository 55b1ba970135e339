using System.Globalization;
using Cms.Benchmarks.Harness;
using Cms.Platform.Lists;

namespace Cms.Benchmarks.Delivery;

/// <summary>A page far down the list, beside the first.</summary>
internal static class Depth
{
    private const int Deep = 10_000;

    /// <summary>One page is as its articles are: with more tags, with a picture for each. Twenty are alike.</summary>
    private const int Pages = 20;

    public static async Task RunAsync(Stage stage, CancellationToken ct)
    {
        var node = stage.Large.Cacheless;
        // A smaller newsroom has fewer; its last page may not be full.
        var number = Math.Min(Deep, (stage.Large.Articles / Paging.DefaultLimit) - 1);
        var deep = await Reading.PageAsync(stage.Large.Newsroom, node, number, ct);
        var name = string.Create(CultureInfo.InvariantCulture, $"page {number:#,0}");
        List<Contestant> pages = [new("page 1", node, Reading.FirstPage), new(name, node, deep)];
        var isDeep = number > 3 * Pages;
        if (isDeep)
            pages.AddRange([await InTurnAsync("near", 2), await InTurnAsync("far", number - Pages + 1)]);
        int[] crowds = [1, Stage.Few, Stage.Busy];
        var contest = await Contest.RunAsync("depth", pages, crowds, stage.Pace, ct);

        stage.Report.Heading("Far down the list");
        stage.Report.Say(
            "20 articles a page, cache off. The ratio is of requests a second, to page 1. A page costs "
                + "as much as its articles have tags and pictures, so twenty in turn "
                + "are compared besides."
        );
        stage.Report.Table(
            ["connections", "", "requests/s", "ratio", "p50, ms", "p99, ms", "CPU, µs"],
            contest.Rows(pages, pages[0], crowds)
        );
        stage.Aims.AtMost(
            $"{name}, cache off: median time to page 1's",
            1.1,
            contest.Ratio(pages[1], pages[0], Stage.Few, Stage.P50)
        );
        if (isDeep)
            stage.Aims.AtMost(
                $"{pages[3].Name}, cache off: median time to that of {pages[2].Name}",
                1.1,
                contest.Ratio(pages[3], pages[2], Stage.Few, Stage.P50)
            );

        async Task<Contestant> InTurnAsync(string file, int first)
        {
            var targets = new List<string>();
            for (var page = first; page < first + Pages; page++)
                targets.Add(await Reading.PageAsync(stage.Large.Newsroom, node, page, ct));
            var script = await WrkScript.WriteAsync(stage.Folder, $"pages-{file}", targets, ct);
            return new(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"pages {first:#,0} to {first + Pages - 1:#,0} in turn"
                ),
                node,
                "/"
            )
            {
                Script = script,
            };
        }
    }
}
