using System.Text.Json;
using System.Text.Json.Nodes;
using Cms.Client.Editorial;
using Cms.Client.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Cms.Client.Tests.Editorial;

/// <summary>An editor's tool that was installed last year meets a server of today.</summary>
public sealed class EditorialNewerServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static EditorialClient Client(FakeServer server) =>
        new(
            new CmsClientOptions
            {
                BaseAddress = server.Address,
                ApiKey = "cms_k",
                MaxRetries = 0,
            }
        );

    [Fact]
    public async Task Members_and_statuses_that_the_client_does_not_know_survive()
    {
        await using var server = await FakeServer.StartAsync(
            Answers.Json(EditorialAnswers.Article(""","legalHold":{"by":"counsel"}""", "onHold"))
        );
        using var desk = Client(server);

        var article = await desk.Articles.GetAsync("a", cancellationToken: Ct);

        Assert.Equal(new ArticleStatus("onHold"), article.Status);
        Assert.Equal("counsel", article.OtherMembers!["legalHold"].GetProperty("by").GetString());
    }

    [Fact]
    public async Task Members_that_the_client_does_not_know_can_be_written()
    {
        var bodies = new List<string>();
        await using var server = await FakeServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            bodies.Add(await reader.ReadToEndAsync(Ct));
            await Answers.Json(EditorialAnswers.Article())(context);
        });
        using var desk = Client(server);
        var patch = new ArticlePatch { Headline = "H" };
        patch.Set("legalHold", new JsonObject { ["by"] = "counsel" });

        await desk.Articles.ChangeAsync("a", 1, patch, cancellationToken: Ct);
        await desk.Articles.CreateAsync(
            new ArticleDraft
            {
                Headline = "H",
                OtherMembers = new Dictionary<string, JsonElement> { ["legalHold"] = JsonElement.Parse("1") },
            },
            cancellationToken: Ct
        );

        Assert.Equal("""{"headline":"H","legalHold":{"by":"counsel"}}""", bodies[0]);
        Assert.Equal("""{"headline":"H","legalHold":1}""", bodies[1]);
    }

    [Fact]
    public async Task Kinds_of_change_that_the_client_does_not_know_survive()
    {
        await using var server = await FakeServer.StartAsync(
            Answers.Json(
                """
                {"from":1,"to":2,"members":[],"words":{"added":0,"removed":0},"blocks":[{"id":"b","change":"split",
                "moved":false,"block":{"type":"map"},"html":"","edits":[{"change":"turned","pieces":[
                {"change":"swapped","text":"x"}]}]}]}
                """
            )
        );
        using var desk = Client(server);

        var block = Assert.Single((await desk.Revisions.CompareAsync("a", 1, 2, Ct)).Blocks);

        Assert.Equal("split", block.Change.Value);
        Assert.IsType<UnknownBlock>(block.Block);
        var edit = Assert.Single(block.Edits);
        Assert.Equal(("turned", "swapped"), (edit.Change.Value, Assert.Single(edit.Pieces!).Change.Value));
    }

    [Fact]
    public async Task Problems_that_the_client_does_not_know_say_what_they_are()
    {
        await using var server = await FakeServer.StartAsync(async context =>
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync(
                """{"code":"on-hold","detail":"Ask counsel.","until":"noon"}""",
                Ct
            );
        });
        using var desk = Client(server);

        var problem = await Assert.ThrowsAsync<CmsProblemException>(() =>
            desk.Articles.PublishAsync("a", cancellationToken: Ct)
        );

        Assert.Equal("on-hold", problem.Code);
        Assert.Equal(
            "POST /v1/editorial/articles/a/publish answered 409 on-hold: Ask counsel.",
            problem.Message
        );
    }

    [Fact]
    public async Task A_key_does_not_follow_to_another_server_and_a_write_does_not_become_a_read()
    {
        await using var elsewhere = await FakeServer.StartAsync(Answers.Json(EditorialAnswers.Article()));
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path.Value!.EndsWith(
                "submit",
                StringComparison.Ordinal
            )
                ? 308
                : 302;
            context.Response.Headers.Location = new Uri(elsewhere.Address, "/x").ToString();
            return Task.CompletedTask;
        });
        using var desk = Client(server);

        await Assert.ThrowsAsync<CmsProblemException>(() =>
            desk.Articles.SubmitAsync("a", cancellationToken: Ct)
        );
        await Assert.ThrowsAsync<CmsProblemException>(() =>
            desk.Articles.PublishAsync("a", cancellationToken: Ct)
        );

        Assert.Empty(elsewhere.Requests);
        Assert.Equal(2, server.Requests.Count);
    }
}
