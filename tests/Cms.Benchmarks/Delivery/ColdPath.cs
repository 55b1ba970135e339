using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>The first page of the list with the cache off, beside the same statement by hand.</summary>
internal static class ColdPath
{
    public static async Task RunAsync(Stage stage, CancellationToken ct)
    {
        using var byHand = await ServerProcess.ByHandAsync(stage.Large.Newsroom, ct);
        var baseline = new Contestant("Npgsql by hand", byHand, Reading.FirstPage);
        var ours = new Contestant("Cms, cache off", stage.Large.Cacheless, Reading.FirstPage);
        Contestant[] contestants = [baseline, ours];
        var answer = await FetchAsync(ours);
        answer.Require(200).RequireSame(await FetchAsync(baseline), baseline.Name);

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
            "The first page of the list with the cache off. By hand: Kestrel, the same statement through Npgsql, columns read by number, the same "
                + "JSON to the byte; nothing is bound, checked, tagged or hashed."
        );
        stage.Report.Table(
            ["connections", "", "requests/s", "ratio", "p50, ms", "p99, ms", "CPU, µs"],
            contest.Rows(contestants, baseline, Stage.Crowds)
        );
        var ratio = contest.Ratio(ours, baseline, Stage.Busy, Stage.Rate);
        stage.Chart.Group(
            "the list, cache off",
            contestants.Select(c => (c.Name, contest.Ratio(c, baseline, Stage.Busy, Stage.Rate)))
        );
        stage.Aims.AtLeast("the list, cache off: requests/s to Npgsql by hand", 0.85, ratio);

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
