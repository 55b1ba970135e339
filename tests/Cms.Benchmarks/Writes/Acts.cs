using System.Globalization;
using Cms.Benchmarks.Harness;
using Cms.Platform.Postgres;

namespace Cms.Benchmarks.Writes;

/// <summary>Each act of the desk, by one writer and by eight, beside the same by hand.</summary>
internal static class Acts
{
    private static readonly int[] Crowds = [1, 8];

    public static async Task RunAsync(WritesStage stage, CancellationToken ct)
    {
        await using var ours = await Office.ServerAsync(stage.Newsrooms, stage.Articles, ct);
        await using var byHand = await Office.ByHandAsync(stage.Newsrooms, stage.Articles, ct);
        Office[] offices = [ours, byHand];
        await SameOutcome.RequireAsync(ours, byHand, stage.Manuscripts, ct);
        foreach (var office in offices)
        {
            Report.Progress($"acts: warming up {office.Name}");
            await Day.RunAsync(office, stage.Manuscripts, 8, stage.WarmUp, ct);
            await office.SettleAsync(ct);
        }
        var figures = new Figures();
        var revisions = offices.ToDictionary(o => o, _ => new Revision());
        for (var round = 0; round < stage.Pace.Rounds; round++)
        {
            Report.Progress($"acts: round {round + 1} of {stage.Pace.Rounds}");
            foreach (var office in round % 2 == 0 ? offices : offices.Reverse())
            {
                foreach (var connections in Crowds)
                {
                    foreach (
                        var (act, load) in await Day.RunAsync(
                            office,
                            stage.Manuscripts,
                            connections,
                            stage.Time,
                            ct
                        )
                    )
                        figures.Add(office, connections, act, load);
                    await office.SettleAsync(ct);
                    var hot = await Day.PairsAsync(
                        office,
                        stage.Manuscripts,
                        connections,
                        stage.Time,
                        true,
                        ct
                    );
                    figures.Add(office, connections, HotPairs, hot.ToLoad());
                    figures.Add(office, connections, HotPublish, hot.ToLoad(1));
                    await office.SettleAsync(ct);
                }
                var author = stage.Manuscripts.HotAuthor;
                var renames = await Day.RenamesAsync(office, author, revisions[office], stage.Time, ct);
                figures.Add(office, 1, Rename, renames.ToLoad());
                await office.SettleAsync(ct);
            }
        }
        await Corpus.CorpusCheck.RequireAsync(byHand.Newsroom.Postgres, ct);

        stage.Report.Heading("Acts of the desk");
        stage.Report.Say(
            $"""
            An article has 6 KB of text, a section, two authors, three tags and a hero image. By hand: Npgsql with
            prepared statements, one round trip and one transaction for each act, the same rows, nothing checked and
            nothing answered; what both leave is compared before they are measured, and checked after. Acts per
            second of all connections together; milliseconds of one act. "Hot" articles are in the largest section,
            by the busiest author and under the commonest tag ({await HotAsync(ours, stage.Manuscripts, ct)}).
            """
        );
        stage.Report.Table(
            [
                "connections",
                "",
                "Cms, per s",
                "by hand, per s",
                "ratio",
                "Cms p50, ms",
                "p99, ms",
                "by hand p50, ms",
                "p99, ms",
            ],
            figures.Rows(ours, byHand)
        );
        Aim(stage.Aims, figures, ours, byHand);
    }

    public const string HotPairs = "create + publish, hot";
    public const string HotPublish = "… of it publish, hot";
    public const string Rename = "rename of the busiest author";

    private static void Aim(Delivery.Aims aims, Figures figures, Office ours, Office byHand)
    {
        aims.AtLeast(
            "publish, 1 connection: per second, to by hand",
            0.6,
            figures.Ratio(ours, byHand, 1, Day.Publish)
        );
        aims.AtMost("publish, 1 connection: median in ms", 12, figures.Of(ours, 1, Day.Publish, l => l.P50));
        aims.AtLeast(
            "create + publish, 8 connections: per second",
            150,
            figures.Of(ours, 8, Day.CreateAndPublish, l => l.PerSecond)
        );
        aims.AtMost(
            "create + publish, 8 connections: p99 of publish in ms",
            100,
            figures.Of(ours, 8, Day.OfThesePublish, l => l.P99)
        );
    }

    /// <summary>How much the author and the tag are used.</summary>
    public static async Task<string> HotAsync(Office office, Manuscripts manuscripts, CancellationToken ct)
    {
        var uses = await office.Newsroom.Postgres.FindAsync<Uses>(
            """
            select (select count(*) from published_article_authors where author_id = @Author) author,
                (select count(*) from published_article_tags where tag_id = @Tag) tag
            """,
            new { Author = manuscripts.HotAuthor.Id, Tag = manuscripts.HotTag.Id },
            ct
        );
        return string.Create(CultureInfo.InvariantCulture, $"{uses!.Author:#,0} and {uses.Tag:#,0} articles");
    }

    private sealed record Uses(long Author, long Tag);
}

/// <summary>What was measured, round by round.</summary>
internal sealed class Figures
{
    private readonly Dictionary<(Office, int, string), List<Load>> _loads = [];
    private readonly List<(int Connections, string Act)> _lines = [];

    public void Add(Office office, int connections, string act, Load load)
    {
        if (!_loads.TryGetValue((office, connections, act), out var loads))
            _loads[(office, connections, act)] = loads = [];
        loads.Add(load);
        if (!_lines.Contains((connections, act)))
            _lines.Add((connections, act));
    }

    public Spread Of(Office office, int connections, string act, Func<Load, double> figure) =>
        Spread.Of(_loads[(office, connections, act)].Select(figure));

    /// <summary>Acts per second as a ratio to those of the baseline in the same round.</summary>
    public Spread Ratio(Office office, Office baseline, int connections, string act) =>
        Spread.Of(
            _loads[(office, connections, act)]
                .Zip(_loads[(baseline, connections, act)], (its, other) => its.PerSecond / other.PerSecond)
        );

    /// <summary>The median time of an act as a ratio to the other office's in the same round.</summary>
    public Spread Slower(Office office, Office other, int connections, string act) =>
        Spread.Of(
            _loads[(office, connections, act)]
                .Zip(_loads[(other, connections, act)], (its, others) => its.P50 / others.P50)
        );

    /// <summary>What was measured, each once.</summary>
    public IEnumerable<string> Acts => _lines.Select(l => l.Act).Distinct();

    public IEnumerable<string[]> Rows(Office ours, Office byHand)
    {
        var before = 0;
        foreach (var (connections, act) in _lines.OrderBy(l => l.Connections))
        {
            yield return
            [
                connections == before ? "" : $"{connections}",
                act,
                Text(ours, l => l.PerSecond),
                Text(byHand, l => l.PerSecond),
                Knows(ours) && Knows(byHand) ? Ratio(ours, byHand, connections, act).ToString() : "",
                Text(ours, l => l.P50),
                Text(ours, l => l.P99),
                Text(byHand, l => l.P50),
                Text(byHand, l => l.P99),
            ];
            before = connections;

            // What this build cannot do yet stays empty.
            bool Knows(Office office) => _loads.ContainsKey((office, connections, act));

            string Text(Office office, Func<Load, double> figure) =>
                Knows(office) ? Of(office, connections, act, figure).ToString() : "";
        }
    }
}
