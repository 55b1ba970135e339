using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;

namespace Cms.IntegrationTests.Sync;

/// <summary>A key that ends while an answer is open ends the answer.</summary>
public sealed class KeyEndTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_whose_key_is_revoked_ends_and_says_why()
    {
        var section = await cms.SectionAsync();
        var key = await cms.NewKeyAsync(Role.Reader);
        await using var events = await OpenAsync(key, section);
        await using var others = await EventReader.OpenAsync(cms.Reader, Address(section));

        await RevokeAsync(key);

        await EndsAsync(events);
        // Those of other keys go on.
        var article = await cms.PublishedAsync(new() { ["section"] = section });
        Assert.Equal((string?)article["id"], (string?)(await others.NextAsync())["id"]);
        var again = await cms.Client(key.Token).GetAsync(Address(section), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Theory]
    // As another node or the command line does it: nobody tells this one.
    [InlineData("update api_keys set revoked_at = now() where id = @id")]
    [InlineData(
        """
            update api_keys set created_at = now() - interval '2 days', expires_at = now() - interval '1 day'
            where id = @id
            """
    )]
    [InlineData("update api_keys set section_ids = array[gen_random_uuid()] where id = @id")]
    [InlineData("update api_keys set role = 'viewer' where id = @id")]
    [InlineData("delete from api_keys where id = @id")]
    public async Task What_is_published_after_a_key_has_ended_does_not_reach_it(string end)
    {
        var section = await cms.SectionAsync();
        var key = await cms.NewKeyAsync(Role.Reader);
        await using var events = await OpenAsync(key, section);
        var before = await cms.PublishedAsync(new() { ["section"] = section });
        Assert.Equal((string?)before["id"], (string?)(await events.NextAsync())["id"]);

        Assert.Equal(1, await cms.ExecuteAsync(end, new { key.Id }));
        await cms.PublishedAsync(new() { ["section"] = section, ["access"] = "subscriber" });

        await EndsAsync(events);
    }

    [Fact]
    public async Task A_key_that_expires_ends_its_stream_and_its_waiting_request()
    {
        var section = await cms.SectionAsync();
        var cursor = await EndOfAsync(cms.Reader, section);
        var key = await cms.NewKeyAsync(
            Role.Reader,
            expiresAt: TimeProvider.System.GetUtcNow().AddSeconds(3)
        );
        await using var events = await OpenAsync(key, section);
        var poll = cms.Client(key.Token).GetAsync($"/v1/sync?cursor={cursor}&wait=60", Ct);

        await EndsAsync(events);
        await RefusesAsync(poll);
    }

    [Fact]
    public async Task A_request_that_waits_with_a_key_that_is_revoked_is_refused()
    {
        var section = await cms.SectionAsync();
        var key = await cms.NewKeyAsync(Role.Reader);
        var client = cms.Client(key.Token);
        var cursor = await EndOfAsync(client, section);
        var revoked = client.GetAsync($"/v1/sync?cursor={cursor}&wait=60", Ct);
        var other = cms.Reader.GetAsync($"/v1/sync?cursor={cursor}&wait=60", Ct);
        await using var listening = await OpenAsync(key, section);

        await RevokeAsync(key);

        await RefusesAsync(revoked);
        var article = await cms.PublishedAsync(new() { ["section"] = section });
        var page = await (await other).ReadAsync(HttpStatusCode.OK);
        Assert.Equal((string?)article["id"], (string?)Assert.Single(page["changes"]!.AsArray())!["id"]);
    }

    [Fact]
    public async Task Lines_whose_key_is_revoked_end_with_the_reason()
    {
        var section = await cms.SectionAsync();
        await LongStories.PublishAsync(cms, section, count: 12);
        var key = await cms.NewKeyAsync(Role.Reader);
        using var slow = await SlowReader.AskAsync(
            cms,
            $"/v1/sync?section={section}&types=article&{LongStories.Forms}&limit=1",
            $"Authorization: Bearer {key.Token}",
            "Accept: application/x-ndjson"
        );
        await slow.BeginsAsync();

        // The server waits for the client, in the middle of the answer.
        await RevokeAsync(key);
        var text = await slow.RestAsync();

        var last = JsonNode.Parse(text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!;
        Assert.Equal("unauthenticated", (string?)last["problem"]?["code"]);
        Assert.Equal(401, (int?)last["problem"]!["status"]);
    }

    [Fact]
    public async Task A_stream_that_catches_up_from_the_database_ends_with_its_key_too()
    {
        const int stories = 12;
        var section = await cms.SectionAsync();
        await LongStories.PublishAsync(cms, section, stories);
        var key = await cms.NewKeyAsync(Role.Reader);
        // In the middle of a first sync: of that nothing is in memory.
        var page = await cms.Client(key.Token)
            .GetJsonAsync($"/v1/sync?section={section}&types=article&{LongStories.Forms}&limit=1");
        using var slow = await SlowReader.AskAsync(
            cms,
            $"/v1/events?cursor={page["cursor"]}",
            $"Authorization: Bearer {key.Token}"
        );
        await slow.BeginsAsync();

        // As another node does it: nobody tells this one.
        await cms.ExecuteAsync("update api_keys set revoked_at = now() where id = @Id", new { key.Id });
        var events = (await slow.RestAsync()).Split("\n\n");

        Assert.Contains(events, e => e.StartsWith("event: end\n", StringComparison.Ordinal));
        Assert.InRange(
            events.Count(e => e.Contains("data: {\"type\"", StringComparison.Ordinal)),
            1,
            stories - 2
        );
    }

    private static string Address(string section) => $"/v1/events?section={section}&types=article&body=text";

    private Task<EventReader> OpenAsync(NewKey key, string section) =>
        EventReader.OpenAsync(cms.Client(key.Token), Address(section));

    private static async Task<string> EndOfAsync(HttpClient client, string section) =>
        (string)(await client.GetJsonAsync($"/v1/sync?section={section}&types=article"))["cursor"]!;

    private async Task RevokeAsync(NewKey key) =>
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await cms.Admin.DeleteAsync($"/v1/editorial/keys/{key.Id}", Ct)).StatusCode
        );

    private static async Task EndsAsync(EventReader events)
    {
        var problem = await events.NextAsync();
        Assert.Equal("end", events.LastType);
        Assert.Equal("unauthenticated", (string?)problem["code"]);
        Assert.Equal(401, (int?)problem["status"]);
        await Assert.ThrowsAsync<EndOfStreamException>(events.NextAsync);
    }

    private static async Task RefusesAsync(Task<HttpResponseMessage> poll)
    {
        var problem = await (await poll).ReadAsync(HttpStatusCode.Unauthorized);
        Assert.Equal("unauthenticated", (string?)problem["code"]);
    }
}
