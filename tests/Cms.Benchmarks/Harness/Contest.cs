namespace Cms.Benchmarks.Harness;

/// <summary>How often everything is measured, and for how many seconds each time.</summary>
internal sealed record Pace(int Rounds, int Seconds);

/// <summary>A server and what is asked of it.</summary>
internal sealed record Contestant(string Name, IMeasured Server, string Target)
{
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>wrk's script, where not always the same is asked.</summary>
    public WrkScript? Script { get; init; }
}

/// <summary>
/// Contestants measured in turn, round by round and in another order each time: whatever else the machine does meets
/// all of them, and a ratio is one of figures from the same minute.
/// </summary>
internal sealed class Contest
{
    private const int MostWarmUpConnections = 64;

    /// <summary>
    /// Until the code that is used most has been compiled anew, where thousands are answered in a second.
    /// </summary>
    private const int WarmUpSeconds = 5;

    /// <summary>
    /// The same where some hundreds are: a node took a minute of a busy machine until a list cost it a third of what
    /// the first ones did.
    /// </summary>
    public static int LongWarmUp(Pace pace) => pace.Seconds > 1 ? 60 : WarmUpSeconds;

    private const int AskersOfEach = 8;
    private static readonly HttpClient Http = new();

    // Closing hundreds of connections is work too, and none of the next contestant's.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<(Contestant, int), List<Load>> _loads = [];

    public static async Task<Contest> RunAsync(
        string name,
        IReadOnlyList<Contestant> contestants,
        IReadOnlyList<int> connections,
        Pace pace,
        CancellationToken ct,
        int warmUpSeconds = WarmUpSeconds
    )
    {
        var contest = new Contest();
        foreach (var contestant in contestants)
        {
            Report.Progress($"{name}: warming up {contestant.Name}");
            // What stands in memory, and what has to be read from the disk, is so after the first time; on a slow disk
            // a thousand addresses take longer than any warm-up by the clock, and each round would meet those that are
            // left.
            if (contestant.Script is { } inTurn)
                await Parallel.ForEachAsync(
                    inTurn.Targets,
                    new ParallelOptions { MaxDegreeOfParallelism = AskersOfEach, CancellationToken = ct },
                    async (target, stop) =>
                    {
                        using var answer = await Http.GetAsync(
                            new Uri(contestant.Server.Address, target),
                            stop
                        );
                        await answer.Content.CopyToAsync(Stream.Null, stop);
                    }
                );
            // No more than will be measured: a crowd that the server would have to turn away is no warm-up.
            await Wrk.RunAsync(
                contestant,
                Math.Min(MostWarmUpConnections, connections.Max()),
                Math.Max(pace.Seconds, warmUpSeconds),
                ct
            );
        }
        for (var round = 0; round < pace.Rounds; round++)
        {
            Report.Progress($"{name}: round {round + 1} of {pace.Rounds}");
            var first = round % contestants.Count;
            foreach (var count in connections)
            foreach (var contestant in contestants.Skip(first).Concat(contestants.Take(first)))
            {
                await Task.Delay(Breath, ct);
                contest.Of(contestant, count).Add(await Wrk.RunAsync(contestant, count, pace.Seconds, ct));
            }
        }
        return contest;
    }

    /// <summary>A figure of a contestant over the rounds.</summary>
    public Spread Figure(Contestant contestant, int connections, Func<Load, double> figure) =>
        Spread.Of(Of(contestant, connections).Select(figure));

    /// <summary>A figure as a ratio to the baseline's of the same round.</summary>
    public Spread Ratio(
        Contestant contestant,
        Contestant baseline,
        int connections,
        Func<Load, double> figure
    ) =>
        Spread.Of(
            Of(contestant, connections)
                .Zip(Of(baseline, connections), (its, other) => figure(its) / figure(other))
        );

    /// <summary>
    /// Rows of a table: connections, contestant, requests a second, their ratio, p50, p99, the server's CPU for each.
    /// </summary>
    public IEnumerable<string[]> Rows(
        IReadOnlyList<Contestant> contestants,
        Contestant baseline,
        IReadOnlyList<int> connections
    ) =>
        from count in connections
        from contestant in contestants
        select (string[])
            [
                contestant == contestants[0] ? $"{count}" : "",
                contestant.Name,
                Figure(contestant, count, l => l.PerSecond).ToString(),
                contestant == baseline
                    ? "1"
                    : Ratio(contestant, baseline, count, l => l.PerSecond).ToString(),
                Figure(contestant, count, l => l.P50).ToString(),
                Figure(contestant, count, l => l.P99).ToString(),
                Figure(contestant, count, l => l.Cpu).ToString(),
            ];

    private List<Load> Of(Contestant contestant, int connections)
    {
        if (!_loads.TryGetValue((contestant, connections), out var loads))
            _loads[(contestant, connections)] = loads = [];
        return loads;
    }
}
