using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cms.Testing;

/// <summary>Requests as they travel: bodies as text, so that a test can send what no serialiser would write.</summary>
internal static class RawRequests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<HttpResponseMessage> SendTextAsync(
        this HttpClient client,
        HttpMethod method,
        string url,
        string? body,
        string? contentType = "application/json",
        string? ifMatch = null
    )
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await client.SendAsync(request, Ct);
    }

    /// <summary>Changes what is at <paramref name="url"/> from whatever revision it has, and returns it.</summary>
    public static async Task<JsonObject> ChangeAsync(
        this HttpClient client,
        string url,
        JsonNode patch,
        HttpStatusCode expected = HttpStatusCode.OK
    ) => await (await client.SendPatchAsync(url, patch, "*")).ReadAsync(expected);

    /// <summary>An act of the workflow, or any other POST that answers 200.</summary>
    public static Task<JsonObject> ActAsync(
        this HttpClient client,
        string url,
        HttpStatusCode expected = HttpStatusCode.OK
    ) => client.PostAsync(url, expected: expected);

    /// <summary>The faults that a refusal lists, as <c>pointer code</c>, in the order of the alphabet.</summary>
    public static string[] Faults(this JsonObject problem) =>
        [
            .. problem["errors"]!
                .AsArray()
                .Select(e => $"{e!["pointer"] ?? e["parameter"]} {e["code"]}")
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Waits for all of them; started together, as far as threads allow.</summary>
    public static async Task<HttpResponseMessage[]> TogetherAsync(
        IEnumerable<Func<Task<HttpResponseMessage>>> requests
    ) => await Task.WhenAll(requests.Select(r => Task.Run(r, Ct)));

    public static async Task<int> StatusAsync(this Task<HttpResponseMessage> sent)
    {
        using var response = await sent;
        return (int)response.StatusCode;
    }
}
