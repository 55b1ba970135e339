using System.Diagnostics.Metrics;
using Cms.Access;
using Cms.Changes;
using Cms.Delivery.Caching;
using Cms.Delivery.Reading;
using Cms.Delivery.Sync;
using Cms.Delivery.Sync.Streams;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Streams;
using Cms.Platform.Lists;
using Cms.Publishing;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Cms.Tests.Sync;

/// <summary>Where a reader of the feed is, as text.</summary>
public sealed class SyncCursorTests
{
    private static readonly Guid Feed = Guid.Parse("6d1f0f5e-0000-4000-8000-000000000001");

    private static readonly Gen<SyncCursor> AnyCursor =
        from epoch in Gen.Guid
        from loading in Gen.Int[-1, 4]
        from position in Gen.Long[0, long.MaxValue]
        from since in Gen.Long[0, long.MaxValue]
        from types in Gen.Int[1, 31]
        from forms in Gen.Int[1, 15]
        from sections in Gen.Guid.Array[0, 50]
        from rights in Gen.ULong
        select new SyncCursor
        {
            Epoch = epoch,
            Loading = loading < 0 ? null : (EntityType)loading,
            Position = position,
            Since = since,
            Scope = new()
            {
                Types = [.. Enum.GetValues<EntityType>().Where(t => (types & (1 << (int)t)) != 0)],
                Body = [.. Enum.GetValues<BodyForm>().Where(f => (forms & (1 << (int)f)) != 0)],
                Sections = sections,
                Rights = rights,
            },
        };

    [Fact]
    public void A_cursor_is_read_as_it_was_written() =>
        AnyCursor.Sample(cursor =>
        {
            var read = Cursors("key").Read(Cursors("key").Write(cursor));
            Assert.Equal(cursor with { Scope = read.Scope }, read);
            Assert.Equal(cursor.Scope.Types, read.Scope.Types);
            Assert.Equal(cursor.Scope.Body, read.Scope.Body);
            Assert.Equal(cursor.Scope.Sections, read.Scope.Sections);
            Assert.Equal(cursor.Scope.Rights, read.Scope.Rights);
        });

    [Fact]
    public void The_longest_cursor_fits_into_an_address() =>
        AnyCursor.Sample(cursor => Assert.InRange(Cursors("key").Write(cursor).Length, 80, 2_000));

    [Fact]
    public void A_cursor_that_was_changed_anywhere_is_refused() =>
        Gen.Select(AnyCursor, Gen.Int[0, 10_000], Gen.Char['A', 'Z'])
            .Sample(
                (cursor, at, other) =>
                {
                    var text = Cursors("key").Write(cursor).ToCharArray();
                    // The last character may carry bits that mean nothing.
                    at %= text.Length - 1;
                    if (text[at] == other)
                        return;
                    text[at] = other;
                    Assert.Throws<Refused>(() => Cursors("key").Read(new string(text)));
                }
            );

    [Fact]
    public void A_cursor_of_another_newsroom_has_expired_there()
    {
        var cursor = AnyCursor.Single();
        var foreign = Cursors("another key", Guid.Parse("81c2a7d0-0000-4000-8000-000000000002"))
            .Write(cursor);

        var refused = Assert.Throws<Refused>(() => Cursors("key").Read(foreign));

        Assert.Equal(ProblemKinds.SyncExpired, refused.Kind);
        Assert.Equal("/v1/sync", refused.Restart);
    }

    [Fact]
    public async Task Whoever_is_at_the_head_is_answered_without_the_database()
    {
        var epoch = Guid.Parse("6d1f0f5e-0000-4000-8000-000000000003");
        var signal = new ChangeSignal(new StillClock());
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Database=none;Timeout=1");
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var bounds = AdmissionBounds.Of(
            pool: 80,
            readers: 0,
            desk: 0,
            feed: 0,
            waiting: 0,
            TimeSpan.FromSeconds(1)
        );
        var meters = services.GetRequiredService<IMeterFactory>();
        using var admission = new Admission(bounds, TimeProvider.System, meters);
        using var bytes = new BytesInFlight(BytesInFlight.MaxPortion, bounds, TimeProvider.System, meters);
        await using var none = new Replicas(null);
        using var database = new DeliveryDatabase(
            nowhere,
            none,
            signal,
            meters,
            NullLogger<DeliveryDatabase>.Instance
        );
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        using var keys = new KeyWatch(
            nowhere,
            TimeProvider.System,
            NullLogger<KeyWatch>.Instance,
            lifetime,
            TimeSpan.FromSeconds(15)
        );
        using var sections = new KnownSections(database, signal, new Generations(signal));
        using var shared = new SharedFeed(
            database,
            signal,
            bytes,
            keys,
            new FeedBounds(10, 10, 10),
            TimeProvider.System,
            meters,
            NullLogger<SharedFeed>.Instance,
            lifetime
        );
        var reader = new ChangeReader(database, signal, admission, bytes, shared, keys, sections);
        var cursor = AnyCursor.Single() with { Epoch = epoch, Loading = null, Position = 9 };

        await Assert.ThrowsAnyAsync<NpgsqlException>(ReadAsync);
        signal.Observe(epoch, 9, [], 0);
        var page = await ReadAsync();

        Assert.Empty(page.Changes);
        Assert.False(page.HasMore);
        Assert.Equal(cursor, page.Next);
        // One that is behind, or of another life of the feed, has to ask.
        signal.Observe(epoch, 10, [], 0);
        await Assert.ThrowsAnyAsync<NpgsqlException>(ReadAsync);
        signal.Observe(Guid.Empty, 9, [], 0);
        await Assert.ThrowsAnyAsync<NpgsqlException>(ReadAsync);

        Task<ChangesRead> ReadAsync() =>
            reader.ReadAsync(
                cursor,
                100,
                caller: null,
                following: null,
                hasBegun: false,
                TestContext.Current.CancellationToken
            );
    }

    [Fact]
    public void Rights_tell_apart_who_may_read_on_where()
    {
        var (one, two) = (
            Guid.Parse("6d1f0f5e-0000-4000-8000-000000000004"),
            Guid.Parse("6d1f0f5e-0000-4000-8000-000000000005")
        );
        var rights = new[] { null, Key(null), Key([one]), Key([two]), Key([one, two]) }
            .Select(SyncScope.RightsOf)
            .ToList();

        Assert.Equal(rights.Count, rights.Distinct().Count());
        Assert.Equal(SyncScope.RightsOf(Key([two, one])), SyncScope.RightsOf(Key([one, two])));

        static Caller Key(Guid[]? sections) =>
            new()
            {
                Id = Guid.Empty,
                Name = "app",
                Role = Role.Reader,
                SectionIds = sections,
            };
    }

    private static SyncCursors Cursors(string key, Guid? feed = null)
    {
        var cursors = new Cursors();
        cursors.UseKey(key);
        var sync = new SyncCursors(cursors);
        sync.UseFeed(feed ?? Feed);
        return sync;
    }
}
