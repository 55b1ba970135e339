using System.Collections.Concurrent;
using Cms.Client.Editorial;
using Cms.Client.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Cms.Client.Tests.Editorial;

/// <summary>Who works at the desk, on what, and what happens there; on the real server.</summary>
public sealed class EditorialLiveTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<(EditorialClient Desk, Guid Id)> ClientAsync(
        Cms.Access.Role role = Cms.Access.Role.Editor,
        string[]? sections = null
    )
    {
        var key = await cms.NewKeyAsync(role, sections);
        return (new(new CmsClientOptions { BaseAddress = cms.Address, ApiKey = key.Token }), key.Id);
    }

    private static Task<EditorialArticle> OpenAsync(EditorialClient desk, string section) =>
        desk.Articles.CreateAsync(
            new ArticleDraft { Headline = Names.Unique("live"), Section = section },
            cancellationToken: Ct
        );

    [Fact]
    public async Task Articles_are_assigned_and_found_by_it()
    {
        var (desk, me) = await ClientAsync();
        using var _ = desk;
        var section = await cms.SectionAsync();
        var (first, second) = (await OpenAsync(desk, section), await OpenAsync(desk, section));
        var due = new DateTimeOffset(2029, 5, 1, 18, 0, 0, TimeSpan.Zero);

        var assigned = await desk.Articles.AssignAsync(
            first.Id,
            new Assignment { Assignee = me, DueAt = due },
            ifRevision: 1,
            Ct
        );
        await desk.Articles.AssignAsync(
            second.Id,
            new Assignment { DueAt = due.AddDays(-1) },
            cancellationToken: Ct
        );

        Assert.Equal((me, due), (assigned.Assignee?.Id, assigned.DueAt));
        var query = new EditorialQuery { Sections = [section], Sort = EditorialSort.FirstDueFirst };
        Assert.Equal([second.Id, first.Id], await IdsAsync(query));
        Assert.Equal([first.Id], await IdsAsync(query with { Assignee = "me" }));
        Assert.Equal([second.Id], await IdsAsync(query with { DueBefore = due }));
        Assert.Equal(
            [first.Id, second.Id],
            await IdsAsync(query with { Mine = true, Sort = EditorialSort.LastDueFirst })
        );
        Assert.Null(
            (await desk.Articles.AssignAsync(first.Id, new Assignment(), cancellationToken: Ct)).Assignee
        );
        await Assert.ThrowsAsync<EditConflictException>(() =>
            desk.Articles.AssignAsync(first.Id, new Assignment(), ifRevision: 7, Ct)
        );

        async Task<List<Guid>> IdsAsync(EditorialQuery which) =>
            await desk.Articles.ListAsync(which, Ct).Select(a => a.Id).ToListAsync(Ct);
    }

    [Fact]
    public async Task Presence_is_kept_listed_and_ended()
    {
        var (desk, me) = await ClientAsync();
        using var _ = desk;
        var article = await OpenAsync(desk, await cms.SectionAsync());

        var kept = await desk.Presences.KeepAsync(article.Id, ["b1"], Ct);
        var listed = await desk.Presences.ListAsync(article.Id, Ct);

        Assert.Equal((me, "b1"), (Assert.Single(kept).Actor.Id, Assert.Single(kept[0].Blocks)));
        Assert.Equal(kept[0].Since, Assert.Single(listed).Since);
        await desk.Presences.EndAsync(article.Id, Ct);
        Assert.Empty(await desk.Presences.ListAsync(article.Id, Ct));
    }

    [Fact]
    public async Task Those_who_work_at_the_desk_are_listed()
    {
        var (desk, me) = await ClientAsync();
        using var _ = desk;

        var keys = await desk
            .People.ListAsync(new ActorQuery { Kind = ActorKind.Key, PageSize = 100 }, Ct)
            .ToListAsync(Ct);

        var own = Assert.Single(keys, k => k.Id == me);
        Assert.Equal((ActorKind.Key, Role.Editor), (own.Kind, own.Role));
        Assert.DoesNotContain(keys, k => k.Kind != ActorKind.Key);
        var (admin, _) = await ClientAsync(Cms.Access.Role.Admin);
        using (admin)
            Assert.Equal(
                ProblemCodes.NotFound,
                (await Assert.ThrowsAsync<CmsProblemException>(() => admin.People.EndAsync(me, Ct))).Code
            );
    }

    [Fact]
    public async Task The_desk_is_followed_and_gone_on_with()
    {
        var (mine, other) = (await cms.SectionAsync(), await cms.SectionAsync());
        var (limited, _) = await ClientAsync(Cms.Access.Role.Viewer, [mine]);
        var (desk, me) = await ClientAsync();
        using var a = limited;
        using var b = desk;
        string position;
        EditorialArticle article;
        await using (var news = limited.Live.FollowAsync(cancellationToken: Ct).GetAsyncEnumerator(Ct))
        {
            Assert.IsType<DeskConnected>(await NextAsync(news));
            article = await OpenAsync(desk, mine);
            await desk.Presences.KeepAsync(article.Id, cancellationToken: Ct);
            var told = new[] { await NextAsync(news), await NextAsync(news) };
            var act = Assert.Single(told.OfType<DeskAct>());
            Assert.Equal(
                ("article.create", article.Id, 1, me),
                (act.Act, act.EntityId, act.ToRevision, act.Actor.Id)
            );
            var open = Assert.Single(told.OfType<PresenceChange>());
            Assert.Equal((article.Id, me), (open.Article, Assert.Single(open.OpenBy).Actor.Id));
            position = act.Position!;
        }
        await desk.Presences.EndAsync(article.Id, Ct);
        await desk.Articles.ChangeAsync(
            article.Id,
            1,
            new ArticlePatch { Section = other },
            cancellationToken: Ct
        );

        await using var again = limited.Live.FollowAsync(position, Ct).GetAsyncEnumerator(Ct);
        Assert.IsType<DeskConnected>(await NextAsync(again));
        DeskNews next;
        // The server may have looked last before it was closed.
        do next = await NextAsync(again);
        while (next is PresenceChange);
        Assert.Equal(article.Id, Assert.IsType<ArticleGone>(next).Article);
    }

    [Fact]
    public async Task A_connection_that_is_lost_is_made_again_and_goes_on_where_it_was()
    {
        var asked = new ConcurrentQueue<string?>();
        await using var server = await FakeServer.StartAsync(
            Noted(Streaming("id: at-1\n: listening\n\n" + Act(1, "at-2"))),
            Noted(Answers.Problem(503, "unavailable")),
            // Of a newer server, too: a kind of event that this client does not know.
            Noted(Streaming("event: weather\nid: at-3\ndata: {}\n\n" + Act(2, "at-4"))),
            Noted(Answers.Problem(410, "sync-expired"))
        );
        using var desk = new EditorialClient(
            new CmsClientOptions { BaseAddress = server.Address, RetryDelay = TimeSpan.FromMilliseconds(1) }
        );

        var told = new List<DeskNews>();
        var problem = await Assert.ThrowsAsync<CmsProblemException>(async () =>
        {
            await foreach (var news in desk.Live.FollowAsync("at-0", Ct))
                told.Add(news);
        });

        Assert.Equal("sync-expired", problem.Code);
        Assert.Equal(["at-0", "at-2", "at-2", "at-4"], asked);
        Assert.Equal([1, 2], told.OfType<DeskAct>().Select(a => a.ToRevision!.Value));
        Assert.Equal(2, told.OfType<DeskConnected>().Count());

        RequestDelegate Noted(RequestDelegate answer) =>
            context =>
            {
                asked.Enqueue(context.Request.Headers["Last-Event-ID"]);
                return answer(context);
            };

        static RequestDelegate Streaming(string events) =>
            async context =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync(events);
                await context.Response.Body.FlushAsync();
            };

        static string Act(int revision, string id) =>
            $"event: act\nid: {id}\n"
            + $"data: {{\"id\":\"01981f5e-0000-7000-8000-00000000000{revision}\",\"at\":\"2026-10-01T08:00:00Z\","
            + $"\"act\":\"article.change\",\"entity\":\"article\",\"toRevision\":{revision},"
            + "\"actor\":{\"name\":\"A\"}}\n\n";
    }

    [Fact]
    public async Task A_stream_that_the_server_refuses_or_ends_says_why()
    {
        var (desk, me) = await ClientAsync();
        using var _ = desk;
        await using (var news = desk.Live.FollowAsync("made-up", Ct).GetAsyncEnumerator(Ct))
            Assert.Equal(
                ProblemCodes.InvalidCursor,
                (await Assert.ThrowsAsync<CmsProblemException>(() => NextAsync(news))).Code
            );
        await using var ended = desk.Live.FollowAsync(cancellationToken: Ct).GetAsyncEnumerator(Ct);
        Assert.IsType<DeskConnected>(await NextAsync(ended));
        var (admin, _) = await ClientAsync(Cms.Access.Role.Admin);
        using (admin)
            Assert.Equal(204, await cms.Admin.DeleteAsync($"/v1/editorial/keys/{me}", Ct).StatusAsync());

        var problem = await Assert.ThrowsAsync<CmsProblemException>(async () =>
        {
            while (true)
                await NextAsync(ended);
        });
        Assert.Equal((ProblemCodes.Unauthenticated, 401), (problem.Code, (int)problem.Status));
    }

    private static async Task<DeskNews> NextAsync(IAsyncEnumerator<DeskNews> news)
    {
        Assert.True(await news.MoveNextAsync());
        return news.Current;
    }
}
