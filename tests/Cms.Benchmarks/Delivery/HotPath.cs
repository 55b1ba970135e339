using System.Globalization;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>
/// Answers from memory, beside bare Kestrel and nginx that give the same bytes under the same headers.
/// </summary>
internal static class HotPath
{
    public static async Task RunAsync(Stage stage, CancellationToken ct)
    {
        var node = stage.Large.Node;
        var article = (await Reading.ArticlesAsync(stage.Large.Newsroom, ct))[0];
        var (list, one) = (
            await RecordAsync("list", Reading.FirstPage),
            await RecordAsync("article", article)
        );
        string[] unchanged = [$"If-None-Match: {list.Header("ETag")}"];
        string[] compressed = ["Accept-Encoding: br"];
        Page[] pages =
        [
            new("the list", Reading.FirstPage, [], list),
            new("an article", article, [], one),
            new("the list, unchanged (304)", Reading.FirstPage, unchanged, await NotModifiedAsync())
            {
                InFull = list,
            },
            new(
                "the list, br",
                Reading.FirstPage,
                compressed,
                await RecordAsync("list-br", Reading.FirstPage, compressed)
            ),
            new("an article, br", article, compressed, await RecordAsync("article-br", article, compressed)),
        ];

        var folder = Directory.CreateDirectory(Path.Combine(stage.Folder, "recorded")).FullName;
        foreach (var file in Directory.EnumerateFiles(folder))
            File.Delete(file);
        foreach (var page in pages)
            await page.Answer.SaveAsync(folder, ct);
        using var bare = await ServerProcess.BareAsync(ct, folder);
        using var nginx = await NginxProcess.StartAsync(pages.Select(p => p.Answer), folder, ct);

        stage.Report.Heading("From memory");
        stage.Report.Say(
            "Kestrel with nothing behind it gives the same bytes under the same headers (and, where the answer is 304, "
                + "what that saves, in full), and so does nginx: bodies from a file, 304 after a look at the entity tag"
                + (nginx is null ? " (it is missing here: no rows of its own)." : ".")
                + " Ratios are of requests a second. CPU is what the server took for one request."
        );
        foreach (var page in pages)
            await MeasureAsync(stage, page, bare, nginx, ct);

        Task<RecordedAnswer> RecordAsync(string name, string target, params string[] headers) =>
            FetchAsync(name, target, headers, 200);
        Task<RecordedAnswer> NotModifiedAsync() =>
            FetchAsync("list-unchanged", Reading.FirstPage, unchanged, 304);
        async Task<RecordedAnswer> FetchAsync(string name, string target, string[] headers, int status) =>
            (await RecordedAnswer.FetchAsync(name, node.Address, target, headers, ct)).Require(status);
    }

    private static async Task MeasureAsync(
        Stage stage,
        Page page,
        ServerProcess bare,
        NginxProcess? nginx,
        CancellationToken ct
    )
    {
        var target = "/" + page.Answer.Name;
        var baseline = new Contestant("bare Kestrel", bare, target) { Headers = page.Headers };
        var ours = new Contestant("Cms", stage.Large.Node, page.Target) { Headers = page.Headers };
        var rival = nginx is null ? null : new Contestant("nginx", nginx, target) { Headers = page.Headers };
        List<Contestant> contestants = rival is null ? [baseline, ours] : [baseline, rival, ours];
        foreach (var contestant in contestants)
        {
            var answer = await RecordedAnswer.FetchAsync(
                page.Name,
                contestant.Server.Address,
                contestant.Target,
                contestant.Headers,
                ct
            );
            page.Answer.RequireSame(answer, contestant.Name);
            if (answer.HeaderBytes != page.Answer.HeaderBytes)
                throw new InvalidOperationException(
                    $"{page.Name}: {contestant.Name} writes headers of {answer.HeaderBytes} bytes in "
                        + $"place of {page.Answer.HeaderBytes}."
                );
        }

        // A server that knows nothing cannot tell that nothing has changed: a 304 is measured by the answer that it
        // saves, too.
        var inFull = page.InFull is { } whole
            ? new Contestant("bare Kestrel, in full", bare, "/" + whole.Name)
            : null;
        var rivalInFull =
            page.InFull is not null && nginx is not null
                ? new Contestant("nginx, in full", nginx, "/" + page.InFull.Name)
                : null;
        if (inFull is not null)
            contestants.Add(inFull);
        if (rivalInFull is not null)
            contestants.Add(rivalInFull);

        var contest = await Contest.RunAsync(page.Name, contestants, Stage.Crowds, stage.Pace, ct);
        stage.Report.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"**{char.ToUpperInvariant(page.Name[0])}{page.Name[1..]}**: "
                    + $"{page.Answer.Body.Length:#,0} bytes and their headers."
            )
        );
        stage.Report.Table(
            ["connections", "", "requests/s", "ratio", "p50, ms", "p99, ms", "CPU, µs"],
            contest.Rows(contestants, baseline, Stage.Crowds)
        );
        stage.Chart.Group(
            page.Name,
            contestants
                .Where(c => c != inFull && c != rivalInFull)
                .Select(c => (c.Name, contest.Ratio(c, baseline, Stage.Busy, Stage.Rate)))
        );
        stage.Aims.AtLeast(
            $"{page.Name}, from memory: requests/s to bare Kestrel's",
            0.9,
            contest.Ratio(ours, baseline, Stage.Busy, Stage.Rate)
        );
        if (inFull is not null)
            stage.Aims.AtLeast(
                $"{page.Name}, from memory: requests/s to bare Kestrel's that gives it in full",
                1,
                contest.Ratio(ours, inFull, Stage.Busy, Stage.Rate)
            );
        if (rivalInFull is not null)
            stage.Aims.AtLeast(
                $"{page.Name}, from memory: requests/s to nginx's that gives it in full",
                1.2,
                contest.Ratio(ours, rivalInFull, Stage.Busy, Stage.Rate)
            );
        else if (rival is not null)
            stage.Aims.AtLeast(
                $"{page.Name}, from memory: requests/s to nginx's",
                0.9,
                contest.Ratio(ours, rival, Stage.Busy, Stage.Rate)
            );
    }

    private sealed record Page(string Name, string Target, string[] Headers, RecordedAnswer Answer)
    {
        /// <summary>What the answer stands for, if it says no more than that this is known.</summary>
        public RecordedAnswer? InFull { get; init; }
    }
}
