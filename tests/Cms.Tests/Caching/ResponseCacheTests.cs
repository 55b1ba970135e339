using System.Diagnostics.Metrics;
using System.Text;
using Cms.Changes;
using Cms.Delivery.Caching;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.Tests.Caching;

/// <summary>Answers kept in memory: never older than what their writer was told is done.</summary>
public sealed class ResponseCacheTests : IDisposable
{
    private static readonly Guid Epoch = Guid.Parse("00000000-0000-0000-0000-000000000001");

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ChangeSignal _signal = new(new StillClock());
    private readonly Generations _generations;
    private readonly ResponseCache _cache;
    private long _head = 1;

    public ResponseCacheTests()
    {
        _generations = new(_signal);
        _cache = Cache(10_000_000);
        _signal.Observe(Epoch, _head, [], 0);
    }

    [Fact]
    public async Task An_answer_is_kept_until_something_that_it_depends_on_changes()
    {
        await MakeAsync("/a", "article:1", "author:7");
        await MakeAsync("/b", "article:2");
        Assert.NotNull(_cache.Find("/a"));

        Change("author:7");

        Assert.Null(_cache.Find("/a"));
        Assert.NotNull(_cache.Find("/b"));
    }

    [Fact]
    public async Task Where_more_changed_than_can_be_named_all_goes()
    {
        await MakeAsync("/a", "article:1");
        await MakeAsync("/b", "sections");

        Change("all");

        Assert.Null(_cache.Find("/a"));
        Assert.Null(_cache.Find("/b"));
    }

    [Fact]
    public async Task Spellings_count_as_memory_and_long_ones_are_not_kept()
    {
        await MakeAsync("/a", "article:1");
        var answer = _cache.Find("/a")!;
        var before = _cache.Bytes;

        _cache.AddAlias(answer, "/%61");
        _cache.AddAlias(answer, string.Concat(Enumerable.Repeat("/.", 500)) + "/a");

        Assert.Same(answer, _cache.Find("/%61"));
        Assert.Null(_cache.Find(string.Concat(Enumerable.Repeat("/.", 500)) + "/a"));
        Assert.True(_cache.Bytes > before);
        Change("article:1");
        Assert.Null(_cache.Find("/a"));
        Assert.Equal(0, _cache.Bytes);
    }

    [Fact]
    public async Task An_answer_whose_query_began_before_a_change_is_not_kept()
    {
        var outcome = await _cache.GetAsync(
            "/a",
            asOf =>
            {
                // It has read the old state; then the change commits and is acknowledged.
                var old = Answer("/a", asOf, "article:1");
                Change("article:1");
                return Task.FromResult(new Outcome(old, null));
            }
        );

        Assert.NotNull(outcome.Answer);
        Assert.Null(_cache.Find("/a"));
    }

    [Fact]
    public async Task Whoever_comes_after_a_change_does_not_share_a_query_from_before_it()
    {
        var begun = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var first = _cache.GetAsync(
            "/a",
            async asOf =>
            {
                var old = Answer("/a", asOf, "article:1");
                begun.SetResult();
                await go.Task;
                return new Outcome(old, null);
            }
        );
        await begun.Task;
        Change("article:1");
        var second = _cache.GetAsync(
            "/a",
            asOf => Task.FromResult(new Outcome(Answer("/a", asOf, "article:1"), null))
        );
        go.SetResult();

        Assert.NotSame((await first).Answer, (await second).Answer);
        Assert.True((await second).Answer!.AsOf > (await first).Answer!.AsOf);
    }

    [Fact]
    public async Task A_thousand_who_ask_at_once_cost_one_query()
    {
        var queries = 0;
        var go = new TaskCompletionSource();
        var all = Enumerable
            .Range(0, 1_000)
            .Select(_ =>
                _cache.GetAsync(
                    "/a",
                    async asOf =>
                    {
                        Interlocked.Increment(ref queries);
                        await go.Task;
                        return new Outcome(Answer("/a", asOf, "article:1"), null);
                    }
                )
            )
            .ToList();
        go.SetResult();

        var answers = (await Task.WhenAll(all)).Select(o => o.Answer).Distinct();

        Assert.Single(answers);
        Assert.Equal(1, queries);
    }

