using System.Diagnostics.Metrics;
using System.Net;
using Cms.Hosting.Connections;
using Cms.Platform;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Cms.Tests.Hosting;

/// <summary>How many connections there may be, of whom, and what the limit on open files leaves for them.</summary>
public sealed class ConnectionGateTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _clock = new();
    private readonly Lines _log = new();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void One_address_has_its_share_and_the_others_theirs()
    {
        using var gate = Gate(10, 3);
        var first = Enter(gate, "192.0.2.1", 5);
        var second = Enter(gate, "192.0.2.2", 5);

        Assert.Equal((3, 3), (first.Count, second.Count));
        // The same address written for IPv6 is the same.
        Assert.Empty(Enter(gate, "::ffff:192.0.2.1", 1));
        first[0].Dispose();
        // Twice is once.
        first[0].Dispose();
        Assert.Single(Enter(gate, "192.0.2.1", 5));
        Assert.Equal(6, gate.Open);
    }

    [Fact]
    public void A_network_of_IPv6_is_one_client()
    {
        using var gate = Gate(10, 2);

        Assert.Equal(
            2,
            Enter(gate, "2001:db8:0:1::1", 1).Count + Enter(gate, "2001:db8:0:1:ffff::2", 3).Count
        );
        Assert.Single(Enter(gate, "2001:db8:0:2::1", 1));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("::1")]
    [InlineData("10.1.2.3")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("198.51.100.7")]
    [InlineData(null)]
    public void This_machine_and_proxies_are_bounded_with_all_others_only(string? address)
    {
        using var gate = Gate(10, 1, "10.0.0.0/8", "198.51.100.7");

        Assert.Equal(10, Enter(gate, address, 20).Count);
        Assert.Empty(Enter(gate, "192.0.2.1", 1));
    }

    [Fact]
    public void Refusals_are_told_once_in_a_minute_with_how_many_there_were()
    {
        using var gate = Gate(1, 1);
        Enter(gate, "192.0.2.1", 1);
        Enter(gate, "192.0.2.1", 1_000);
        Assert.StartsWith(
            "Connections refused since the last report: 1.",
            Assert.Single(_log.All),
            StringComparison.Ordinal
        );
        Assert.Contains("192.0.2.1", _log.All[0], StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Enter(gate, "192.0.2.1", 500);

        Assert.Equal(2, _log.All.Count);
        Assert.StartsWith(
            "Connections refused since the last report: 1000.",
            _log.All[1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void However_they_come_and_go_there_are_never_more_than_may_be_and_none_is_lost() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 8], Gen.Select(Gen.Int[0, 4], Gen.Bool).Array[0, 200])
            .Sample(
                (most, ofOne, steps) =>
                {
                    using var gate = Gate(most, ofOne);
                    var open = Enumerable.Range(0, 5).Select(_ => new Stack<IDisposable>()).ToArray();
                    foreach (var (client, comes) in steps)
                    {
                        var all = open.Sum(o => o.Count);
                        if (!comes)
                        {
                            if (open[client].TryPop(out var place))
                                place.Dispose();
                        }
                        else if (gate.TryEnter(IPAddress.Parse($"192.0.2.{client}")) is { } entered)
                        {
                            Assert.True(all < most && open[client].Count < ofOne);
                            open[client].Push(entered);
                        }
                        else
                            Assert.True(all >= most || open[client].Count >= ofOne);
                        Assert.Equal(open.Sum(o => o.Count), gate.Open);
                    }
                }
            );

    [Theory]
    [InlineData(null, 100, 20_000, 0, 20_000, 5_000)]
    [InlineData(1_048_576, 100, 20_000, 0, 20_000, 5_000)]
    [InlineData(1_024, 80, 20_000, 0, 360, 90)]
    [InlineData(1_024, 80, 100, 0, 100, 25)]
    [InlineData(1_024, 80, 20_000, 50, 360, 50)]
    [InlineData(1_024, 80, 20_000, 5_000, 360, 360)]
    public void The_limit_on_open_files_bounds_the_connections(
        int? limit,
        int database,
        int most,
        int ofOne,
        int connections,
        int perAddress
    )
    {
        var bounds = ConnectionBounds.Of(limit, database, most, ofOne);

        Assert.Equal((connections, perAddress), (bounds.Connections, bounds.PerAddress));
        // With a file for each that may have one there is still what the rest of the process needs.
        if (limit is { } files)
            Assert.True(bounds.Connections + bounds.Files + database + 400 <= files);
    }

    [Fact]
    public void Too_few_files_are_refused_with_how_many_it_takes()
    {
        var refused = Assert.Throws<SettingException>(() => ConnectionBounds.Of(256, 80, 20_000, 0));

        Assert.StartsWith(
            "The process may have 256 files open, and needs 576: ",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(24, ConnectionBounds.Of(576, 80, 20_000, 0).Connections);
    }

    [Fact]
    public void The_limit_is_as_high_as_the_process_may_have_it()
    {
        var limit = OpenFileLimit.Raise();

        Assert.Equal(limit, OpenFileLimit.Raise());
        if (OperatingSystem.IsLinux())
            Assert.Contains(
                $" {limit} ",
                File.ReadLines("/proc/self/limits")
                    .Single(l => l.StartsWith("Max open files", StringComparison.Ordinal)),
                StringComparison.Ordinal
            );
    }

    private ConnectionGate Gate(int most, int ofOne, params string[] proxies) =>
        new(
            new ConnectionBounds(most, ofOne, most),
            [.. proxies.Select(p => Networks.Parse("Cms__Proxies", p))],
            _clock,
            _services.GetRequiredService<IMeterFactory>(),
            _log
        );

    private static List<IDisposable> Enter(ConnectionGate gate, string? address, int times) =>
        [
            .. Enumerable
                .Range(0, times)
                .Select(_ => gate.TryEnter(address is null ? null : IPAddress.Parse(address)))
                .OfType<IDisposable>(),
        ];

    private sealed class Lines : ILogger<ConnectionGate>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => All.Add(formatter(state, exception));
    }
}
