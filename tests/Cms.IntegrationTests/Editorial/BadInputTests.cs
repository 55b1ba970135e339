using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

/// <summary>
/// Every member of every input with everything that is wrong for it. Written out, not read from the rules: two
/// descriptions that must agree.
/// </summary>
public sealed class BadInputTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>
    /// Address, a body with what is required, the member, its limit in characters, and whether it is one line, may be
    /// null on creation, may be empty.
    /// </summary>
    public static TheoryData<string, string, string, int, bool, bool, bool> Texts =>
        new()
        {
            { "articles", "{}", "/headline", 300, true, false, false },
            { "articles", """{"headline":"x"}""", "/kicker", 100, true, true, true },
            { "articles", """{"headline":"x"}""", "/deck", 600, false, true, true },
            { "articles", """{"headline":"x"}""", "/excerpt", 1000, false, true, true },
            { "articles", """{"headline":"x"}""", "/disclosure", 2000, false, true, true },
            { "articles", """{"headline":"x","seo":{}}""", "/seo/title", 300, true, true, true },
            { "articles", """{"headline":"x","seo":{}}""", "/seo/description", 1000, false, true, true },
            {
                "articles",
                """{"headline":"x","corrections":[{"at":"2026-01-01T00:00:00Z"}]}""",
                "/corrections/0/text",
                4000,
                false,
                false,
                false
            },
            { "articles", """{"headline":"x","tags":[""]}""", "/tags/0", 100, true, false, false },
            {
                "articles",
                """{"headline":"x","body":{"blocks":[{"type":"paragraph"}]}}""",
                "/body/blocks/0/html",
                100000,
                false,
                false,
                false
            },
            {
                "articles",
                """{"headline":"x","body":{"blocks":[{"type":"code"}]}}""",
                "/body/blocks/0/code",
                100000,
                false,
                false,
                false
            },
            { "sections", "{}", "/name", 100, true, false, false },
            { "sections", """{"name":"x"}""", "/description", 2000, false, true, true },
            { "authors", "{}", "/name", 200, true, false, false },
            { "authors", """{"name":"x"}""", "/jobTitle", 200, true, true, true },
            { "authors", """{"name":"x"}""", "/bio", 4000, false, true, true },
            { "authors", """{"name":"x","social":{}}""", "/social/net", 300, false, false, false },
            { "tags", "{}", "/name", 100, true, false, false },
        };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_text_member_takes_what_fits_and_nothing_else(
        string collection,
        string rest,
        string place,
        int limit,
        bool oneLine,
        bool nullable,
        bool maybeEmpty
    )
    {
        var before = await CountAsync(collection);
        var accepted = 0;
        async Task TryAsync(string json, string? fault, int status = 422)
        {
            using var response = await cms.Editor.SendTextAsync(
                HttpMethod.Post,
                $"/v1/editorial/{collection}",
                With(rest, place, json)
            );
            var answer = await response.Content.ReadAsStringAsync(Ct);
            var shown = json.Length > 60 ? json[..60] + "…" : json;
            if (fault is null)
            {
                accepted++;
                Assert.True(response.StatusCode == HttpStatusCode.Created, $"{place} = {shown}: {answer}");
                return;
            }
            Assert.True((int)response.StatusCode == status, $"{place} = {shown}: {answer}");
            var errors = JsonNode.Parse(answer)!["errors"]!.AsArray();
            Assert.Contains(
                errors,
                e =>
                    place.StartsWith((string)e!["pointer"]!, StringComparison.Ordinal)
                    && (fault == "*" || (string?)e["code"] == fault)
            );
        }

        var id = Names.Unique("");
        string Text(string text) => JsonValue.Create(collection == "tags" ? text + id : text)!.ToJsonString();
        foreach (var wrong in new[] { "5", "true", "[]", "{}", "1e999" })
            await TryAsync(wrong, "wrong-type");
        await TryAsync("null", nullable ? null : "wrong-type");
        await TryAsync("\"\"", maybeEmpty ? null : "*");
        if (!maybeEmpty)
            await TryAsync("\" \\t \"", "*");
        await TryAsync(
            $"\"{new string('x', limit + 1)}\"",
            place.Contains("body", StringComparison.Ordinal) ? "too-long" : "*"
        );
        await TryAsync($"\"{new string('y', limit - id.Length)}{id}\"", null);
        foreach (
            var character in new[]
            {
                "\\u0000",
                "\\u0008",
                "\\u001b",
                "\\u007f",
                "\\ud800",
                "\\udc00x",
                "\\ud800\\ud800",
            }
        )
            await TryAsync($"\"a{character}b\"", "invalid-character");
        foreach (
            var fine in new[]
            {
                "שלום \u202bעולם",
                "👩‍👩‍👧 e\u0301",
                "a\tb",
                "a <script>alert(1)</script>",
                "'; drop table articles; --",
                "%00 ${x} {{y}}",
            }
        )
            await TryAsync(Text(fine), null);
        foreach (var lineBreak in new[] { "\\n", "\\r\\n", "\\u2028", "\\u0085" })
            if (oneLine)
                await TryAsync($"\"a{lineBreak}b\"", "line-break");
            else
                await TryAsync($"\"a{lineBreak}b\"", null);

        if (collection != "articles")
            Assert.InRange(await CountAsync(collection) - before, accepted, int.MaxValue);
    }

    /// <summary>Members that are no free text: a value, and what is wrong with it.</summary>
    public static TheoryData<string, string, string, string, string> Values =>
        new()
        {
            { "articles", "/access", "\"secret\"", "/access", "wrong-type" },
            { "articles", "/access", "\"Public\"", "/access", "wrong-type" },
            { "articles", "/access", "0", "/access", "wrong-type" },
            { "articles", "/access", "null", "/access", "wrong-type" },
            { "articles", "/access", "\"\\ud800\"", "/access", "wrong-type" },
            { "articles", "/access", "\"public, subscriber\"", "/access", "wrong-type" },
            { "articles", "/section", "\"\"", "/section", "too-short" },
            { "articles", "/section", "7", "/section", "wrong-type" },
            { "articles", "/section", "\"a\\u0000\"", "/section", "invalid-character" },
            { "articles", "/authors", "\"ada\"", "/authors", "wrong-type" },
            { "articles", "/authors", "null", "/authors", "wrong-type" },
            { "articles", "/authors", "[null]", "/authors/0", "wrong-type" },
            { "articles", "/authors", "[\"\"]", "/authors/0", "empty" },
            { "articles", "/authors", "{}", "/authors", "wrong-type" },
            { "articles", "/tags", "[[]]", "/tags/0", "wrong-type" },
            { "articles", "/tags", "[\"a\\nb\"]", "/tags/0", "line-break" },
            { "articles", "/related", "[1]", "/related/0", "wrong-type" },
            { "articles", "/corrections", "[{\"text\":\"x\"}]", "/corrections/0/at", "missing" },
            {
                "articles",
                "/corrections",
                "[{\"at\":\"yesterday\",\"text\":\"x\"}]",
                "/corrections/0/at",
                "wrong-type"
            },
            {
                "articles",
                "/corrections",
                "[{\"at\":null,\"text\":\"x\"}]",
                "/corrections/0/at",
                "wrong-type"
            },
            { "articles", "/publishedAt", "\"2026-10-01\"", "/publishedAt", "wrong-type" },
            { "articles", "/publishedAt", "\"2026-10-01T08:00:00\"", "/publishedAt", "wrong-type" },
            { "articles", "/publishedAt", "\"01/10/2026T08:00:00Z\"", "/publishedAt", "wrong-type" },
            { "articles", "/publishedAt", "\"01/10/2026 08:00:00Z\"", "/publishedAt", "wrong-type" },
            { "articles", "/publishedAt", "\"2026-02-30T08:00:00Z\"", "/publishedAt", "out-of-range" },
            { "articles", "/publishedAt", "\"2026-10-01T08:00:00Z\\n\"", "/publishedAt", "wrong-type" },
            { "articles", "/publishedAt", "\"0000-10-01T08:00:00Z\"", "/publishedAt", "out-of-range" },
            { "articles", "/publishedAt", "\"0001-01-01T00:00:00Z\"", "/publishedAt", "out-of-range" },
            { "articles", "/publishedAt", "\"9999-12-31T23:59:59Z\"", "/publishedAt", "out-of-range" },
            { "articles", "/publishedAt", "\"2026-10-01T24:00:00Z\"", "/publishedAt", "out-of-range" },
            { "articles", "/publishedAt", "\"2016-12-31T23:59:60Z\"", "/publishedAt", "out-of-range" },
            { "articles", "/publishedAt", "\"2026-10-01T08:00:00+25:00\"", "/publishedAt", "out-of-range" },
            { "articles", "/publishedAt", "\"2026-13-01T08:00:00Z\"", "/publishedAt", "out-of-range" },
            { "articles", "/publishedAt", "0", "/publishedAt", "wrong-type" },
            { "articles", "/heroImage", "\"x\"", "/heroImage", "wrong-type" },
            { "articles", "/heroImage", "{}", "/heroImage/id", "missing" },
            { "articles", "/heroImage", "{\"id\":\"nope\"}", "/heroImage/id", "wrong-type" },
            { "articles", "/heroImage", "{\"id\":null}", "/heroImage/id", "wrong-type" },
            {
                "articles",
                "/heroImage",
                "{\"id\":\"01890a5dac96774bbcceb302099a8057\"}",
                "/heroImage/id",
                "wrong-type"
            },
            { "articles", "/seo", "[]", "/seo", "wrong-type" },
            {
                "articles",
                "/seo",
                "{\"canonicalUrl\":\"javascript:alert(1)\"}",
                "/seo/canonicalUrl",
                "wrong-form"
            },
            { "articles", "/seo", "{\"canonicalUrl\":\"/relative\"}", "/seo/canonicalUrl", "wrong-form" },
            { "articles", "/seo", "{\"colour\":\"x\"}", "/seo/colour", "unknown-member" },
            { "articles", "/body", "\"text\"", "/body", "wrong-type" },
            { "articles", "/body", "{\"blocks\":{}}", "/body/blocks", "wrong-type" },
            { "articles", "/body", "{\"blocks\":[null]}", "/body/blocks/0", "wrong-type" },
            { "articles", "/body", "{\"blocks\":[{}]}", "/body/blocks/0/type", "missing" },
            {
                "articles",
                "/body",
                "{\"blocks\":[{\"type\":\"script\"}]}",
                "/body/blocks/0/type",
                "wrong-type"
            },
            { "articles", "/body", "{\"blocks\":[{\"type\":7}]}", "/body/blocks/0/type", "wrong-type" },
            {
                "articles",
                "/body",
                "{\"blocks\":[{\"type\":\"\\ud800\"}]}",
                "/body/blocks/0/type",
                "wrong-type"
            },
            {
                "articles",
                "/body",
                "{\"blocks\":[{\"\\ud800\":1,\"type\":\"divider\"}]}",
                "/body/blocks/0",
                "invalid-character"
            },
            {
                "articles",
                "/body",
                "{\"blocks\":[{\"type\":\"divider\",\"x\":1}]}",
                "/body/blocks/0/x",
                "unknown-member"
            },
            {
                "articles",
                "/body",
                "{\"blocks\":[{\"type\":\"heading\",\"level\":1,\"html\":\"x\"}]}",
                "/body/blocks/0/level",
                "out-of-range"
            },
            {
                "articles",
                "/body",
                "{\"blocks\":[{\"type\":\"heading\",\"level\":2.5,\"html\":\"x\"}]}",
                "/body/blocks/0/level",
                "wrong-type"
            },
            { "articles", "/body", "{\"markdown\":7}", "/body/markdown", "wrong-type" },
            { "articles", "/body", "{\"markdown\":\"a\\u0000\"}", "/body/markdown", "invalid-character" },
            { "articles", "/body", "{\"text\":\"x\"}", "/body/text", "unknown-member" },
            { "articles", "/status", "\"published\"", "/status", "unknown-member" },
            { "articles", "/id", "\"x\"", "/id", "unknown-member" },
            { "articles", "/a~1b~0c", "1", "/a~1b~0c", "unknown-member" },
            { "articles", "/Headline", "\"x\"", "/Headline", "unknown-member" },
            { "sections", "/position", "-1", "/position", "out-of-range" },
            { "sections", "/position", "1000001", "/position", "out-of-range" },
            { "sections", "/position", "99999999999", "/position", "wrong-type" },
            { "sections", "/position", "1.5", "/position", "wrong-type" },
            { "sections", "/position", "\"1\"", "/position", "wrong-type" },
            { "sections", "/position", "null", "/position", "wrong-type" },
            { "sections", "/parent", "\"\"", "/parent", "too-short" },
            { "sections", "/parent", "\"no-such-section\"", "/parent", "unknown-reference" },
            { "authors", "/email", "\"nobody\"", "/email", "wrong-form" },
            { "authors", "/email", "\"a@b\\nBcc: c@d\"", "/email", "wrong-form" },
            { "authors", "/avatar", "\"x\"", "/avatar", "wrong-type" },
            {
                "authors",
                "/avatar",
                "\"01890a5d-ac96-774b-bcce-b302099a8057\"",
                "/avatar",
                "unknown-reference"
            },
            { "authors", "/social", "[]", "/social", "wrong-type" },
            { "authors", "/social", "null", "/social", "wrong-type" },
            { "authors", "/social", "{\"x\":null}", "/social/x", "wrong-type" },
            { "authors", "/social", "{\"a/b\":1}", "/social/a~1b", "wrong-type" },
            { "authors", "/social", "{\"\":\"x\"}", "/social", "too-long" },
            { "authors", "/social", "{\"a\\u0000\":\"x\"}", "/social", "invalid-character" },
            { "tags", "/id", "1", "/id", "unknown-member" },
        };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_wrong_value_is_refused_by_its_pointer_in_new_things_and_in_patches(
        string collection,
        string member,
        string json,
        string place,
        string code
    )
    {
        var name = collection == "articles" ? "headline" : "name";
        var before = await CountAsync(collection, "Never stored");
        using var made = await cms.Editor.SendTextAsync(
            HttpMethod.Post,
            $"/v1/editorial/{collection}",
            With($$"""{"{{name}}":"Never stored"}""", member, json)
        );
        var problem = await made.ReadAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal([$"{place} {code}"], problem.Faults());
        Assert.Equal(before, await CountAsync(collection, "Never stored"));
        if (
            json.Contains("null", StringComparison.Ordinal)
            && !json.Contains("[null]", StringComparison.Ordinal)
        )
            return; // in a patch, null takes away

        var thing = await cms.Editor.PostAsync(
            $"/v1/editorial/{collection}",
            new JsonObject { [name] = Names.Unique("kept") }
        );
        var url = $"/v1/editorial/{collection}/{thing["id"]}";
        using var patched = await cms.Editor.SendTextAsync(
            HttpMethod.Patch,
            url,
            With("{}", member, json),
            ifMatch: "*"
        );
        var refused = await patched.ReadAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal([$"{place} {code}"], refused.Faults());
        Assert.True(JsonNode.DeepEquals(thing, await cms.Editor.GetJsonAsync(url)));
    }

    [Theory]
    [InlineData("authors", 50, 120)]
    [InlineData("tags", 50, 100)]
    [InlineData("related", 20, 120)]
    [InlineData("corrections", 100, 0)]
    public async Task A_list_has_its_limit(string member, int most, int length)
    {
        JsonNode Item(int n) =>
            member == "corrections"
                ? new JsonObject { ["at"] = "2026-01-01T00:00:00Z", ["text"] = "x" }
                : JsonValue.Create($"item-{n}")!;
        async Task<JsonObject> TryAsync(JsonArray list, HttpStatusCode expected) =>
            await cms.Editor.PostAsync(
                "/v1/editorial/articles",
                new JsonObject { ["headline"] = "x", [member] = list },
                expected
            );

        var over = await TryAsync(
            new JsonArray([.. Enumerable.Range(0, most + 1).Select(Item)]),
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal([$"/{member} too-many"], over.Faults());
        if (member is "tags" or "corrections")
            await TryAsync(
                new JsonArray([.. Enumerable.Range(0, most).Select(Item)]),
                HttpStatusCode.Created
            );
        if (length > 0)
            Assert.Equal(
                [$"/{member}/0 too-long"],
                (
                    await TryAsync(
                        new JsonArray(new string('x', length + 1)),
                        HttpStatusCode.UnprocessableEntity
                    )
                ).Faults()
            );
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        var shape = await cms.Editor.SendTextAsync(
            HttpMethod.Post,
            "/v1/editorial/articles",
            """{"title":"x","kicker":5,"seo":{"title":[],"x":1},"authors":["nobody-of-this-name",2,"""
                + """null],"corrections":[{"text":"\u0000"}],"body":{"blocks":[{"type":"list","items":"""
                + """[{"html":1}]}]}}"""
        );
        Assert.Equal(
            [
                "/authors/0 unknown-reference",
                "/authors/1 wrong-type",
                "/authors/2 wrong-type",
                "/body/blocks/0/items/0/html wrong-type",
                "/body/blocks/0/ordered missing",
                "/corrections/0/at missing",
                "/corrections/0/text invalid-character",
                "/headline missing",
                "/kicker wrong-type",
                "/seo/title wrong-type",
                "/seo/x unknown-member",
                "/title unknown-member",
            ],
            (await shape.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults()
        );
        var rules = await cms.Editor.SendTextAsync(
            HttpMethod.Post,
            "/v1/editorial/articles",
            """{"headline":" ","slug":"A B","kicker":"a\nb","seo":{"canonicalUrl":"x"},"body":{}}"""
        );
        Assert.Equal(
            [
                "/body contradiction",
                "/headline empty",
                "/kicker line-break",
                "/seo/canonicalUrl wrong-form",
                "/slug wrong-form",
            ],
            (await rules.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults()
        );
    }

    public static TheoryData<string, string?, string?, int> Malformed =>
        new()
        {
            { "", "application/json", null, 400 },
            { " ", "application/json", null, 400 },
            { "{", "application/json", null, 400 },
            { """{"headline":"x"}}""", "application/json", null, 400 },
            { """{"headline":"x",}""", "application/json", null, 400 },
            { """{'headline':'x'}""", "application/json", null, 400 },
            { """{"headline":"x" /* y */}""", "application/json", null, 400 },
            { """{"headline":NaN}""", "application/json", null, 400 },
            { """{"headline":"x"}{"headline":"y"}""", "application/json", null, 400 },
            { "{\"headline\":\"a\nb\"}", "application/json", null, 400 },
            { """{"headline":"x","headline":"y"}""", "application/json", "/headline", 400 },
            { """{"headline":"x","seo":{"title":"a","title":"b"}}""", "application/json", "/seo/title", 400 },
            {
                """{"headline":"x","body":{"blocks":[{"type":"divider","type":"divider"}]}}""",
                "application/json",
                "/body/blocks/0/type",
                400
            },
            { """{"headline":"x","tags":NEST}""", "application/json", null, 400 },
            { "[]", "application/json", "", 422 },
            { """[{"headline":"x"}]""", "application/json", "", 422 },
            { "null", "application/json", "", 422 },
            { "\"x\"", "application/json", "", 422 },
            { "7", "application/json", "", 422 },
            { """{"headline":"x"}""", null, null, 415 },
            { """{"headline":"x"}""", "", null, 415 },
            { """{"headline":"x"}""", "text/plain", null, 415 },
            { """{"headline":"x"}""", "text/json", null, 415 },
            { """{"headline":"x"}""", "application/jsonp", null, 415 },
            { """{"headline":"x"}""", "application/x-www-form-urlencoded", null, 415 },
            { """{"headline":"x"}""", "application/json; charset=iso-8859-1", null, 415 },
            { """{"headline":"x"}""", "application/json, text/plain", null, 415 },
        };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_cannot_be_read_is_refused(
        string body,
        string? contentType,
        string? place,
        int status
    )
    {
        body = body.Replace("NEST", new string('[', 100) + new string(']', 100), StringComparison.Ordinal);
        var section = await cms.SectionAsync();
        foreach (
            var (method, url) in new[]
            {
                (HttpMethod.Post, "/v1/editorial/articles"),
                (
                    HttpMethod.Patch,
                    $"/v1/editorial/articles/{(await cms.DraftAsync(new JsonObject { ["section"] = section }))["id"]}"
                ),
            }
        )
        {
            using var response = await cms.Editor.SendTextAsync(
                method,
                url,
                body,
                contentType,
                method == HttpMethod.Patch ? "*" : null
            );
            var problem = await response.ReadAsync((HttpStatusCode)status);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            if (place is not null)
                Assert.Equal(place, (string?)problem["errors"]![0]!["pointer"]);
        }
    }

    [Theory]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/json;charset=\"utf-8\"")]
    public async Task Json_may_say_that_it_is_utf8(string contentType) =>
        Assert.Equal(
            201,
            await cms
                .Editor.SendTextAsync(
                    HttpMethod.Post,
                    "/v1/editorial/articles",
                    "\uFEFF{\"headline\":\"x\"}",
                    contentType
                )
                .StatusAsync()
        );

    [Fact]
    public async Task A_merge_patch_is_no_new_article() =>
        Assert.Equal(
            415,
            await cms
                .Editor.SendTextAsync(
                    HttpMethod.Post,
                    "/v1/editorial/articles",
                    """{"headline":"x"}""",
                    "application/merge-patch+json"
                )
                .StatusAsync()
        );

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_refused()
    {
        using var content = new ByteArrayContent([.. "{\"headline\":\"caf"u8, 0xE9, .. "\"}"u8]);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var response = await cms.Editor.PostAsync("/v1/editorial/articles", content, Ct);
        var problem = await response.ReadAsync(HttpStatusCode.BadRequest);
        Assert.Equal("malformed-request", (string?)problem["code"]);
        Assert.Contains("0xE9 at offset 16", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_mebibytes_of_json_are_too_large()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/editorial/articles")
        {
            Content = new StringContent(
                $$"""{"headline":"{{new string('x', 3 << 20)}}"}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.ExpectContinue = true;
        using var response = await cms.Editor.SendAsync(request, Ct);
        Assert.Equal(
            "too-large",
            (string?)(await response.ReadAsync(HttpStatusCode.RequestEntityTooLarge))["code"]
        );
    }

    [Fact]
    public async Task A_body_that_breaks_off_stores_nothing()
    {
        var headline = Names.Unique("broken off");
        using var socket = new TcpClient();
        await socket.ConnectAsync(cms.Address.Host, cms.Address.Port, Ct);
        var stream = socket.GetStream();
        var json = $$"""{"headline":"{{headline}}"}""";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /v1/editorial/articles HTTP/1.1\r\nHost: x\r\n"
                    + $"Authorization: {cms.Editor.DefaultRequestHeaders.Authorization}\r\n"
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + $"{json.Length:x}\r\n{json}\r\n"
            ),
            Ct
        );
        socket.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        var answer = "";
        try
        {
            answer = await reader.ReadToEndAsync(Ct);
        }
        catch (IOException)
        {
            // Cutting the connection is an answer too.
        }
        Assert.DoesNotContain("HTTP/1.1 201", answer, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("articles", headline));
    }

    private Task<int> CountAsync(string collection, string name = "") =>
        cms.ScalarAsync<int>(
            collection == "articles"
                ? "select count(*)::int from articles where headline = @name"
                : $"select count(*)::int from {collection} where name = @name or @name = ''",
            new { name }
        );

    /// <summary>The object with <paramref name="value"/>, raw, at the place.</summary>
    private static string With(string json, string place, string value)
    {
        const string mark = "@@value@@";
        var root = JsonNode.Parse(json)!;
        var at = root;
        var names = place[1..]
            .Split('/')
            .Select(n =>
                n.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
            )
            .ToArray();
        foreach (var name in names[..^1])
            at = at is JsonArray array
                ? array[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]!
                : at[name]!;
        if (at is JsonArray list)
            list[int.Parse(names[^1], System.Globalization.CultureInfo.InvariantCulture)] = mark;
        else
            at[names[^1]] = mark;
        return root.ToJsonString().Replace($"\"{mark}\"", value, StringComparison.Ordinal);
    }
}
