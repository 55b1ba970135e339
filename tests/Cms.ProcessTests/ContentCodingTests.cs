using System.Net;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>Whether an answer was in memory is not to be seen in it.</summary>
public sealed class ContentCodingTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly string[] Urls =
    [
        "/v1/articles?limit=2",
        "/v1/articles/nobody-restores-a-backup",
        "/v1/tags?limit=1&fields=name",
        "/v1/articles/there-is-no-such-article",
    ];

    /// <summary>Several fields of the header are apart by a line.</summary>
    private static readonly string?[] Accepted =
    [
        null,
        "",
        "br",
        "BR",
        "gzip",
        "gzip, deflate, br, zstd",
        "zstd, deflate",
        "*",
        "*;q=0",
        "*;q=0.5, gzip",
        "br;q=0, *",
        "br;q=0, gzip;q=0, *",
        "gzip;q=0.5, br;q=0.4",
        "gzip;q=0.001",
        "br;q=0.5, identity",
        "br;q=0.5, identity;q=0.5",
        "identity;q=0",
        "identity;q=0, *;q=0",
        "identity;q=0.3, *;q=0.2",
        "gzip\nbr",
        "gzip;q=0.2\nbr;q=0.1",
        "br;q=0, br",
        "br;q=2",
        "br;q=x, gzip",
        "br;level=4",
        ";;;,=",
        ", ,gzip, ,",
        "x-gzip",
        "brotli",
    ];

    [Fact]
    public async Task The_same_request_gets_the_same_coding_entity_tag_and_Vary_with_the_cache_and_without()
    {
        var data = await newsrooms.SeededAsync();

        List<string> made;
        List<string> kept;
        await using (var server = await CmsProcess.ServeAsync(data))
        {
            made = await AskAsync(server);
            kept = await AskAsync(server);
        }
        var settings = new Dictionary<string, string> { ["Cms__CacheMegabytes"] = "0" };
        await using var other = await CmsProcess.ServeAsync(data, settings);
        var uncached = await AskAsync(other);

        Assert.Equal(uncached, made);
        Assert.Equal(uncached, kept);
        Assert.Contains(uncached, answer => answer.Contains("200 br", StringComparison.Ordinal));
        Assert.Contains(uncached, answer => answer.Contains("200 gzip", StringComparison.Ordinal));
    }

    private static async Task<List<string>> AskAsync(CmsProcess server)
    {
        using var client = server.Client();
        var answers = new List<string>();
        foreach (var url in Urls)
        foreach (var accepted in Accepted)
        {
            var first = await AskAsync(client, url, accepted, tag: null);
            var tag = first.Headers.ETag?.ToString();
            var again = await AskAsync(client, url, accepted, tag ?? "\"none\"");
            if (first.IsSuccessStatusCode)
                Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            answers.Add(
                $"{url} for {accepted ?? "nothing"}: {(int)first.StatusCode} "
                    + $"{Field(first, "Content-Encoding")} {tag} {Field(first, "Vary")}; "
                    + $"{(int)again.StatusCode} {again.Headers.ETag} {Field(again, "Vary")}"
            );
        }
        return answers;
    }

    private static async Task<HttpResponseMessage> AskAsync(
        HttpClient client,
        string url,
        string? accepted,
        string? tag
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (accepted is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted.Split('\n'));
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return await client.SendAsync(request, Ct);
    }

    private static string? Field(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
        || response.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;
}
