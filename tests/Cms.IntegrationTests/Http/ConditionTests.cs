using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Http;

/// <summary>
/// Conditional requests (RFC 9110, 13): in delivery, from memory and not; of image files; at the desk.
/// </summary>
public sealed class ConditionTests(CmsServer cms)
{
    private const string Past = "Mon, 01 Jan 2001 00:00:00 GMT";
    private const string Future = "Mon, 01 Jan 2080 00:00:00 GMT";

    [Fact]
    public async Task Delivery_keeps_to_the_conditions_and_their_order()
    {
        var article = await cms.PublishedAsync();
        foreach (var client in (HttpClient[])[cms.Anonymous, cms.Reader])
        foreach (var method in (string[])["GET", "HEAD"])
        {
            var url = $"/v1/articles/{article["slug"]}";
            var tag = (await client.AskAsync("GET", url)).Field("ETag")!;

            await IsAsync(200, ("If-Match", tag));
            await IsAsync(200, ("If-Match", "*"));
            await IsAsync(200, ("If-Match", $"\"other\", {tag}"));
            await IsAsync(412, ("If-Match", "\"other\""));
            await IsAsync(412, ("If-Match", $"W/{tag}"));
            await IsAsync(412, ("If-Match", "\"other\""), ("If-None-Match", tag));
            await IsAsync(412, ("If-Unmodified-Since", Past));
            await IsAsync(200, ("If-Unmodified-Since", Future));
            await IsAsync(200, ("If-Unmodified-Since", "yesterday"));
            await IsAsync(200, ("If-Match", tag), ("If-Unmodified-Since", Past));
            await IsAsync(304, ("If-None-Match", tag));
            await IsAsync(304, ("If-None-Match", $"W/{tag}"));
            await IsAsync(304, ("If-None-Match", $"\"a\", W/{tag}"));
            await IsAsync(304, ("If-None-Match", "*"));
            await IsAsync(304, ("If-Match", tag), ("If-None-Match", tag));
            await IsAsync(200, ("If-None-Match", "\"other\""), ("If-Modified-Since", Future));
            await IsAsync(400, ("If-None-Match", "other"));
            await IsAsync(400, ("If-Match", tag.Trim('"')));

            async Task IsAsync(int status, params (string, string)[] headers)
            {
                using var answer = await client.AskAsync(method, url, headers);
                Assert.True(
                    status == (int)answer.StatusCode,
                    $"{method} {string.Join("; ", headers)}: {(int)answer.StatusCode}, not {status}"
                );
                // A cache must not give the refusal to those who sent no condition.
                Assert.Equal(status >= 400, answer.Field("Cache-Control") == "no-store");
                if (status == 412 && method == "GET")
                    await answer.ProblemAsync(HttpStatusCode.PreconditionFailed, "precondition-failed");
            }
        }
    }

    [Fact]
    public async Task An_image_file_keeps_to_the_conditions_and_HEAD_knows_no_range()
    {
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var url = $"/media/{image["id"]}/original";
        var tag = (await cms.Anonymous.AskAsync("GET", url)).Field("ETag")!;
        (string, string) part = ("Range", "bytes=0-9");

        await IsAsync("GET", 206, part);
        await IsAsync("GET", 206, part, ("If-Range", tag));
        await IsAsync("GET", 200, part, ("If-Range", "\"other\""));
        await IsAsync("GET", 206, part, ("If-Match", tag));
        await IsAsync("GET", 412, part, ("If-Match", "\"other\""));
        await IsAsync("GET", 412, part, ("If-Unmodified-Since", Past));
        await IsAsync("GET", 206, part, ("If-Match", tag), ("If-Unmodified-Since", Past));
        await IsAsync("GET", 304, ("If-Match", tag), ("If-None-Match", tag));
        await IsAsync("GET", 304, ("If-None-Match", tag), ("If-Modified-Since", Past));
        await IsAsync("GET", 200, ("If-None-Match", "\"other\""), ("If-Modified-Since", Future));
        await IsAsync("GET", 304, part, ("If-None-Match", tag));
        await IsAsync("GET", 400, ("If-None-Match", "other"));
        await IsAsync("HEAD", 200, part);
        await IsAsync("HEAD", 200, ("Range", "bytes=999999999-"));
        await IsAsync("HEAD", 200, part, ("If-Range", tag));
        await IsAsync("HEAD", 304, part, ("If-None-Match", tag));
        await IsAsync("HEAD", 412, ("If-Match", "\"other\""));

        async Task IsAsync(string method, int status, params (string, string)[] headers)
        {
            using var answer = await cms.Anonymous.AskAsync(method, url, headers);
            Assert.True(
                status == (int)answer.StatusCode,
                $"{method} {string.Join("; ", headers)}: {(int)answer.StatusCode}, not {status}"
            );
            Assert.Equal(status == 206, answer.Field("Content-Range") is not null);
            Assert.Equal(status >= 400, answer.Field("Cache-Control") == "no-store");
        }
    }

