using Cms.Benchmarks.Harness;
using Cms.Platform.Postgres;

namespace Cms.Benchmarks.Writes;

/// <summary>How many bytes on disk an article takes, table by table and index by index.</summary>
internal static class Disk
{
    // Of KB for each article: less is not worth a line.
    private const double Least = 0.05;

    public static async Task RunAsync(WritesStage stage, CancellationToken ct)
    {
        var articles = Math.Max(stage.Articles, stage.Large);
        await using var newsroom = await stage.Newsrooms.CopyAsync(articles, ct);
        var relations = await newsroom.Postgres.ListAsync<Relation>(Select, new { }, ct);
        var shown = relations.Where(r => r.Bytes / articles / 1024 >= Least).ToList();
        stage.Report.Heading("Disk");
        stage.Report.Say(
            $"""
            KB for each of {articles:#,0} published articles, as they were loaded: {Figure.Of(
                Kilobytes(relations)
            )}
            altogether, {Figure.Of(
                Kilobytes(relations.Where(r => r.IsIndex))
            )} of it indexes. A table's figure includes
            what it holds out of line.
            """
        );
        stage.Report.Table(
            ["table", "index", "KB"],
            shown.Select(r =>
                (string[])[r.Owner, r.IsIndex ? r.Name : "", Figure.Of(r.Bytes / articles / 1024)]
            )
        );

        double Kilobytes(IEnumerable<Relation> of) => of.Sum(r => r.Bytes) / articles / 1024;
    }

    private const string Select = """
        select t.relname::text owner, c.relname::text name, c.relkind = 'i' is_index,
               (case c.relkind when 'i' then pg_relation_size(c.oid) else pg_table_size(c.oid) end)::float8 bytes
        from pg_class t
        join (select oid, oid table_oid, relname, relkind from pg_class where relkind = 'r'
              union all select c.oid, i.indrelid, c.relname, c.relkind
              from pg_index i join pg_class c on c.oid = i.indexrelid) c
          on c.table_oid = t.oid
        where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace
        order by pg_total_relation_size(t.oid) desc, t.relname, is_index, 4 desc
        """;

    private sealed record Relation
    {
        public required string Owner { get; init; }
        public required string Name { get; init; }
        public required bool IsIndex { get; init; }
        public required double Bytes { get; init; }
    }
}
