using System.Net;
using Cms.Client.Http;
using Cms.Client.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Cms.Client.Tests;

/// <summary>What the client does when things go wrong between it and the server.</summary>
public sealed class TransportTests
{
    private static readonly RequestDelegate Good = Answers.Json(Answers.Article());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(503, "unavailable")]
    [InlineData(429, "too-many-requests")]
    public async Task It_comes_back_no_sooner_than_the_seconds_that_Retry_After_says(int status, string code)
    {
        var clock = new TestClock();
        await using var server = await FakeServer.StartAsync(Answers.Problem(status, code, "7"), Good);
        using var client = server.Client(clock);

        var reading = client.GetArticleAsync("a", cancellationToken: Ct);
        // And not all at the same moment.
        Assert.InRange(await clock.NextPauseAsync(), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7.5));
        clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Single(server.Requests);
        Assert.False(reading.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.6));

        Assert.Equal("A headline", (await reading).Headline);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Faults_beyond_those_that_are_listed_are_counted()
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.StatusCode = 400;
            context.Response.ContentType = "application/problem+json";
            return context.Response.WriteAsync(
                """{"status":400,"code":"invalid-parameter","errors":"""
                    + """[{"parameter":"x","code":"unknown"}],"moreErrors":7}""",
                Ct
            );
        });
        using var client = new CmsClient(new CmsClientOptions { BaseAddress = server.Address });

        var refusal = await Assert.ThrowsAsync<CmsProblemException>(() =>
            client.GetArticleAsync("x", cancellationToken: Ct)
        );

        Assert.Single(refusal.Errors);
        Assert.Equal(7, refusal.MoreErrors);
    }

    [Fact]
    public async Task It_comes_back_no_sooner_than_the_date_that_Retry_After_says_by_the_servers_clock()
    {
        // The clock of the device is far off; what counts is how much later than the server's own time it is.
        var clock = new TestClock();
        await using var server = await FakeServer.StartAsync(
            Answers.Problem(
                503,
                "unavailable",
                "Thu, 01 Oct 2026 08:00:20 GMT",
                date: "Thu, 01 Oct 2026 08:00:00 GMT"
            ),
            Good
        );
        using var client = server.Client(clock);

        var reading = client.GetArticleAsync("a", cancellationToken: Ct);

        Assert.InRange(await clock.PassAsync(), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20.5));
        await reading;
    }

    [Fact]
    public void A_crowd_that_was_told_the_same_does_not_come_back_as_one()
    {
        var least = TimeSpan.FromSeconds(7);
        var (delay, longest) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));
        TimeSpan[] Pauses(int attempt) =>
            [.. Enumerable.Range(0, 100).Select(_ => Backoff.AtLeast(least, attempt, delay, longest)!.Value)];

        Assert.True(Pauses(0).Distinct().Count() > 1);
        Assert.All(Pauses(0), pause => Assert.InRange(pause, least, least + delay));
        Assert.All(Pauses(int.MaxValue), pause => Assert.InRange(pause, least, least + longest));
        Assert.Null(Backoff.AtLeast(TimeSpan.Zero, 0, delay, longest));
        Assert.Null(Backoff.AtLeast(null, 0, delay, longest));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Thu, 01 Oct 2026 07:59:00 GMT")]
    public async Task A_Retry_After_that_is_over_does_not_make_it_hammer(string retryAfter)
    {
        var clock = new TestClock();
        await using var server = await FakeServer.StartAsync(
            Answers.Problem(503, "unavailable", retryAfter, date: "Thu, 01 Oct 2026 08:00:00 GMT"),
            Good
        );
        using var client = server.Client(clock);

        var reading = client.GetArticleAsync("a", cancellationToken: Ct);

        Assert.NotEqual(TimeSpan.Zero, await clock.PassAsync());
        await reading;
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task An_answer_that_is_not_compressed_as_it_says_is_asked_for_again(string coding)
    {
        var clock = new TestClock();
        await using var server = await FakeServer.StartAsync(
            context =>
            {
                context.Response.Headers.ContentEncoding = coding;
                return context.Response.WriteAsync(Answers.Article(), Ct);
            },
            Good
        );
        using var client = server.Client(clock);

        var reading = client.GetArticleAsync("a", cancellationToken: Ct);
        await clock.PassAsync();

        Assert.Equal("A headline", (await reading).Headline);
    }

    [Fact]
    public async Task A_list_is_given_up_by_the_token_that_comes_with_the_loop()
    {
        await using var server = await FakeServer.StartAsync(Answers.Silence);
        using var client = server.Client(new TestClock());
        using var over = new CancellationTokenSource();

        var reading = client
            .ListArticlesAsync(cancellationToken: CancellationToken.None)
            .WithCancellation(over.Token)
            .GetAsyncEnumerator();
        var first = reading.MoveNextAsync();
        await Wait.UntilAsync("a request", () => server.Requests.Count == 1);
        await over.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FirstAsync().InTimeAsync());

        async Task<bool> FirstAsync() => await first;
    }

    [Fact]
    public async Task A_wait_longer_than_it_may_wait_is_the_callers_to_decide()
    {
        await using var server = await FakeServer.StartAsync(Answers.Problem(503, "unavailable", "3600"));
        using var client = server.Client(new TestClock());

        var failure = await Assert.ThrowsAsync<CmsProblemException>(() =>
            client.GetArticleAsync("a", cancellationToken: Ct).InTimeAsync()
        );

        Assert.Equal(TimeSpan.FromHours(1), failure.RetryAfter);
        Assert.True(failure.IsTransient);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_failing_server_is_asked_ever_more_seldom_and_then_no_more()
    {
        var clock = new TestClock();
        await using var server = await FakeServer.StartAsync(Answers.Html(502));
        using var client = server.Client(clock, maxRetries: 5);

        var reading = client.GetArticleAsync("a", cancellationToken: Ct);
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
            pauses.Add(await clock.PassAsync());

        var failure = await Assert.ThrowsAsync<CmsProblemException>(() => reading);
        Assert.Equal(HttpStatusCode.BadGateway, failure.Status);
        Assert.Null(failure.Code);
        Assert.Equal(6, server.Requests.Count);
        // Each pause is random, and may be shorter than the one before it; what they add up to doubles with each, for
        // certain: what is left after two is at least three times these two.
        Assert.True(
            pauses.Skip(2).Sum(p => p.Ticks) > 3 * pauses.Take(2).Sum(p => p.Ticks),
            string.Join(", ", pauses)
        );
        Assert.All(pauses, pause => Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_asked_for_again()
    {
        var clock = new TestClock();
        await using var server = await FakeServer.StartAsync(Answers.CutOff, Answers.CutOff, Good);
        using var client = server.Client(clock);

        var reading = client.GetArticleAsync("a", cancellationToken: Ct);
        await clock.PassAsync();
        await clock.PassAsync();

        Assert.Equal("A headline", (await reading).Headline);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_connection_that_failed()
    {
        Uri nowhere;
        await using (var server = await FakeServer.StartAsync(Good))
            nowhere = server.Address;
        using var client = new CmsClient(new CmsClientOptions { BaseAddress = nowhere, MaxRetries = 0 });

        var failure = await Assert.ThrowsAsync<CmsConnectionException>(() =>
            client.GetArticleAsync("a", cancellationToken: Ct)
        );

        Assert.IsType<HttpRequestException>(failure.InnerException);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_by_the_clock()
    {
        var clock = new TestClock();
        await using var server = await FakeServer.StartAsync(Answers.Silence);
        using var client = server.Client(clock, maxRetries: 0);

        var reading = client.GetArticleAsync("a", cancellationToken: Ct);
        clock.Advance(await clock.NextLimitAsync());

        var failure = await Assert.ThrowsAsync<CmsConnectionException>(() => reading);
        Assert.IsType<TimeoutException>(failure.InnerException);
    }

    [Fact]
    public async Task Whoever_gives_up_gets_a_cancellation_and_no_other_failure()
    {
        await using var server = await FakeServer.StartAsync(Answers.Silence);
        using var client = server.Client();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var reading = client.GetArticleAsync("a", cancellationToken: cancellation.Token);
        await Wait.UntilAsync("a request", () => !server.Requests.IsEmpty);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task What_is_refused_for_good_is_not_asked_for_again()
    {
        var clock = new TestClock();
        await using var server = await FakeServer.StartAsync(Answers.Problem(403, "forbidden"));
        using var client = server.Client(clock);

        var failure = await Assert.ThrowsAsync<CmsProblemException>(() =>
            client.GetArticleAsync("a", cancellationToken: Ct)
        );

        Assert.Equal("forbidden", failure.Code);
        Assert.Equal("As planned.", failure.Detail);
        Assert.Equal("t-1", failure.TraceId);
        Assert.False(failure.IsTransient);
        Assert.Single(server.Requests);
        Assert.False(clock.HasPause);
    }

    [Fact]
    public async Task A_page_of_somebody_else_is_no_article()
    {
        await using var server = await FakeServer.StartAsync(Answers.Html(200));
        using var client = server.Client();

        await Assert.ThrowsAsync<CmsFormatException>(() =>
            client.GetArticleAsync("a", cancellationToken: Ct)
        );
    }

    [Theory]
    [InlineData("""{"id":"01981f5e-0000-7000-8000-000000000001"}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task JSON_that_is_no_article_is_no_article(string json)
    {
        await using var server = await FakeServer.StartAsync(Answers.Json(json));
        using var client = server.Client();

        await Assert.ThrowsAsync<CmsFormatException>(() =>
            client.GetArticleAsync("a", cancellationToken: Ct)
        );
    }

    [Fact]
    public async Task A_key_never_follows_a_redirect_to_another_server()
    {
        await using var other = await FakeServer.StartAsync(Good);
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.StatusCode = 308;
            context.Response.Headers.Location = new Uri(other.Address, "/v1/articles/a").ToString();
            return Task.CompletedTask;
        });
        using var client = server.Client(apiKey: "cms_secret");

        var failure = await Assert.ThrowsAsync<CmsProblemException>(() =>
            client.GetArticleAsync("a", cancellationToken: Ct)
        );

        Assert.Equal(HttpStatusCode.PermanentRedirect, failure.Status);
        Assert.Empty(other.Requests);
        Assert.Equal("Bearer cms_secret", Assert.Single(server.Requests).Authorization);
    }

    [Fact]
    public async Task A_circle_of_redirects_ends()
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.StatusCode = 308;
            context.Response.Headers.Location = "/v1/articles/a";
            return Task.CompletedTask;
        });
        using var client = server.Client();

        await Assert.ThrowsAsync<CmsProblemException>(() =>
            client.GetArticleAsync("a", cancellationToken: Ct)
        );

        Assert.Equal(6, server.Requests.Count);
    }

    [Fact]
    public async Task An_entity_tag_is_for_the_address_that_gave_it()
    {
        await using var server = await FakeServer.StartAsync(
            Answers.Json(Answers.Article("One"), "\"1\""),
            context =>
            {
                context.Response.StatusCode = 304;
                return Task.CompletedTask;
            }
        );
        using var client = server.Client();

        var first = await client.GetArticleAsync("a", cancellationToken: Ct);
        var again = await client.GetArticleAsync("a", cancellationToken: Ct);
        await Assert.ThrowsAsync<CmsProblemException>(() => client.GetArticleAsync("a", BodyForms.Html, Ct));

        Assert.Same(first, again);
        Assert.Equal([null, "\"1\"", null], server.Requests.Select(r => r.IfNoneMatch));
    }

    [Fact]
    public async Task Nothing_is_remembered_where_that_is_not_wanted()
    {
        await using var server = await FakeServer.StartAsync(Answers.Json(Answers.Article(), "\"1\""));
        using var client = new CmsClient(
            new CmsClientOptions { BaseAddress = server.Address, RememberedBytes = 0 }
        );

        await client.GetArticleAsync("a", cancellationToken: Ct);
        await client.GetArticleAsync("a", cancellationToken: Ct);

        Assert.All(server.Requests, r => Assert.Null(r.IfNoneMatch));
    }

    [Fact]
    public async Task What_was_used_longest_ago_is_forgotten_first()
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            // As the real one does: what is known is not sent, and so not put down anew either.
            if (context.Request.Headers.IfNoneMatch.Count == 0)
                return Answers.Json(Answers.Article(), "\"1\"")(context);
            context.Response.StatusCode = 304;
            return Task.CompletedTask;
        });
        using var client = new CmsClient(
            new CmsClientOptions
            {
                BaseAddress = server.Address,
                RememberedBytes = Answers.Article().Length * 2,
            }
        );

        foreach (var slug in new[] { "a", "b", "a", "c", "a", "b" })
            await client.GetArticleAsync(slug, cancellationToken: Ct);

        Assert.Equal([null, null, "\"1\"", null, "\"1\"", null], server.Requests.Select(r => r.IfNoneMatch));
    }

    [Fact]
    public void The_options_do_not_print_their_key() =>
        Assert.DoesNotContain(
            "cms_secret",
            new CmsClientOptions { ApiKey = "cms_secret" }.ToString(),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("../editorial/articles", "/v1/articles/..%2Feditorial%2Farticles?body=blocks")]
    [InlineData("a?b=c#d", "/v1/articles/a%3Fb%3Dc%23d?body=blocks")]
    [InlineData("über uns", "/v1/articles/%C3%BCber%20uns?body=blocks")]
    public async Task A_name_stays_one_piece_of_the_address(string slug, string path)
    {
        await using var server = await FakeServer.StartAsync(Good);
        using var client = server.Client();

        await client.GetArticleAsync(slug, cancellationToken: Ct);

        Assert.Equal(Uri.UnescapeDataString(path), Uri.UnescapeDataString(Assert.Single(server.Paths)));
    }

    [Fact]
    public async Task A_server_below_a_path_is_asked_below_it()
    {
        await using var server = await FakeServer.StartAsync(Good);
        using var client = new CmsClient(new Uri(server.Address, "/news"));

        await client.GetArticleAsync("a", cancellationToken: Ct);

        Assert.StartsWith("/news/v1/articles/a", Assert.Single(server.Paths), StringComparison.Ordinal);
    }
}
