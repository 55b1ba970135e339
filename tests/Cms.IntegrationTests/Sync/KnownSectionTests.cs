using System.Diagnostics.Metrics;
using Cms.Changes;
using Cms.Delivery.Caching;
using Cms.Delivery.Reading;
using Cms.Delivery.Sync;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Cms.IntegrationTests.Sync;

/// <summary>The sections that streams name, while this node does not know how far the feed is.</summary>
public sealed class KnownSectionTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crowd_that_asks_in_doubt_reads_once_and_never_what_was_read_before_it_asked()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var reads = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "cms.delivery.reads" && instrument.Meter.Scope == meters)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref reads, count));
        listener.Start();
        // In doubt: it has observed nothing.
        var signal = new ChangeSignal(new StillClock());
        await using var postgres = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(cms.ConnectionString) { MaxPoolSize = 1 }
        );
        await using var none = new Replicas(null);
        using var database = new DeliveryDatabase(
            postgres,
            none,
            signal,
            meters,
            NullLogger<DeliveryDatabase>.Instance
        );
        using var sections = new KnownSections(database, signal, new Generations(signal));

        Task<IReadOnlyDictionary<string, Guid>> first;
        List<Task<IReadOnlyDictionary<string, Guid>>> crowd;
        string section;
        await using (await postgres.OpenConnectionAsync(Ct))
        {
            first = sections.AllAsync(Ct).AsTask();
            section = await cms.SectionAsync();
            crowd = [.. Enumerable.Range(0, 30).Select(_ => sections.AllAsync(Ct).AsTask())];
        }

        await first;
        foreach (var known in await Task.WhenAll(crowd))
            Assert.Contains(section, known.Keys);
        Assert.Equal(2, Interlocked.Read(ref reads));
        // And who asks later reads again.
        var later = await cms.SectionAsync();
        Assert.Contains(later, (await sections.AllAsync(Ct)).Keys);
    }
}