    [Fact]
    public async Task A_query_that_fails_fails_for_all_who_wait_for_it()
    {
        var queries = 0;
        var go = new TaskCompletionSource();
        var all = Enumerable
            .Range(0, 100)
            .Select(_ =>
                _cache.GetAsync(
                    "/a",
                    async _ =>
                    {
                        Interlocked.Increment(ref queries);
                        await go.Task;
                        return new Outcome(null, ErrorBoundary.DatabaseAway());
                    }
                )
            )
            .ToList();
        go.SetResult();

        Assert.All(await Task.WhenAll(all), o => Assert.Equal(503, o.Refusal!.Kind.Status));
        Assert.Equal(1, queries);
        // The next one tries again.
        await MakeAsync("/a", "article:1");
        Assert.NotNull(_cache.Find("/a"));
    }

    [Fact]
    public async Task Without_the_feed_nothing_is_given_and_nothing_kept()
    {
        await MakeAsync("/a", "article:1");

        _signal.LosePosition();
        Assert.Null(_cache.Find("/a"));
        await MakeAsync("/b", "article:2");
        _signal.Observe(Epoch, _head, [], 0);

        Assert.Null(_cache.Find("/a"));
        Assert.Null(_cache.Find("/b"));
        await MakeAsync("/a", "article:1");
        Assert.NotNull(_cache.Find("/a"));
    }

    [Fact]
    public async Task Changes_of_other_nodes_count_and_own_ones_are_not_counted_twice()
    {
        await MakeAsync("/a", "article:1");
        _signal.Observe(Epoch, 5, [(5, "article:1")], 0);
        Assert.Null(_cache.Find("/a"));

        _signal.Advance(Epoch, 6, 7, invalidation: 7, ["article:1"]);
        await MakeAsync("/a", "article:1");
        _signal.Observe(Epoch, 7, [(7, "article:1")], 0);
        Assert.NotNull(_cache.Find("/a"));
    }

    [Fact]
    public async Task Memory_is_bounded_and_what_is_asked_for_stays()
    {
        using var small = Cache(100_000);
        for (var i = 0; i < 1_000; i++)
        {
            var key = $"/{i}";
            await small.GetAsync(
                key,
                asOf => Task.FromResult(new Outcome(Answer(key, asOf, $"article:{i}"), null))
            );
            Assert.NotNull(i > 0 ? small.Find("/0") : "");
            Assert.InRange(small.Bytes, 1, 100_000);
        }
        Assert.InRange(small.Count, 10, 100);
        Assert.Null(small.Find("/1"));
    }

    [Fact]
    public async Task Other_codings_count_too_and_are_made_once()
    {
        var answer = await MakeAsync("/a", "article:1");
        var before = _cache.Bytes;

        var packed = answer.BytesIn(1, n => _cache.Grow(answer, n));

        Assert.Same(packed, answer.BytesIn(1, n => _cache.Grow(answer, n)));
        Assert.Equal(before + packed.Length, _cache.Bytes);
        Assert.NotEqual(answer.TagTexts[0], answer.TagTexts[1]);
    }

    [Fact]
    public void A_slot_never_goes_back()
    {
        var generations = new Generations(new(new StillClock()));
        Parallel.For(0, 10_000, i => generations.Move(["article:1", $"article:{i}"]));
        var slots = Generations.SlotsOf(["article:1"]);

        Assert.True(generations.AreCurrent(slots, generations.Now));
        Assert.False(generations.AreCurrent(slots, generations.Now - 1));
    }

    public void Dispose()
    {
        _cache.Dispose();
        _services.Dispose();
    }

    private ResponseCache Cache(long budget) =>
        new(_signal, _generations, budget, _services.GetRequiredService<IMeterFactory>());

    private void Change(params string[] tags)
    {
        _head++;
        _signal.Advance(Epoch, _head - 1, _head, _head, tags);
    }

    private async Task<CachedAnswer> MakeAsync(string key, params string[] tags) =>
        (
            await _cache.GetAsync(key, asOf => Task.FromResult(new Outcome(Answer(key, asOf, tags), null)))
        ).Answer!;

    private static CachedAnswer Answer(string key, long asOf, params string[] tags) =>
        new(
            key,
            new Document(
                Encoding.UTF8.GetBytes($"\"{key}\"{new string('x', 200)}"),
                DateTimeOffset.UnixEpoch,
                "public"
            )
            {
                CacheTags = tags,
            },
            asOf
        );
}
