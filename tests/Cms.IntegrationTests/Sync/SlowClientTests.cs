using System.Text.Json.Nodes;
using Cms.Platform.Http.Load;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.IntegrationTests.Sync;

/// <summary>Long pages, and clients that do not take them.</summary>
public sealed class SlowClientTests(CmsServer cms)
{
    private const int Slow = 60;

    /// <summary>Beside its changes a page has a cursor.</summary>
    private const int Frame = 1_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_ends_where_its_bytes_are_enough_and_nothing_is_lost()
    {
        var section = await cms.SectionAsync();
        await LongStories.PublishAsync(cms, section, count: 5);
        for (var i = 0; i < 20; i++)
            await cms.PublishedAsync(new() { ["section"] = section });
        var start = $"/v1/sync?section={section}&{LongStories.Forms}&limit=1000";

        var (ids, pages) = await ReadAsync(start);
        // The whole of it again, as a delta: from memory, where the first was from the database.
        var (again, deltas) = await ReadAsync($"{start}&types=article");

        Assert.Equal(25, ids.Count);
        Assert.Equal(ids, again);
        Assert.InRange(pages, 5, 30);
        Assert.InRange(deltas, 5, 30);
    }

    [Fact]
    public async Task A_delta_ends_where_its_bytes_are_enough_and_nothing_is_lost()
    {
        var section = await cms.SectionAsync();
        var first = await cms.Anonymous.GetJsonAsync(
            $"/v1/sync?section={section}&types=article&{LongStories.Forms}"
        );
        await LongStories.PublishAsync(cms, section, count: 4);

        var (ids, pages) = await ReadAsync($"/v1/sync?cursor={first["cursor"]}&limit=1000");

        Assert.Equal(4, ids.Count);
        Assert.InRange(pages, 4, 10);
    }

    [Fact]
    public async Task Clients_that_read_nothing_hold_no_more_than_the_bound_and_others_are_served()
    {
        var section = await cms.SectionAsync();
        // More than the system's own buffers hold (some 3 MB on the loopback).
        await LongStories.PublishAsync(cms, section, count: 10);
        var address = $"/v1/sync?section={section}&types=article&{LongStories.Forms}";
        var bytes = cms.Services.GetRequiredService<BytesInFlight>();
        var slow = new List<SlowReader>();
        for (var i = 0; i < Slow; i++)
            slow.Add(await SlowReader.AskAsync(cms, address, "Accept: application/x-ndjson"));
        foreach (var reader in slow)
            await reader.BeginsAsync();

        // Each of them holds a page, which is counted, and somebody else still gets theirs.
        await Wait.UntilAsync("their pages", () => bytes.Taken >= Slow * (long)BytesInFlight.MinPortion);
        var longest = (await cms.Anonymous.GetByteArrayAsync(address, Ct)).Length;
        Assert.InRange(longest, 1, BytesInFlight.MaxPortion + Frame);
        // Only changes that are longer than their portions, made at the same time, can pass the bound.
        Assert.InRange(bytes.Peak, 0, bytes.Bound + (4 * longest));

        foreach (var reader in slow)
            reader.Dispose();
        // All is given back but what memory keeps.
        await Wait.UntilAsync("what they held", () => bytes.Taken <= bytes.Bound / 3);
    }

    [Fact]
    public async Task An_article_that_is_larger_than_all_that_memory_keeps_is_told_too()
    {
        var section = await cms.SectionAsync();
        var image = (string)(await cms.ImageAsync(Names.Unique("caption")))["id"]!;
        // What they say takes some 24 MB where the article is kept, with all its images.
        var images = (
            await cms.ScalarAsync<Guid[]>(
                """
                with made as (
                    insert into images (id, sha256, alt, caption, created_at, updated_at)
                    select gen_random_uuid(), sha256, repeat('"', 1000), repeat('"', 2000), created_at, updated_at
                    from images, generate_series(1, 1990) where id = @Id returning id)
                select array_agg(id) from made
                """,
                new { Id = Guid.Parse(image) }
            )
        )!;
        await using var events = await EventReader.OpenAsync(
            cms.Anonymous,
            $"/v1/events?section={section}&types=article&body=none"
        );

        var article = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["body"] = new JsonObject
                {
                    ["blocks"] = new JsonArray([
                        .. images.Select(id => new JsonObject
                        {
                            ["type"] = "image",
                            ["image"] = new JsonObject { ["id"] = id },
                        }),
                    ]),
                },
            }
        );
        var next = await cms.PublishedAsync(new() { ["section"] = section });

        var told = new List<string?>
        {
            (string?)(await events.NextAsync())["id"],
            (string?)(await events.NextAsync())["id"],
        };
        Assert.Equal([(string?)article["id"], (string?)next["id"]], told);
        // Every first sync of other tests would bring it.
        await cms.ActAsync(article, "unpublish");
    }

    private async Task<(List<string> Ids, int Pages)> ReadAsync(string start)
    {
        var ids = new List<string>();
        var pages = 0;
        for (var (next, hasMore) = (start, true); hasMore; pages++)
        {
            var body = await cms.Anonymous.GetByteArrayAsync(next, Ct);
            var page = JsonNode.Parse(body)!;
            var changes = page["changes"]!.AsArray();
            hasMore = (bool)page["hasMore"]!;
            Assert.True(
                body.Length <= BytesInFlight.MaxPortion + Frame || changes.Count == 1,
                $"{body.Length} bytes in {changes.Count} changes"
            );
            Assert.True(changes.Count > 0 || !hasMore);
            ids.AddRange(changes.Where(c => (string?)c!["type"] == "article").Select(c => (string)c!["id"]!));
            next = $"/v1/sync?cursor={page["cursor"]}&limit=1000";
        }
        return (ids, pages);
    }
}
