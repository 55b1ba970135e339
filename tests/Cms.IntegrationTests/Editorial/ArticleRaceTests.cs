using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

/// <summary>
/// Two hands on one thing: whatever the order, nothing is lost, nothing dangles, and nobody gets a 500.
/// </summary>
public sealed class ArticleRaceTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    [Fact]
    public async Task Of_a_hundred_saves_from_one_revision_one_wins_and_nothing_is_lost()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";

        var answers = await RawRequests.TogetherAsync(
            Enumerable
                .Range(0, 100)
                .Select(n =>
                    (Func<Task<HttpResponseMessage>>)(
                        () =>
                            cms.Editor.SendPatchAsync(
                                url,
                                new JsonObject { ["kicker"] = $"Hand {n}" },
                                "\"1\""
                            )
                    )
                )
        );

        var winner = await Assert
            .Single(answers, a => a.StatusCode == HttpStatusCode.OK)
            .ReadAsync(HttpStatusCode.OK);
        foreach (var loser in answers.Where(a => a.StatusCode != HttpStatusCode.OK))
        {
            var problem = await loser.ReadAsync(HttpStatusCode.PreconditionFailed);
            Assert.Equal(2, (int?)problem["currentRevision"]);
            Assert.Equal("\"2\"", loser.Headers.ETag?.ToString());
        }
        var now = await cms.Editor.GetJsonAsync(url);
        Assert.Equal((2, (string?)winner["kicker"]), ((int)now["revision"]!, (string?)now["kicker"]));
        Assert.Equal(
            2,
            await cms.ScalarAsync<int>(
                "select count(*)::int from article_revisions where article_id = @id::uuid",
                new { id = (string)draft["id"]! }
            )
        );
    }

    [Fact]
    public async Task Saves_that_each_start_from_the_present_revision_all_arrive()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";

        // Each writer adds a tag to what it finds, and begins again when another was faster: a counter that must not
        // skip.
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async n =>
                {
                    using var client = cms.Editor;
                    while (true)
                    {
                        var found = await client.GetJsonAsync(url);
                        var tags = new JsonArray([
                            .. found["tags"]!.AsArray().Select(t => t!["slug"]!.DeepClone()),
                            JsonValue.Create($"writer {n} of {draft["slug"]}"),
                        ]);
                        using var saved = await client.SendPatchAsync(
                            url,
                            new JsonObject { ["tags"] = tags },
                            $"\"{found["revision"]}\""
                        );
                        if (saved.StatusCode == HttpStatusCode.OK)
                            return;
                        Assert.Equal(HttpStatusCode.PreconditionFailed, saved.StatusCode);
                    }
                })
        );

        var article = await cms.Editor.GetJsonAsync(url);
        Assert.Equal((9, 8), ((int)article["revision"]!, article["tags"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_thing_that_is_deleted_while_an_article_begins_to_use_it_is_either_kept_or_refused()
    {
        var section = await cms.SectionAsync();
        foreach (var kind in new[] { "sections", "authors", "tags", "images" })
            for (var round = 0; round < 12; round++)
            {
                var (id, reference) = await MakeAsync(kind);
                var article = await cms.DraftAsync(new JsonObject { ["section"] = section });
                var answers = await RawRequests.TogetherAsync(
                    Enumerable
                        .Range(0, 4)
                        .Select(n =>
                            (Func<Task<HttpResponseMessage>>)(
                                n switch
                                {
                                    0 => () =>
                                        cms.Editor.SendDeleteAsync($"/v1/editorial/{kind}/{id}", "\"1\""),
                                    1 => () =>
                                        cms.Editor.SendTextAsync(
                                            HttpMethod.Post,
                                            Articles,
                                            With(kind, reference, Names.Unique("race")).ToJsonString()
                                        ),
                                    _ => () =>
                                        cms.Editor.SendPatchAsync(
                                            $"{Articles}/{article["id"]}",
                                            With(kind, reference, null),
                                            "*"
                                        ),
                                }
                            )
                        )
                );

                var statuses = answers.Select(a => (int)a.StatusCode).ToArray();
                var story = $"{kind}: {string.Join(' ', statuses)}";
                Assert.True(statuses[0] is 204 or 409, story);
                Assert.True(statuses[1] is 201 or 422, story);
                Assert.All(statuses[2..], s => Assert.True(s is 200 or 422, story));
                await RefersToNothingThatIsGoneAsync();
            }
    }

    [Fact]
    public async Task A_picture_that_is_deleted_while_an_author_takes_it_is_either_kept_or_refused()
    {
        for (var round = 0; round < 12; round++)
        {
            var (id, _) = await MakeAsync("images");
            var author = await cms.AuthorAsync();
            var answers = await RawRequests.TogetherAsync([
                () => cms.Editor.SendDeleteAsync($"/v1/editorial/images/{id}", "*"),
                () =>
                    cms.Editor.SendPatchAsync(
                        $"/v1/editorial/authors/{author}",
                        new JsonObject { ["avatar"] = id },
                        "*"
                    ),
            ]);
            var story = $"{(int)answers[0].StatusCode} {(int)answers[1].StatusCode}";
            Assert.True(story is "204 422" or "409 200", story);
        }
    }

    [Fact]
    public async Task Writers_who_make_the_same_new_tags_at_once_share_them()
    {
        for (var round = 0; round < 10; round++)
        {
            var (one, two) = (Names.Unique("Kohle"), Names.Unique("Ähre"));
            var answers = await RawRequests.TogetherAsync(
                Enumerable
                    .Range(0, 6)
                    .Select(n =>
                        (Func<Task<HttpResponseMessage>>)(
                            () =>
                                cms.Editor.SendTextAsync(
                                    HttpMethod.Post,
                                    Articles,
                                    new JsonObject
                                    {
                                        ["headline"] = "Tags",
                                        ["tags"] =
                                            n % 2 == 0
                                                ? new JsonArray(one, two)
                                                : new JsonArray(two.ToUpperInvariant(), one),
                                    }.ToJsonString()
                                )
                        )
                    )
            );

            Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.StatusCode));
            Assert.Equal(
                2,
                await cms.ScalarAsync<int>(
                    "select count(*)::int from tags where lower(name) in (lower(@one), lower(@two))",
                    new { one, two }
                )
            );
        }
    }

    [Fact]
    public async Task A_tag_that_is_made_and_deleted_by_others_at_once_never_fails_a_writer()
    {
        for (var round = 0; round < 10; round++)
        {
            var name = Names.Unique("fleeting");
            var answers = await RawRequests.TogetherAsync(
                Enumerable
                    .Range(0, 6)
                    .Select(n =>
                        (Func<Task<HttpResponseMessage>>)(
                            n % 3 == 0 ? () => cms.Editor.SendDeleteAsync($"/v1/editorial/tags/{name}", "*")
                            : n % 3 == 1
                                ? () =>
                                    cms.Editor.SendTextAsync(
                                        HttpMethod.Post,
                                        "/v1/editorial/tags",
                                        new JsonObject { ["name"] = name }.ToJsonString()
                                    )
                            : () =>
                                cms.Editor.SendTextAsync(
                                    HttpMethod.Post,
                                    Articles,
                                    new JsonObject
                                    {
                                        ["headline"] = "Tag",
                                        ["tags"] = new JsonArray(name),
                                    }.ToJsonString()
                                )
                        )
                    )
            );
            Assert.All(answers, a => Assert.True((int)a.StatusCode < 500, $"{(int)a.StatusCode}"));
        }
        await RefersToNothingThatIsGoneAsync();
    }

    [Fact]
    public async Task Acts_saves_and_deletions_all_at_once_leave_a_whole_article()
    {
        for (var round = 0; round < 6; round++)
        {
            var draft = await cms.DraftAsync();
            var url = $"{Articles}/{draft["id"]}";
            var answers = await RawRequests.TogetherAsync(
                Enumerable
                    .Range(0, 18)
                    .Select(n =>
                        (Func<Task<HttpResponseMessage>>)(
                            (n % 6) switch
                            {
                                0 => () => cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/publish", null),
                                1 => () =>
                                    cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/unpublish", null),
                                2 => () => cms.Editor.SendDeleteAsync(url, "*"),
                                3 => () => cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/restore", null),
                                4 => () => cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/submit", null),
                                _ => () =>
                                    cms.Editor.SendPatchAsync(
                                        url,
                                        new JsonObject { ["slug"] = Names.Unique("moved") },
                                        "*"
                                    ),
                            }
                        )
                    )
            );
            Assert.All(
                answers,
                a =>
                    Assert.True(
                        a.StatusCode
                            is HttpStatusCode.OK
                                or HttpStatusCode.NoContent
                                or HttpStatusCode.Conflict,
                        $"{(int)a.StatusCode}"
                    )
            );
            var article = await cms.Editor.GetJsonAsync(url);
            using var delivered = await cms.Anonymous.GetAsync(
                $"/v1/articles/{draft["id"]}",
                TestContext.Current.CancellationToken
            );
            Assert.Equal((string?)article["status"] == "published", delivered.IsSuccessStatusCode);
        }
    }

    [Theory]
    [InlineData("sections")]
    [InlineData("authors")]
    [InlineData("tags")]
    public async Task Of_many_who_take_one_slug_at_once_one_gets_it_and_the_others_a_conflict(string kind)
    {
        for (var round = 0; round < 3; round++)
        {
            var slug = Names.Unique("wanted");
            var ids = new List<string>();
            for (var n = 0; n < 4; n++)
                ids.Add((await MakeAsync(kind)).Id);

            var answers = await RawRequests.TogetherAsync(
                ids.Select(id =>
                        (Func<Task<HttpResponseMessage>>)(
                            () =>
                                cms.Editor.SendPatchAsync(
                                    $"/v1/editorial/{kind}/{id}",
                                    new JsonObject { ["slug"] = slug },
                                    "*"
                                )
                        )
                    )
                    .Append(() =>
                        cms.Editor.SendTextAsync(
                            HttpMethod.Post,
                            $"/v1/editorial/{kind}",
                            new JsonObject
                            {
                                ["name"] = Names.Unique("another"),
                                ["slug"] = slug,
                            }.ToJsonString()
                        )
                    )
            );

            Assert.Single(answers, a => a.IsSuccessStatusCode);
            foreach (var loser in answers.Where(a => !a.IsSuccessStatusCode))
                Assert.Equal(["/slug slug-taken"], (await loser.ReadAsync(HttpStatusCode.Conflict)).Faults());
        }
    }

    private async Task<(string Id, string Reference)> MakeAsync(string kind)
    {
        if (kind == "images")
        {
            var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(
                HttpStatusCode.Created
            );
            return ((string)image["id"]!, (string)image["id"]!);
        }
        var made = await cms.Editor.PostAsync(
            $"/v1/editorial/{kind}",
            new JsonObject { ["name"] = Names.Unique("used") }
        );
        return ((string)made["id"]!, (string)made["slug"]!);
    }

    private static JsonObject With(string kind, string reference, string? headline)
    {
        var article = new JsonObject();
        if (headline is not null)
            article["headline"] = headline;
        article[
            kind == "images" ? "heroImage"
            : kind == "sections" ? "section"
            : kind
        ] = kind switch
        {
            "images" => new JsonObject { ["id"] = reference },
            "sections" => reference,
            // By id: a tag's name that no tag has would make a new one.
            _ => new JsonArray(reference),
        };
        return article;
    }

    /// <summary>Foreign keys hold what the working copies use; revisions hold ids that nothing else guards.</summary>
    private async Task RefersToNothingThatIsGoneAsync() =>
        Assert.Equal(
            0,
            await cms.ScalarAsync<int>(
                """
                select count(*)::int from articles a
                    join article_revisions r on r.article_id = a.id and r.number = a.revision
                where (r.section_id is not null and not exists (select from sections s where s.id = r.section_id))
                   or r.section_id is distinct from a.section_id
                   or exists (select from unnest(r.author_ids) u(id) where u.id not in (select id from authors))
                   or exists (select from unnest(present_tags(r.tag_ids)) u(id) where u.id not in (select id from tags))
                   or (r.hero_image is not null and (r.hero_image->>'id')::uuid not in (select id from images))
                """
            )
        );
}
