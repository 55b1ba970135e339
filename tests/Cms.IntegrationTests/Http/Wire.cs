using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Http;

/// <summary>What a front end does, header by header.</summary>
internal static class Wire
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Sends a request with these header fields, as they are.</summary>
    public static async Task<HttpResponseMessage> AskAsync(
        this HttpClient client,
        string method,
        string url,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        return await client.SendAsync(request, Ct);
    }

    /// <summary>A header field as it was sent; null if it was not.</summary>
    public static string? Field(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values)
        : response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values)
        : null;

    public static Task<byte[]> BytesAsync(this HttpResponseMessage response) =>
        response.Content.ReadAsByteArrayAsync(Ct);

    public static Task<string> TextAsync(this HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(Ct);

    /// <summary>A problem: the status, the media type and every member that each problem has.</summary>
    public static async Task<JsonObject> ProblemAsync(
        this HttpResponseMessage response,
        HttpStatusCode status,
        string code
    )
    {
        var problem = await response.ReadAsync(status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal($"/problems/{code}", (string?)problem["type"]);
        Assert.Equal((int)status, (int?)problem["status"]);
        foreach (var member in new[] { "title", "detail", "instance", "traceId" })
            Assert.False(string.IsNullOrEmpty((string?)problem[member]), member);
        Assert.StartsWith("/", (string?)problem["instance"], StringComparison.Ordinal);
        return problem;
    }

    /// <summary>The addresses of a Link header by their relations (RFC 8288).</summary>
    public static Dictionary<string, string> Links(this HttpResponseMessage response) =>
        (response.Field("Link") ?? "")
            .Split(", <", StringSplitOptions.RemoveEmptyEntries)
            .Select(link => link.TrimStart('<').Split(">; rel=\""))
            .ToDictionary(parts => parts[1].TrimEnd('"'), parts => parts[0], StringComparer.Ordinal);

    /// <summary>The ids on a page.</summary>
    public static string[] Ids(this JsonObject page) =>
        [.. page["data"]!.AsArray().Select(item => (string)item!["id"]!)];

    /// <summary>Reads a list to its end by <c>page.next</c>; each page's ids.</summary>
    public static async Task<List<JsonObject>> PagesAsync(this HttpClient client, string url)
    {
        var pages = new List<JsonObject> { await client.GetJsonAsync(url) };
        while ((string?)pages[^1]["page"]!["next"] is { } next)
            pages.Add(await client.GetJsonAsync(With(url, "cursor", next)));
        return pages;
    }

    public static string With(string url, string name, string value) =>
        url
        + (url.Contains('?', StringComparison.Ordinal) ? '&' : '?')
        + name
        + "="
        + Uri.EscapeDataString(value);
}
