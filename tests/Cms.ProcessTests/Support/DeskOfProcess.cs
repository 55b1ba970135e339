using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cms.ProcessTests.Support;

/// <summary>What an editor's tool does.</summary>
internal static class DeskOfProcess
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<JsonObject> PatchAsync(
        this HttpClient client,
        string url,
        JsonNode patch,
        int revision
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, url)
        {
            Content = new StringContent(patch.ToJsonString(), Encoding.UTF8, "application/merge-patch+json"),
        };
        request.Headers.TryAddWithoutValidation("If-Match", $"\"{revision}\"");
        using var response = await client.SendAsync(request, Ct);
        return await response.ReadAsync(HttpStatusCode.OK);
    }

    public static async Task<JsonObject> UploadedAsync(this HttpClient client, byte[] file)
    {
        using var response = await client.UploadAsync(file);
        return await response.ReadAsync(HttpStatusCode.Created);
    }

    /// <summary>How many articles readers can see.</summary>
    public static async Task<int> PublishedAsync(this HttpClient client) =>
        (await client.GetJsonAsync("/v1/articles?limit=1&count=exact"))["page"]!["total"]!.GetValue<int>();
}
