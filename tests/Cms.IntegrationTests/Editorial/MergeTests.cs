using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Cms.Access;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Edits that start from an older revision are merged, or refused with what is in their way.</summary>
public sealed class MergeTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_edit_of_what_nobody_touched_since_is_merged_and_says_so()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(
            url,
            new JsonObject { ["deck"] = "Theirs", ["body"] = Blocks(draft, 0, "Theirs.") }
        );

        using var merged = await PatchAsync(
            url,
            new JsonObject { ["kicker"] = "Mine", ["body"] = Blocks(draft, 2, "Mine.") },
            "\"1\"",
            "return=representation, merge"
        );
        var article = await merged.ReadAsync(HttpStatusCode.OK);

        Assert.Equal("merge", merged.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal("\"3\"", merged.Headers.ETag?.ToString());
        Assert.Equal(("Mine", "Theirs"), ((string?)article["kicker"], (string?)article["deck"]));
        Assert.Equal(["Theirs.", "Two.", "Mine."], TextsOf(article));
        Assert.Equal(IdsOf(draft), IdsOf(article));
        // From the present revision there is nothing to merge.
        using var plain = await PatchAsync(url, new JsonObject { ["kicker"] = "Again" }, "\"3\"", "merge");
        await plain.ReadAsync(HttpStatusCode.OK);
        Assert.False(plain.Headers.Contains("Preference-Applied"));
    }

    [Fact]
    public async Task A_retry_is_told_as_the_first_request_was_that_its_edit_was_merged()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(url, new JsonObject { ["deck"] = "Theirs" });
        var key = Guid.CreateVersion7().ToString();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, url)
            {
                Content = JsonContent.Create(new JsonObject { ["kicker"] = "Mine" }),
            };
            request.Headers.Add("If-Match", "\"1\"");
            request.Headers.Add("Idempotency-Key", key);
            // A preference has parameters, and a header may come in several lines.
            request.Headers.Add("Prefer", ["""handling="strict, or not"; merge=no""", "Merge; by=blocks"]);
            using var response = await cms.Editor.SendAsync(request, Ct);
            await response.ReadAsync(HttpStatusCode.OK);
            Assert.Equal(i == 1, response.Headers.Contains("Idempotency-Replayed"));
            Assert.Equal("merge", Assert.Single(response.Headers.GetValues("Preference-Applied")));
        }
        // Here it is a parameter of another preference.
        using var refused = await PatchAsync(
            url,
            new JsonObject { ["kicker"] = "Again" },
            "\"1\"",
            "handling=strict; merge"
        );
        await refused.ReadAsync(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task A_body_has_no_more_blocks_merged_than_written()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        // It has three, and three more are theirs.
        await cms.Editor.ChangeAsync(url, new JsonObject { ["body"] = With(draft, "Theirs", 3) });

        using var refused = await PatchAsync(
            url,
            new JsonObject { ["body"] = With(draft, "Mine", 1_995) },
            "\"1\"",
            "merge"
        );
        Assert.Equal(
            ["/body too-many"],
            (await refused.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults()
        );

        using var merged = await PatchAsync(
            url,
            new JsonObject { ["body"] = With(draft, "Mine", 1_994) },
            "\"1\"",
            "merge"
        );
        var article = await merged.ReadAsync(HttpStatusCode.OK);
        Assert.Equal((2, 2_000), ((int)article["revision"]! - 1, TextsOf(article).Length));

        static JsonObject With(JsonObject article, string text, int count)
        {
            var blocks = article["body"]!["blocks"]!.DeepClone().AsArray();
            for (var n = 0; n < count; n++)
                blocks.Add(new JsonObject { ["type"] = "paragraph", ["html"] = $"{text} {n}." });
            return new JsonObject { ["blocks"] = blocks };
        }
    }

    [Fact]
    public async Task What_both_touched_is_named_and_nothing_is_saved()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(
            url,
            new JsonObject
            {
                ["deck"] = "Theirs",
                ["kicker"] = "Same",
                ["body"] = Blocks(draft, 0, "Theirs."),
            }
        );

        using var refused = await PatchAsync(
            url,
            new JsonObject
            {
                ["deck"] = "Mine",
                ["kicker"] = "Same",
                ["body"] = Blocks(draft, 0, "Mine."),
            },
            "\"1\"",
            "merge"
        );
        var problem = await refused.ReadAsync(HttpStatusCode.PreconditionFailed);

        Assert.Equal("merge-conflict", (string?)problem["code"]);
        Assert.Equal(2, (int?)problem["currentRevision"]);
        Assert.Equal(
            ["deck  changed changed", $"body {IdsOf(draft)[0]} changed changed"],
            problem["conflicts"]!
                .AsArray()
                .Select(c => $"{c!["member"]} {c["block"]} {c["mine"]} {c["theirs"]}")
        );
        Assert.Equal(
            "kicker deck body",
            string.Join(' ', problem["changed"]!.AsArray().Select(m => (string)m!))
        );
        Assert.Equal(2, (int?)(await cms.Editor.GetJsonAsync(url))["revision"]);
    }

    [Fact]
    public async Task Members_that_a_tool_writes_back_as_it_read_them_are_not_touched()
    {
        var (author, tag) = (await cms.AuthorAsync(), Names.Unique("tag"));
        var section = await cms.SectionAsync();
        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag),
                ["seo"] = new JsonObject { ["title"] = "T" },
            }
        );
        var url = $"{Articles}/{draft["id"]}";
        var other = await cms.SectionAsync();
        await cms.Editor.ChangeAsync(
            url,
            new JsonObject
            {
                ["section"] = other,
                ["authors"] = new JsonArray(),
                ["tags"] = new JsonArray(),
                ["seo"] = null,
                ["headline"] = "Theirs",
            }
        );

        using var merged = await PatchAsync(
            url,
            new JsonObject
            {
                ["headline"] = draft["headline"]!.DeepClone(),
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag),
                ["seo"] = new JsonObject { ["title"] = "T", ["description"] = null },
                ["deck"] = "Mine",
            },
            "\"1\"",
            "merge"
        );
        var article = await merged.ReadAsync(HttpStatusCode.OK);

        Assert.Equal(
            ("Theirs", "Mine", other),
            ((string?)article["headline"], (string?)article["deck"], (string?)article["section"]!["slug"])
        );
        Assert.Empty(article["authors"]!.AsArray());
        Assert.Null(article["seo"]);
    }

    [Fact]
    public async Task A_body_written_again_as_Markdown_is_merged_by_its_blocks()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(
            url,
            new JsonObject { ["body"] = new JsonObject { ["markdown"] = "One.\n\nTwo, by them.\n\nThree." } }
        );

        using var merged = await PatchAsync(
            url,
            new JsonObject
            {
                ["body"] = new JsonObject { ["markdown"] = "Zero.\n\nOne.\n\nTwo.\n\nThree, by me." },
            },
            "\"1\"",
            "merge"
        );

        Assert.Equal(
            ["Zero.", "One.", "Two, by them.", "Three, by me."],
            TextsOf(await merged.ReadAsync(HttpStatusCode.OK))
        );
    }

    [Theory]
    [InlineData("One.\n\nTwo.\n\nThree.\n\nFour.\n\nFive.")]
    [InlineData("Zero.\n\nOne.\n\nTwo, by me.\n\nThree.")]
    public async Task An_edit_that_is_sent_again_without_a_key_is_in_the_text_once(string markdown)
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        var edit = new JsonObject { ["body"] = new JsonObject { ["markdown"] = markdown } };
        using var first = await PatchAsync(url, edit, "\"1\"", "merge");
        await first.ReadAsync(HttpStatusCode.OK);
        await cms.Editor.ChangeAsync(url, new JsonObject { ["deck"] = "Theirs" });

        using var again = await PatchAsync(url, edit, "\"1\"", "merge");

        Assert.Equal(markdown.Split("\n\n"), TextsOf(await again.ReadAsync(HttpStatusCode.OK)));
    }

    [Fact]
    public async Task What_is_out_of_reach_is_no_conflict_and_is_not_confirmed()
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        var hidden = await cms.DraftAsync(new JsonObject { ["section"] = theirs });
        var shown = await cms.PublishedAsync();
        var draft = await cms.DraftAsync(new JsonObject { ["section"] = mine });
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(
            url,
            new JsonObject { ["related"] = new JsonArray(hidden["id"]!.DeepClone()) }
        );
        var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);

        foreach (var name in new[] { "id", "slug" })
        {
            using var guess = await SendAsync(
                client,
                url,
                new JsonObject { ["related"] = new JsonArray(hidden[name]!.DeepClone()) },
                "\"1\"",
                "merge"
            );
            var problem = await guess.ReadAsync(HttpStatusCode.UnprocessableEntity);
            Assert.Equal("/related/0", (string?)problem["errors"]![0]!["pointer"]);
        }
        using var merged = await SendAsync(
            client,
            url,
            new JsonObject { ["related"] = new JsonArray(shown["id"]!.DeepClone()) },
            "\"1\"",
            "merge"
        );

        await merged.ReadAsync(HttpStatusCode.OK);
        Assert.Equal(
            [(string?)shown["id"], (string?)hidden["id"]],
            (await cms.Editor.GetJsonAsync(url))["related"]!.AsArray().Select(r => (string?)r!["id"])
        );
    }

    [Theory]
    [InlineData(null, "merge", "", 428)]
    [InlineData("\"9\"", "merge", "", 412)]
    [InlineData("\"1\"", null, "", 412)]
    [InlineData("\"1\"", "respond-async", "", 412)]
    [InlineData("\"1\"", "merge", "?publish=true", 412)]
    [InlineData("\"1\"", "Merge", "", 200)]
    public async Task Only_an_edit_that_asks_and_says_where_it_starts_is_merged(
        string? ifMatch,
        string? prefer,
        string query,
        int status
    )
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(url, new JsonObject { ["deck"] = "Theirs" });

        using var answer = await PatchAsync(
            url + query,
            new JsonObject { ["kicker"] = "Mine" },
            ifMatch,
            prefer
        );

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Of_many_hands_on_few_articles_every_acknowledged_edit_is_in_the_text_once()
    {
        // With CMS_DEEP_TESTS for half a minute, otherwise a few edits each.
        var until = Environment.GetEnvironmentVariable("CMS_DEEP_TESTS") == "1" ? Stopwatch.StartNew() : null;
        const int Clients = 20;
        var articles = new List<string>();
        for (var i = 0; i < 10; i++)
            articles.Add($"{Articles}/{(await cms.DraftAsync())["id"]}");
        var saved = new System.Collections.Concurrent.ConcurrentBag<(string Url, string Text)>();

        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(async n =>
                {
                    using var client = cms.Editor;
                    for (var edit = 0; until is null ? edit < 4 : until.Elapsed.TotalSeconds < 30; edit++)
                    {
                        var url = articles[(n * 7 + edit * 3) % articles.Count];
                        var text = $"Hand {n}, edit {edit}.";
                        while (true)
                        {
                            var found = await client.GetJsonAsync(url);
                            var blocks = found["body"]!["blocks"]!.AsArray();
                            var written = new JsonArray([.. blocks.Select(b => b!.DeepClone())]);
                            // Half of them at the start or the end, half in a paragraph of all: that conflicts.
                            if (edit % 2 == 0)
                                written.Insert(
                                    n % 2 == 0 ? 0 : written.Count,
                                    new JsonObject { ["type"] = "paragraph", ["html"] = text }
                                );
                            else
                            {
                                var shared = written.First(b =>
                                    ((string)b!["html"]!).StartsWith("Two.", StringComparison.Ordinal)
                                )!;
                                shared["html"] = $"{shared["html"]} {text}";
                            }
                            using var answer = await SendAsync(
                                client,
                                url,
                                new JsonObject { ["body"] = new JsonObject { ["blocks"] = written } },
                                $"\"{found["revision"]}\"",
                                n % 3 == 0 ? null : "merge"
                            );
                            if (answer.StatusCode == HttpStatusCode.OK)
                                break;
                            Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
                        }
                        saved.Add((url, text));
                    }
                })
        );

        Assert.True(saved.Count >= Clients * 4, $"{saved.Count} edits");
        foreach (var url in articles)
        {
            // Sentence by sentence: what was acknowledged, each once, and nothing else.
            var found = TextsOf(await cms.Editor.GetJsonAsync(url))
                .SelectMany(t =>
                    t.Split('.', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                )
                .Select(sentence => sentence + ".");
            var wanted = saved
                .Where(s => s.Url == url)
                .Select(s => s.Text)
                .Concat(["One.", "Two.", "Three."]);
            Assert.Equal(wanted.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        }
    }

    /// <summary>The body of an article with another text in one of its blocks.</summary>
    private static JsonObject Blocks(JsonObject article, int index, string html)
    {
        var blocks = article["body"]!["blocks"]!.DeepClone().AsArray();
        blocks[index]!["html"] = html;
        return new JsonObject { ["blocks"] = blocks };
    }

    private static string[] TextsOf(JsonObject article) =>
        [.. article["body"]!["blocks"]!.AsArray().Select(b => (string)b!["html"]!)];

    private static string[] IdsOf(JsonObject article) =>
        [.. article["body"]!["blocks"]!.AsArray().Select(b => (string)b!["id"]!)];

    private Task<HttpResponseMessage> PatchAsync(
        string url,
        JsonObject patch,
        string? ifMatch,
        string? prefer
    ) => SendAsync(cms.Editor, url, patch, ifMatch, prefer);

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        string url,
        JsonObject patch,
        string? ifMatch,
        string? prefer
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, url)
        {
            Content = new StringContent(patch.ToJsonString(), Encoding.UTF8, "application/merge-patch+json"),
        };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (prefer is not null)
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        return await client.SendAsync(request, Ct);
    }
}