    [Theory]
    [InlineData("articles")]
    [InlineData("sections")]
    [InlineData("authors")]
    [InlineData("tags")]
    [InlineData("images")]
    [InlineData("webhooks")]
    public async Task A_change_is_not_made_to_what_If_None_Match_names(string kind)
    {
        var made = kind switch
        {
            "articles" => await cms.DraftAsync(),
            "images" => await (await cms.Admin.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created),
            "webhooks" => await cms.Admin.PostAsync(
                "/v1/editorial/webhooks",
                new JsonObject
                {
                    ["url"] = "https://site.example/hook",
                    ["events"] = new JsonArray("article.published"),
                }
            ),
            _ => await cms.Admin.PostAsync(
                $"/v1/editorial/{kind}",
                new JsonObject { ["name"] = Names.Unique("name") }
            ),
        };
        var url = $"/v1/editorial/{kind}/{made["id"]}";
        var tag = (await cms.Admin.AskAsync("GET", url)).Field("ETag")!;
        var acts = kind == "articles" ? (string[])["PATCH", "POST", "DELETE"] : ["PATCH", "DELETE"];

        foreach (var act in acts)
        foreach (var named in (string[])[tag, $"W/{tag}", "*", $"\"99\", {tag}"])
        {
            var refused = await SendAsync(act, ("If-Match", tag), ("If-None-Match", named));
            Assert.Equal(tag, refused.Field("ETag"));
            await refused.ProblemAsync(HttpStatusCode.PreconditionFailed, "precondition-failed");
        }
        await (await SendAsync("PATCH", ("If-Match", "\"99\""), ("If-None-Match", tag))).ProblemAsync(
            HttpStatusCode.PreconditionFailed,
            "revision-changed"
        );
        foreach (var field in (string[])["If-Match", "If-None-Match"])
            await (await SendAsync("PATCH", ("If-Match", tag), (field, "1"))).ProblemAsync(
                HttpStatusCode.BadRequest,
                "invalid-parameter"
            );
        // Nothing of it was done, and reading has conditions too. More of an article changes than its revision says.
        Assert.Equal(
            kind == "articles" ? HttpStatusCode.OK : HttpStatusCode.NotModified,
            (await cms.Admin.AskAsync("GET", url, ("If-None-Match", tag))).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            (await cms.Admin.AskAsync("GET", url, ("If-Match", "\"99\""))).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await SendAsync("DELETE", ("If-Match", tag), ("If-None-Match", "\"99\""))).StatusCode
        );

        async Task<HttpResponseMessage> SendAsync(string method, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(
                new(method),
                method == "POST" ? $"{url}/publish" : url
            );
            if (method == "PATCH")
                request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
            // A later value of the same name comes instead of the first.
            foreach (var group in headers.GroupBy(h => h.Name))
                Assert.True(request.Headers.TryAddWithoutValidation(group.Key, group.Last().Value));
            return await cms.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }
}
