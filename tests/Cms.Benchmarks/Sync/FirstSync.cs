using System.Diagnostics;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;
using Npgsql;

namespace Cms.Benchmarks.Sync;

/// <summary>The whole newsroom, to a device that has nothing yet.</summary>
internal static class FirstSync
{
    private const int PageSize = 1_000;

    public static async Task RunAsync(
        Report report,
        Newsrooms newsrooms,
        ServerProcess bare,
        Newsroom large,
        Newsroom small,
        int articles,
        int fewer,
        int rounds,
        CancellationToken ct
    )
    {
        using var node = await ServerProcess.NodeAsync(large, "artifacts/bench/node", ct);
        Report.Progress("first sync: finding the pages");
        var pages = await PagesAsync(node, ct);
        var content = pages.Sum(p => p.Bytes);
        var lines = await LinesAsync(node, "identity", ct);

        // Each from the same pages, one after the other, so that what else the machine does hits all of them.
        Way[] ways =
        [
            new("bare Kestrel, the same bytes", bare, content, () => BytesAsync(bare, content, ct)),
            new("Npgsql alone, the same rows unrendered", null, content, () => RowsAsync(large, content, ct)),
            new("JSON, pages of 1,000", node, content, () => PagesAsync(node, pages, "identity", ct)),
            new("JSON, pages of 1,000, br", node, content, () => PagesAsync(node, pages, "br", ct)),
            new("NDJSON", node, lines, () => LinesAsync(node, "identity", ct)),
            new("NDJSON, gzip", node, lines, () => LinesAsync(node, "gzip", ct)),
            new("NDJSON, br", node, lines, () => LinesAsync(node, "br", ct)),
        ];
        var runs = ways.ToDictionary(w => w, _ => new List<Run>());
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var way in ways)
            {
                Report.Progress($"first sync: round {round}, {way.Name}");
                var (cpu, postgres) = (way.Server?.Cpu, newsrooms.Cpu);
                var start = Stopwatch.GetTimestamp();
                var wire = await way.GoAsync();
                var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                runs[way].Add(new(seconds, wire, way.Server?.Cpu - cpu, newsrooms.Cpu - postgres));
            }
        }

        var baseline = Rate(ways[0]).Median;
        report.Heading("First sync");
        report.Table(
            [
                "",
                "MB/s of content",
                "ratio",
                "articles/s",
                "server CPU, s",
                "PostgreSQL CPU, s",
                "MB on the wire",
            ],
            ways.Select(w =>
                (string[])
                    [
                        w.Name,
                        Rate(w).ToString(),
                        Figure.Ratio(Rate(w).Median, baseline),
                        Figure.Of(articles / Spread.Of(runs[w].Select(r => r.Seconds)).Median),
                        w.Server is null ? "" : Spread.Of(runs[w].Select(r => r.Cpu!.Value)).ToString(),
                        w.Server == bare ? "" : Spread.Of(runs[w].Select(r => r.Postgres)).ToString(),
                        w.Server is null ? "" : Figure.Of(runs[w][0].Wire / 1e6),
                    ]
            )
        );

        report.Say("Resident memory of a server that was just started, in MiB:");
        var peaks = new List<string[]>();
        foreach (var (newsroom, count) in ((Newsroom, int)[])[(small, fewer), (large, articles)])
        {
            peaks.Add(await PeakAsync("NDJSON", newsroom, count, n => LinesAsync(n, "identity", ct), ct));
            peaks.Add(await PeakAsync("JSON, pages of 1,000", newsroom, count, n => PagesAsync(n, ct), ct));
        }
        report.Table(["", "articles", "before", "at the peak"], peaks.OrderBy(p => p[0]));

        Spread Rate(Way way) => Spread.Of(runs[way].Select(r => way.Content / 1e6 / r.Seconds));
    }

    private static async Task<string[]> PeakAsync(
        string name,
        Newsroom newsroom,
        int articles,
        Func<ServerProcess, Task> syncAsync,
        CancellationToken ct
    )
    {
        Report.Progress($"first sync: memory, {name}, {articles:#,0} articles");
        using var node = await ServerProcess.NodeAsync(newsroom, "artifacts/bench/node", ct);
        var before = node.Resident;
        node.ForgetPeak();
        await syncAsync(node);
        return [name, $"{articles:#,0}", Figure.Of(Figure.Mib(before)), Figure.Of(Figure.Mib(node.Peak))];
    }

    /// <summary>Goes through the pages once, and says where each begins.</summary>
    private static async Task<List<(string Query, long Bytes)>> PagesAsync(
        ServerProcess node,
        CancellationToken ct
    )
    {
        var pages = new List<(string, long)>();
        for (var (query, more) = ($"limit={PageSize}", true); more; )
        {
            var page = await node.PageAsync(query, ct);
            pages.Add((query, page.Bytes));
            (query, more) = ($"limit={PageSize}&cursor={page.Cursor}", page.HasMore);
        }
        return pages;
    }

    private static async Task<long> PagesAsync(
        ServerProcess node,
        List<(string Query, long Bytes)> pages,
        string coding,
        CancellationToken ct
    )
    {
        using var wire = await Wire.OpenAsync(node.Address, ct);
        var total = 0L;
        foreach (var (query, _) in pages)
            total += await wire.ExchangeAsync(
                Wire.Get($"/v1/sync?{query}", $"Accept-Encoding: {coding}"),
                200,
                ct
            );
        return total;
    }

    private static async Task<long> LinesAsync(ServerProcess node, string coding, CancellationToken ct)
    {
        using var wire = await Wire.OpenAsync(node.Address, ct);
        return await wire.ExchangeAsync(
            Wire.Get(
                $"/v1/sync?limit={PageSize}",
                "Accept: application/x-ndjson",
                $"Accept-Encoding: {coding}"
            ),
            200,
            ct
        );
    }

    private static async Task<long> BytesAsync(ServerProcess bare, long count, CancellationToken ct)
    {
        using var wire = await Wire.OpenAsync(bare.Address, ct);
        return await wire.ExchangeAsync(Wire.Get($"/bytes/{count}"), 200, ct);
    }

    private static async Task<long> RowsAsync(Newsroom newsroom, long count, CancellationToken ct)
    {
        await using var connection = await newsroom.Postgres.OpenConnectionAsync(ct);
        for (long from = 0, read = 1; read > 0; )
        {
            await using var command = new NpgsqlCommand(SelectRows, connection);
            command.Parameters.AddWithValue("from", from);
            command.Parameters.AddWithValue("take", PageSize);
            await using var reader = await command.ExecuteReaderAsync(ct);
            for (read = 0; await reader.ReadAsync(ct); read++)
            {
                from = reader.GetInt64(0);
                for (var i = 1; i < reader.FieldCount; i++)
                    _ = reader.GetValue(i);
            }
        }
        return count;
    }

    private const string SelectRows = """
        select c.sequence, p.* from changes c join published_articles p on p.id = c.entity_id
        where c.entity_type = 'article' and c.op = 'upsert' and c.sequence > @from order by c.sequence limit @take
        """;

    private sealed record Way(string Name, ServerProcess? Server, long Content, Func<Task<long>> GoAsync);

    private sealed record Run(double Seconds, long Wire, double? Cpu, double Postgres);
}
