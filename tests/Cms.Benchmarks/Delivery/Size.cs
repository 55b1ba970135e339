using System.Globalization;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>The same questions to a large newsroom and to a small one.</summary>
internal static class Size
{
    /// <summary>
    /// A p99 is that of the few worst, and one disturbance is enough for them: it takes more rounds to tell.
    /// </summary>
    private const int LeastRounds = 5;

    private const string Articles = "1,000 articles in turn";
    private static readonly string Fronts =
        $"{Reading.FullFronts} fronts (section, tag, author), each with a full page, in turn";

    public static async Task RunAsync(Stage stage, CancellationToken ct)
    {
        var small = await QuestionsAsync(stage, stage.Small, "small", ct);
        var large = await QuestionsAsync(stage, stage.Large, "large", ct);
        // A quick look is one all the same.
        var pace =
            stage.Pace.Rounds > 1
                ? stage.Pace with
                {
                    Rounds = Math.Max(LeastRounds, stage.Pace.Rounds),
                }
                : stage.Pace;
        var ratios = new List<(string, Spread)>();
        var rows = new List<string[]>();
        foreach (var (few, many) in small.Zip(large))
        {
            var contest = await Contest.RunAsync(many.Name, [few, many], [Stage.Few], pace, ct);
            var ratio = contest.Ratio(many, few, Stage.Few, Stage.P99);
            ratios.Add((many.Name, ratio));
            rows.Add([
                many.Name,
                contest.Figure(few, Stage.Few, Stage.P50).ToString(),
                contest.Figure(many, Stage.Few, Stage.P50).ToString(),
                contest.Figure(few, Stage.Few, Stage.P99).ToString(),
                contest.Figure(many, Stage.Few, Stage.P99).ToString(),
                ratio.ToString(),
            ]);
        }
        var (less, more) = (Count(stage.Small), Count(stage.Large));
        stage.Report.Heading($"{more} articles beside {less}");
        stage.Report.Say(
            $"Milliseconds at {Stage.Few} connections, {pace.Rounds} rounds. The ratio is of the p99."
        );
        stage.Report.Table(
            ["", $"p50, {less}", $"p50, {more}", $"p99, {less}", $"p99, {more}", "ratio"],
            rows
        );
        stage.Aims.AtMost($"p99 with {more} articles to that with {less}", 1.5, ratios);
    }

    private static async Task<Contestant[]> QuestionsAsync(
        Stage stage,
        House house,
        string name,
        CancellationToken ct
    )
    {
        var articles = await ScriptAsync("articles", await Reading.ArticlesAsync(house.Newsroom, ct));
        var fronts = await ScriptAsync("fronts", await Reading.FullFrontsAsync(house.Newsroom, ct));
        return
        [
            new("the list", house.Node, Reading.FirstPage),
            new(Articles, house.Node, "/") { Script = articles },
            new("the list, cache off", house.Cacheless, Reading.FirstPage),
            new($"{Articles}, cache off", house.Cacheless, "/") { Script = articles },
            new($"{Fronts}, cache off", house.Cacheless, "/") { Script = fronts },
        ];

        Task<WrkScript> ScriptAsync(string what, IReadOnlyList<string> targets) =>
            WrkScript.WriteAsync(stage.Folder, $"{name}-{what}", targets, ct);
    }

    private static string Count(House house) => house.Articles.ToString("#,0", CultureInfo.InvariantCulture);
}
