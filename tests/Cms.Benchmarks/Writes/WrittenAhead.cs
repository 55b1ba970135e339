using Cms.Benchmarks.Harness;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Benchmarks.Writes;

/// <summary>How many bytes of write-ahead log an article takes, by one writer, and which part of it.</summary>
internal static class WrittenAhead
{
    private const int Before = 300;
    private const int Measured = 200;

    public static async Task RunAsync(WritesStage stage, CancellationToken ct)
    {
        var rows = new List<string[]>();
        var parts = new Dictionary<string, Dictionary<string, double>>();
        await using (var ours = await Office.ServerAsync(stage.Newsrooms, stage.Articles, ct))
        {
            var published = await MeasureAsync(ours);
            stage.Aims.AtMost(
                "log of a published article in KB, its creation left out",
                40,
                Spread.Of([published])
            );
        }
        await using (var byHand = await Office.ByHandAsync(stage.Newsrooms, stage.Articles, ct))
            await MeasureAsync(byHand);

        stage.Report.Heading("Write-ahead log");
        stage.Report.Say(
            $"""
            KB for each of {Measured} articles, which one connection has created, then published, after {Before}
            others. "After it" is what the server writes later about them (the vocabulary of search); their words come
            into the index in batches, during it or after it. "Full pages" are copies of pages that PostgreSQL writes
            the first time that it touches them after a checkpoint: they depend on how long ago that is, and are in
            the other figures.
            """
        );
        stage.Report.Table(
            ["", "create", "publish", "after it", "publish + after it", "of it full pages"],
            rows
        );
        if (parts.Count > 0)
            stage.Report.Table(
                ["KB of a publication and what comes after it", .. parts.Keys],
                parts
                    .Values.SelectMany(p => p.Keys)
                    .Distinct()
                    .OrderByDescending(kind => parts.Values.First().GetValueOrDefault(kind))
                    .Select(kind =>
                        (string[])[kind, .. parts.Values.Select(p => Figure.Of(p.GetValueOrDefault(kind)))]
                    )
            );

        async Task<double> MeasureAsync(Office office)
        {
            Report.Progress($"log: {office.Name}");
            await WriteAsync(office, Before);
            await office.SettleAsync(ct);
            var start = await PositionAsync(office);
            var drafts = new Queue<Draft>();
            await DoAsync(
                office,
                Measured,
                async (w, stop) => drafts.Enqueue(await w.CreateAsync(stage.Manuscripts.Next(), stop))
            );
            var created = await PositionAsync(office);
            await DoAsync(office, Measured, (w, stop) => w.PublishAsync(drafts.Dequeue(), stop));
            var published = await PositionAsync(office);
            await office.SettleAsync(ct);
            var end = await PositionAsync(office);
            var kinds = await KindsAsync(office, created, end);
            if (kinds is not null)
                parts[office.Name] = kinds.ToDictionary(k => k.Name, k => Each(k.Bytes));
            rows.Add([
                office.Name,
                Figure.Of(Each(created.Bytes - start.Bytes)),
                Figure.Of(Each(published.Bytes - created.Bytes)),
                Figure.Of(Each(end.Bytes - published.Bytes)),
                Figure.Of(Each(end.Bytes - created.Bytes)),
                kinds is null ? "" : Figure.Of(Each(kinds.Sum(k => k.Pages))),
            ]);
            return Each(end.Bytes - created.Bytes);
        }

        async Task WriteAsync(Office office, int count) =>
            await DoAsync(
                office,
                count,
                async (w, stop) =>
                    await w.PublishAsync(await w.CreateAsync(stage.Manuscripts.Next(), stop), stop)
            );

        Task DoAsync(Office office, int count, Func<IWriter, CancellationToken, Task> act)
        {
            var left = count;
            return office.WorkAsync(
                1,
                TimeSpan.MaxValue,
                async (writer, stop) =>
                {
                    if (left-- == 0)
                        return null;
                    await act(writer, stop);
                    return [0];
                },
                ct
            );
        }

        Task<Position> PositionAsync(Office office) =>
            office.Newsroom.Postgres.FindAsync<Position>(
                "select lsn::text at, (lsn - '0/0'::pg_lsn)::float8 bytes from pg_current_wal_insert_lsn() lsn",
                new { },
                ct
            )!;

        // In PostgreSQL's contrib package, like pg_trgm; from version 15 on.
        async Task<IReadOnlyList<Kind>?> KindsAsync(Office office, Position from, Position to)
        {
            var postgres = office.Newsroom.Postgres;
            try
            {
                await postgres.ExecuteAsync("create extension if not exists pg_walinspect", new { }, ct);
            }
            catch (PostgresException)
            {
                return null;
            }
            return await postgres.ListAsync<Kind>(
                """
                select "resource_manager/record_type" name, combined_size::float8 bytes, fpi_size::float8 pages
                from pg_get_wal_stats(@From::pg_lsn, @To::pg_lsn) where combined_size > 0
                """,
                new { From = from.At, To = to.At },
                ct
            );
        }
    }

    private static double Each(double bytes) => bytes / Measured / 1024;

    private sealed record Position
    {
        public required string At { get; init; }
        public required double Bytes { get; init; }
    }

    private sealed record Kind
    {
        public required string Name { get; init; }
        public required double Bytes { get; init; }
        public required double Pages { get; init; }
    }
}
