using System.Collections.Concurrent;
using System.Net;
using Cms.Client.Sync;
using Cms.Client.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Cms.Client.Tests;

/// <summary>The sync engine and a newsroom whose every answer a test can plan.</summary>
public sealed class SyncEngineTests : IAsyncLifetime
{
    private readonly Stores _stores = new();
    private readonly FakeNewsroom _newsroom = new();
    private readonly TestClock _clock = new();
    private FakeServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _server = await FakeServer.StartAsync((RequestDelegate)_newsroom.AnswerAsync);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _stores.Dispose();
    }

    private SyncEngine Engine(
        ILocalStore store,
        SyncOptions? options = null,
        string? apiKey = null,
        int maxRetries = 0
    ) => new(_server.Client(_clock, apiKey, maxRetries), store, options ?? new SyncOptions { PageSize = 2 });

    private void Fill(int changes)
    {
        var begin = _newsroom.Length;
        for (var i = begin; i < begin + changes; i++)
            _newsroom.Churn(i);
    }

    private async Task AssertUpToDateAsync(ILocalStore store) =>
        Assert.Equal(_newsroom.Expected(), await FakeNewsroom.HeldAsync(store));

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task The_first_sync_loads_everything_and_the_next_only_what_changed(string kind)
    {
        Fill(5);
        var store = _stores.Open(kind);
        var engine = Engine(store);

        var first = await engine.SyncOnceAsync(Ct);
        await AssertUpToDateAsync(store);
        _newsroom.Put(EntityType.Tag, 7, "new");
        _newsroom.Remove(EntityType.Section, 0);
        _newsroom.Remove(EntityType.Section, 999);
        var second = await engine.SyncOnceAsync(Ct);

        await AssertUpToDateAsync(store);
        Assert.Equal(
            new SyncResult
            {
                Pages = 3,
                Upserted = 5,
                Deleted = 0,
                StartedAnew = true,
            },
            first
        );
        Assert.Equal(
            new SyncResult
            {
                Pages = 2,
                Upserted = 1,
                Deleted = 2,
                StartedAnew = false,
            },
            second
        );
        Assert.Equal(
            [
                "/v1/sync?types=section%2Cimage%2Cauthor%2Ctag%2Carticle&body=blocks&limit=2",
                "/v1/sync?cursor=f2&limit=2",
                "/v1/sync?cursor=f4&limit=2",
                "/v1/sync?cursor=d5&limit=2",
                "/v1/sync?cursor=d7&limit=2",
            ],
            _server.Paths
        );
    }

    [Fact]
    public async Task What_was_asked_for_is_asked_for()
    {
        var options = new SyncOptions
        {
            Types = [EntityType.Article, EntityType.Section],
            Sections = ["power", "people"],
            Body = BodyForms.Html | BodyForms.Text,
            PageSize = 1000,
        };

        await Engine(_stores.Open(Stores.Memory), options).SyncOnceAsync(Ct);

        Assert.Equal(
            "/v1/sync?types=section%2Carticle&section=people%2Cpower&body=html%2Ctext&limit=1000",
            Assert.Single(_server.Paths)
        );
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task Where_nothing_changed_nothing_is_sent(string kind)
    {
        Fill(3);
        var store = _stores.Open(kind);
        await Engine(store).SyncOnceAsync(Ct);

        // The entity tag is in the store, with the cursor: another engine has it too.
        var nothing = await Engine(store).SyncOnceAsync(Ct);

        Assert.Equal(0, nothing.Pages);
        Assert.Equal([null, null, "\"3\""], _server.Requests.Select(r => r.IfNoneMatch));
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task An_expired_copy_stays_readable_until_the_new_one_is_complete(string kind)
    {
        Fill(4);
        var store = _stores.Open(kind);
        var engine = Engine(store);
        await engine.SyncOnceAsync(Ct);
        var before = _newsroom.Expected();
        Fill(4);
        _newsroom.Expire();
        // The new first sync breaks off after two of its four pages.
        foreach (var answer in new[] { null, null, null, Answers.Html(500) })
            _newsroom.Instead.Enqueue(answer);

        await Assert.ThrowsAsync<CmsProblemException>(() => engine.SyncOnceAsync(Ct));
        Assert.Equal(before, await FakeNewsroom.HeldAsync(store));
        var loading = await store.ReadPositionAsync(Ct);
        Assert.Equal(("f4", false), (loading!.Cursor, loading.IsVisible));

        // And goes on where it broke off.
        var rest = await Engine(store).SyncOnceAsync(Ct);
        Assert.Equal((2, false), (rest.Pages, rest.StartedAnew));
        await AssertUpToDateAsync(store);
    }

    [Fact]
    public async Task A_cursor_that_the_server_cannot_read_is_as_good_as_expired()
    {
        Fill(3);
        var store = _stores.Open(Stores.Memory);
        await Engine(store).SyncOnceAsync(Ct);
        _newsroom.Instead.Enqueue(Answers.Problem(400, "invalid-cursor"));

        var result = await Engine(store).SyncOnceAsync(Ct);

        Assert.True(result.StartedAnew);
        await AssertUpToDateAsync(store);
    }

    [Fact]
    public async Task A_server_that_lets_every_cursor_expire_is_not_asked_for_ever()
    {
        await using var server = await FakeServer.StartAsync(context =>
            context.Request.Query.ContainsKey("cursor")
                ? Answers.Problem(410, "sync-expired")(context)
                : Answers.Json("""{"changes":[],"cursor":"c","hasMore":true}""")(context)
        );
        using var client = server.Client(_clock);
        var engine = new SyncEngine(client, _stores.Open(Stores.Memory));

        var failure = await Assert.ThrowsAsync<CmsProblemException>(() => engine.SyncOnceAsync(Ct));

        Assert.Equal(ProblemCodes.SyncExpired, failure.Code);
        Assert.Equal(8, server.Requests.Count);
    }

    [Theory]
    [InlineData("types")]
    [InlineData("sections")]
    [InlineData("body")]
    [InlineData("key")]
    public async Task A_store_of_another_scope_is_loaded_anew(string what)
    {
        Fill(3);
        var store = _stores.Open(Stores.Memory);
        var options = new SyncOptions();
        await Engine(store, options).SyncOnceAsync(Ct);

        var other = what switch
        {
            "types" => options with { Types = [EntityType.Article] },
            "sections" => options with { Sections = ["power"] },
            "body" => options with { Body = BodyForms.None },
            _ => options,
        };
        var result = await Engine(store, other, apiKey: what == "key" ? "cms_x" : null).SyncOnceAsync(Ct);
        var same = await Engine(store, other, apiKey: what == "key" ? "cms_y" : null).SyncOnceAsync(Ct);

        Assert.True(result.StartedAnew);
        Assert.False(same.StartedAnew);
        Assert.Contains("types=", _server.Paths[1], StringComparison.Ordinal);
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task A_page_that_breaks_off_is_fetched_again_and_nothing_of_it_is_kept(string kind)
    {
        Fill(6);
        _newsroom.Instead.Enqueue(null);
        _newsroom.Instead.Enqueue(Answers.CutOff);
        var store = _stores.Open(kind);

        await Assert.ThrowsAsync<CmsConnectionException>(() => Engine(store).SyncOnceAsync(Ct));
        Assert.Equal(_newsroom.Expected("f2"), await FakeNewsroom.HeldAsync(store));
        var rest = await Engine(store).SyncOnceAsync(Ct);

        Assert.Equal(2, rest.Pages);
        await AssertUpToDateAsync(store);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData(
        """{"changes":[{"type":"tag","id":"nonsense","op":"upsert","data":{}}],"cursor":"d9","hasMore":false}"""
    )]
    [InlineData(
        """{"changes":[{"type":"tag","id":"01981f5e-0000-7000-8000-000000000001","op":"upsert","data":"""
            + """null}],"cursor":"d9","hasMore":false}"""
    )]
    [InlineData(
        """{"changes":[{"type":"tag","id":"01981f5e-0000-7000-8000-000000000001","op":"mangle","data":"""
            + """{}}],"cursor":"d9","hasMore":false}"""
    )]
    [InlineData("""{"changes":[],"cursor":"d3","hasMore":true}""")]
    public async Task A_page_that_is_none_changes_nothing(string json)
    {
        Fill(3);
        var store = _stores.Open(Stores.Memory);
        await Engine(store).SyncOnceAsync(Ct);
        _newsroom.Instead.Enqueue(Answers.Json(json));

        await Assert.ThrowsAsync<CmsFormatException>(() => Engine(store).SyncOnceAsync(Ct));

        await AssertUpToDateAsync(store);
        Assert.Equal("d3", (await store.ReadPositionAsync(Ct))!.Cursor);
    }

    [Fact]
    public async Task A_type_that_the_client_does_not_know_is_passed_over()
    {
        _newsroom.Instead.Enqueue(
            Answers.Json(
                """{"changes":[{"type":"podcast","id":"01981f5e-0000-7000-8000-000000000001","op":"ups"""
                    + """ert","reason":null,"data":{"id":7}}],"cursor":"d0","hasMore":false,"mood":"grave"}"""
            )
        );
        var store = _stores.Open(Stores.Memory);

        await Engine(store).SyncOnceAsync(Ct);

        Assert.Empty(await FakeNewsroom.HeldAsync(store));
        Assert.Equal("d0", (await store.ReadPositionAsync(Ct))!.Cursor);
    }

    [Fact]
    public async Task Whoever_listens_hears_of_what_readers_can_see_and_of_nothing_else()
    {
        var heard = new List<AppliedPage>();
        var options = new SyncOptions
        {
            PageSize = 2,
            OnApplied = (page, _) =>
            {
                heard.Add(page);
                return Task.CompletedTask;
            },
        };
        Fill(4);
        var store = _stores.Open(Stores.Memory);
        await Engine(store, options).SyncOnceAsync(Ct);
        Assert.Equal([(2, false, true), (2, false, false)], Heard());

        _newsroom.Remove(EntityType.Section, 0);
        await Engine(store, options).SyncOnceAsync(Ct);
        Assert.Equal([(1, false, false)], Heard());
        Assert.Equal("unpublished", Assert.Single(heard[^1].Changes).Reason);

        _newsroom.Put(EntityType.Tag, 1);
        _newsroom.Expire();
        heard.Clear();
        await Engine(store, options).SyncOnceAsync(Ct);
        Assert.Equal([(2, true, false)], Heard());

        List<(int, bool, bool)> Heard()
        {
            var pages = heard.Select(p => (p.Changes.Count, p.IsReplaced, p.HasMore)).ToList();
            if (pages.Count > 1)
                heard.Clear();
            return pages;
        }
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task Engines_that_share_a_store_do_not_set_it_back(string kind)
    {
        Fill(200);
        var store = _stores.Open(kind);
        var other = kind == Stores.Memory ? store : _stores.Open(kind);

        await Task.WhenAll(
            Engine(store).SyncOnceAsync(Ct),
            Engine(other).SyncOnceAsync(Ct),
            Engine(other).SyncOnceAsync(Ct)
        );

        // Each may have begun anew once, before there was anything; whoever is last goes on to the end.
        await AssertUpToDateAsync(store);
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task A_running_sync_has_a_change_as_soon_as_the_server_has(string kind)
    {
        Fill(3);
        var store = _stores.Open(kind);
        await using var run = Run(store);

        await run.UntilAppliedAsync(3);
        _newsroom.Put(EntityType.Tag, 50, "live");
        await run.UntilAppliedAsync(4);

        await AssertUpToDateAsync(store);
        await Wait.UntilAsync("a request", () => _server.Requests.Count == 4);
        Assert.Equal("/v1/sync?cursor=d4&limit=2&wait=30", _server.Paths[3]);
        Assert.False(_clock.HasPause);
    }

    [Fact]
    public async Task A_running_sync_waits_out_what_may_pass()
    {
        Fill(3);
        _newsroom.Instead.Enqueue(Answers.Html(500));
        _newsroom.Instead.Enqueue(Answers.Problem(503, "unavailable", "17"));
        _newsroom.Instead.Enqueue(Answers.CutOff);
        _newsroom.Instead.Enqueue(Answers.Html(200));
        _newsroom.Instead.Enqueue(Answers.Html(403));
        _newsroom.Instead.Enqueue(Answers.Problem(503, "unavailable", "0"));
        var store = _stores.Open(Stores.Memory);
        await using var run = Run(store);

        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 6; i++)
            pauses.Add(await _clock.PassAsync());
        await run.UntilAppliedAsync(3);

        await AssertUpToDateAsync(store);
        Assert.InRange(pauses[1], TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(17 + 4));
        // Timers count whole milliseconds.
        Assert.Equal(
            pauses.Select(p => Math.Floor(p.TotalMilliseconds)),
            run.Failures.Select(f => Math.Floor(f.Pause.TotalMilliseconds))
        );
        Assert.Collection(
            run.Failures.Select(f => f.Failure),
            f =>
                Assert.Equal(
                    HttpStatusCode.InternalServerError,
                    Assert.IsType<CmsProblemException>(f).Status
                ),
            f => Assert.Equal(ProblemCodes.Unavailable, Assert.IsType<CmsProblemException>(f).Code),
            f => Assert.IsType<CmsConnectionException>(f),
            f => Assert.IsType<CmsFormatException>(f),
            // Of something in between: the server's refusals have codes.
            f => Assert.Null(Assert.IsType<CmsProblemException>(f).Code),
            f => Assert.Equal(ProblemCodes.Unavailable, Assert.IsType<CmsProblemException>(f).Code)
        );
    }

    [Fact]
    public async Task A_page_that_does_not_come_in_time_is_asked_for_in_smaller_pieces()
    {
        Fill(12);
        _newsroom.Instead.Enqueue(Answers.Silence);
        _newsroom.Instead.Enqueue(Answers.Silence);
        var store = _stores.Open(Stores.Memory);
        var engine = Engine(store, new SyncOptions { PageSize = 8 });

        for (var i = 0; i < 2; i++)
        {
            var sync = engine.SyncOnceAsync(Ct);
            await LetTimeOutAsync(i + 1);
            await Assert.ThrowsAsync<CmsConnectionException>(() => sync);
        }
        await engine.SyncOnceAsync(Ct);

        await AssertUpToDateAsync(store);
        // Not at once larger again: that would take too long again.
        Assert.Equal(["8", "4", "2", "2", "2", "2", "4"], Sizes());
    }

    [Fact]
    public async Task A_slow_line_costs_one_wait_for_each_size_and_no_failure()
    {
        Fill(12);
        _newsroom.Instead.Enqueue(Answers.Silence);
        _newsroom.Instead.Enqueue(Answers.Silence);
        var store = _stores.Open(Stores.Memory);

        var sync = Engine(store, new SyncOptions { PageSize = 8 }, maxRetries: 4).SyncOnceAsync(Ct);
        await LetTimeOutAsync(1);
        await LetTimeOutAsync(2);
        await sync;

        await AssertUpToDateAsync(store);
        Assert.Equal(["8", "4", "2", "2", "2", "2", "4"], Sizes());
    }

    /// <summary>Waits for this request, and lets the time pass that there is for an answer.</summary>
    private async Task LetTimeOutAsync(int request)
    {
        await Wait.UntilAsync("a request", () => _server.Requests.Count == request);
        _clock.Advance(await _clock.NextLimitAsync());
    }

    private IEnumerable<string> Sizes() => _server.Paths.Select(p => p[(p.LastIndexOf('=') + 1)..]);

    [Fact]
    public async Task What_a_listener_throws_ends_the_sync()
    {
        Fill(3);
        using var client = _server.Client(_clock, maxRetries: 0);
        var options = new SyncOptions
        {
            OnApplied = async (_, ct) => await client.GetArticleAsync("not-here", cancellationToken: ct),
        };
        _newsroom.Instead.Enqueue(null);
        _newsroom.Instead.Enqueue(Answers.Html(503));

        // Though the same failure of the sync's own would be waited out.
        await Assert.ThrowsAsync<CmsProblemException>(() =>
            Engine(_stores.Open(Stores.Memory), options).RunAsync(Ct)
        );
    }

    [Fact]
    public async Task A_running_sync_ends_on_what_will_not_pass()
    {
        _newsroom.Instead.Enqueue(Answers.Problem(401, "unauthenticated"));

        var refusal = await Assert.ThrowsAsync<CmsProblemException>(() =>
            Engine(_stores.Open(Stores.Memory)).RunAsync(Ct)
        );

        Assert.Equal(ProblemCodes.Unauthenticated, refusal.Code);
    }

    [Fact]
    public async Task A_server_that_does_not_hold_requests_is_not_asked_without_pause()
    {
        _newsroom.IsHasty = true;
        Fill(2);
        await using var run = Run(_stores.Open(Stores.Memory));

        for (var i = 0; i < 3; i++)
            Assert.Equal(TimeSpan.FromSeconds(1), await _clock.PassAsync());
    }

    [Fact]
    public async Task A_running_sync_that_is_cancelled_ends_at_once()
    {
        Fill(1);
        var run = Run(_stores.Open(Stores.Memory));
        await run.UntilAppliedAsync(1);
        await Wait.UntilAsync("a request", () => _server.Requests.Count == 2);

        await run.DisposeAsync();

        Assert.True(run.IsCancelled);
    }

    private Running Run(ILocalStore store) => new(options => Engine(store, options));

    /// <summary>An engine that runs.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        private readonly Task _run;
        private int _applied;

        public Running(Func<SyncOptions, SyncEngine> engine) =>
            _run = engine(
                    new SyncOptions
                    {
                        PageSize = 2,
                        OnApplied = (page, _) =>
                        {
                            Interlocked.Add(ref _applied, page.Changes.Count);
                            return Task.CompletedTask;
                        },
                        OnFailure = (failure, pause) => Failures.Enqueue((failure, pause)),
                    }
                )
                .RunAsync(_stop.Token);

        public ConcurrentQueue<(CmsException Failure, TimeSpan Pause)> Failures { get; } = new();
        public bool IsCancelled => _run.IsCanceled;

        public Task UntilAppliedAsync(int changes) =>
            Wait.UntilAsync(
                $"{changes} changes",
                () =>
                    _run.IsCompleted
                        ? throw new InvalidOperationException("It ended.", _run.Exception)
                        : Volatile.Read(ref _applied) >= changes
            );

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run.ContinueWith(_ => { }, TaskScheduler.Default);
            _stop.Dispose();
        }
    }
}
