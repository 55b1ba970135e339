using System.Diagnostics.Metrics;
using Cms.Delivery.Sync;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.Tests.Sync;

/// <summary>The bound on what slow clients have not taken yet.</summary>
public sealed class BytesInFlightTests
{
    private const long Bound = 4 * 1024 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_come_and_go_the_bound_is_kept_and_everybody_is_served()
    {
        using var services = Services();
        var bytes = Of(services, TimeSpan.FromMinutes(10));
        // Who takes a portion, and whether the one that was taken first is given back then.
        await Gen
            .Bool.Array[1, 400]
            .SampleAsync(
                async gives =>
                {
                    var held = new Queue<BytesInFlight.Portion>();
                    var asked = new Queue<Task<BytesInFlight.Portion>>();
                    foreach (var give in gives)
                    {
                        asked.Enqueue(bytes.TakeAsync(Ct).AsTask());
                        if (give && held.TryDequeue(out var first))
                            first.Dispose();
                        while (asked.TryPeek(out var next) && next.IsCompleted)
                        {
                            held.Enqueue(await asked.Dequeue());
                            Assert.InRange(
                                held.Last().Bytes,
                                BytesInFlight.MinPortion,
                                BytesInFlight.MaxPortion
                            );
                        }
                        Assert.True(bytes.Taken <= Bound, $"{bytes.Taken} bytes");
                    }
                    while (held.Count + asked.Count > 0)
                    {
                        if (held.TryDequeue(out var portion))
                            portion.Dispose();
                        else
                            held.Enqueue(await asked.Dequeue());
                    }
                    Assert.Equal(0, bytes.Taken);
                    Assert.True(bytes.Peak <= Bound, $"{bytes.Peak} bytes");
                },
                iter: 50,
                threads: 1
            );
    }

    [Fact]
    public async Task The_more_are_waiting_the_smaller_the_portions()
    {
        using var services = Services();
        var bytes = Of(services, TimeSpan.FromMinutes(10));
        var sizes = new List<long>();
        for (var i = 0; i < 60; i++)
            sizes.Add((await bytes.TakeAsync(Ct)).Bytes);

        Assert.Equal(sizes.OrderDescending(), sizes);
        Assert.True(sizes[0] > sizes[^1]);
    }

    [Fact]
    public async Task With_nothing_left_a_request_is_told_to_come_back_and_an_answer_that_has_begun_waits()
    {
        using var services = Services();
        var bytes = Of(services, TimeSpan.Zero);
        using var all = bytes.Charge(Bound);

        var refused = await Assert.ThrowsAsync<Refused>(async () => await bytes.TakeAsync(Ct));
        Assert.Equal(ProblemKinds.Overloaded, refused.Kind);
        Assert.NotNull(refused.RetryAfter);

        var begun = bytes.TakePatientlyAsync(Ct).AsTask();
        Assert.False(begun.IsCompleted);
        all.Dispose();
        (await begun).Dispose();
        Assert.Equal(0, bytes.Taken);
    }

    [Fact]
    public void A_page_gives_back_what_it_holds_once()
    {
        using var services = Services();
        var bytes = Of(services, TimeSpan.Zero);
        using var other = bytes.Charge(5);
        var page = new ChangesRead([], new() { Scope = Scope }, HasMore: false)
        {
            Holds = [new Counted(bytes, 7)],
        };

        page.Dispose();
        page.Dispose();

        Assert.Equal(5, bytes.Taken);
    }

    private static SyncScope Scope =>
        new()
        {
            Types = [],
            Sections = [],
            Body = [],
            Rights = 0,
        };

    /// <summary>Gives back each time, as what is shared does.</summary>
    private sealed class Counted(BytesInFlight all, long count) : IDisposable
    {
        private readonly BytesInFlight.Portion _portion = all.Charge(count);

        public void Dispose() => _portion.Resize(_portion.Bytes - count);
    }

    private static ServiceProvider Services() => new ServiceCollection().AddMetrics().BuildServiceProvider();

    private static BytesInFlight Of(ServiceProvider services, TimeSpan longestWait) =>
        new(
            Bound,
            AdmissionBounds.Of(pool: 80, readers: 0, desk: 0, feed: 0, waiting: 0, longestWait),
            TimeProvider.System,
            services.GetRequiredService<IMeterFactory>()
        );
}
