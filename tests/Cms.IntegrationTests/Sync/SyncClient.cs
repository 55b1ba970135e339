using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Sync;

/// <summary>What an app does with the feed: keeps a copy, and where it is.</summary>
internal sealed class SyncClient(HttpClient http, string start, string more = "")
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What it holds: by type and id, the data.</summary>
    public Dictionary<(string Type, string Id), JsonObject> Copy { get; } = [];

    public string? Cursor { get; private set; }

    public IReadOnlyList<string> Ids(string type) =>
        [.. Copy.Keys.Where(k => k.Type == type).Select(k => k.Id)];

    public bool Has(JsonNode id, string type = "article") => Copy.ContainsKey((type, (string)id!));

    public JsonObject this[string type, JsonNode id] => Copy[(type, (string)id!)];

    /// <summary>Reads on to the end; returns all changes that came.</summary>
    public async Task<List<JsonObject>> CatchUpAsync()
    {
        var all = new List<JsonObject>();
        JsonObject page;
        do
        {
            page = await PageAsync();
            all.AddRange(page["changes"]!.AsArray().Select(c => c!.AsObject()));
        } while ((bool)page["hasMore"]!);
        return all;
    }

    public async Task<JsonObject> PageAsync()
    {
        var page = await http.GetJsonAsync(Cursor is null ? start + more : $"/v1/sync?cursor={Cursor}{more}");
        foreach (var change in page["changes"]!.AsArray())
        {
            var key = ((string)change!["type"]!, (string)change["id"]!);
            if ((string?)change["op"] == "upsert")
                Copy[key] = change["data"]!.AsObject();
            else
                Copy.Remove(key);
        }
        Cursor = (string)page["cursor"]!;
        return page;
    }

    /// <summary>The answer to the next request, as it is.</summary>
    public Task<HttpResponseMessage> AskAsync(string more = "", string? ifNoneMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sync?cursor={Cursor}{more}");
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return http.SendAsync(request, Ct);
    }
}

/// <summary>The desk's work in these tests.</summary>
internal static class SyncDesk
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<JsonObject> ActAsync(this CmsServer cms, JsonObject article, string act) =>
        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{article["id"]}/{act}",
            expected: HttpStatusCode.OK
        );

    /// <summary>Changes any resource of the desk.</summary>
    public static async Task<JsonObject> ChangeAsync(this CmsServer cms, string address, JsonObject patch)
    {
        var now = await cms.Editor.GetAsync($"/v1/editorial/{address}", Ct);
        var answer = await cms.Editor.SendPatchAsync(
            $"/v1/editorial/{address}",
            patch,
            now.Headers.ETag!.ToString()
        );
        return await answer.ReadAsync(HttpStatusCode.OK);
    }

    public static async Task DeleteAsync(this CmsServer cms, string address)
    {
        var now = await cms.Editor.GetAsync($"/v1/editorial/{address}", Ct);
        var answer = await cms.Editor.SendDeleteAsync(
            $"/v1/editorial/{address}",
            now.Headers.ETag!.ToString()
        );
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>Saves and publishes.</summary>
    public static async Task RepublishAsync(this CmsServer cms, JsonObject article, JsonObject patch)
    {
        await cms.ChangeAsync($"articles/{article["id"]}", patch);
        await cms.ActAsync(article, "publish");
    }

    public static async Task<JsonObject> ImageAsync(this CmsServer cms, string caption) =>
        await (
            await cms.Editor.UploadAsync(Pictures.Png(), "p.png", ("alt", "A field"), ("caption", caption))
        ).ReadAsync(HttpStatusCode.Created);
}
