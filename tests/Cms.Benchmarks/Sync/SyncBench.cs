using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Sync;

/// <summary>The change feed: <c>/v1/sync</c> and <c>/v1/events</c>.</summary>
internal static class SyncBench
{
    private const int Times = 10;

    public static async Task RunAsync(
        Newsrooms newsrooms,
        Report report,
        int articles,
        int rounds,
        CancellationToken ct
    )
    {
        var fewer = Math.Max(1, articles / Times);
        await using var large = await newsrooms.CopyAsync(articles, ct);
        await using var small = await newsrooms.CopyAsync(fewer, ct);
        using var bare = await ServerProcess.BareAsync(ct);
        Report.Progress($"{rounds} rounds; figures are medians, with the least and the most beside them");
        report.Say(
            $"{articles:#,0} and {fewer:#,0} articles, {Environment.ProcessorCount} cores, the load "
                + "generator on the same machine. "
                + "A figure is the median of the rounds, with the least and the most of them beside it; a "
                + "ratio is to the baseline of its table, from the same run."
        );
        await FirstSync.RunAsync(report, newsrooms, bare, large, small, articles, fewer, rounds, ct);
        await Deltas.RunAsync(report, bare, large, small, articles, fewer, rounds, ct);
        await HeldConnections.RunAsync(report, bare, large, rounds, ct);
        await PublishToEvent.RunAsync(report, large, ct);
    }
}
