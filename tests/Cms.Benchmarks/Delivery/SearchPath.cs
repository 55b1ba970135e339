using System.Diagnostics;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>Search, for words that nearly every article has and for words that few have.</summary>
internal static class SearchPath
{
    // By rank in the corpus: the first are in most articles, the last in a few of a thousand.
    private const int Common = 100;
    private const int Rare = 1_000;
    private const int RarePerQuestion = 10;

    public static async Task RunAsync(Stage stage, CancellationToken ct)
    {
        stage.Report.Heading("Search");
        var node = stage.Large.Cacheless;
        var words = CorpusWriter.Words();
        var common = words.Distinct(StringComparer.Ordinal).Take(Common).ToArray();
        var rare = words.TakeLast(Rare).Except(common).Where((_, i) => i % RarePerQuestion == 0).ToArray();
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
        var firsts = new List<string[]>();
        foreach (
            var (question, asked) in questions.Zip<Contestant, IEnumerable<string>>([rare, common, pairs])
        )
            firsts.Add(await FirstTimeAsync(question.Name, node, asked, ct));
        stage.Report.Say(
            "Asked for the first time, one after the other: most of what is found has to be read from the disk."
        );
        stage.Report.Table(["", "questions", "p50, ms", "p99, ms", "took too long (503)"], firsts);

        int[] crowds = [1, Stage.Few];
        var contest = await Contest.RunAsync("search", questions, crowds, stage.Pace, ct);
        stage.Report.Say("Cache off, the same questions in turn again. The ratio is of requests a second.");
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

    private static async Task<string[]> FirstTimeAsync(
        string name,
        ServerProcess node,
        IEnumerable<string> asked,
        CancellationToken ct
    )
    {
        Report.Progress($"search: {name}, for the first time");
        var times = new List<double>();
        var late = 0;
        foreach (var words in asked)
        {
            var began = Stopwatch.GetTimestamp();
            var answer = await RecordedAnswer.FetchAsync(name, node.Address, Search(words), [], ct);
            times.Add(Figure.MsSince(began));
            if (answer.Status == 503)
                late++;
            else
                answer.Require(200);
        }
        return
        [
            name,
            Figure.Of(times.Count),
            Figure.Of(Figure.Percentile(times, 0.5)),
            Figure.Of(Figure.Percentile(times, 0.99)),
            Figure.Of(late),
        ];
    }

    private static string Search(string words) => $"/v1/search?q={Uri.EscapeDataString(words)}";
}
