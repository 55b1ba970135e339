using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Sync;
using Cms.IntegrationTests.Webhooks;

namespace Cms.IntegrationTests.Delivery;

/// <summary>
/// Looks for an article under embargo where readers and other machines find articles by asking, and where they are
/// told.
/// </summary>
[Collection(nameof(AllEvents))]
public sealed class EmbargoLeakTests(CmsServer cms)
{
    private static readonly string Marker = Names.Word();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Under_embargo_it_is_neither_found_nor_counted_nor_suggested_nor_sent_anywhere()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var tag = $"{Marker} tag";
        var sibling = await cms.PublishedAsync(new() { ["section"] = section });
        await using var receiver = await Receiver.StartAsync();
        var hook = await cms.HookAsync(receiver.Url, "*");
        await using var events = await EventReader.OpenAsync(cms.Anonymous, "/v1/events");

        var article = new JsonObject
        {
            ["headline"] = $"{Marker} headline",
            ["slug"] = Names.Unique(Marker),
            ["deck"] = $"{Marker} deck",
            ["section"] = section,
            ["authors"] = new JsonArray(author),
            ["tags"] = new JsonArray(tag),
            ["related"] = new JsonArray((string)sibling["id"]!),
            ["body"] = new JsonObject { ["markdown"] = $"{Marker} body." },
            ["embargoedUntil"] = "2031-01-01T00:00:00Z",
        };
        var embargoed = await cms.Editor.PostAsync("/v1/editorial/articles?publish=true", article);
        var url = $"/v1/editorial/articles/{embargoed["id"]}";
        Assert.Equal("scheduled", (string?)embargoed["status"]);
        var preview = await cms.Editor.PostAsync($"{url}/previews", new JsonObject());
        await cms.Anonymous.GetJsonAsync((string)preview["url"]!);
        // The clock fails once, and tells so.
        await cms.ExecuteAsync(
            "update article_schedules set due_at = now(), try_at = now() where article_id = @id::uuid",
            new { id = (string)embargoed["id"]! }
        );
        await Wait.UntilAsync("the failure", () => receiver.About(embargoed).Count > 0);
        await cms.Editor.ActAsync($"{url}/publish");
        // What readers see of its sibling names it, once it may.
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/articles/{sibling["id"]}",
            new JsonObject { ["related"] = new JsonArray((string)embargoed["id"]!) }
        );
        await cms.Editor.ActAsync($"/v1/editorial/articles/{sibling["id"]}/publish");

        var last = await cms.PublishedAsync(new() { ["section"] = section });
        await Wait.UntilAsync("the last event", () => receiver.About(last).Count > 0);
        Assert.All(
            receiver.All,
            r => Assert.DoesNotContain(Marker, r.Body, StringComparison.OrdinalIgnoreCase)
        );
        var told = Assert.Single(receiver.About(embargoed)).Json;
        Assert.Equal("article.schedule-failed", (string?)told["type"]);
        for (JsonNode? heard = null; (string?)heard?["id"] != (string?)last["id"]; )
        {
            heard = await events.NextAsync();
            Assert.DoesNotContain(Marker, heard.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        }
        await cms.Admin.SendDeleteAsync($"{Hooks.Address}/{hook["id"]}", "*");

        foreach (var client in new[] { cms.Anonymous, cms.Reader })
        {
            foreach (
                var search in new[]
                {
                    $"q={Marker}",
                    $"q={Marker}&facets=section,author,tag",
                    $"q={Marker[..^1]}&as-you-type=true",
                    $"q=%22{Marker}%20headline%22",
                    $"q={Marker}&sort=-publishedAt",
                }
            )
            {
                var found = await client.GetJsonAsync($"/v1/search?{search}");
                Assert.Empty(found["data"]!.AsArray());
                Assert.Equal(0, (int)found["total"]!["count"]!);
            }
            // A letter is wrong: it is not what was meant.
            var typo = await client.GetJsonAsync($"/v1/search?q={Marker}x");
            Assert.DoesNotContain(Marker + "\"", typo.ToJsonString(), StringComparison.Ordinal);
            var list = await client.GetJsonAsync($"/v1/articles?section={section}&count=exact");
            Assert.Equal(2, (int)list["page"]!["total"]!);
            Assert.Empty((await client.GetJsonAsync($"/v1/articles?author={author}"))["data"]!.AsArray());
            foreach (var address in new[] { "related", "" })
                Assert.DoesNotContain(
                    Marker,
                    await client.GetStringAsync($"/v1/articles/{sibling["id"]}/{address}".TrimEnd('/'), Ct),
                    StringComparison.OrdinalIgnoreCase
                );
            await client.GetJsonAsync($"/v1/articles/{embargoed["id"]}", HttpStatusCode.NotFound);
            await client.GetJsonAsync($"/v1/articles/{article["slug"]}", HttpStatusCode.NotFound);
            await client.GetJsonAsync($"/v1/articles/{embargoed["id"]}/related", HttpStatusCode.NotFound);
            var synced = await client.GetStringAsync($"/v1/sync?section={section}&limit=1000", Ct);
            Assert.DoesNotContain(Marker, synced, StringComparison.OrdinalIgnoreCase);
        }
    }
}
