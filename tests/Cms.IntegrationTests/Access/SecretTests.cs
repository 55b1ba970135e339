using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cms.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.IntegrationTests.Access;

/// <summary>
/// A key that is limited to sections learns nothing of the others' unpublished work: no word of it, and not that it is
/// there.
/// </summary>
public sealed class SecretTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    // In every text that only the other section may see. The words beside it are what one searches for.
    private readonly string _secret = Names.Unique("Hushed").Replace("-", "", StringComparison.Ordinal);
    private readonly string _word = Names.Unique("Findable").Replace("-", "", StringComparison.Ordinal);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_out_of_reach_answers_as_what_is_not_there_at_every_endpoint_of_the_desk()
    {
        var newsroom = await OpenAsync();
        var wrong = new List<string>();
        var asked = 0;
        foreach (var role in new[] { Role.Viewer, Role.Contributor, Role.Editor, Role.Admin })
        {
            var client = cms.Client((await cms.NewKeyAsync(role, [newsroom.Mine])).Token);
            foreach (var operation in Served().Where(o => o.Contains('{', StringComparison.Ordinal)))
            foreach (
                var (kind, reference) in newsroom.Hidden.Where(h =>
                    operation.Contains($"/{h.Kind}s/{{", StringComparison.Ordinal)
                )
            )
            foreach (var ifMatch in new[] { null, "*", "\"1\"", "\"99\"" })
            {
                asked++;
                var missing = Guid.TryParse(reference, out _)
                    ? Guid.CreateVersion7().ToString()
                    : Names.Unique("no");
                var there = await AskAsync(client, operation, reference, ifMatch);
                var nowhere = await AskAsync(client, operation, missing, ifMatch);
                if (there != nowhere)
                    wrong.Add($"{role}: {operation} {kind} {ifMatch}: {there} / {nowhere}");
            }
        }

        Assert.Empty(wrong);
        Assert.InRange(asked, 300, int.MaxValue);
        await newsroom.AssertUntouchedAsync(cms);
    }

    [Fact]
    public async Task No_list_shows_counts_or_finds_what_is_out_of_reach()
    {
        var newsroom = await OpenAsync();
        var client = cms.Client((await cms.NewKeyAsync(Role.Admin, [newsroom.Mine])).Token);

        foreach (
            var list in (string[])
                [
                    $"{Articles}?limit=100&count=exact&body=blocks,html,markdown,text",
                    $"{Articles}?q={_word}&count=exact",
                    $"{Articles}?section={newsroom.Theirs}&count=exact",
                    $"{Articles}?author={newsroom.Author}&count=exact&status=draft,inReview,published,"
                        + "unpublished,trashed",
                    .. new[] { "-updatedAt", "updatedAt", "-createdAt", "createdAt" }.Select(sort =>
                        $"{Articles}?sort={sort}&limit=100"
                    ),
                ]
        )
        {
            var page = await ReadAsync(client, list);
            var seen = page["data"]!.AsArray().Select(a => (string?)a!["id"]);
            Assert.Subset(new HashSet<string?> { newsroom.Article }, seen.ToHashSet());
            if (page["page"]!["total"] is { } total)
                Assert.Equal(seen.Count(), (int?)total);
        }
        foreach (var kind in new[] { "images", "tags" })
        {
            var found = await ReadAsync(client, $"/v1/editorial/{kind}?q={_word}&count=exact&limit=100");
            // What my article uses too is mine to see.
            Assert.Single(found["data"]!.AsArray());
            Assert.Equal(1, (int?)found["page"]!["total"]);
            for (string? next = ""; next is not null; )
            {
                var page = await ReadAsync(
                    client,
                    $"/v1/editorial/{kind}?limit=100{(next.Length > 0 ? "&cursor=" + next : "")}"
                );
                next = (string?)page["page"]!["next"];
            }
        }
        // The others see all of it.
        Assert.Contains(
            _secret,
            (await cms.Editor.GetJsonAsync($"{Articles}?q={_word}")).ToJsonString(),
            StringComparison.Ordinal
        );
        Assert.Equal(
            2,
            (await cms.Editor.GetJsonAsync($"/v1/editorial/images?q={_word}"))["data"]!.AsArray().Count
        );
    }

    [Fact]
    public async Task Related_articles_out_of_reach_are_shown_as_they_are_published_or_not_at_all()
    {
        var newsroom = await OpenAsync();
        var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [newsroom.Mine])).Token);
        var url = $"{Articles}/{newsroom.Article}";
        var related = (await cms.Editor.GetJsonAsync(url))["related"]!
            .AsArray()
            .Select(r => (string)r!["id"]!)
            .ToArray();
        Assert.Equal(3, related.Length);

        async Task CheckAsync(JsonNode article)
        {
            AssertNoSecret(article.ToJsonString(), url);
            var shown = Assert.Single(article["related"]!.AsArray())!;
            Assert.Equal("Open headline", (string?)shown["headline"]);
            Assert.Equal("published", (string?)shown["status"]);
            Assert.Equal(newsroom.PublishedSlug, (string?)shown["slug"]);
            // What it does not see it cannot have meant to take away.
            var all = (await cms.Editor.GetJsonAsync(url))["related"]!
                .AsArray()
                .Select(r => (string)r!["id"]!);
            Assert.Equal(related.Order(StringComparer.Ordinal), all.Order(StringComparer.Ordinal));
        }

        await CheckAsync(await client.GetJsonAsync(url));
        await CheckAsync((await client.GetJsonAsync(Articles))["data"]!.AsArray().Single()!);
        await CheckAsync(await client.ChangeAsync(url, new JsonObject { ["kicker"] = "Mine" }));
        await CheckAsync(
            await client.ChangeAsync(
                url,
                new JsonObject { ["related"] = new JsonArray(newsroom.PublishedSlug) }
            )
        );
        foreach (var act in new[] { "submit", "publish", "unpublish" })
            await CheckAsync(await client.ActAsync($"{url}/{act}"));
        await client.SendDeleteAsync(url, "*");
        await CheckAsync(await client.ActAsync($"{url}/restore"));
    }

    [Fact]
    public async Task Nothing_out_of_reach_can_be_referred_to_and_the_answer_is_that_it_is_not_there()
    {
        var newsroom = await OpenAsync();
        var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [newsroom.Mine])).Token);
        var hidden = newsroom.Hidden.ToLookup(h => h.Kind, h => h.Reference, StringComparer.Ordinal);

        foreach (var reference in hidden["article"])
        {
            await SameAsync(reference, r => new() { ["related"] = new JsonArray(r) });
            // Beside another fault, too.
            await SameAsync(reference, r => new() { ["related"] = new JsonArray("none-such", r) });
            await SameAsync(
                reference,
                r => new() { ["related"] = new JsonArray(r), ["authors"] = new JsonArray("none-such") }
            );
        }
        foreach (var id in hidden["image"].Where(r => Guid.TryParse(r, out _)))
        {
            await SameAsync(id, r => new() { ["heroImage"] = new JsonObject { ["id"] = r } });
            await SameAsync(
                id,
                r => new() { ["body"] = new JsonObject { ["markdown"] = $"![](/media/{r}/original)" } }
            );
            await SameAsync(id, r => new() { ["name"] = "Ada", ["avatar"] = r }, "/v1/editorial/authors");
        }
        foreach (var id in hidden["tag"].Where(r => Guid.TryParse(r, out _)))
            await SameAsync(id, r => new() { ["tags"] = new JsonArray(r) });

        async Task SameAsync(string reference, Func<string, JsonObject> body, string address = Articles)
        {
            var missing = Guid.TryParse(reference, out _)
                ? Guid.CreateVersion7().ToString()
                : Names.Unique("no");
            var there = await SendAsync(reference);
            Assert.Equal(await SendAsync(missing), there);
            Assert.StartsWith("422", there, StringComparison.Ordinal);

            async Task<string> SendAsync(string r)
            {
                var sent = body(r);
                if (address == Articles)
                {
                    sent["headline"] = "Mine";
                    sent["section"] = newsroom.Mine;
                }
                using var answer = await client.SendTextAsync(
                    HttpMethod.Post,
                    address,
                    sent.ToJsonString(),
                    "application/json"
                );
                return Plain(answer, await answer.Content.ReadAsStringAsync(Ct), r);
            }
        }
    }

    [Fact]
    public async Task A_refusal_to_delete_names_only_users_in_reach()
    {
        var newsroom = await OpenAsync();
        var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [newsroom.Mine])).Token);
        foreach (
            var shared in new[]
            {
                $"images/{newsroom.SharedImage}",
                $"tags/{newsroom.SharedTag}",
                $"authors/{newsroom.Author}",
            }
        )
        {
            var refused = await (await client.SendDeleteAsync($"/v1/editorial/{shared}", "*")).ReadAsync(
                HttpStatusCode.Conflict
            );

            AssertNoSecret(refused.ToJsonString(), shared);
            Assert.Contains(refused["usedBy"]!.AsArray(), u => (string?)u!["id"] == newsroom.Article);
            Assert.DoesNotContain(refused["usedBy"]!.AsArray(), u => (string?)u!["id"] == newsroom.Draft);
        }
        // Not mine at all, and open to all: it is in use, and nobody says by whom.
        var author = await cms.AuthorAsync();
        await cms.DraftAsync(
            new()
            {
                ["section"] = newsroom.Theirs,
                ["authors"] = new JsonArray(author),
                ["headline"] = _secret,
            }
        );
        var kept = await (await client.SendDeleteAsync($"/v1/editorial/authors/{author}", "*")).ReadAsync(
            HttpStatusCode.Conflict
        );
        AssertNoSecret(kept.ToJsonString(), "author");
        Assert.Empty(kept["usedBy"]!.AsArray());
    }

    [Fact]
    public async Task A_slug_that_is_not_free_is_refused_in_the_same_words_whoever_has_it()
    {
        var newsroom = await OpenAsync();
        var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [newsroom.Mine])).Token);
        var withdrawn = Names.Unique("withdrawn");
        var gone = await cms.PublishedAsync(new() { ["slug"] = withdrawn });
        await cms.Editor.SendDeleteAsync($"{Articles}/{gone["id"]}", "*");

        var answers = new List<string>();
        foreach (
            var slug in newsroom
                .Hidden.Where(h => h.Kind == "article" && !Guid.TryParse(h.Reference, out _))
                .Select(h => h.Reference)
                .Append(withdrawn)
        )
        {
            var sent = new JsonObject
            {
                ["headline"] = "Mine",
                ["section"] = newsroom.Mine,
                ["slug"] = slug,
            };
            using var answer = await client.SendTextAsync(
                HttpMethod.Post,
                Articles,
                sent.ToJsonString(),
                "application/json"
            );
            answers.Add(Plain(answer, await answer.Content.ReadAsStringAsync(Ct), slug));
        }

        Assert.StartsWith(
            "409",
            Assert.Single(answers.Distinct(StringComparer.Ordinal)),
            StringComparison.Ordinal
        );
    }

    /// <summary>A newsroom with a section of mine, and another that keeps secrets.</summary>
    private async Task<Newsroom> OpenAsync()
    {
        var (mine, theirs, author) = (
            await cms.SectionAsync(),
            await cms.SectionAsync(),
            await cms.AuthorAsync()
        );
        var image = await ImageAsync($"{_word} {_secret}");
        var shared = await ImageAsync($"{_word} shared");
        var (tag, sharedTag) = ($"{_word} {_secret}", $"{_word} shared");
        JsonObject Secret(string? slug = null) =>
            new()
            {
                ["section"] = theirs,
                ["slug"] = slug,
                ["kicker"] = _secret,
                ["headline"] = $"{_word} {_secret}",
                ["deck"] = _secret,
                ["excerpt"] = _secret,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag, sharedTag),
                ["heroImage"] = new JsonObject { ["id"] = (string)image["id"]!, ["caption"] = _secret },
                ["body"] = new JsonObject
                {
                    ["markdown"] = $"{_word} {_secret}\n\n![](/media/{shared["id"]}/original)",
                },
            };
        var draft = await cms.DraftAsync(Secret(Names.Unique("their-draft")));
        var trashed = await cms.DraftAsync(Secret(Names.Unique("their-trash")));
        Assert.Equal(204, await cms.Editor.SendDeleteAsync($"{Articles}/{trashed["id"]}", "*").StatusAsync());
        var nowhere = await cms.DraftAsync(Secret(Names.Unique("no-section")));
        await cms.Editor.ChangeAsync($"{Articles}/{nowhere["id"]}", new JsonObject { ["section"] = null });
        // Readers see one; its working copy has another headline and another slug.
        var published = await cms.PublishedAsync(
            new() { ["section"] = theirs, ["headline"] = "Open headline" }
        );
        var working = Names.Unique("their-plan");
        await cms.Editor.ChangeAsync($"{Articles}/{published["id"]}", Secret(working));
        var article = await cms.DraftAsync(
            new()
            {
                ["section"] = mine,
                ["headline"] = "Mine",
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(sharedTag),
                ["heroImage"] = new JsonObject { ["id"] = (string)shared["id"]! },
                ["related"] = new JsonArray(
                    (string)draft["id"]!,
                    (string)published["id"]!,
                    (string)trashed["id"]!
                ),
            }
        );
        var tags = (await cms.Editor.GetJsonAsync($"/v1/editorial/tags?q={_word}"))["data"]!.AsArray();
        var hiddenTag = tags.Single(t => (string?)t!["name"] == tag)!;
        return new()
        {
            Mine = mine,
            Theirs = theirs,
            Author = author,
            Article = (string)article["id"]!,
            Draft = (string)draft["id"]!,
            PublishedSlug = (string)published["slug"]!,
            SharedImage = (string)shared["id"]!,
            SharedTag = (string)tags.Single(t => (string?)t!["name"] == sharedTag)!["slug"]!,
            Hidden =
            [
                .. new[] { draft, trashed, nowhere }.SelectMany(a =>
                    new[] { ("article", (string)a["id"]!), ("article", (string)a["slug"]!) }
                ),
                ("article", working),
                ("image", (string)image["id"]!),
                ("tag", (string)hiddenTag["id"]!),
                ("tag", (string)hiddenTag["slug"]!),
            ],
        };
    }

    private async Task<JsonObject> ImageAsync(string caption) =>
        await (
            await cms.Editor.UploadAsync(
                Pictures.Png(),
                $"{caption}.png",
                ("alt", caption),
                ("caption", caption),
                ("credit", caption)
            )
        ).ReadAsync(HttpStatusCode.Created);

    private IEnumerable<string> Served() =>
        cms
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(s => s.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(
                e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [],
                (e, verb) => $"{verb} /{e.RoutePattern.RawText!.TrimStart('/')}"
            )
            .Where(o => o.Contains(" /v1/editorial/", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal);

    private async Task<string> AskAsync(
        HttpClient client,
        string operation,
        string reference,
        string? ifMatch
    )
    {
        var (verb, route) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        using var request = new HttpRequestMessage(
            new HttpMethod(verb),
            route
                .Replace("{slugOrId}", reference, StringComparison.Ordinal)
                .Replace("{number}", "1", StringComparison.Ordinal)
                .Replace("{other}", "1", StringComparison.Ordinal)
        );
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (verb is "PATCH")
            request.Content = new StringContent(
                "{\"kicker\":\"x\"}",
                Encoding.UTF8,
                "application/merge-patch+json"
            );
        if (verb is "PATCH" && !route.Contains("/articles/", StringComparison.Ordinal))
            request.Content = new StringContent("{}", Encoding.UTF8, "application/merge-patch+json");
        using var answer = await client.SendAsync(request, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        // Of the reference it says what was asked.
        var plain = Plain(answer, text, reference);
        AssertNoSecret(plain, operation);
        return plain;
    }

    private async Task<JsonObject> ReadAsync(HttpClient client, string address)
    {
        var answer = await client.GetJsonAsync(address);
        AssertNoSecret(answer.ToJsonString(), address);
        return answer;
    }

    private void AssertNoSecret(string text, string where) =>
        Assert.False(text.Contains(_secret, StringComparison.OrdinalIgnoreCase), $"{where}: {text}");

    /// <summary>
    /// Status and answer, without what the request itself had in it and what is never the same twice.
    /// </summary>
    private static string Plain(HttpResponseMessage answer, string text, string reference)
    {
        if (text.Length > 0 && JsonNode.Parse(text) is JsonObject json)
        {
            json.Remove("traceId");
            text = json.ToJsonString();
        }
        return $"{(int)answer.StatusCode} {answer.Headers.ETag} "
            + $"{text.Replace(reference, "(reference)", StringComparison.OrdinalIgnoreCase)}";
    }

    private sealed record Newsroom
    {
        public required string Mine { get; init; }
        public required string Theirs { get; init; }
        public required string Author { get; init; }
        public required string Article { get; init; }
        public required string Draft { get; init; }
        public required string PublishedSlug { get; init; }
        public required string SharedImage { get; init; }
        public required string SharedTag { get; init; }
        public required IReadOnlyList<(string Kind, string Reference)> Hidden { get; init; }

        public async Task AssertUntouchedAsync(CmsServer cms)
        {
            foreach (var (kind, reference) in Hidden)
                await cms.Editor.GetJsonAsync($"/v1/editorial/{kind}s/{reference}");
            Assert.Equal(1, (int?)(await cms.Editor.GetJsonAsync($"{Articles}/{Draft}"))["revision"]);
        }
    }
}
