using System.Net;
using System.Text.Json.Nodes;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.IntegrationTests.Editorial;

public sealed class SectionTests(CmsServer cms)
{
    private const string Sections = "/v1/editorial/sections";

    [Fact]
    public async Task A_section_stands_below_another_but_never_below_itself()
    {
        var top = await cms.SectionAsync();
        var middle = await cms.SectionAsync(top);
        var bottom = await cms.SectionAsync(middle);
        foreach (var parent in new[] { top, middle, bottom })
            Assert.Equal(
                ["/parent circle"],
                (
                    await cms.Editor.ChangeAsync(
                        $"{Sections}/{top}",
                        new JsonObject { ["parent"] = parent },
                        HttpStatusCode.UnprocessableEntity
                    )
                ).Faults()
            );

        var fifth = await cms.SectionAsync(await cms.SectionAsync(bottom));
        Assert.Equal(
            ["/parent too-deep"],
            (
                await cms.Editor.PostAsync(
                    Sections,
                    new JsonObject { ["name"] = "x", ["parent"] = fifth },
                    HttpStatusCode.UnprocessableEntity
                )
            ).Faults()
        );
        // A branch of two does not fit below the fourth level.
        var branch = await cms.SectionAsync();
        await cms.SectionAsync(branch);
        Assert.Equal(
            ["/parent too-deep"],
            (
                await cms.Editor.ChangeAsync(
                    $"{Sections}/{top}",
                    new JsonObject { ["parent"] = branch },
                    HttpStatusCode.UnprocessableEntity
                )
            ).Faults()
        );
        Assert.Null(
            (await cms.Editor.ChangeAsync($"{Sections}/{middle}", new JsonObject { ["parent"] = null }))[
                "parent"
            ]
        );
    }

    [Fact]
    public async Task Two_moves_that_would_close_a_circle_do_not_both_succeed()
    {
        for (var round = 0; round < 15; round++)
        {
            var (one, two) = (await cms.SectionAsync(), await cms.SectionAsync());
            var answers = await RawRequests.TogetherAsync([
                () =>
                    cms.Editor.SendPatchAsync($"{Sections}/{one}", new JsonObject { ["parent"] = two }, "*"),
                () =>
                    cms.Editor.SendPatchAsync($"{Sections}/{two}", new JsonObject { ["parent"] = one }, "*"),
            ]);
            Assert.Equal([200, 422], answers.Select(a => (int)a.StatusCode).Order());
        }
    }

