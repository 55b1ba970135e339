using System.Security.Cryptography;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>The server killed in the middle of its work: what it has acknowledged is there, and nothing is there by half.</summary>
public sealed class CrashTests(Newsrooms newsrooms)
{
    private const int Editors = 4;
    private const int Writes = 200;

    // Each finds rows that a write which was cut in half would have left.
    private static readonly string[] Halves =
    [
        "select 'article without its revision ' || a.id from articles a left join article_revisions r on (r.article_id, r.number) = (a.id, a.revision) where r.headline is distinct from a.headline or r.slug is distinct from a.slug or r.section_id is distinct from a.section_id",
        "select 'revisions with a gap ' || a.id from articles a where revision <> (select count(*) from article_revisions where article_id = a.id)",
        "select 'reserved slug ' || a.id from articles a where not exists (select from article_slugs s where (s.slug, s.article_id) = (a.slug, a.id))",
        "select 'words ' || a.id from articles a where not exists (select from article_words w where w.article_id = a.id)",
        "select 'working references ' || a.id from articles a join article_revisions r on (r.article_id, r.number) = (a.id, a.revision) where not (select coalesce(array_agg(author_id order by author_id), '{}') from article_authors where article_id = a.id) = (select coalesce(array_agg(x order by x), '{}') from unnest(r.author_ids) x) or not (select coalesce(array_agg(tag_id order by tag_id), '{}') from article_tags where article_id = a.id) = (select coalesce(array_agg(x order by x), '{}') from unnest(r.tag_ids) x)",
        "select 'published without its copy ' || a.id from articles a full join published_articles p using (id) where a.published_revision is distinct from p.revision or (a.status = 'published') is distinct from (p.id is not null)",
        "select 'copy unlike its revision ' || p.id from published_articles p join article_revisions r on (r.article_id, r.number) = (p.id, p.revision) where (r.slug, r.headline, r.body, r.section_id, r.author_ids, r.tag_ids, r.content_hash) is distinct from (p.slug, p.headline, p.body, p.section_id, p.author_ids, p.tag_ids, p.content_hash)",
        "select 'sections ' || p.id from published_articles p where (select coalesce(array_agg(section_id order by section_id), '{}') from published_article_sections where article_id = p.id and (published_at, updated_at, sort_headline) = (p.published_at, p.updated_at, p.sort_headline)) <> (select coalesce(array_agg(x order by x), '{}') from unnest(p.section_path) x)",
        "select 'authors ' || p.id from published_articles p where (select coalesce(array_agg(author_id order by author_id), '{}') from published_article_authors where article_id = p.id and (published_at, updated_at, sort_headline) = (p.published_at, p.updated_at, p.sort_headline)) <> (select coalesce(array_agg(x order by x), '{}') from unnest(p.author_ids) x)",
        "select 'tags ' || p.id from published_articles p where (select coalesce(array_agg(tag_id order by tag_id), '{}') from published_article_tags where article_id = p.id and (published_at, updated_at, sort_headline) = (p.published_at, p.updated_at, p.sort_headline)) <> (select coalesce(array_agg(x order by x), '{}') from unnest(p.tag_ids) x)",
        "select 'hero ' || p.id from published_articles p where hero_image_id is not null and not exists (select from published_article_images i where (i.article_id, i.image_id) = (p.id, p.hero_image_id))",
        "select 'published slug ' || p.id from published_articles p where not exists (select from published_slugs s where (s.slug, s.article_id) = (p.slug, p.id))",
        "select 'change ' || coalesce(c.entity_id, p.id) from published_articles p full join (select * from changes where entity_type = 'article') c on c.entity_id = p.id where c.op is distinct from case when p.id is null then 'delete' else 'upsert' end",
        "select 'withdrawn without a change ' || s.article_id from published_slugs s where not exists (select from changes c where (c.entity_id, c.entity_type) = (s.article_id, 'article'))",
    ];

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill_in_the_middle_of_writes()
    {
        var data = await newsrooms.SeededAsync();
        var ledger = new Ledger();
        var server = await CmsProcess.ServeAsync(data);
        foreach (var (at, alsoPostgres) in ((int, bool)[])[(17, false), (73, false), (139, true)])
        {
            var postgres = server.PostgresId;
            var before = ledger.Acknowledged;
            await ledger.WorkAsync(
                server,
                $"round-{at}",
                Editors,
                Writes,
                number =>
                {
                    if (number != before + at)
                        return;
                    server.Signal(Signals.Kill);
                    if (alsoPostgres)
                        Signals.Send(postgres, Signals.Kill);
                }
            );
            await server.DisposeAsync();
            Assert.InRange(ledger.Acknowledged - before, at, Writes - 1);

            server = await CmsProcess.ServeAsync(data);
            await ledger.IsKeptAsync(server);
            await NothingIsThereByHalfAsync(server);
        }
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_first_start_that_was_killed_is_made_whole_by_the_next()
    {
        var data = newsrooms.NewData();
        var media = Path.Combine(data, "media");
        await using (var first = CmsProcess.Start(["serve", "--urls", "http://127.0.0.1:0"], data: data))
        {
            // Its files are written in the middle of the transaction that loads the demo.
            await Wait.UntilAsync(
                "some pictures",
                () =>
                    Directory.Exists(media)
                    && Directory.EnumerateFiles(media, "*", SearchOption.AllDirectories).Count() >= 5
            );
            await first.KillAsync();
        }

        await using var next = await CmsProcess.ServeAsync(data);

        await DemoChecks.IsWholeAsync(next);
        await NothingIsThereByHalfAsync(next);
    }

    private static async Task NothingIsThereByHalfAsync(CmsProcess server)
    {
        var database = Sql.Of(server);
        foreach (var half in Halves)
            Assert.Empty(await Sql.ColumnAsync<string>(database, half));

        var media = Path.Combine(server.Data!, "media");
        foreach (
            var hash in await Sql.ColumnAsync<string>(
                database,
                "select encode(sha256, 'hex') from image_files f where exists (select from images i where i.sha256 = f.sha256)"
            )
        )
        {
            await using var file = File.OpenRead(Path.Combine(media, hash[..2], hash[2..4], hash));
            Assert.Equal(
                hash,
                Convert.ToHexStringLower(
                    await SHA256.HashDataAsync(file, TestContext.Current.CancellationToken)
                )
            );
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(media, ".incoming")));
    }
}
