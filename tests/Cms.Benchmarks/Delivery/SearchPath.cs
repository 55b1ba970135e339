using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>Search, for words that nearly every article has and for words that few have.</summary>
internal static class SearchPath
{
    // By rank in the corpus: the first are in most articles, the last in a few of a thousand.
    private const int Common = 100;
    private const int Rare = 1_000;

    public static async Task RunAsync(Stage stage, CancellationToken ct)
    {
        stage.Report.Heading("Search");
        var node = stage.Large.Cacheless;
        var words = CorpusWriter.Words();
        var probe = await RecordedAnswer.FetchAsync("search", node.Address, Search(words[^1]), [], ct);
        if (probe.Status == 404)
        {
            stage.Report.Say("Left out: this build answers `/v1/search` with 404.");
            return;
        }
        probe.Require(200);

        var common = words.Distinct(StringComparer.Ordinal).Take(Common).ToArray();
        var rare = words.TakeLast(Rare).Except(common).ToArray();
        // Each with another, so that as many questions come out as there are pairs.
        var pairs = common.SelectMany(
            (w, i) => Enumerable.Range(1, 9).Select(n => $"{w} {common[(i + n) % common.Length]}")
        );
        Contestant[] questions =
        [
            await QuestionAsync("rare words", rare),
            await QuestionAsync("common words", common),
            await QuestionAsync("two common words", pairs),
        ];
        int[] crowds = [1, Stage.Few];
        var contest = await Contest.RunAsync("search", questions, crowds, stage.Pace, ct);
        stage.Report.Say("Cache off, many different questions in turn. The ratio is of requests a second.");
        stage.Report.Table(
            ["connections", "", "requests/s", "ratio", "p50, ms", "p99, ms", "CPU, µs"],
            contest.Rows(questions, questions[0], crowds)
        );
        stage.Aims.AtMost(
            "search, cache off: p99 in ms of a lone reader who asks for common words",
            50,
            questions.Skip(1).Select(q => (q.Name, contest.Figure(q, 1, Stage.P99)))
        );

        async Task<Contestant> QuestionAsync(string name, IEnumerable<string> asked) =>
            new(name, node, "/")
            {
                Script = await WrkScript.WriteAsync(
                    stage.Folder,
                    "search-" + name.Replace(' ', '-'),
                    asked.Select(Search),
                    ct
                ),
            };
    }

    private static string Search(string words) => $"/v1/search?q={Uri.EscapeDataString(words)}";
}
