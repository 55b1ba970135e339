using System.Diagnostics.Metrics;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Cms.Tests.Platform;

public sealed class AdmissionTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(Share.Desk), 2, 1)]
    [InlineData(nameof(Share.Uploads), 30, 5)]
    public async Task Who_waits_too_long_is_told_when_to_come_back_and_uploads_wait_longer(
        string name,
        int wait,
        int retryAfter
    )
    {
        var share = Enum.Parse<Share>(name);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var clock = new NotedClock();
        var bounds = new AdmissionBounds(1, 1, 1, 1, MaxWait) { Uploads = 1 };
        using var admission = new Admission(bounds, clock, services.GetRequiredService<IMeterFactory>());
        using var place = await admission.TakeAsync(share, Ct);

        var waiting = admission.TakeAsync(share, Ct).AsTask();
        Assert.Equal([TimeSpan.FromSeconds(wait)], clock.Waits);
        clock.Advance(TimeSpan.FromSeconds(wait));

        var refused = await Assert.ThrowsAsync<Refused>(() => waiting);
        Assert.Equal(ProblemKinds.Overloaded, refused.Kind);
        Assert.Equal(TimeSpan.FromSeconds(retryAfter), refused.RetryAfter);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 2)]
    [InlineData(6, 3)]
    [InlineData(128, 3)]
    public void Decoders_leave_processors_to_others_and_are_few_on_large_machines(
        int processors,
        int decoders
    ) => Assert.Equal(decoders, AdmissionBounds.DecodersOn(processors));

    /// <summary>
    /// Notes how long it was asked to wait: a wait that ends too early would otherwise show only by chance.
    /// </summary>
    private sealed class NotedClock : FakeTimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(
            TimerCallback callback,
            object? state,
            TimeSpan dueTime,
            TimeSpan period
        )
        {
            Waits.Add(dueTime);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
