using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Text as people type, paste and upload it; and names that look the same.</summary>
public sealed class TextInputTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every text member of every input: where it is written, and its limit.</summary>
    public static TheoryData<string, string, int> Members =>
        new()
        {
            { "articles", "/headline", 300 },
            { "articles", "/kicker", 100 },
            { "articles", "/deck", 600 },
            { "articles", "/excerpt", 1_000 },
            { "articles", "/disclosure", 2_000 },
            { "articles", "/seo/title", 300 },
            { "articles", "/seo/description", 1_000 },
            { "sections", "/name", 100 },
            { "sections", "/description", 2_000 },
            { "authors", "/name", 200 },
            { "authors", "/jobTitle", 200 },
            { "authors", "/bio", 4_000 },
            { "tags", "/name", 100 },
        };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task A_limit_counts_characters_and_not_halves_of_them(
        string collection,
        string place,
        int most
    )
    {
        var mark = Names.Unique("");
        var fits = mark + string.Concat(Enumerable.Repeat("🦋", most - mark.Length));
        var made = await cms.Editor.PostAsync($"/v1/editorial/{collection}", With(collection, place, fits));
        Assert.Equal(fits, (string?)At(made, place));
        // Decomposed it is twice as long, and stored composed.
        var composed = mark + new string('é', most - mark.Length);
        made = await cms.Editor.PostAsync(
            $"/v1/editorial/{collection}",
            With(collection, place, composed.Replace("é", "e\u0301", StringComparison.Ordinal))
        );
        Assert.Equal(composed, (string?)At(made, place));
        var refused = await cms.Editor.PostAsync(
            $"/v1/editorial/{collection}",
            With(collection, place, fits + "🦋"),
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal([$"{place} too-long"], refused.Faults());
        Assert.Contains($"this has {most + 1}", (string)refused["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Members))]
    public async Task What_cannot_be_seen_is_nothing(string collection, string place, int most)
    {
        Assert.InRange(most, 1, int.MaxValue);
        foreach (
            var nothing in new[] { "", " ", "\u200B\uFEFF", "\u00A0\u3000\n", "\u202B\u202C\u2060\u3164" }
        )
        {
            var body = With(collection, place, nothing);
            if (place is "/headline" or "/name")
                Assert.Equal(
                    [$"{place} empty"],
                    (
                        await cms.Editor.PostAsync(
                            $"/v1/editorial/{collection}",
                            body,
                            HttpStatusCode.UnprocessableEntity
                        )
                    ).Faults()
                );
            else
                // An excerpt is made of the body then, and this has none.
                Assert.Equal(
                    place == "/excerpt" ? "" : null,
                    (string?)At(await cms.Editor.PostAsync($"/v1/editorial/{collection}", body), place)
                );
        }
    }

    [Fact]
    public async Task Text_is_stored_in_its_one_form_wherever_it_came_in()
    {
        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["headline"] = " \u200BCafe\u0301 \u2067שלום\u2069\uFEFF",
                ["deck"] = "One\r\ntwo\rthree\u2028four",
                ["kicker"] = "می\u200Cخواهم 👩\u200D👧 ❤\uFE0F",
            }
        );
        Assert.Equal("Café \u2067שלום\u2069", (string?)draft["headline"]);
        Assert.Equal("One\ntwo\nthree\nfour", (string?)draft["deck"]);
        Assert.Equal("می\u200Cخواهم 👩\u200D👧 ❤\uFE0F", (string?)draft["kicker"]);

        using var patched = await cms.Editor.SendPatchAsync(
            $"{Articles}/{draft["id"]}",
            new JsonObject { ["deck"] = "\u00A0e\u0301\r\n", ["kicker"] = "\u200B" },
            "*"
        );
        var changed = await patched.ReadAsync(HttpStatusCode.OK);
        Assert.Equal(("é", null), ((string?)changed["deck"], (string?)changed["kicker"]));

        using var upload = await cms.Editor.UploadAsync(
            Pictures.Png(),
            "picture.png",
            ("alt", "\uFEFFUn cafe\u0301 "),
            ("caption", "a\r\nb"),
            ("credit", "\u200B")
        );
        var image = await upload.ReadAsync(HttpStatusCode.Created);
        Assert.Equal(
            ("Un café", "a\nb", null),
            ((string?)image["alt"], (string?)image["caption"], (string?)image["credit"])
        );
    }

    [Fact]
    public async Task Code_keeps_its_spaces_and_Markdown_its_indentation()
    {
        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["body"] = new JsonObject
                {
                    ["blocks"] = new JsonArray(
                        new JsonObject { ["type"] = "code", ["code"] = "  if (a)\r\n    b();" }
                    ),
                },
            }
        );
        Assert.Equal("  if (a)\n    b();", (string?)draft["body"]!["blocks"]![0]!["code"]);
        var written = await cms.DraftAsync(
            new JsonObject { ["body"] = new JsonObject { ["markdown"] = "    indented\n" } }
        );
        Assert.Equal("code", (string?)written["body"]!["blocks"]![0]!["type"]);
    }

    [Fact]
    public async Task An_empty_excerpt_is_none()
    {
        var published = await cms.PublishedAsync(
            new JsonObject
            {
                ["excerpt"] = "",
                ["body"] = new JsonObject { ["markdown"] = "The bridge is closed until May." },
            }
        );
        var read = await cms.Anonymous.GetJsonAsync($"/v1/articles/{published["slug"]}?fields=excerpt");
        Assert.Equal("The bridge is closed until May.", (string?)read["excerpt"]);
    }

    [Theory]
    [InlineData(new byte[] { 0xE9 }, "0xE9")]
    [InlineData(new byte[] { 0xC0, 0xAF }, "0xC0")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "0xED")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98 }, "0xF0")]
    public async Task Bytes_that_are_no_UTF_8_are_refused_with_their_place(byte[] wrong, string name)
    {
        byte[] body = [.. "{\"headline\":\"caf"u8, .. wrong, .. "\"}"u8];
        var draft = await cms.DraftAsync();
        foreach (
            var (method, url) in new[]
            {
                (HttpMethod.Post, Articles),
                (HttpMethod.Post, "/v1/editorial/tags"),
                (HttpMethod.Patch, $"{Articles}/{draft["id"]}"),
                (HttpMethod.Post, $"{Articles}/{draft["id"]}/publish"),
            }
        )
        {
            using var request = new HttpRequestMessage(method, url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            using var response = await cms.Editor.SendAsync(request, Ct);
            var problem = await response.ReadAsync(HttpStatusCode.BadRequest);
            Assert.Equal("malformed-request", (string?)problem["code"]);
            Assert.Contains($"{name} at offset 16", (string)problem["detail"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_form_field_that_is_no_UTF_8_is_refused_and_never_stored_as_something_else()
    {
        foreach (var field in new[] { "alt", "caption", "credit" })
        {
            using var form = new MultipartFormDataContent();
            form.Add(new ByteArrayContent(Pictures.Png()), "file", "picture.png");
            form.Add(new ByteArrayContent([.. "Caf"u8, 0xE9]), field);
            using var response = await cms.Editor.PostAsync("/v1/editorial/images", form, Ct);
            Assert.Equal(
                [$"/{field} invalid-encoding"],
                (await response.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults()
            );
        }
    }

    [Theory]
    [InlineData("q=%FF", "q")]
    [InlineData("q=%E9t%E9", "q")]
    [InlineData("q=a&%C3%28=1", "%C3(")]
    public async Task A_query_that_cannot_be_decoded_is_refused_by_name(string query, string parameter)
    {
        // The answer to what it would be taken for is in memory.
        await cms.Anonymous.GetJsonAsync("/v1/search?q=" + Uri.EscapeDataString(query[2..]));
        var problem = await cms.Anonymous.GetJsonAsync($"/v1/search?{query}", HttpStatusCode.BadRequest);
        Assert.Equal(
            (parameter, "invalid-encoding"),
            ((string?)problem["errors"]![0]!["parameter"], (string?)problem["errors"]![0]!["code"])
        );
    }

    [Theory]
    [InlineData("""a "quoted" name.png""", """a "quoted" name.png""")]
    [InlineData("it's; a=b.png", "it's; a=b.png")]
    [InlineData("été\u200B.png", "été\u200B.png")]
    [InlineData("C:\\photos\\bridge.png", "bridge.png")]
    [InlineData("../../etc/passwd.png", "passwd.png")]
    public async Task The_name_of_a_file_survives(string name, string stored)
    {
        // As libraries write it: the quotation mark and the backslash escaped; and as browsers do.
        foreach (
            var written in new[]
            {
                name.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal),
                name.Replace("\"", "%22", StringComparison.Ordinal),
            }
        )
            Assert.Equal(stored, await NameAfterUploadAsync($"filename=\"{written}\""));
        Assert.Equal(
            stored,
            await NameAfterUploadAsync($"filename=\"x.png\"; filename*=UTF-8''{Uri.EscapeDataString(name)}")
        );
    }

    [Theory]
    [InlineData(256)]
    [InlineData(500)]
    public async Task A_long_name_of_a_file_is_kept(int length)
    {
        var name = new string('n', length - 4) + ".png";
        Assert.Equal(name, await NameAfterUploadAsync($"filename=\"{name}\""));
    }

    [Fact]
    public async Task Of_a_name_without_end_the_beginning_and_the_ending_are_kept()
    {
        var name = await NameAfterUploadAsync($"filename=\"{new string('n', 3_000)}.png\"");
        Assert.Equal(500, name!.Length);
        Assert.EndsWith("n….png", name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Élan {0}", "E\u0301LAN {0}")]
    [InlineData("Straße {0}", "STRASSE {0}")]
    [InlineData("Public transport {0}", "public\u00A0transport\u3000{0} \u200B")]
    [InlineData("Office {0}", "Oﬃce {0}")]
    [InlineData("Συρία ΟΔΟΣ {0}", "συρία οδος {0}")]
    [InlineData("co-op {0}", "co-\u00ADop {0}")]
    public async Task Two_tags_that_look_the_same_are_one(string one, string other)
    {
        var mark = Names.Unique("");
        var (first, second) = (
            one.Replace("{0}", mark, StringComparison.Ordinal),
            other.Replace("{0}", mark, StringComparison.Ordinal)
        );
        var tag = await cms.Editor.PostAsync("/v1/editorial/tags", new JsonObject { ["name"] = first });
        var taken = await cms.Editor.PostAsync(
            "/v1/editorial/tags",
            new JsonObject { ["name"] = second },
            HttpStatusCode.Conflict
        );
        Assert.Equal("name-taken", (string?)taken["code"]);
        Assert.Contains((string)tag["slug"]!, (string)taken["detail"]!, StringComparison.Ordinal);
        var otherTag = await cms.Editor.PostAsync(
            "/v1/editorial/tags",
            new JsonObject { ["name"] = Names.Unique("other") }
        );
        using var renamed = await cms.Editor.SendPatchAsync(
            $"/v1/editorial/tags/{otherTag["id"]}",
            new JsonObject { ["name"] = second },
            "*"
        );
        await renamed.ReadAsync(HttpStatusCode.Conflict);
        // An article that is tagged so gets the tag that is there.
        var draft = await cms.DraftAsync(new JsonObject { ["tags"] = new JsonArray(second, first) });
        Assert.Equal((string?)tag["slug"], (string?)draft["tags"]!.AsArray().Single()!["slug"]);
        // Its own name may be written otherwise.
        using var same = await cms.Editor.SendPatchAsync(
            $"/v1/editorial/tags/{tag["id"]}",
            new JsonObject { ["name"] = second },
            "*"
        );
        await same.ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_many_writers_of_names_that_look_the_same_one_makes_the_tag()
    {
        var mark = Names.Unique("");
        var spellings = new[]
        {
            $"Élan {mark}",
            $"e\u0301lan {mark}",
            $"ÉLAN\u00A0{mark}",
            $" élan  {mark}\u200B",
        };
        var answers = await RawRequests.TogetherAsync(
            Enumerable
                .Range(0, 20)
                .Select(n =>
                    (Func<Task<HttpResponseMessage>>)(
                        () =>
                            cms.Editor.SendTextAsync(
                                HttpMethod.Post,
                                "/v1/editorial/tags",
                                new JsonObject { ["name"] = spellings[n % 4] }.ToJsonString()
                            )
                    )
                )
        );
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        Assert.Equal(19, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task An_article_is_not_related_to_itself()
    {
        var slug = Names.Unique("self");
        var made = await cms.Editor.PostAsync(
            Articles,
            new JsonObject
            {
                ["headline"] = "x",
                ["slug"] = slug,
                ["related"] = new JsonArray(slug),
            },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/related/0 self-reference"], made.Faults());
        made = await cms.Editor.PostAsync(
            Articles,
            new JsonObject { ["headline"] = slug.ToUpperInvariant(), ["related"] = new JsonArray(slug) },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/related/0 self-reference"], made.Faults());

        var article = await cms.PublishedAsync(new JsonObject { ["slug"] = slug });
        var url = $"{Articles}/{article["id"]}";
        var renamed = Names.Unique("renamed");
        using (var moved = await cms.Editor.SendPatchAsync(url, new JsonObject { ["slug"] = renamed }, "*"))
            await moved.ReadAsync(HttpStatusCode.OK);
        foreach (var self in new[] { (string)article["id"]!, renamed, slug })
        {
            using var response = await cms.Editor.SendPatchAsync(
                url,
                new JsonObject { ["related"] = new JsonArray(self) },
                "*"
            );
            Assert.Equal(
                ["/related/0 self-reference"],
                (await response.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults()
            );
        }
        using var next = await cms.Editor.SendPatchAsync(
            url,
            new JsonObject { ["slug"] = $"{slug}-next", ["related"] = new JsonArray($"{slug}-next") },
            "*"
        );
        Assert.Equal(
            ["/related/0 self-reference"],
            (await next.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults()
        );
        // A former slug of another one means that one.
        var other = await cms.DraftAsync(new JsonObject { ["related"] = new JsonArray(slug) });
        Assert.Equal((string?)article["id"], (string?)other["related"]![0]!["id"]);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData(" java\tscript:alert(1)")]
    [InlineData("java\nscript:alert(1)")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    [InlineData("vbscript:x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http:evil")]
    [InlineData("https://")]
    public async Task An_address_that_runs_a_script_is_no_handle(string address)
    {
        var author = await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject
            {
                ["name"] = "x",
                ["social"] = new JsonObject { ["site"] = address },
            },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/social wrong-form"], author.Faults());
        var article = await cms.Editor.PostAsync(
            Articles,
            new JsonObject
            {
                ["headline"] = "x",
                ["seo"] = new JsonObject { ["canonicalUrl"] = address },
            },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/seo/canonicalUrl wrong-form"], article.Faults());
    }

    [Theory]
    [InlineData("@ada@example.social")]
    [InlineData("ada.bsky.social")]
    [InlineData("@ada:matrix.example")]
    [InlineData("https://example.com/~ada?x=1#me")]
    [InlineData("Ada Obi")]
    public async Task A_handle_or_a_web_address_is_one(string handle)
    {
        var author = await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject
            {
                ["name"] = "x",
                ["social"] = new JsonObject { ["site"] = handle },
            }
        );
        Assert.Equal(handle, (string?)author["social"]!["site"]);
    }

    private async Task<string?> NameAfterUploadAsync(string disposition)
    {
        const string boundary = "----boundary7MA4YWxk";
        byte[] body =
        [
            .. Encoding.UTF8.GetBytes(
                $"--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; {disposition}\r\n"
                    + "Content-Type: image/png\r\n\r\n"
            ),
            .. Pictures.Png(),
            .. Encoding.UTF8.GetBytes($"\r\n--{boundary}--\r\n"),
        ];
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={boundary}");
        using var response = await cms.Editor.PostAsync("/v1/editorial/images", content, Ct);
        return (string?)(await response.ReadAsync(HttpStatusCode.Created))["fileName"];
    }

    private static JsonObject With(string collection, string place, string text)
    {
        var input = new JsonObject { [collection == "articles" ? "headline" : "name"] = Names.Unique("x") };
        var names = place[1..].Split('/');
        if (names.Length == 2)
            input[names[0]] = new JsonObject { [names[1]] = text };
        else
            input[names[0]] = text;
        return input;
    }

    private static JsonNode? At(JsonObject answer, string place) =>
        place[1..].Split('/').Aggregate((JsonNode?)answer, (at, name) => at?[name]);
}
