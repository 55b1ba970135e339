using Cms.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Cms.Tests.Hosting;

/// <summary>So many requests in a window, and how long it still lasts.</summary>
public sealed class RequestWindowTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Whoever_is_refused_is_told_how_long_the_window_still_lasts_and_is_let_in_then()
    {
        var clock = new FakeTimeProvider();
        using var window = new RequestWindow("key", 2, Minute, clock);
        Assert.Null(Refusal(window));
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Null(Refusal(window));

        Assert.Equal(new RequestBound("key", 2, TimeSpan.FromSeconds(40)), Refusal(window));
        clock.Advance(TimeSpan.FromSeconds(39.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), Refusal(window)!.Left);
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(Refusal(window));
        Assert.Null(Refusal(window));
        Assert.Equal(Minute, Refusal(window)!.Left);
    }

    [Fact]
    public void A_window_begins_with_its_first_request()
    {
        var clock = new FakeTimeProvider();
        using var window = new RequestWindow("key", 1, Minute, clock);
        clock.Advance(TimeSpan.FromSeconds(50));

        Assert.Null(Refusal(window));
        Assert.Equal(Minute, Refusal(window)!.Left);
        Assert.Null(window.IdleDuration);
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(TimeSpan.FromSeconds(1), window.IdleDuration);
    }

    private static RequestBound? Refusal(RequestWindow window)
    {
        using var lease = window.AttemptAcquire();
        Assert.Equal(!lease.IsAcquired, lease.TryGetMetadata(RequestWindow.Bound, out var bound));
        return bound;
    }
}
