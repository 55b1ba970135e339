using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Delivery;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Writes;

/// <summary>What editors do, through the API, beside the same rows written by hand.</summary>
internal static class WritesBench
{
    // Headlines of two runs on one newsroom would meet, but each run has a copy of its own.
    public const int Seed = 15;

    private static readonly (string Name, Func<WritesStage, CancellationToken, Task> RunAsync)[] Parts =
    [
        ("acts", Acts.RunAsync),
        ("desk", DeskActs.RunAsync),
        ("readers", BesideReaders.RunAsync),
        ("size", Growth.RunAsync),
        ("log", WrittenAhead.RunAsync),
        ("disk", Disk.RunAsync),
    ];

    /// <summary>Names of the parts, in their order.</summary>
    public static IEnumerable<string> PartNames => Parts.Select(p => p.Name);

    /// <param name="articles">How many the large newsroom has; of the small one's size or fewer: there is only the
    /// small one.</param>
    /// <param name="small">How many the small one has.</param>
    /// <param name="only">One part; null: all.</param>
    public static async Task RunAsync(
        Newsrooms newsrooms,
        Report report,
        int articles,
        int small,
        Pace pace,
        string? only,
        CancellationToken ct
    )
    {
        Manuscripts manuscripts;
        await using (var newsroom = await newsrooms.CopyAsync(small, ct))
        {
            manuscripts = await Manuscripts.ReadAsync(newsroom, Seed, ct);
            var machine = await Circumstances.OfAsync(newsroom, ct);
            report.Say(
                $"""
                {small:#,0} published articles. {machine} {pace.Rounds} rounds of {pace.Seconds} s for each figure, in
                turn, after a warm-up. A figure is the median of the rounds,
                with the least and the most beside it; a ratio is
                made within each round.
                """
            );
        }
        report.Lead(0);
        var stage = new WritesStage(newsrooms, report, new Aims(), manuscripts, pace, small, articles);
        foreach (var (name, part) in Parts)
            if (only is null || only == name)
                await part(stage, ct);
        var before = report.Text.Length;
        stage.Aims.Write(report);
        report.Lead(before);
    }
}

/// <summary>Everything that measurements of writes share.</summary>
/// <param name="Articles">How many published articles the newsroom has.</param>
/// <param name="Large">How many the large one has.</param>
internal sealed record WritesStage(
    Newsrooms Newsrooms,
    Report Report,
    Aims Aims,
    Manuscripts Manuscripts,
    Pace Pace,
    int Articles,
    int Large
)
{
    public TimeSpan Time => TimeSpan.FromSeconds(Pace.Seconds);

    /// <summary>Until the server's code has been compiled anew where it is used most.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(Pace.Seconds > 1 ? 4 : 1);
}
