using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>The first page of the list with the cache off, beside the same page by hand.</summary>
internal static class ColdPath
{
    public static async Task RunAsync(Stage stage, CancellationToken ct)
    {
        using var byHand = await ServerProcess.ByHandAsync(stage.Large.Newsroom, knowsNames: false, ct);
        using var byHeart = await ServerProcess.ByHandAsync(stage.Large.Newsroom, knowsNames: true, ct);
        var baseline = new Contestant("Npgsql by hand", byHand, Reading.FirstPage);
        var knowing = new Contestant("… that never looks at a name again", byHeart, Reading.FirstPage);
        var ours = new Contestant("Cms, cache off", stage.Large.Cacheless, Reading.FirstPage);
        Contestant[] contestants = [baseline, knowing, ours];
        var answer = (await FetchAsync(ours)).Require(200);
        foreach (var other in (Contestant[])[baseline, knowing])
            answer.RequireSame(await FetchAsync(other), other.Name);

        var contest = await Contest.RunAsync(
            "cache off",
            contestants,
            Stage.Crowds,
            stage.Pace,
            ct,
            Contest.LongWarmUp(stage.Pace)
        );
        stage.Report.Heading("From the database");
        stage.Report.Say(
            "The first page of the list with the cache off. By hand: Kestrel, one statement through "
                + "Npgsql for the page and the names that it shows, columns read "
                + "by number, the same JSON to the byte; nothing is bound, checked, tagged or hashed. The "
                + "server has the names of sections, authors and tags in its "
                + "memory, and forgets them when they change; so there is a second one by hand, which "
                + "read them at its start and would never notice."
        );
        stage.Report.Table(
            ["connections", "", "requests/s", "ratio", "p50, ms", "p99, ms", "CPU, µs"],
            contest.Rows(contestants, baseline, Stage.Crowds)
        );
        stage.Chart.Group(
            "the list, cache off",
            contestants.Select(c => (c.Name, contest.Ratio(c, baseline, Stage.Busy, Stage.Rate)))
        );
        stage.Aims.AtLeast(
            "the list, cache off: requests/s to Npgsql by hand",
            0.85,
            contest.Ratio(ours, baseline, Stage.Busy, Stage.Rate)
        );
        stage.Aims.AtLeast(
            "the list, cache off: requests/s to Npgsql by hand that never looks at a name again",
            0.85,
            contest.Ratio(ours, knowing, Stage.Busy, Stage.Rate)
        );

        Task<RecordedAnswer> FetchAsync(Contestant contestant) =>
            RecordedAnswer.FetchAsync(
                "the list, cache off",
                contestant.Server.Address,
                contestant.Target,
                [],
                ct
            );
    }
}
