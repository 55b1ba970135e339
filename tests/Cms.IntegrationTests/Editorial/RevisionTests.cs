using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;

namespace Cms.IntegrationTests.Editorial;

/// <summary>What an article was: listed, read, and brought back.</summary>
public sealed class RevisionTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_list_has_every_revision_with_who_saved_it_why_and_what_it_changed()
    {
        var section = await cms.SectionAsync();
        using var created = await SendAsync(
            HttpMethod.Post,
            Articles,
            new JsonObject
            {
                ["headline"] = Names.Unique("headline"),
                ["section"] = section,
                ["body"] = new JsonObject { ["markdown"] = "One." },
            },
            note: "First%20draft"
        );
        var draft = await created.ReadAsync(HttpStatusCode.Created);
        var url = $"{Articles}/{draft["id"]}";
        await SaveAsync(
            url,
            new JsonObject { ["deck"] = "A deck", ["kicker"] = "A kicker" },
            note: "Gr%C3%B6%C3%9Fer %E2%9C%93"
        );
        await cms.Editor.ActAsync($"{url}/publish");
        await SaveAsync(url, new JsonObject { ["body"] = new JsonObject { ["markdown"] = "Two." } });
        await SaveAsync(url, new JsonObject { ["deck"] = "A deck" });
        await SaveAsync(
            url,
            new JsonObject
            {
                ["slug"] = Names.Unique("slug"),
                ["headline"] = "Other",
                ["kicker"] = null,
                ["deck"] = null,
                ["excerpt"] = "An excerpt",
                ["access"] = "subscriber",
                ["section"] = await cms.SectionAsync(),
                ["authors"] = new JsonArray(await cms.AuthorAsync()),
                ["tags"] = new JsonArray(Names.Unique("tag")),
                ["heroImage"] = new JsonObject { ["id"] = (await ImageAsync())["id"]!.DeepClone() },
                ["disclosure"] = "We own shares.",
                ["corrections"] = new JsonArray(
                    new JsonObject { ["at"] = "2026-01-01T00:00:00Z", ["text"] = "It was two." }
                ),
                ["seo"] = new JsonObject { ["title"] = "T" },
                ["related"] = new JsonArray((await cms.DraftAsync())["id"]!.DeepClone()),
                ["publishedAt"] = "2026-01-01T00:00:00Z",
                ["body"] = new JsonObject { ["markdown"] = "Three." },
            }
        );

        var list = (await cms.Editor.GetJsonAsync($"{url}/revisions"))["data"]!.AsArray();

        Assert.Equal([5, 4, 3, 2, 1], list.Select(r => (int)r!["number"]!));
        Assert.Equal([null, null, null, "Größer ✓", "First draft"], list.Select(r => (string?)r!["note"]));
        Assert.Equal([false, false, false, true, false], list.Select(r => (bool)r!["isPublished"]!));
        Assert.Equal("", ChangedOf(list[4]!));
        Assert.Equal("kicker deck", ChangedOf(list[3]!));
        Assert.Equal("body", ChangedOf(list[2]!));
        Assert.Equal("", ChangedOf(list[1]!));
        Assert.Equal(
            "slug kicker headline deck access excerpt section authors heroImage tags disclosure "
                + "corrections seo publishedAt body related",
            ChangedOf(list[0]!)
        );
        var article = await cms.Editor.GetJsonAsync(url);
        Assert.All(
            list,
            r => Assert.Equal((string?)article["updatedBy"]!["id"], (string?)r!["createdBy"]!["id"])
        );
        Assert.Equal((string?)article["updatedAt"], (string?)list[0]!["createdAt"]);
    }

    [Fact]
    public async Task The_list_is_paged_by_number_in_both_directions()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        for (var i = 2; i <= 7; i++)
            await SaveAsync(url, new JsonObject { ["kicker"] = $"{i}" });

        var first = await cms.Editor.GetJsonAsync($"{url}/revisions?limit=3&count=exact");
        var second = await cms.Editor.GetJsonAsync(
            $"{url}/revisions?limit=3&fields=number&cursor={first["page"]!["next"]}"
        );
        var third = await cms.Editor.GetJsonAsync(
            $"{url}/revisions?limit=3&cursor={second["page"]!["next"]}"
        );
        var back = await cms.Editor.GetJsonAsync(
            $"{url}/revisions?limit=3&cursor={third["page"]!["previous"]}"
        );

        Assert.Equal(7, (int?)first["page"]!["total"]);
        Assert.Equal([7, 6, 5], NumbersOf(first));
        Assert.Equal([4, 3, 2], NumbersOf(second));
        Assert.Equal("""{"number":4}""", second["data"]![0]!.ToJsonString());
        Assert.Equal([1], NumbersOf(third));
        Assert.Null(third["page"]!["next"]);
        Assert.Equal([4, 3, 2], NumbersOf(back));
        // A cursor belongs to its article.
        var other = await cms.DraftAsync();
        var foreign = await cms.Editor.GetJsonAsync(
            $"{Articles}/{other["id"]}/revisions?cursor={first["page"]!["next"]}",
            HttpStatusCode.BadRequest
        );
        Assert.Equal("invalid-cursor", (string?)foreign["code"]);
    }

    [Fact]
    public async Task A_revision_is_the_article_as_it_was_answered_when_it_was_saved()
    {
        var image = await ImageAsync();
        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["authors"] = new JsonArray(await cms.AuthorAsync()),
                ["tags"] = new JsonArray(Names.Unique("tag")),
                ["heroImage"] = new JsonObject { ["id"] = image["id"]!.DeepClone(), ["caption"] = "Here" },
                ["related"] = new JsonArray((await cms.DraftAsync())["id"]!.DeepClone()),
                ["body"] = new JsonObject { ["markdown"] = $"One.\n\n![](/media/{image["id"]}/original)" },
            }
        );
        var url = $"{Articles}/{draft["id"]}";
        var was = await cms.Editor.GetJsonAsync($"{url}?body=blocks,html,markdown,text");
        await SaveAsync(
            url,
            new JsonObject
            {
                ["slug"] = Names.Unique("slug"),
                ["headline"] = "Other",
                ["section"] = await cms.SectionAsync(),
                ["authors"] = new JsonArray(),
                ["tags"] = new JsonArray(),
                ["heroImage"] = null,
                ["related"] = new JsonArray(),
                ["body"] = new JsonObject { ["markdown"] = "Two." },
            }
        );

        using var answer = await cms.Editor.GetAsync($"{url}/revisions/1?body=blocks,html,markdown,text", Ct);
        var revision = await answer.ReadAsync(HttpStatusCode.OK);

        Assert.Equal("\"1\"", answer.Headers.ETag?.ToString());
        Assert.True(JsonNode.DeepEquals(was, revision), $"{was}\n{revision}");
        var now = await cms.Editor.GetJsonAsync($"{url}/revisions/2");
        Assert.True(JsonNode.DeepEquals(await cms.Editor.GetJsonAsync(url), now));
        Assert.Equal(
            "not-found",
            (string?)(await cms.Editor.GetJsonAsync($"{url}/revisions/3", HttpStatusCode.NotFound))["code"]
        );
    }

    [Fact]
    public async Task Restoring_saves_the_old_content_as_the_next_revision_and_publishes_nothing()
    {
        var draft = await cms.PublishedAsync(new JsonObject { ["deck"] = "Old" });
        var url = $"{Articles}/{draft["id"]}";
        await SaveAsync(
            url,
            new JsonObject
            {
                ["deck"] = "New",
                ["body"] = new JsonObject { ["markdown"] = "New." },
            }
        );
        await cms.Editor.ActAsync($"{url}/publish");

        var restored = await (await RestoreAsync(url, 1, "\"2\"", "As%20it%20was")).ReadAsync(
            HttpStatusCode.OK
        );

        Assert.Equal(
            (3, "Old", true),
            ((int)restored["revision"]!, (string?)restored["deck"], (bool)restored["hasUnpublishedChanges"]!)
        );
        Assert.True(JsonNode.DeepEquals(draft["body"], restored["body"]));
        Assert.Equal(2, (int?)restored["publishedRevision"]);
        Assert.Equal(
            "New",
            (string?)(await cms.Reader.GetJsonAsync($"/v1/articles/{draft["slug"]}"))["deck"]
        );
        var last = (await cms.Editor.GetJsonAsync($"{url}/revisions?limit=1"))["data"]![0]!;
        Assert.Equal(("As it was", "deck body"), ((string?)last["note"], ChangedOf(last)));
    }

    [Fact]
    public async Task Restoring_needs_the_present_revision_and_a_status_that_allows_changes()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await SaveAsync(url, new JsonObject { ["deck"] = "New" });

        Assert.Equal(428, await (RestoreAsync(url, 1, null)).StatusAsync());
        Assert.Equal(412, await (RestoreAsync(url, 1, "\"1\"")).StatusAsync());
        Assert.Equal(404, await (RestoreAsync(url, 3, "\"2\"")).StatusAsync());
        Assert.Equal(400, await (RestoreAsync(url, 0, "\"2\"")).StatusAsync());
        await cms.Editor.SendDeleteAsync(url, "*");
        Assert.Equal(409, await (RestoreAsync(url, 1, "\"2\"")).StatusAsync());
        Assert.Equal(2, await RevisionsOf(draft));
    }

    [Fact]
    public async Task Everything_that_a_restored_revision_refers_to_and_is_gone_is_named()
    {
        var (author, tag) = (await cms.AuthorAsync(), Names.Unique("tag"));
        var kept = await cms.AuthorAsync();
        var (image, shown, related) = (await ImageAsync(), await ImageAsync(), await cms.DraftAsync());
        var section = await cms.SectionAsync();
        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["section"] = section,
                ["authors"] = new JsonArray(kept, author),
                ["tags"] = new JsonArray(tag),
                ["heroImage"] = new JsonObject { ["id"] = image["id"]!.DeepClone() },
                ["related"] = new JsonArray(related["id"]!.DeepClone()),
                ["body"] = new JsonObject { ["markdown"] = $"![](/media/{shown["id"]}/original)" },
            }
        );
        var url = $"{Articles}/{draft["id"]}";
        await SaveAsync(
            url,
            new JsonObject
            {
                ["section"] = await cms.SectionAsync(),
                ["authors"] = new JsonArray(),
                ["tags"] = new JsonArray(),
                ["heroImage"] = null,
                ["related"] = new JsonArray(),
                ["body"] = null,
            }
        );
        foreach (
            var gone in new[]
            {
                $"sections/{section}",
                $"authors/{author}",
                $"tags/{draft["tags"]![0]!["slug"]}",
                $"images/{image["id"]}",
                $"images/{shown["id"]}",
            }
        )
            Assert.Equal(204, await cms.Editor.SendDeleteAsync($"/v1/editorial/{gone}", "*").StatusAsync());
        Assert.Equal(
            204,
            await cms.Admin.SendDeleteAsync($"{Articles}/{related["id"]}?permanently=true", "*").StatusAsync()
        );

        var refused = await (await RestoreAsync(url, 1, "\"2\"")).ReadAsync(
            HttpStatusCode.UnprocessableEntity
        );

        Assert.Equal(
            [
                "/authors/1 unknown-reference",
                "/body unknown-reference",
                "/heroImage/id unknown-reference",
                "/related/0 unknown-reference",
                "/section unknown-reference",
                "/tags/0 unknown-reference",
            ],
            refused.Faults()
        );
        Assert.Equal(2, await RevisionsOf(draft));
        // It can still be read, without what is gone.
        var old = await cms.Editor.GetJsonAsync($"{url}/revisions/1");
        Assert.Equal(kept, (string?)Assert.Single(old["authors"]!.AsArray())!["slug"]);
        Assert.Null(old["heroImage"]);
        Assert.Null(old["section"]);
    }

    [Fact]
    public async Task A_restored_slug_that_another_article_has_by_now_is_refused()
    {
        var slug = Names.Unique("slug");
        var draft = await cms.DraftAsync(new JsonObject { ["slug"] = slug });
        var url = $"{Articles}/{draft["id"]}";
        await SaveAsync(url, new JsonObject { ["slug"] = Names.Unique("slug") });
        await cms.DraftAsync(new JsonObject { ["slug"] = slug });

        var refused = await (await RestoreAsync(url, 1, "\"2\"")).ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal("slug-taken", (string?)refused["code"]);
    }

    [Fact]
    public async Task What_was_changed_since_an_older_revision_is_told_with_the_refusal()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await SaveAsync(url, new JsonObject { ["deck"] = "New" });
        await SaveAsync(url, new JsonObject { ["body"] = new JsonObject { ["markdown"] = "New." } });
        var now = await cms.Editor.GetJsonAsync(url);

        foreach (
            var (ifMatch, changed) in new[]
            {
                ("\"1\"", "deck body"),
                ("\"2\"", "body"),
                ("\"1\", \"2\"", "body"),
                ("\"7\"", null),
                ("\"none\"", null),
            }
        )
        foreach (
            var act in new[] { "PATCH", "DELETE", "POST submit", "POST publish", "POST revisions/1/restore" }
        )
        {
            var parts = act.Split(' ');
            using var answer = await cms.Editor.SendTextAsync(
                new HttpMethod(parts[0]),
                parts.Length > 1 ? $"{url}/{parts[1]}" : url,
                act == "PATCH" ? """{"kicker":"Mine"}""" : null,
                ifMatch: ifMatch
            );
            var problem = await answer.ReadAsync(HttpStatusCode.PreconditionFailed);
            Assert.Equal(
                ("revision-changed", 3, changed),
                (
                    (string?)problem["code"],
                    (int)problem["currentRevision"]!,
                    problem["changed"] is null ? null : ChangedOf(problem)
                )
            );
            Assert.Equal((string?)now["updatedAt"], (string?)problem["changedAt"]);
            Assert.Equal((string?)now["updatedBy"]!["name"], (string?)problem["changedBy"]!["name"]);
        }
    }

    [Fact]
    public async Task Two_revisions_are_compared_member_by_member_and_block_by_block()
    {
        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["headline"] = "The old bridge",
                ["body"] = new JsonObject
                {
                    ["markdown"] = "One *two* three.\n\nGone.\n\nStays.\n\nMoves up.",
                },
            }
        );
        var url = $"{Articles}/{draft["id"]}";
        await SaveAsync(
            url,
            new JsonObject
            {
                ["headline"] = "The <new> bridge",
                ["section"] = null,
                ["body"] = new JsonObject
                {
                    ["markdown"] = "Moves up.\n\nOne *four* three.\n\nStays.\n\nAdded here.",
                },
            }
        );
        var list = await cms.Editor.GetJsonAsync($"{url}/revisions");
        Assert.Equal("""{"added":3,"removed":2}""", list["data"]![0]!["words"]!.ToJsonString());
        Assert.Equal("""{"added":7,"removed":0}""", list["data"]![1]!["words"]!.ToJsonString());

        var comparison = await cms.Editor.GetJsonAsync($"{url}/revisions/1/changes/2");

        Assert.Equal("""{"added":3,"removed":2}""", comparison["words"]!.ToJsonString());
        var members = comparison["members"]!.AsArray();
        Assert.Equal(["headline", "section"], members.Select(m => (string)m!["member"]!));
        Assert.Equal(
            """[{"change":"equal","text":"The "},{"change":"deleted","text":"old"},"""
                + """{"change":"inserted","text":"<new>"},{"change":"equal","text":" bridge"}]""",
            Plain(members[0]!["pieces"]!)
        );
        Assert.Equal(draft["section"]!.ToJsonString(), members[1]!["before"]!.ToJsonString());
        Assert.Null(members[1]!["after"]);
        Assert.Equal(
            [
                "moved True 3 0 <p>Moves up.</p>",
                "changed False 0 1 <p>One <del><em>two</em></del><ins><em>four</em></ins> three.</p>",
                "removed False 1  <del><p>Gone.</p></del>",
                "added False  3 <ins><p>Added here.</p></ins>",
            ],
            comparison["blocks"]!
                .AsArray()
                .Select(b => $"{b!["change"]} {(bool)b["moved"]!} {b["from"]} {b["to"]} {b["html"]}")
        );
        Assert.Empty((await cms.Editor.GetJsonAsync($"{url}/revisions/2/changes/2"))["blocks"]!.AsArray());
        await cms.Editor.GetJsonAsync($"{url}/revisions/1/changes/3", HttpStatusCode.NotFound);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}/revisions/1/changes/2");
        request.Headers.Accept.ParseAdd("text/html");
        using var page = await cms.Editor.SendAsync(request, Ct);
        var html = await page.Content.ReadAsStringAsync(Ct);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains(
            "default-src 'none'",
            page.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        Assert.Contains("The <del>old</del><ins>&lt;new&gt;</ins> bridge", html, StringComparison.Ordinal);
        Assert.Contains("<p>Stays.</p>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<new>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_note_is_one_line_of_at_most_500_characters_in_percent_encoded_utf8()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        foreach (
            var (note, code) in new[]
            {
                ("50% more", "invalid-encoding"),
                ("%FF", "invalid-encoding"),
                ("one%0Atwo", "line-break"),
                ("%01", "invalid-character"),
                (new string('a', 501), "too-long"),
                (string.Concat(Enumerable.Repeat("%F0%9F%98%80", 501)), "too-long"),
            }
        )
        {
            using var answer = await SendAsync(
                HttpMethod.Patch,
                url,
                new JsonObject { ["deck"] = "D" },
                note
            );
            var refused = await answer.ReadAsync(HttpStatusCode.BadRequest);
            Assert.Equal([$"Revision-Note {code}"], refused.Faults());
        }

        foreach (
            var note in new[] { new string('a', 500), string.Concat(Enumerable.Repeat("😀", 500)), "%", "" }
        )
        {
            await SaveAsync(url, new JsonObject { ["deck"] = "D" }, Uri.EscapeDataString(note));
            var last = (await cms.Editor.GetJsonAsync($"{url}/revisions?limit=1"))["data"]![0]!;
            Assert.Equal(note.Length == 0 ? null : note, (string?)last["note"]);
        }
    }

    [Fact]
    public async Task A_picture_that_only_stories_out_of_reach_use_is_hidden_in_old_revisions()
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        var picture = await (
            await cms.Editor.UploadAsync(Pictures.Png(), "p.png", ("caption", "A secret"))
        ).ReadAsync(HttpStatusCode.Created);
        var use = new JsonObject { ["id"] = picture["id"]!.DeepClone() };
        var draft = await cms.DraftAsync(
            new JsonObject { ["section"] = mine, ["heroImage"] = use.DeepClone() }
        );
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(url, new JsonObject { ["heroImage"] = null });
        await cms.DraftAsync(new JsonObject { ["section"] = theirs, ["heroImage"] = use });
        var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);

        var old = await client.GetJsonAsync($"{url}/revisions/1");

        Assert.Null(old["heroImage"]);
        Assert.NotNull((await cms.Editor.GetJsonAsync($"{url}/revisions/1"))["heroImage"]);
    }

    [Fact]
    public async Task A_refusal_does_not_say_that_related_articles_out_of_reach_changed()
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        var hidden = await cms.DraftAsync(new JsonObject { ["section"] = theirs });
        var draft = await cms.DraftAsync(new JsonObject { ["section"] = mine });
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(
            url,
            new JsonObject { ["related"] = new JsonArray(hidden["id"]!.DeepClone()), ["deck"] = "D" }
        );
        var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);

        using var refused = await client.SendPatchAsync(url, new JsonObject { ["deck"] = "E" }, "\"1\"");

        Assert.Equal("deck", ChangedOf(await refused.ReadAsync(HttpStatusCode.PreconditionFailed)));
    }

    [Fact]
    public async Task Revisions_are_hidden_with_their_article_and_hide_what_is_out_of_reach()
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        var secret = Names.Unique("Secret");
        var hidden = await cms.DraftAsync(new JsonObject { ["section"] = theirs, ["headline"] = secret });
        var draft = await cms.DraftAsync(
            new JsonObject { ["section"] = mine, ["related"] = new JsonArray(hidden["id"]!.DeepClone()) }
        );
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(url, new JsonObject { ["related"] = new JsonArray(), ["deck"] = "D" });
        var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);

        var old = await client.GetJsonAsync($"{url}/revisions/1");
        var list = await client.GetJsonAsync($"{url}/revisions");
        Assert.Empty(old["related"]!.AsArray());
        Assert.Equal("deck", ChangedOf(list["data"]![0]!));
        var comparison = await client.GetJsonAsync($"{url}/revisions/1/changes/2");
        Assert.Equal(["deck"], comparison["members"]!.AsArray().Select(m => (string)m!["member"]!));
        Assert.DoesNotContain(secret, comparison.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(
            "deck related",
            ChangedOf((await cms.Editor.GetJsonAsync($"{url}/revisions"))["data"]![0]!)
        );
        // What the key does not see comes back with the rest.
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{url}/revisions/1/restore");
        request.Headers.TryAddWithoutValidation("If-Match", "\"2\"");
        var restored = await (await client.SendAsync(request, Ct)).ReadAsync(HttpStatusCode.OK);
        Assert.DoesNotContain(secret, restored.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(secret, (string?)(await cms.Editor.GetJsonAsync(url))["related"]![0]!["headline"]);

        await cms.Editor.ChangeAsync(url, new JsonObject { ["section"] = theirs });
        foreach (var path in new[] { "revisions", "revisions/1", "revisions/1/changes/2" })
            await client.GetJsonAsync($"{url}/{path}", HttpStatusCode.NotFound);
    }

    private static string Plain(JsonNode node) =>
        node.ToJsonString(
            new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );

    private static string ChangedOf(JsonNode node) =>
        string.Join(' ', node["changed"]!.AsArray().Select(m => (string)m!));

    private static int[] NumbersOf(JsonObject page) =>
        [.. page["data"]!.AsArray().Select(r => (int)r!["number"]!)];

    private Task<int> RevisionsOf(JsonObject article) =>
        cms.ScalarAsync<int>(
            "select count(*)::int from article_revisions where article_id = @id::uuid",
            new { id = (string)article["id"]! }
        );

    private async Task<JsonObject> ImageAsync() =>
        await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);

    private async Task SaveAsync(string url, JsonObject patch, string? note = null)
    {
        using var answer = await SendAsync(HttpMethod.Patch, url, patch, note);
        await answer.ReadAsync(HttpStatusCode.OK);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string url,
        JsonObject body,
        string? note
    )
    {
        using var request = new HttpRequestMessage(method, url)
        {
            Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        if (method == HttpMethod.Patch)
            request.Headers.TryAddWithoutValidation("If-Match", "*");
        if (note is not null)
            request.Headers.TryAddWithoutValidation("Revision-Note", note);
        return await cms.Editor.SendAsync(request, Ct);
    }

    private async Task<HttpResponseMessage> RestoreAsync(
        string url,
        int number,
        string? ifMatch,
        string? note = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{url}/revisions/{number}/restore");
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (note is not null)
            request.Headers.TryAddWithoutValidation("Revision-Note", note);
        return await cms.Editor.SendAsync(request, Ct);
    }
}
