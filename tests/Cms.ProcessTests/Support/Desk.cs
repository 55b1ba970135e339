using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Cms.ProcessTests.Support;

/// <summary>What an editor's tool does.</summary>
internal static class Desk
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<JsonObject> ReadAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(
            response.StatusCode == expected,
            $"Expected {expected}, got {(int)response.StatusCode}: {text}"
        );
        return JsonNode.Parse(text)!.AsObject();
    }

    public static async Task<JsonObject> GetJsonAsync(this HttpClient client, string url)
    {
        using var response = await client.GetAsync(url, Ct);
        return await response.ReadAsync(HttpStatusCode.OK);
    }

    public static async Task<JsonObject> PostAsync(
        this HttpClient client,
        string url,
        JsonNode? body = null,
        HttpStatusCode expected = HttpStatusCode.Created
    )
    {
        using var content = body is null ? null : JsonContent.Create(body);
        using var response = await client.PostAsync(url, content, Ct);
        return await response.ReadAsync(expected);
    }

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

    public static async Task<JsonObject> UploadAsync(this HttpClient client, byte[] file)
    {
        using var form = new MultipartFormDataContent();
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(content, "file", "picture.png");
        using var response = await client.PostAsync("/v1/editorial/images", form, Ct);
        return await response.ReadAsync(HttpStatusCode.Created);
    }

    /// <summary>How many articles readers can see.</summary>
    public static async Task<int> PublishedAsync(this HttpClient client) =>
        (await client.GetJsonAsync("/v1/articles?limit=1&count=exact"))["page"]!["total"]!.GetValue<int>();
}
