using Cms.Platform.Http.Answers;
using CsCheck;

namespace Cms.Tests.Platform;

public sealed class NextChangeTests
{
    private const string Whole = "public, max-age=30, stale-while-revalidate=300, stale-if-error=86400";
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 6, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(100_000.0, 30, 300, 86_400)]
    [InlineData(86_430.0, 30, 300, 86_400)]
    [InlineData(86_429.9, 30, 300, 86_399)]
    [InlineData(330.0, 30, 300, 300)]
    [InlineData(329.9, 30, 299, 299)]
    [InlineData(30.5, 30, 0, 0)]
    [InlineData(29.9, 29, 0, 0)]
    [InlineData(0.9, 0, 0, 0)]
    [InlineData(-5.0, 0, 0, 0)]
    public void Nothing_is_kept_beyond_the_next_change(double seconds, int fresh, int stale, int onError)
    {
        var next = new NextChange();
        next.Is(Now.AddSeconds(seconds), next.Version);
        Assert.Equal(
            $"public, max-age={fresh}, stale-while-revalidate={stale}, stale-if-error={onError}",
            next.Cut(Whole, Now)
        );
        // What keys are told has no times.
        Assert.Equal("private, no-cache", next.Cut("private, no-cache", Now));
    }

    [Fact]
    public void Times_of_many_days_are_cut_too()
    {
        var next = new NextChange();
        next.Is(Now.AddDays(3), next.Version);

        Assert.Equal(
            "public, max-age=60, stale-if-error=259140",
            next.Cut("public, max-age=60, stale-if-error=604800", Now)
        );
    }

    [Fact]
    public void Where_nothing_is_planned_nothing_is_cut()
    {
        var next = new NextChange();
        Assert.Same(Whole, next.Cut(Whole, Now));
        next.Is(Now, next.Version);
        next.Is(null, next.Version);
        Assert.Same(Whole, next.Cut(Whole, Now));
    }

    [Fact]
    public void What_is_planned_during_a_look_is_not_forgotten_with_it()
    {
        var next = new NextChange();
        var version = next.Version;
        next.IsAtTheLatest(Now.AddSeconds(5));
        next.Is(Now.AddDays(1), version);
        Assert.Equal(Now.AddSeconds(5), next.At);
        next.Is(Now.AddDays(1), next.Version);
        Assert.Equal(Now.AddDays(1), next.At);
    }

    [Fact]
    public void The_earliest_counts() =>
        Gen.Int[0, 1_000]
            .Array[1, 20]
            .Sample(seconds =>
            {
                var next = new NextChange();
                Parallel.ForEach(seconds, s => next.IsAtTheLatest(Now.AddSeconds(s)));
                Assert.Equal(Now.AddSeconds(seconds.Min()), next.At);
            });
}
