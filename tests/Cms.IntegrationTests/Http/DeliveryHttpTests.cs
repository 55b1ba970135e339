using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;

namespace Cms.IntegrationTests.Http;

/// <summary>Delivery as a cache, a browser or an attacker meets it.</summary>
public sealed class DeliveryHttpTests(CmsServer cms)
{
    private static readonly string[] Codings = ["identity", "br", "gzip"];

    [Fact]
    public async Task Each_coding_has_an_entity_tag_of_its_own_and_its_304()
    {
        foreach (var url in await UrlsAsync())
        {
            var tags = new List<string>();
            byte[]? plain = null;
            foreach (var coding in Codings)
            {
                var response = await cms.Anonymous.AskAsync("GET", url, ("Accept-Encoding", coding));
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Assert.Equal(coding == "identity" ? null : coding, response.Field("Content-Encoding"));
                Assert.Contains("Accept-Encoding", response.Field("Vary"), StringComparison.Ordinal);
                Assert.Single(
                    response.Field("Vary")!.Split(", "),
                    v => v.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase)
                );
                var tag = response.Field("ETag")!;
                Assert.Matches("^\"[^\"]+\"$", tag);
                tags.Add(tag);
                var bytes = Decoded(await response.BytesAsync(), coding);
                Assert.Equal(plain ??= bytes, bytes);

                foreach (
                    var match in new[] { tag, "*", $"\"x\", {tag}, \"y\"", $"W/{tag}", $"W/\"z\",W/{tag}" }
                )
                {
                    var fresh = await cms.Anonymous.AskAsync(
                        "GET",
                        url,
                        ("Accept-Encoding", coding),
                        ("If-None-Match", match)
                    );
                    Assert.True(fresh.StatusCode == HttpStatusCode.NotModified, $"{url} {coding} {match}");
                    Assert.Empty(await fresh.BytesAsync());
                    foreach (var field in new[] { "ETag", "Cache-Control", "Vary" })
                        Assert.Equal(response.Field(field), fresh.Field(field));
                    // RFC 9110, 15.4.5: the client has these with what it keeps.
                    Assert.NotNull(response.Field("Cache-Tag"));
                    Assert.Null(fresh.Field("Cache-Tag"));
                    Assert.Null(fresh.Field("Link"));
                    Assert.NotNull(fresh.Field("Last-Modified"));
                    Assert.Null(fresh.Field("Content-Type"));
                    Assert.Null(fresh.Field("Content-Encoding"));
                }
            }
            Assert.Equal(3, tags.Distinct(StringComparer.Ordinal).Count());
            // One coding's tag is not another's.
            foreach (var other in new[] { tags[1], "\"x\"", "\"x\", \"y\"", ",", "" })
                Assert.Equal(
                    HttpStatusCode.OK,
                    (
                        await cms.Anonymous.AskAsync(
                            "GET",
                            url,
                            ("Accept-Encoding", "identity"),
                            ("If-None-Match", other)
                        )
                    ).StatusCode
                );
        }
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, br", "br")]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0", null)]
    [InlineData("identity", null)]
    [InlineData("identity, br;q=0.5", null)]
    [InlineData("deflate", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("*", "br")]
    [InlineData("GZIP", "gzip")]
    [InlineData(";;;,=", null)]
    public async Task The_coding_is_what_the_client_prefers(string? accept, string? coding)
    {
        var article = await cms.PublishedAsync();

        var response = await cms.Anonymous.AskAsync(
            "GET",
            $"/v1/articles/{article["id"]}",
            accept is null ? [] : [("Accept-Encoding", accept)]
        );

        Assert.Equal(coding, response.Field("Content-Encoding"));
        var text = Encoding.UTF8.GetString(Decoded(await response.BytesAsync(), coding ?? "identity"));
        Assert.Equal((string?)article["id"], (string?)JsonNode.Parse(text)!["id"]);
    }

    [Fact]
    public async Task HEAD_is_GET_without_its_body()
    {
        foreach (
            var url in (await UrlsAsync())
                .Append("/problems/not-found")
                .Append("/health/live")
                .Append("/health/ready")
        )
        foreach (var coding in Codings)
        {
            var get = await cms.Anonymous.AskAsync("GET", url, ("Accept-Encoding", coding));
            var head = await cms.Anonymous.AskAsync("HEAD", url, ("Accept-Encoding", coding));
            Assert.Equal(get.StatusCode, head.StatusCode);
            Assert.Empty(await head.BytesAsync());
            foreach (
                var field in new[]
                {
                    "Content-Type",
                    "Content-Encoding",
                    "ETag",
                    "Cache-Control",
                    "Cache-Tag",
                    "Vary",
                    "Link",
                }
            )
                Assert.True(
                    get.Field(field) == head.Field(field),
                    $"{url} {coding} {field}: {head.Field(field)}"
                );
            if (coding == "identity" && get.Field("ETag") is not null)
            {
                Assert.Equal((await get.BytesAsync()).Length, get.Content.Headers.ContentLength);
                Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
            }
        }
        foreach (var url in new[] { "/v1/articles/never-was", "/v1/articles?limit=0", "/nowhere" })
        {
            var get = await cms.Anonymous.AskAsync("GET", url);
            var head = await cms.Anonymous.AskAsync("HEAD", url);
            Assert.Equal(get.StatusCode, head.StatusCode);
            Assert.Equal("application/problem+json", head.Content.Headers.ContentType?.MediaType);
            Assert.Empty(await head.BytesAsync());
        }
    }

    [Fact]
    public async Task Dates_answer_304_only_while_nothing_can_have_changed()
    {
        var article = await cms.PublishedAsync();
        var url = $"/v1/articles/{article["id"]}";
        var first = await cms.Anonymous.AskAsync("GET", url);
        var lastModified = first.Field("Last-Modified")!;
        Assert.EndsWith(" GMT", lastModified, StringComparison.Ordinal);

        // A date that the answer bears brings nobody past a change, however soon that follows; nor does that of its
        // arrival.
        foreach (var date in new[] { lastModified, first.Field("Date")! })
        {
            await ChangeAsync(article);
            Assert.Equal(HttpStatusCode.OK, await SinceAsync(url, date));
        }
        Assert.Equal(HttpStatusCode.OK, await SinceAsync(url, "Mon, 01 Jan 2001 00:00:00 GMT"));
        Assert.Equal(HttpStatusCode.OK, await SinceAsync(url, "yesterday"));
        Assert.Equal(HttpStatusCode.OK, await SinceAsync(url, ""));
        // If-None-Match says more than a date, so the date is not asked.
        var response = await cms.Anonymous.AskAsync(
            "GET",
            url,
            ("If-None-Match", "\"x\""),
            ("If-Modified-Since", "Tue, 01 Jan 2030 00:00:00 GMT")
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    // The change, the first answer and the second, in seconds after a full one: what the first says never hides a
    // change after it.
    [InlineData(0.1, 2.2, 2.3, 2.4)]
    [InlineData(0.0, 2.1, 2.2, 2.3)]
    [InlineData(0.9, 2.95, 2.99, 3.0)]
    [InlineData(0.9, 1.0, 1.1, 1.2)]
    [InlineData(0.9, 1.0, 1.1, 9.0)]
    [InlineData(0.5, 0.6, 0.7, 5.0)]
    [InlineData(0.5, 9.1, 9.2, 9.3)]
    [InlineData(0.5, 9.1, 9.2, 99.0)]
    [InlineData(0.0, 5.0, 5.0, 7.0)]
    [InlineData(0.0, 5.0, 5.000001, 7.0)]
    public void No_date_hides_a_change(double change, double read, double next, double again)
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var seen = Conditional.LastModified(start.AddSeconds(change), start.AddSeconds(read));

        Assert.False(Fresh(seen));
        Assert.True(seen <= start.AddSeconds(read));
        // A client that takes the time of its reading for the date.
        if (next > read)
            Assert.False(Fresh(start.AddSeconds(Math.Floor(read))));

        bool Fresh(DateTimeOffset since)
        {
            var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
            context.Request.Headers.IfModifiedSince = since.ToString("R", CultureInfo.InvariantCulture);
            return Conditional.Evaluate(
                    context.Request,
                    new("\"x\""),
                    start.AddSeconds(next),
                    start.AddSeconds(again)
                ) == Precondition.NotModified;
        }
    }

    [Fact]
    public void What_has_not_changed_for_a_while_is_fresh_by_its_date()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        foreach (var change in new[] { 0, 0.1, 0.999 })
        {
            var changed = start.AddSeconds(change);
            var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
            context.Request.Headers.IfModifiedSince = Conditional
                .LastModified(changed, start.AddSeconds(10))
                .ToString("R", CultureInfo.InvariantCulture);
            Assert.Equal(
                Precondition.NotModified,
                Conditional.Evaluate(context.Request, new("\"x\""), changed, start.AddSeconds(20))
            );
        }
    }

    [Fact]
    public async Task A_change_is_in_the_next_answer_whatever_the_client_holds()
    {
        var article = await cms.PublishedAsync();
        var url = $"/v1/articles/{article["id"]}?fields=deck";
        for (var i = 0; i < 5; i++)
        {
            var before = await cms.Anonymous.AskAsync("GET", url);
            var deck = await ChangeAsync(article);
            var after = await cms.Anonymous.AskAsync(
                "GET",
                url,
                ("If-None-Match", before.Field("ETag")!),
                ("If-Modified-Since", before.Field("Last-Modified")!)
            );
            Assert.Equal(deck, (string?)(await after.ReadAsync(HttpStatusCode.OK))["deck"]);
        }
    }

    [Fact]
    public async Task OPTIONS_tells_the_methods_and_every_other_method_is_refused_with_them()
    {
        foreach (var url in await UrlsAsync())
        {
            var options = await cms.Anonymous.AskAsync("OPTIONS", url);
            Assert.Equal(HttpStatusCode.NoContent, options.StatusCode);
            Assert.Equal("GET, HEAD, OPTIONS", options.Field("Allow"));
            Assert.Empty(await options.BytesAsync());
            foreach (var method in new[] { "POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO" })
            {
                var response = await cms.Editor.AskAsync(method, url);
                await response.ProblemAsync(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
                Assert.Equal("GET, HEAD, OPTIONS", response.Field("Allow"));
            }
        }
    }

    [Fact]
    public async Task Every_origin_may_read_and_only_the_desk_may_write()
    {
        var article = await cms.PublishedAsync();
        var url = $"/v1/articles/{article["id"]}";
        var preflight = await PreflightAsync(url, "https://anyone.example", "GET");
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal("*", preflight.Field("Access-Control-Allow-Origin"));
        Assert.Contains("GET", preflight.Field("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains(
            "Authorization",
            preflight.Field("Access-Control-Allow-Headers"),
            StringComparison.OrdinalIgnoreCase
        );
        Assert.Null(preflight.Field("Access-Control-Allow-Credentials"));

        foreach (var address in new[] { url, "/v1/articles/never-was", "/v1/articles?limit=0", "/nowhere" })
        {
            var simple = await cms.Anonymous.AskAsync("GET", address, ("Origin", "https://anyone.example"));
            Assert.Equal("*", simple.Field("Access-Control-Allow-Origin"));
            foreach (var field in new[] { "ETag", "Link", "X-Request-Id" })
                Assert.Contains(
                    field,
                    simple.Field("Access-Control-Expose-Headers"),
                    StringComparison.Ordinal
                );
        }
        var fresh = await cms.Anonymous.AskAsync(
            "GET",
            url,
            ("Origin", "https://anyone.example"),
            ("If-None-Match", "*")
        );
        Assert.Equal("*", fresh.Field("Access-Control-Allow-Origin"));

        // What a shared cache keeps of an answer to a server, it gives to browsers.
        foreach (
            var (address, field) in new (string, (string, string)[])[]
            {
                (url, []),
                (url, []),
                (url, [("If-None-Match", "*")]),
                ("/v1/articles/never-was", []),
                ("/v1/sync?limit=1", []),
            }
        )
            Assert.Equal(
                "*",
                (await cms.Anonymous.AskAsync("GET", address, field)).Field("Access-Control-Allow-Origin")
            );

        const string editorial = "/v1/editorial/articles";
        Assert.Null((await cms.Editor.AskAsync("GET", editorial)).Field("Access-Control-Allow-Origin"));
        Assert.Equal(
            "https://desk.example",
            (await PreflightAsync(editorial, "https://desk.example", "POST")).Field(
                "Access-Control-Allow-Origin"
            )
        );
        foreach (
            var origin in new[]
            {
                "https://anyone.example",
                "https://desk.example.evil.example",
                "http://desk.example",
                "https://desk.example:8443",
                "null",
            }
        )
        {
            Assert.Null(
                (await PreflightAsync(editorial, origin, "POST")).Field("Access-Control-Allow-Origin")
            );
            Assert.Null(
                (await cms.Editor.AskAsync("GET", editorial, ("Origin", origin))).Field(
                    "Access-Control-Allow-Origin"
                )
            );
        }
        Assert.Equal(
            "https://desk.example",
            (await cms.Editor.AskAsync("GET", editorial, ("Origin", "https://desk.example"))).Field(
                "Access-Control-Allow-Origin"
            )
        );
    }

    [Theory]
    [InlineData("text/html", false)]
    [InlineData("image/png", false)]
    [InlineData("application/json;q=0", false)]
    [InlineData("application/json;q=0, */*", false)]
    [InlineData("application/*;q=0, text/html", false)]
    [InlineData("application/json", true)]
    [InlineData("application/*", true)]
    [InlineData("*/*", true)]
    [InlineData("text/html, */*;q=0.1", true)]
    [InlineData("APPLICATION/JSON", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("not a media type", true)]
    [InlineData("", true)]
    public async Task Whoever_rules_out_JSON_is_told_so(string accept, bool served)
    {
        var response = await cms.Anonymous.AskAsync("GET", "/v1/articles?limit=1", ("Accept", accept));

        if (served)
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        else
            await response.ProblemAsync(HttpStatusCode.NotAcceptable, "not-acceptable");
    }

    [Fact]
    public async Task What_is_no_JSON_is_not_refused_to_who_wants_none()
    {
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);

        foreach (var accept in new[] { "image/png", "image/*", "image/avif,image/webp,image/*;q=0.8" })
            Assert.Equal(
                HttpStatusCode.OK,
                (
                    await cms.Anonymous.AskAsync("GET", $"/media/{image["id"]}/original", ("Accept", accept))
                ).StatusCode
            );
        Assert.Equal(
            HttpStatusCode.OK,
            (await cms.Anonymous.AskAsync("GET", "/problems/not-found", ("Accept", "text/html"))).StatusCode
        );
        await (
            await cms.Anonymous.AskAsync("GET", "/problems/not-found", ("Accept", "image/png"))
        ).ProblemAsync(HttpStatusCode.NotAcceptable, "not-acceptable");
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("5f3c-e1:trace/7", true)]
    [InlineData("", false)]
    [InlineData("two words", false)]
    [InlineData("tab\there", false)]
    public async Task A_sensible_request_id_is_echoed_and_any_other_replaced(string id, bool echoed)
    {
        foreach (var url in new[] { "/v1/articles?limit=1", "/nowhere", "/v1/articles?limit=0" })
        {
            var response = await cms.Anonymous.AskAsync("GET", url, ("X-Request-Id", id));
            var answered = response.Field("X-Request-Id");
            Assert.False(string.IsNullOrEmpty(answered));
            Assert.Equal(echoed, id == answered);
            Assert.Equal("nosniff", response.Field("X-Content-Type-Options"));
        }
    }

    [Fact]
    public async Task A_request_id_without_end_is_replaced()
    {
        var kept = await cms.Anonymous.AskAsync("GET", "/v1/tags", ("X-Request-Id", new string('x', 128)));
        var replaced = await cms.Anonymous.AskAsync(
            "GET",
            "/v1/tags",
            ("X-Request-Id", new string('x', 129))
        );

        Assert.Equal(128, kept.Field("X-Request-Id")!.Length);
        Assert.NotEqual(129, replaced.Field("X-Request-Id")!.Length);
    }

    [Fact]
    public async Task Cache_tags_name_all_that_an_answer_depends_on()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var hero = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var inline = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var related = await cms.PublishedAsync();
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["heroImage"] = new JsonObject { ["id"] = (string)hero["id"]! },
                ["body"] = new JsonObject { ["markdown"] = $"One.\n\n![x](/media/{inline["id"]}/original)" },
                ["related"] = new JsonArray((string)related["id"]!),
            }
        );
        var single = await cms.Anonymous.AskAsync("GET", $"/v1/articles/{article["id"]}");
        var tags = single.Field("Cache-Tag")!.Split(',');
        var delivered = await single.ReadAsync(HttpStatusCode.OK);

        Assert.Equal(
            new[]
            {
                $"article:{article["id"]}",
                $"article:{related["id"]}",
                $"section:{delivered["section"]!["id"]}",
                $"section:{delivered["related"]![0]!["section"]!["id"]}",
                $"author:{delivered["authors"]![0]!["id"]}",
                $"image:{hero["id"]}",
                $"image:{inline["id"]}",
                "all",
            }.Order(StringComparer.Ordinal),
            tags.Order(StringComparer.Ordinal)
        );
        var list = (await cms.Anonymous.AskAsync("GET", $"/v1/articles?section={section}")).Field(
            "Cache-Tag"
        )!;
        Assert.Contains("articles", list.Split(','));
        Assert.Contains($"article:{article["id"]}", list.Split(','));
        Assert.Contains($"image:{hero["id"]}", list.Split(','));
        foreach (
            var (url, tag) in new[]
            {
                ($"/v1/sections/{section}", $"section:{delivered["section"]!["id"]}"),
                ($"/v1/authors/{author}", $"author:{delivered["authors"]![0]!["id"]}"),
                ($"/v1/images/{hero["id"]}", $"image:{hero["id"]}"),
            }
        )
            Assert.Contains(tag, (await cms.Anonymous.AskAsync("GET", url)).Field("Cache-Tag")!.Split(','));
        foreach (var name in new[] { "articles", "sections", "authors", "tags" })
            Assert.Contains(
                name,
                (await cms.Anonymous.AskAsync("GET", $"/v1/{name}?limit=1")).Field("Cache-Tag")!.Split(',')
            );
    }

    [Fact]
    public async Task What_everyone_may_see_everyone_may_keep_for_a_while()
    {
        foreach (var url in await UrlsAsync())
        {
            var response = await cms.Anonymous.AskAsync("GET", url);
            // Other tests schedule articles, which cuts the times (NextChangeTests).
            Assert.Matches(
                "^public, max-age=[0-9]+, stale-while-revalidate=[0-9]+, stale-if-error=[0-9]+$",
                response.Field("Cache-Control")!
            );
            Assert.Equal("application/json; charset=utf-8", response.Field("Content-Type"));
            Assert.NotNull(response.Field("Last-Modified"));
            Assert.Null(response.Field("Set-Cookie"));
            Assert.Null(response.Field("Server"));
            Assert.Contains(
                "private",
                (await cms.Reader.AskAsync("GET", url)).Field("Cache-Control"),
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/articles/a/b")]
    [InlineData("/v2/articles")]
    [InlineData("/_test_url_cache_")]
    [InlineData("/_TEST_url_cache_")]
    [InlineData("/_test_url_cache_/")]
    [InlineData("/problems/nothing")]
    [InlineData("/media/x")]
    [InlineData("/media/00000000-0000-7000-8000-000000000000/original")]
    [InlineData("/media/00000000-0000-7000-8000-000000000000/../../../etc/passwd")]
    [InlineData("/v1/articles/%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    public async Task An_unknown_address_is_a_problem_of_its_own(string url)
    {
        var response = await cms.Anonymous.AskAsync("GET", url);

        await response.ProblemAsync(HttpStatusCode.NotFound, "not-found");
        Assert.Equal("no-store", response.Field("Cache-Control"));
        Assert.Null(response.Field("ETag"));
    }

    [Fact]
    public async Task Every_kind_of_problem_has_its_page()
    {
        foreach (var kind in ProblemKinds.All.Values)
        {
            var response = await cms.Anonymous.AskAsync("GET", kind.Type);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
            var page = await response.TextAsync();
            Assert.Contains(kind.Code, page, StringComparison.Ordinal);
            Assert.Contains(
                kind.Status.ToString(CultureInfo.InvariantCulture),
                page,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Problems_of_a_reflected_name_are_no_place_for_markup_or_headers()
    {
        var response = await cms.Anonymous.AskAsync(
            "GET",
            "/v1/articles/%3Cscript%3Ealert(1)%3C%2Fscript%3E%0D%0AX-Evil:%201"
        );

        Assert.InRange((int)response.StatusCode, 400, 404);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", response.Field("X-Content-Type-Options"));
        Assert.Null(response.Field("X-Evil"));
    }

    private async Task<string[]> UrlsAsync()
    {
        var author = await cms.AuthorAsync();
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["heroImage"] = new JsonObject { ["id"] = (string)image["id"]! },
            }
        );
        // Addresses whose answers other tests cannot change between two requests.
        return
        [
            $"/v1/articles?section={section}&limit=1",
            $"/v1/articles/{article["slug"]}",
            $"/v1/articles/{article["id"]}?body=html,text",
            $"/v1/sections/{section}",
            $"/v1/authors/{author}",
            $"/v1/images/{image["id"]}",
        ];
    }

    private async Task<string> ChangeAsync(JsonObject article)
    {
        var url = $"/v1/editorial/articles/{article["id"]}";
        var deck = Names.Unique("deck");
        var current = await cms.Editor.GetJsonAsync(url);
        await (
            await cms.Editor.SendPatchAsync(
                url,
                new JsonObject { ["deck"] = deck },
                $"\"{current["revision"]}\""
            )
        ).ReadAsync(HttpStatusCode.OK);
        await cms.Editor.PostAsync($"{url}/publish", expected: HttpStatusCode.OK);
        return deck;
    }

    private async Task<HttpStatusCode> SinceAsync(string url, string date) =>
        (await cms.Anonymous.AskAsync("GET", url, ("If-Modified-Since", date))).StatusCode;

    private Task<HttpResponseMessage> PreflightAsync(string url, string origin, string method) =>
        cms.Anonymous.AskAsync(
            "OPTIONS",
            url,
            ("Origin", origin),
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", "authorization, if-none-match")
        );

    private static byte[] Decoded(byte[] bytes, string coding)
    {
        if (coding == "identity")
            return bytes;
        using var sent = new MemoryStream(bytes);
        using Stream decoder =
            coding == "br"
                ? new BrotliStream(sent, CompressionMode.Decompress)
                : new GZipStream(sent, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        decoder.CopyTo(plain);
        return plain.ToArray();
    }
}
