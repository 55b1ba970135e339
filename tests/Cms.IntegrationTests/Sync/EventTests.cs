using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Sync;

/// <summary>Pages that listen.</summary>
public sealed class EventTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_is_heard_as_it_happens_and_can_be_seen_at_once()
    {
        var section = await cms.SectionAsync();
        await using var events = await EventReader.OpenAsync(
            cms.Anonymous,
            $"/v1/events?section={section}&types=article"
        );

        var article = await cms.PublishedAsync(new() { ["section"] = section });
        var heard = await events.NextAsync();

        Assert.Equal((string?)article["id"], (string?)heard["id"]);
        Assert.Equal("upsert", (string?)heard["op"]);
        Assert.Equal((string?)article["headline"], (string?)heard["data"]!["headline"]);
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");

        await cms.ActAsync(article, "unpublish");
        Assert.Equal("unpublished", (string?)(await events.NextAsync())["reason"]);
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}", HttpStatusCode.Gone);
    }

    [Fact]
    public async Task Who_comes_back_with_the_last_id_has_missed_nothing()
    {
        var section = await cms.SectionAsync();
        var address = $"/v1/events?section={section}&types=article";
        string? last;
        await using (var events = await EventReader.OpenAsync(cms.Anonymous, address))
        {
            // An id is there before the first event: whoever is cut off now comes back to here.
            last = events.LastId;
            Assert.NotNull(last);
        }
        var missed = new List<string>();
        for (var i = 0; i < 3; i++)
            missed.Add((string)(await cms.PublishedAsync(new() { ["section"] = section }))["id"]!);

        await using var again = await EventReader.OpenAsync(cms.Anonymous, address, last);
        foreach (var id in missed)
            Assert.Equal(id, (string?)(await again.NextAsync())["id"]);
        var next = await cms.PublishedAsync(new() { ["section"] = section });
        Assert.Equal((string?)next["id"], (string?)(await again.NextAsync())["id"]);
        // A cursor of the stream is one of the sync, and the other way round.
        var rest = await cms.Anonymous.GetJsonAsync($"/v1/sync?cursor={again.LastId}");
        Assert.Empty(rest["changes"]!.AsArray());
        await using var third = await EventReader.OpenAsync(cms.Anonymous, $"/v1/events?cursor={last}");
        Assert.Equal(missed[0], (string?)(await third.NextAsync())["id"]);
    }

    [Fact]
    public async Task A_stream_that_cannot_be_resumed_is_refused_with_a_problem()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.Add("Last-Event-ID", "nonsense");

        var problem = await (await cms.Anonymous.SendAsync(request, Ct)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("invalid-cursor", (string?)problem["code"]);
    }

    [Fact]
    public async Task Many_who_listen_hear_the_same()
    {
        var section = await cms.SectionAsync();
        var readers = new List<EventReader>();
        for (var i = 0; i < 50; i++)
            readers.Add(
                await EventReader.OpenAsync(cms.Anonymous, $"/v1/events?section={section}&types=article")
            );

        var article = await cms.PublishedAsync(new() { ["section"] = section });

        foreach (var reader in readers)
        {
            Assert.Equal((string?)article["id"], (string?)(await reader.NextAsync())["id"]);
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_section_is_known_by_its_new_name_at_once_and_not_when_it_is_gone()
    {
        var section = await cms.SectionAsync();
        await using var before = await EventReader.OpenAsync(cms.Anonymous, $"/v1/events?section={section}");
        var renamed = Names.Unique("renamed");
        await cms.ChangeAsync($"sections/{section}", new() { ["slug"] = renamed });

        await using var after = await EventReader.OpenAsync(cms.Anonymous, $"/v1/events?section={renamed}");

        await cms.DeleteAsync($"sections/{renamed}");
        var problem = await cms.Anonymous.GetJsonAsync(
            $"/v1/events?section={renamed}",
            HttpStatusCode.BadRequest
        );
        Assert.Equal("unknown-section", (string?)problem["errors"]![0]!["code"]);
    }

    [Fact]
    public async Task HEAD_of_a_stream_ends()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/v1/events");

        var answer = await cms.Anonymous.SendAsync(request, Ct);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Ct));
    }
}

/// <summary>Reads Server-Sent Events as a browser does.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _lines = new StreamReader(stream);
    }

    /// <summary>The id that a browser would send when it connects again.</summary>
    public string? LastId { get; private set; }

    /// <summary>The type of the last event; null: it had none.</summary>
    public string? LastType { get; private set; }

    public static async Task<EventReader> OpenAsync(HttpClient http, string url, string? lastId = null)
    {
        var ct = TestContext.Current.CancellationToken;
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var reader = new EventReader(response, await response.Content.ReadAsStreamAsync(ct));
        // Up to the first blank line: from now on nothing is missed.
        Assert.Null(await reader.ReadAsync());
        return reader;
    }

    public async Task<JsonObject> NextAsync()
    {
        while (true)
            if (await ReadAsync() is { } data)
                return JsonNode.Parse(data)!.AsObject();
    }

    /// <summary>One event's data; null where it has none.</summary>
    private async Task<string?> ReadAsync()
    {
        string? data = null;
        LastType = null;
        while (true)
        {
            var line =
                await _lines.ReadLineAsync(TestContext.Current.CancellationToken)
                ?? throw new EndOfStreamException("The stream has ended.");
            if (line.Length == 0)
                return data;
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                LastId = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                LastType = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data += line[6..];
        }
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
