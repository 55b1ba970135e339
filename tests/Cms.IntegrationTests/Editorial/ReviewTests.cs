using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;

namespace Cms.IntegrationTests.Editorial;

/// <summary>What contributors and editors hand to each other.</summary>
public sealed class ReviewTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static readonly JsonObject Reason = new() { ["note"] = "Who says so? Name the second source." };

    [Fact]
    public async Task A_rejected_article_is_a_draft_again_and_says_why_until_it_is_submitted_again()
    {
        var url = $"{Articles}/{(await cms.DraftAsync())["id"]}";
        await cms.Editor.ActAsync($"{url}/submit");

        var rejected = await cms.Editor.PostAsync($"{url}/reject", Reason.DeepClone(), HttpStatusCode.OK);

        Assert.Equal("draft", (string?)rejected["status"]);
        Assert.Equal((string?)Reason["note"], (string?)rejected["rejection"]!["note"]);
        Assert.NotNull(rejected["rejection"]!["by"]!["name"]);
        Assert.NotNull(rejected["rejection"]!["at"]);
        var record = (await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={rejected["id"]}"))["data"]!
            .AsArray()
            .Single(r => (string?)r!["act"] == "article.reject");
        Assert.Equal((string?)Reason["note"], (string?)record!["note"]);

        Assert.Null((await cms.Editor.ActAsync($"{url}/submit"))["rejection"]);
    }

    [Fact]
    public async Task A_rejection_is_settled_by_publication()
    {
        var url = $"{Articles}/{(await cms.DraftAsync())["id"]}";
        await cms.Editor.ActAsync($"{url}/submit");
        await cms.Editor.PostAsync($"{url}/reject", Reason.DeepClone(), HttpStatusCode.OK);
        Assert.Null((await cms.Editor.ActAsync($"{url}/publish"))["rejection"]);
    }

    [Fact]
    public async Task A_rejection_needs_a_reason()
    {
        var url = $"{Articles}/{(await cms.DraftAsync())["id"]}";
        await cms.Editor.ActAsync($"{url}/submit");
        foreach (var (body, fault) in new[] { ("{}", "/note missing"), ("""{"note":" "}""", "/note empty") })
            Assert.Equal(
                [fault],
                (
                    await (await cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/reject", body)).ReadAsync(
                        HttpStatusCode.UnprocessableEntity
                    )
                ).Faults()
            );
        Assert.Equal("inReview", (string?)(await cms.Editor.GetJsonAsync(url))["status"]);
    }

    [Fact]
    public async Task A_wrong_act_names_what_the_caller_may_do_instead()
    {
        var draft = await cms.Contributor.PostAsync(Articles, new JsonObject { ["headline"] = "Mine" });
        var url = $"{Articles}/{draft["id"]}";

        var told = await cms.Editor.ActAsync($"{url}/unpublish", HttpStatusCode.Conflict);
        Assert.Equal("wrong-status", (string?)told["code"]);
        Assert.Equal(["change", "submit", "publish", "trash"], Allowed(told));
        Assert.Contains(
            "Possible: change, submit, publish, trash.",
            (string)told["detail"]!,
            StringComparison.Ordinal
        );
        // A contributor is not told of what it may not do.
        Assert.Equal(
            ["change", "submit", "trash"],
            Allowed(await cms.Contributor.ActAsync($"{url}/restore", HttpStatusCode.Conflict))
        );
    }

    [Fact]
    public async Task A_contributor_writes_submits_and_illustrates_its_own_drafts_and_publishes_none()
    {
        var image = await (await cms.Contributor.UploadAsync(Pictures.Png())).ReadAsync(
            HttpStatusCode.Created
        );
        var draft = await cms.Contributor.PostAsync(
            Articles,
            new JsonObject
            {
                ["headline"] = Names.Unique("own"),
                ["section"] = await cms.SectionAsync(),
                ["heroImage"] = new JsonObject { ["id"] = (string)image["id"]! },
                ["body"] = new JsonObject { ["markdown"] = "One." },
            }
        );
        var url = $"{Articles}/{draft["id"]}";
        Assert.Equal("inReview", (string?)(await cms.Contributor.ActAsync($"{url}/submit"))["status"]);

        await cms.Contributor.ActAsync($"{url}/publish", HttpStatusCode.Forbidden);
        await cms.Contributor.PostAsync($"{url}/reject", Reason.DeepClone(), HttpStatusCode.Forbidden);
        await cms.Contributor.ActAsync(
            $"{Articles}/{(await cms.DraftAsync())["id"]}/submit",
            HttpStatusCode.Forbidden
        );
        // Its words are the desk's.
        await (
            await cms.Contributor.SendPatchAsync(
                $"/v1/editorial/images/{image["id"]}",
                new JsonObject { ["alt"] = "x" },
                "*"
            )
        ).ReadAsync(HttpStatusCode.Forbidden);
        Assert.Equal("inReview", (string?)(await cms.Editor.GetJsonAsync(url))["status"]);
    }

    [Fact]
    public async Task A_key_limited_to_sections_moves_articles_only_between_its_own()
    {
        var (one, other, foreign) = (
            await cms.SectionAsync(),
            await cms.SectionAsync(),
            await cms.SectionAsync()
        );
        var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [one, other])).Token);
        var draft = await cms.DraftAsync(new JsonObject { ["section"] = one });
        var away = await cms.DraftAsync(new JsonObject { ["section"] = foreign });

        await limited.ChangeAsync($"{Articles}/{draft["id"]}", new JsonObject { ["section"] = other });
        await limited.ChangeAsync(
            $"{Articles}/{draft["id"]}",
            new JsonObject { ["section"] = foreign },
            HttpStatusCode.Forbidden
        );
        await limited.ChangeAsync(
            $"{Articles}/{away["id"]}",
            new JsonObject { ["section"] = one },
            HttpStatusCode.NotFound
        );
        await limited.ActAsync($"{Articles}/{away["id"]}/publish", HttpStatusCode.NotFound);
        Assert.Equal(
            "published",
            (string?)(await limited.ActAsync($"{Articles}/{draft["id"]}/publish"))["status"]
        );
    }

    private static string[] Allowed(JsonObject problem) =>
        [.. problem["allowed"]!.AsArray().Select(a => (string)a!)];
}
