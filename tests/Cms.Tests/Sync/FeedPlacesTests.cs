using System.Diagnostics.Metrics;
using System.Net;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Streams;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.Tests.Sync;

/// <summary>How many streams an address may have open.</summary>
public sealed class FeedPlacesTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7")]
    // One household has as many addresses of IPv6 as it likes.
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")]
    public void An_address_of_the_internet_has_its_bound_and_others_theirs(string one, string same)
    {
        var places = Places(open: 10_000);
        var taken = Enumerable
            .Range(0, FeedPlaces.DefaultPerAddress)
            .Select(_ => places.Take(IPAddress.Parse(one)))
            .ToList();

        var refused = Assert.Throws<Refused>(() => places.Take(IPAddress.Parse(same)));
        Assert.Equal(ProblemKinds.TooManyStreams, refused.Kind);
        Assert.NotNull(refused.RetryAfter);

        places.Take(IPAddress.Parse("198.51.100.1"));
        places.Take(IPAddress.Parse("2001:db8:1:3::1"));
        // Given back once, however often it is said.
        taken[0].Dispose();
        taken[0].Dispose();
        places.Take(IPAddress.Parse(same));
        Assert.Throws<Refused>(() => places.Take(IPAddress.Parse(same)));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.20.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fd00::1")]
    public void Where_a_proxy_may_be_everybody_comes_from_one_address_unless_it_is_set(string address)
    {
        var from = IPAddress.Parse(address);
        var places = Places(open: 3_000);
        for (var i = 0; i < 3_000; i++)
            places.Take(from);
        Assert.Equal(ProblemKinds.Overloaded, Assert.Throws<Refused>(() => places.Take(from)).Kind);

        var set = Places(open: 3_000, perAddress: 2);
        set.Take(from);
        set.Take(from);
        Assert.Equal(ProblemKinds.TooManyStreams, Assert.Throws<Refused>(() => set.Take(from)).Kind);
    }

    private FeedPlaces Places(int open, int perAddress = 0) =>
        new(new(open, perAddress, Scopes: 10), _services.GetRequiredService<IMeterFactory>());

    public void Dispose() => _services.Dispose();
}
