using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Writes;

/// <summary>The same acts in a small newsroom and in a large one.</summary>
internal static class Growth
{
    public static async Task RunAsync(WritesStage stage, CancellationToken ct)
    {
        if (stage.Large <= stage.Articles)
        {
            Report.Progress(
                "size: there is one newsroom only; --articles says how many articles the large one has"
            );
            return;
        }
        await using var small = await Office.ServerAsync(stage.Newsrooms, stage.Articles, ct);
        await using var large = await Office.ServerAsync(stage.Newsrooms, stage.Large, ct);
        var manuscripts = new Dictionary<Office, Manuscripts>
        {
            [small] = stage.Manuscripts,
            [large] = await Manuscripts.ReadAsync(large.Newsroom, WritesBench.Seed, ct),
        };
        Office[] offices = [small, large];
        foreach (var office in offices)
        {
            Report.Progress("size: warming up");
            await Day.RunAsync(office, manuscripts[office], 1, stage.WarmUp, ct);
            await office.SettleAsync(ct);
        }
        var figures = new Figures();
        var revisions = offices.ToDictionary(o => o, _ => new Revision());
        for (var round = 0; round < stage.Pace.Rounds; round++)
        {
            Report.Progress($"size: round {round + 1} of {stage.Pace.Rounds}");
            foreach (var office in round % 2 == 0 ? offices : offices.Reverse())
            {
                foreach (
                    var (act, load) in await Day.RunAsync(office, manuscripts[office], 1, stage.Time, ct)
                )
                    figures.Add(office, 1, act, load);
                await office.SettleAsync(ct);
                var hot = await Day.PairsAsync(office, manuscripts[office], 1, stage.Time, isHot: true, ct);
                figures.Add(office, 1, Acts.HotPairs, hot.ToLoad());
                figures.Add(office, 1, Acts.HotPublish, hot.ToLoad(1));
                var author = manuscripts[office].HotAuthor;
                var renames = await Day.RenamesAsync(office, author, revisions[office], stage.Time, ct);
                figures.Add(office, 1, Acts.Rename, renames.ToLoad());
                await office.SettleAsync(ct);
            }
        }
        stage.Report.Heading("Size");
        stage.Report.Say(
            $"""
            One connection, {stage.Articles:#,0} and {stage.Large:#,0} published articles. "Hot" is what is used
            most in each of them: {await Acts.HotAsync(small, stage.Manuscripts, ct)} of the small one's, and {await
            Acts.HotAsync(large, manuscripts[large], ct)} of the large one's.
            """
        );
        stage.Report.Table(
            [
                "",
                $"{stage.Articles:#,0}: p50, ms",
                "p99, ms",
                $"{stage.Large:#,0}: p50, ms",
                "p99, ms",
                "p50, ratio",
            ],
            figures.Acts.Select(act =>
                (string[])
                    [
                        act,
                        figures.Of(small, 1, act, l => l.P50).ToString(),
                        figures.Of(small, 1, act, l => l.P99).ToString(),
                        figures.Of(large, 1, act, l => l.P50).ToString(),
                        figures.Of(large, 1, act, l => l.P99).ToString(),
                        figures.Slower(large, small, 1, act).ToString(),
                    ]
            )
        );
        stage.Aims.AtMost(
            $"{stage.Large:#,0} articles: median time to that with {stage.Articles:#,0}",
            1.5,
            figures.Acts.Select(a => (a, figures.Slower(large, small, 1, a)))
        );
    }
}
