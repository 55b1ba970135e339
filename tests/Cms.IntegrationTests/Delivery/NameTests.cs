using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Cms.Changes;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cms.IntegrationTests.Delivery;

/// <summary>
/// The names of sections, authors and tags beside articles: from memory, and never older than what was acknowledged.
/// </summary>
public sealed class NameTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sections")]
    [InlineData("authors")]
    [InlineData("tags")]
    public async Task A_new_name_is_at_once_in_every_answer_that_shows_it(string kind)
    {
        var word = Names.Word();
        var slugs = await ThingsAsync();
        var article = await PublishAsync(slugs, word);
        var alike = await PublishAsync(slugs, word);
        string[] addresses =
        [
            $"/v1/articles/{article["slug"]}",
            $"/v1/articles?tag={slugs["tags"]}",
            $"/v1/articles/{alike["slug"]}/related",
            $"/v1/search?q={word}",
        ];

        foreach (var version in new[] { "First", "Second", "Third" })
        {
            var name = $"{version} {slugs[kind]}";
            await RenameAsync(kind, slugs[kind], name);
            // A key goes by the memory of answers, so each of these composes its own: at once, and when nothing is left
            // to be heard of.
            foreach (var reader in new[] { cms.Anonymous, cms.Reader, cms.Reader })
            {
                foreach (var address in addresses)
                    Assert.Equal(name, Shown(await reader.GetJsonAsync(address), kind));
                await HeardAsync();
            }
        }
    }

    [Fact]
    public async Task A_new_slug_is_beside_the_name()
    {
        var slugs = await ThingsAsync();
        var article = await PublishAsync(slugs, Names.Word());
        await cms.Reader.GetJsonAsync($"/v1/articles/{article["slug"]}");

        var slug = Names.Unique("section");
        (
            await cms.Editor.SendPatchAsync(
                $"/v1/editorial/sections/{slugs["sections"]}",
                new JsonObject { ["slug"] = slug },
                "*"
            )
        ).EnsureSuccessStatusCode();

        var shown = (await cms.Reader.GetJsonAsync($"/v1/articles/{article["slug"]}"))["section"]!;
        Assert.Equal(slug, (string?)shown["slug"]);
        Assert.Equal($"/v1/sections/{slug}", (string?)shown["url"]);
    }

    [Fact]
    public async Task What_was_renamed_while_nobody_saw_it_comes_back_under_its_new_name()
    {
        var slugs = await ThingsAsync();
        var article = await PublishAsync(slugs, Names.Word());
        var address = $"/v1/articles/{article["slug"]}";
        await cms.Reader.GetJsonAsync(address);

        await ActAsync("unpublish");
        foreach (var kind in slugs.Keys)
            await RenameAsync(kind, slugs[kind], $"New {slugs[kind]}");
        await ActAsync("publish");
        await HeardAsync();

        var shown = await cms.Reader.GetJsonAsync(address);
        foreach (var kind in slugs.Keys)
            Assert.Equal($"New {slugs[kind]}", Shown(shown, kind));

        Task<JsonObject> ActAsync(string act) =>
            cms.Editor.PostAsync(
                $"/v1/editorial/articles/{article["id"]}/{act}",
                expected: HttpStatusCode.OK
            );
    }

    [Fact]
    public async Task Authors_and_tags_stand_in_the_order_of_the_desk()
    {
        var authors = new[] { await cms.AuthorAsync(), await cms.AuthorAsync(), await cms.AuthorAsync() };
        Array.Reverse(authors);
        var tags = new[] { await TagAsync(), await TagAsync(), await TagAsync() };
        Array.Reverse(tags);
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["authors"] = new JsonArray([.. authors.Select(a => (JsonNode)a)]),
                ["tags"] = new JsonArray([.. tags.Select(t => (JsonNode)t)]),
            }
        );

        // First as they are read, then as they are remembered.
        for (var i = 0; i < 2; i++)
        {
            var list = await cms.Reader.GetJsonAsync($"/v1/articles?tag={tags[0]}");
            var shown = Assert.Single(list["data"]!.AsArray())!;
            Assert.Equal((string?)article["slug"], (string?)shown["slug"]);
            Assert.Equal(authors, shown["authors"]!.AsArray().Select(a => (string)a!["slug"]!));
            Assert.Equal(tags, shown["tags"]!.AsArray().Select(t => (string)t!["slug"]!));
        }
    }

    [Fact]
    public async Task Beside_an_article_that_knows_of_more_than_memory_has_heard_of_memory_is_not_used()
    {
        var slugs = await ThingsAsync();
        var article = await PublishAsync(slugs, Names.Word());
        var names = cms.Services.GetRequiredService<KnownNames>();
        var row = (await RowsAsync((Guid)article["id"]!))[0];
        await HeardAsync();
        await TagAsync(row);
        // Nobody is told of this one: as if it had just been committed elsewhere.
        await cms.ExecuteAsync(
            "update tags set name = 'Not heard of ' || slug where id = @Id",
            new { Id = row.TagIds[0] }
        );

        var heard = await TagAsync(row);
        var ahead = await TagAsync(row with { FeedHead = long.MaxValue });

        Assert.Equal(slugs["tags"], heard);
        Assert.Equal($"Not heard of {slugs["tags"]}", ahead);

        async Task<string> TagAsync(ArticleRow of) => (await names.OfAsync([of], Ct))[0].Tags[0].Value.Name;
    }

    [Fact]
    public async Task An_author_or_tag_that_is_gone_is_left_out_and_without_its_section_all_is_read_again()
    {
        var names = cms.Services.GetRequiredService<KnownNames>();
        var article = await PublishAsync(await ThingsAsync(), Names.Word());
        var row = (await RowsAsync((Guid)article["id"]!))[0];
        var gone = Guid.NewGuid();

        var without = await names.OfAsync(
            [row with { TagIds = [gone, row.TagIds[0]], AuthorIds = [gone] }],
            Ct
        );
        Assert.Equal((string?)article["tags"]![0]!["name"], Assert.Single(without[0].Tags).Value.Name);
        Assert.Empty(without[0].Authors);
        await Assert.ThrowsAsync<ChangedMeanwhileException>(async () =>
            await names.OfAsync([row with { SectionId = gone }], Ct)
        );

        var reads = 0;
        var database = cms.Services.GetRequiredService<DeliveryDatabase>();
        Assert.Equal("what is there now", await ReadAsync(fails: 2));
        Assert.Equal(3, reads);
        // But not without end.
        Assert.Equal(
            ProblemKinds.Unavailable,
            (await Assert.ThrowsAsync<Refused>(() => ReadAsync(fails: 3))).Kind
        );

        Task<string> ReadAsync(int fails)
        {
            reads = 0;
            return database.ReadAsync(
                (_, _) =>
                    ++reads <= fails
                        ? throw new ChangedMeanwhileException("Gone.")
                        : Task.FromResult("what is there now"),
                Ct
            );
        }
    }

    [Fact]
    public async Task That_the_primary_fails_in_the_middle_of_a_read_is_no_fault_of_the_replica()
    {
        await using var replicas = new Replicas(cms.ConnectionString);
        var replica = replicas.All[0];
        await using (await replica.Postgres.OpenConnectionAsync(Ct)) { }
        var head = new FeedHead(Guid.NewGuid(), 5);
        var server = (await replica.Postgres.FindAsync<string>(Database.SelectServer, new { }, Ct))!;
        replica.Saw(head, replica.Session, server);
        var signal = new ChangeSignal(new StillClock());
        signal.Observe(head.Epoch, head.Sequence, [], 0);
        using var database = new DeliveryDatabase(
            cms.Services.GetRequiredService<NpgsqlDataSource>(),
            replicas,
            signal,
            cms.Services.GetRequiredService<IMeterFactory>(),
            cms.Services.GetRequiredService<ILogger<DeliveryDatabase>>()
        );

        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=none");
        using var names = new KnownNames(
            away,
            new(signal),
            signal,
            cms.Services.GetRequiredService<IMeterFactory>()
        );
        var article = await PublishAsync(await ThingsAsync(), Names.Word());
        var rows = await RowsAsync((Guid)article["id"]!);

        var asked = new List<NpgsqlDataSource>();
        await Assert.ThrowsAsync<NpgsqlException>(ReadAsync);
        Assert.Equal([replica.Postgres], asked);
        Assert.NotNull(replica.At(head));

        // Nor where there is no replica is it told as anything else.
        signal.LosePosition();
        await Assert.ThrowsAsync<NpgsqlException>(ReadAsync);
        Assert.Equal(2, asked.Count);
        Assert.True(database.IsPrimary(asked[1]));

        Task<NamedArticle[]> ReadAsync() =>
            database.ReadAsync(
                async (postgres, own) =>
                {
                    asked.Add(postgres);
                    return await names.OfAsync(rows, own);
                },
                Ct
            );
    }

    private async Task HeardAsync()
    {
        var head = await cms.ScalarAsync<long>("select head from change_feed");
        var signal = cms.Services.GetRequiredService<ChangeSignal>();
        await Wait.UntilAsync("all changes heard of", () => signal.HasInvalidated(head));
    }

    private async Task<IReadOnlyList<ArticleRow>> RowsAsync(Guid id) =>
        await Platform.Postgres.Db.ListAsync<ArticleRow>(
            cms.Services.GetRequiredService<NpgsqlDataSource>(),
            $"select {ArticleRows.Columns} from published_articles p {ArticleRows.Joins} where p.id = @id",
            new { id },
            Ct
        );

    private async Task<Dictionary<string, string>> ThingsAsync() =>
        new()
        {
            ["sections"] = await cms.SectionAsync(),
            ["authors"] = await cms.AuthorAsync(),
            ["tags"] = await TagAsync(),
        };

    private async Task<string> TagAsync()
    {
        var slug = Names.Unique("tag");
        await cms.Editor.PostAsync("/v1/editorial/tags", new JsonObject { ["slug"] = slug, ["name"] = slug });
        return slug;
    }

    private Task<JsonObject> PublishAsync(Dictionary<string, string> slugs, string word) =>
        cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = $"All about {word}",
                ["section"] = slugs["sections"],
                ["authors"] = new JsonArray(slugs["authors"]),
                ["tags"] = new JsonArray(slugs["tags"]),
            }
        );

    private async Task RenameAsync(string kind, string slug, string name) =>
        (
            await cms.Editor.SendPatchAsync(
                $"/v1/editorial/{kind}/{slug}",
                new JsonObject { ["name"] = name },
                "*"
            )
        ).EnsureSuccessStatusCode();

    /// <summary>The name that an answer's first article shows.</summary>
    private static string? Shown(JsonObject answer, string kind)
    {
        var article = answer["data"]?[0] ?? answer;
        return (string?)
            (
                kind switch
                {
                    "sections" => article["section"],
                    "authors" => article["authors"]![0],
                    _ => article["tags"]![0],
                }
            )!["name"];
    }
}