    [Fact]
    public async Task What_is_used_cannot_be_deleted_and_its_users_are_named()
    {
        var section = await cms.SectionAsync();
        var article = await cms.DraftAsync(new JsonObject { ["section"] = section });
        var child = await cms.SectionAsync(section);

        using var refused = await cms.Editor.SendDeleteAsync($"{Sections}/{section}", "*");
        var problem = await refused.ReadAsync(HttpStatusCode.Conflict);

        Assert.Equal("in-use", (string?)problem["code"]);
        Assert.Equal(
            [$"article {article["headline"]}", $"section {child}"],
            problem["usedBy"]!
                .AsArray()
                .Select(u => $"{u!["type"]} {u["name"]}")
                .Order(StringComparer.Ordinal)
        );
        // Readers still see the published copy there, after the working copy has left.
        await cms.Editor.ActAsync($"/v1/editorial/articles/{article["id"]}/publish");
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/articles/{article["id"]}",
            new JsonObject { ["section"] = await cms.SectionAsync() }
        );
        await cms.Editor.SendDeleteAsync($"{Sections}/{child}", "*");
        Assert.Equal(409, await cms.Editor.SendDeleteAsync($"{Sections}/{section}", "*").StatusAsync());
        await cms.Editor.ActAsync($"/v1/editorial/articles/{article["id"]}/publish");
        Assert.Equal(204, await cms.Editor.SendDeleteAsync($"{Sections}/{section}", "*").StatusAsync());
        await cms.Editor.GetJsonAsync($"{Sections}/{section}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_child_that_is_made_while_its_parent_is_deleted_is_refused_or_keeps_it()
    {
        for (var round = 0; round < 12; round++)
        {
            var parent = await cms.SectionAsync();
            var answers = await RawRequests.TogetherAsync([
                () => cms.Editor.SendDeleteAsync($"{Sections}/{parent}", "*"),
                () =>
                    cms.Editor.SendTextAsync(
                        HttpMethod.Post,
                        Sections,
                        new JsonObject
                        {
                            ["name"] = Names.Unique("child"),
                            ["parent"] = parent,
                        }.ToJsonString()
                    ),
            ]);
            var story = $"{(int)answers[0].StatusCode} {(int)answers[1].StatusCode}";
            Assert.True(story is "204 422" or "409 201", story);
        }
    }

    [Fact]
    public async Task A_move_waits_for_a_publication_that_is_not_yet_done()
    {
        for (var round = 0; round < 4; round++)
        {
            var (left, right) = (await cms.SectionAsync(), await cms.SectionAsync());
            var moving = await cms.SectionAsync(left);
            var draft = await cms.DraftAsync(new JsonObject { ["section"] = moving });
            var ct = TestContext.Current.CancellationToken;

            // Both end by taking a number in the log of changes: whoever holds its lock sees the publication written
            // and not committed, and the move beside it.
            await using var connection = new NpgsqlConnection(cms.ConnectionString);
            await connection.OpenAsync(ct);
            await using var holding = await connection.BeginTransactionAsync(ct);
            await holding.ExecuteAsync(
                "select pg_advisory_xact_lock(hashtextextended('cms:changes', 0))",
                new { },
                ct
            );
            var published = cms.Editor.ActAsync($"/v1/editorial/articles/{draft["id"]}/publish");
            await WaitingAsync(1);
            var moved = cms.Editor.ChangeAsync($"{Sections}/{moving}", new JsonObject { ["parent"] = right });
            await WaitingAsync(2);
            await holding.CommitAsync(ct);
            await Task.WhenAll(published, moved);

            Assert.Equal(0, await WrongWaysUpAsync());

            async Task WaitingAsync(int many)
            {
                while (
                    await holding.FindAsync<int>(
                        "select count(*)::int from pg_locks where not granted",
                        new { },
                        ct
                    ) < many
                )
                    await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task Publishing_beside_moves_of_its_section_never_leaves_a_wrong_way_up()
    {
        var (left, right) = (await cms.SectionAsync(), await cms.SectionAsync());
        var moving = await cms.SectionAsync(left);
        var child = await cms.SectionAsync(moving);
        var drafts = new List<JsonObject>();
        for (var n = 0; n < 12; n++)
            drafts.Add(await cms.DraftAsync(new JsonObject { ["section"] = n % 2 == 0 ? child : moving }));

        var answers = await RawRequests.TogetherAsync(
            drafts
                .Select(d =>
                    (Func<Task<HttpResponseMessage>>)(
                        () =>
                            cms.Editor.SendTextAsync(
                                HttpMethod.Post,
                                $"/v1/editorial/articles/{d["id"]}/publish",
                                null
                            )
                    )
                )
                .Concat(
                    Enumerable
                        .Range(0, 8)
                        .Select(n =>
                            (Func<Task<HttpResponseMessage>>)(
                                () =>
                                    cms.Editor.SendPatchAsync(
                                        $"{Sections}/{moving}",
                                        new JsonObject { ["parent"] = n % 2 == 0 ? right : left },
                                        "*"
                                    )
                            )
                        )
                )
                .Concat(
                    drafts
                        .Take(4)
                        .Select(d =>
                            (Func<Task<HttpResponseMessage>>)(
                                () =>
                                    cms.Editor.SendTextAsync(
                                        HttpMethod.Post,
                                        $"/v1/editorial/articles/{d["id"]}/unpublish",
                                        null
                                    )
                            )
                        )
                )
        );

        Assert.All(
            answers,
            a => Assert.True(a.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, $"{a.StatusCode}")
        );
        Assert.Equal(0, await WrongWaysUpAsync());
        var at = (string?)(await cms.Editor.GetJsonAsync($"{Sections}/{moving}"))["parent"]!["slug"];
        foreach (var (section, filled) in new[] { (left, at == left), (right, at == right) })
            Assert.Equal(
                filled,
                (await cms.Anonymous.GetJsonAsync($"/v1/articles?section={section}"))["data"]!.AsArray().Count
                    > 0
            );
    }

    private Task<int> WrongWaysUpAsync() =>
        cms.ScalarAsync<int>(
            """
            select count(*)::int from published_articles p
            where p.section_path <> section_path(p.section_id)
               or (select array_agg(j.section_id order by j.section_id) from published_article_sections j
                   where j.article_id = p.id)
                  <> (select array_agg(u order by u) from unnest(p.section_path) u)
            """
        );
}
