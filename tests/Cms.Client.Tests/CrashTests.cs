using System.Diagnostics;
using System.Globalization;
using Cms.Client.Sync;
using Cms.Client.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;

namespace Cms.Client.Tests;

/// <summary>An app that dies at the worst moment finds its copy whole, and its cursor where the copy is.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private readonly Stores _stores = new();
    private readonly FakeNewsroom _newsroom = new();
    private FakeServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _server = await FakeServer.StartAsync((RequestDelegate)AnswerAsync);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _stores.Dispose();
    }

    private Func<HttpContext, Task>? _before;

    private async Task AnswerAsync(HttpContext context)
    {
        if (_before is { } before)
            await before(context);
        await _newsroom.AnswerAsync(context);
    }

    /// <summary>Dies at each step of a sync in turn, and begins again, until it gets to the end.</summary>
    [Theory]
    [InlineData(Stores.Memory, false)]
    [InlineData(Stores.Memory, true)]
    [InlineData(Stores.Sqlite, false)]
    [InlineData(Stores.Sqlite, true)]
    public async Task A_sync_that_dies_at_every_step_gets_to_the_end(string kind, bool expired)
    {
        for (var i = 0; i < 12; i++)
            _newsroom.Churn(i);
        var inner = _stores.Open(kind);
        var visible = _newsroom.Expected("d0");
        if (expired)
        {
            await SyncAsync(inner);
            visible = _newsroom.Expected();
            for (var i = 12; i < 24; i++)
                _newsroom.Churn(i);
            _newsroom.Expire();
        }

        var deaths = 0;
        for (var done = false; !done; )
        {
            var store = new Dying(inner);
            try
            {
                // The store dies at a later step each time; it must get on nevertheless.
                store.LivesFor = deaths % 9;
                await SyncAsync(store);
                done = true;
            }
            catch (IOException)
            {
                deaths++;
                Assert.True(deaths < 500, "It does not get on.");
            }
            await AssertWholeAsync(inner, expired && !done ? visible : null);
        }

        Assert.True(deaths > 5, $"It died {deaths} times only.");
        Assert.Equal(_newsroom.Expected(), await FakeNewsroom.HeldAsync(inner));

        async Task SyncAsync(ILocalStore store)
        {
            using var client = _server.Client(maxRetries: 0);
            await new SyncEngine(client, store, new SyncOptions { PageSize = 3 }).SyncOnceAsync(Ct);
        }
    }

    /// <summary>What readers see is what the newsroom was at the copy's cursor.</summary>
    private async Task AssertWholeAsync(ILocalStore store, SortedDictionary<string, string>? before)
    {
        var position = await store.ReadPositionAsync(Ct);
        var held = await FakeNewsroom.HeldAsync(store);
        if (position is { IsVisible: false } && before is not null)
            Assert.Equal(before, held);
        else if (position is { IsVisible: true })
            Assert.Equal(_newsroom.Expected(position.Cursor), held);
    }

    [Fact]
    public async Task An_app_that_is_killed_at_any_moment_finds_its_copy_whole()
    {
        // Each answer brings new changes, so that there is always something to write; now and then all is to be loaded
        // anew.
        var answers = 0;
        var kill = new TaskCompletionSource();
        var killAt = 0;
        for (var i = 0; i < 30; i++)
            _newsroom.Churn(i);
        _before = context =>
        {
            var number = Interlocked.Increment(ref answers);
            for (var i = 0; i < 3; i++)
                _newsroom.Churn(_newsroom.Length);
            if (number % 40 == 0)
                _newsroom.Expire();
            if (number == killAt)
                context.Response.OnCompleted(() =>
                {
                    kill.TrySetResult();
                    return Task.CompletedTask;
                });
            return Task.CompletedTask;
        };
        var dice = new Random(7);
        var lastPlace = 0;

        for (var round = 0; round < 15; round++)
        {
            kill = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            killAt = Volatile.Read(ref answers) + dice.Next(2, 60);
            using var app = Start();
            await Task.WhenAny(kill.Task, app.WaitForExitAsync(Ct));
            // Somewhere between the answer and what the app does with it.
            Thread.SpinWait(dice.Next(1, 2_000_000));
            Assert.False(app.HasExited, "The app ended by itself.");
            app.Kill();
            await app.WaitForExitAsync(Ct);

            foreach (var (cursor, complete, held) in Copies())
            {
                Assert.Equal(_newsroom.Expected(cursor), held);
                if (!complete)
                    continue;
                var place = int.Parse(cursor!.AsSpan(1), CultureInfo.InvariantCulture);
                Assert.True(place >= lastPlace, $"It went back from {lastPlace} to {place}.");
                lastPlace = place;
            }
        }

        Assert.True(lastPlace > 0);
        _before = null;
        var store = _stores.Open(Stores.Sqlite);
        using var client = _server.Client(maxRetries: 0);
        await new SyncEngine(client, store, new SyncOptions { PageSize = 5 }).SyncOnceAsync(Ct);
        Assert.Equal(_newsroom.Expected(), await FakeNewsroom.HeldAsync(store));
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { SyncingApp.Switch, _server.Address.ToString(), _stores.File },
        };
        return Process.Start(start)!;
    }

    /// <summary>Every copy in the file, also the one that readers do not see.</summary>
    private List<(string? Cursor, bool Complete, SortedDictionary<string, string> Held)> Copies()
    {
        var copies = new List<(string?, bool, SortedDictionary<string, string>)>();
        if (!File.Exists(_stores.File))
            return copies;
        using var connection = new SqliteConnection($"Data Source={_stores.File};Pooling=False");
        connection.Open();
        using var check = connection.CreateCommand();
        check.CommandText = "pragma integrity_check";
        Assert.Equal("ok", check.ExecuteScalar());
        using var tables = connection.CreateCommand();
        tables.CommandText = "select count(*) from sqlite_schema where name = 'copies'";
        if ((long)tables.ExecuteScalar()! == 0)
            return copies;
        using var read = connection.CreateCommand();
        read.CommandText = """
            select c.cursor, c.complete, r.type, r.id, r.json, c.number from copies c
                left join rows r on r.copy = c.number order by c.number
            """;
        using var reader = read.ExecuteReader();
        var last = 0L;
        while (reader.Read())
        {
            if (reader.GetInt64(5) != last)
            {
                last = reader.GetInt64(5);
                copies.Add(
                    (
                        reader.IsDBNull(0) ? null : reader.GetString(0),
                        reader.GetBoolean(1),
                        new SortedDictionary<string, string>(StringComparer.Ordinal)
                    )
                );
            }
            if (!reader.IsDBNull(2))
                copies[^1].Item3[$"{EntityTypes.Find(reader.GetString(2))} {reader.GetString(3)}"] =
                    reader.GetString(4);
        }
        return copies;
    }

    /// <summary>
    /// A store whose process dies at one of its steps: before a write, in the middle of it, or after it and before
    /// anybody knows.
    /// </summary>
    private sealed class Dying(ILocalStore inner) : ILocalStore
    {
        public int LivesFor { get; set; }

        private void Live()
        {
            if (LivesFor-- == 0)
                throw new IOException("Killed.");
        }

        public async Task<StorePosition?> ReadPositionAsync(CancellationToken cancellationToken)
        {
            Live();
            return await inner.ReadPositionAsync(cancellationToken);
        }

        public async Task BeginAsync(string scope, CancellationToken cancellationToken)
        {
            Live();
            await inner.BeginAsync(scope, cancellationToken);
            Live();
        }

        public async Task<bool> ApplyAsync(StorePage page, CancellationToken cancellationToken)
        {
            Live();
            if (LivesFor-- == 0)
                return await inner.ApplyAsync(
                    page with
                    {
                        Changes = new BreaksOff(page.Changes),
                    },
                    cancellationToken
                );
            var applied = await inner.ApplyAsync(page, cancellationToken);
            Live();
            return applied;
        }

        public Task ClearAsync(CancellationToken cancellationToken) => inner.ClearAsync(cancellationToken);

        public Task<IReadOnlyList<StoreRow>> FindAsync(
            EntityType type,
            IReadOnlyCollection<Guid> ids,
            CancellationToken cancellationToken
        ) => inner.FindAsync(type, ids, cancellationToken);

        public Task<StoreRow?> FindBySlugAsync(
            EntityType type,
            string slug,
            CancellationToken cancellationToken
        ) => inner.FindBySlugAsync(type, slug, cancellationToken);

        public Task<IReadOnlyList<StoreRow>> ListAsync(
            StoreQuery query,
            CancellationToken cancellationToken
        ) => inner.ListAsync(query, cancellationToken);
    }
}
