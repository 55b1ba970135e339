using System.Collections;
using Cms.Client.Sqlite;
using Cms.Client.Sync;
using Cms.Client.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Cms.Client.Tests;

/// <summary>What the sync engine relies on, for each store.</summary>
public sealed class StoreTests : IDisposable
{
    private readonly Stores _stores = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _stores.Dispose();

    private static StoreChange Put(int number, string json = "{}", EntityType type = EntityType.Article) =>
        new()
        {
            Type = type,
            Id = FakeNewsroom.Id(type, number),
            Row = new StoreRow
            {
                Type = type,
                Id = FakeNewsroom.Id(type, number),
                Slug = $"slug-{number}",
                Section = type == EntityType.Article ? FakeNewsroom.Id(EntityType.Section, number % 3) : null,
                // Two by two the same, so that ids have to decide.
                SortKey = $"{number / 2:D4}",
                Json = json,
            },
        };

    private static StoreChange Remove(int number) =>
        new() { Type = EntityType.Article, Id = FakeNewsroom.Id(EntityType.Article, number) };

    private static StorePage Page(
        string? after,
        string cursor,
        bool completes,
        params StoreChange[] changes
    ) =>
        new()
        {
            Scope = "s",
            After = after,
            Cursor = cursor,
            ETag = $"\"{cursor}\"",
            Completes = completes,
            Changes = changes,
        };

    private static async Task<string[]> JsonAsync(ILocalStore store) =>
        [.. (await FakeNewsroom.HeldAsync(store)).Values];

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task A_new_store_holds_nothing(string kind)
    {
        var store = _stores.Open(kind);

        Assert.Null(await store.ReadPositionAsync(Ct));
        Assert.Empty(await JsonAsync(store));
        Assert.False(await store.ApplyAsync(Page(null, "1", true, Put(1)), Ct));
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task A_first_copy_can_be_read_while_it_comes(string kind)
    {
        var store = _stores.Open(kind);
        await store.BeginAsync("s", Ct);

        Assert.True(await store.ApplyAsync(Page(null, "1", false, Put(1, "one")), Ct));

        Assert.Equal(["one"], await JsonAsync(store));
        Assert.Equal(
            new StorePosition
            {
                Scope = "s",
                Cursor = "1",
                ETag = "\"1\"",
                IsComplete = false,
                IsVisible = true,
            },
            await store.ReadPositionAsync(Ct)
        );
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task A_page_is_put_in_in_its_order(string kind)
    {
        var store = _stores.Open(kind);
        await store.BeginAsync("s", Ct);

        await store.ApplyAsync(
            Page(null, "1", true, Put(1, "old"), Put(2, "two"), Put(1, "new"), Remove(2), Remove(3)),
            Ct
        );

        Assert.Equal(["new"], await JsonAsync(store));
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task A_complete_copy_is_read_until_the_next_one_is_complete(string kind)
    {
        var store = _stores.Open(kind);
        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(Page(null, "1", true, Put(1, "old"), Put(2, "gone")), Ct);

        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(Page(null, "2", false, Put(1, "new")), Ct);
        Assert.Equal(["old", "gone"], await JsonAsync(store));
        var loading = await store.ReadPositionAsync(Ct);
        Assert.Equal(("2", false, false), (loading!.Cursor, loading.IsComplete, loading.IsVisible));
        await store.ApplyAsync(Page("2", "3", true, Put(3, "newer")), Ct);

        Assert.Equal(["new", "newer"], await JsonAsync(store));
        var complete = await store.ReadPositionAsync(Ct);
        Assert.Equal(("3", true, true), (complete!.Cursor, complete.IsComplete, complete.IsVisible));
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task To_begin_again_drops_what_was_not_complete(string kind)
    {
        var store = _stores.Open(kind);
        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(Page(null, "1", false, Put(1)), Ct);

        await store.BeginAsync("other", Ct);

        Assert.Empty(await JsonAsync(store));
        Assert.Equal("other", (await store.ReadPositionAsync(Ct))!.Scope);
        Assert.Null((await store.ReadPositionAsync(Ct))!.Cursor);
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task A_page_that_does_not_follow_is_not_put_in(string kind)
    {
        var store = _stores.Open(kind);
        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(Page(null, "1", true, Put(1, "one")), Ct);

        Assert.False(await store.ApplyAsync(Page(null, "9", true, Put(2)), Ct));
        Assert.False(await store.ApplyAsync(Page("2", "9", true, Put(2)), Ct));
        Assert.False(await store.ApplyAsync(Page("1", "9", true, Put(2)) with { Scope = "other" }, Ct));

        Assert.Equal(["one"], await JsonAsync(store));
        Assert.Equal("1", (await store.ReadPositionAsync(Ct))!.Cursor);
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task A_page_that_breaks_off_leaves_nothing_behind(string kind)
    {
        var store = _stores.Open(kind);
        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(Page(null, "1", true, Put(1, "one")), Ct);
        await store.BeginAsync("s", Ct);

        await Assert.ThrowsAsync<IOException>(() =>
            store.ApplyAsync(
                Page(null, "2", true) with
                {
                    Changes = new BreaksOff([Put(1, "new"), Put(2, "two")]),
                },
                Ct
            )
        );

        Assert.Equal(["one"], await JsonAsync(store));
        var position = await store.ReadPositionAsync(Ct);
        Assert.Equal((null, false), (position!.Cursor, position.IsComplete));
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task Everything_can_be_dropped(string kind)
    {
        var store = _stores.Open(kind);
        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(Page(null, "1", true, Put(1)), Ct);

        await store.ClearAsync(Ct);

        Assert.Null(await store.ReadPositionAsync(Ct));
        Assert.Empty(await JsonAsync(store));
    }

    [Fact]
    public async Task Of_what_was_cleared_nothing_is_left_in_the_file()
    {
        var secret = new string('Q', 6_000);
        var store = _stores.Open(Stores.Sqlite);
        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(Page(null, "1", true, Put(1, secret)), Ct);
        await store.ApplyAsync(Page("1", "2", true, Put(1), Put(2, secret)), Ct);
        Assert.True(Holds());

        await store.ClearAsync(Ct);

        Assert.False(Holds());

        bool Holds() =>
            Directory
                .EnumerateFiles(Path.GetDirectoryName(_stores.File)!)
                .Any(file => File.ReadAllText(file).Contains("QQQQQQQQ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Stores.Memory, false)]
    [InlineData(Stores.Memory, true)]
    [InlineData(Stores.Sqlite, false)]
    [InlineData(Stores.Sqlite, true)]
    public async Task A_list_is_walked_in_its_order_page_by_page(string kind, bool descending)
    {
        var store = _stores.Open(kind);
        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(
            Page(
                null,
                "1",
                true,
                [.. Enumerable.Range(0, 50).Reverse().Select(n => Put(n)), Put(1, type: EntityType.Tag)]
            ),
            Ct
        );

        foreach (
            var sections in new[]
            {
                null,
                new[] { FakeNewsroom.Id(EntityType.Section, 1), FakeNewsroom.Id(EntityType.Section, 2) },
            }
        )
        {
            var walked = new List<StoreRow>();
            IReadOnlyList<StoreRow> page;
            do
            {
                page = await store.ListAsync(
                    new StoreQuery
                    {
                        Type = EntityType.Article,
                        Sections = sections,
                        Descending = descending,
                        After = walked.LastOrDefault(),
                        Take = 7,
                    },
                    Ct
                );
                walked.AddRange(page);
            } while (page.Count > 0);

            var numbers = Enumerable.Range(0, 50).Where(n => sections is null || n % 3 != 0);
            Assert.Equal((descending ? numbers.Reverse() : numbers).Select(n => Put(n).Row), walked);
        }
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task Things_are_found_by_id_and_by_slug(string kind)
    {
        var store = _stores.Open(kind);
        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(Page(null, "1", true, Put(1), Put(2), Put(1, type: EntityType.Tag)), Ct);
        Guid Id(int number) => FakeNewsroom.Id(EntityType.Article, number);

        Assert.Equal(
            [Put(1).Row, Put(2).Row],
            (await store.FindAsync(EntityType.Article, [Id(2), Id(9), Id(1), Id(2)], Ct)).OrderBy(r => r.Slug)
        );
        Assert.Empty(await store.FindAsync(EntityType.Tag, [Id(1)], Ct));
        Assert.Equal(Put(2).Row, await store.FindBySlugAsync(EntityType.Article, "slug-2", Ct));
        Assert.Null(await store.FindBySlugAsync(EntityType.Article, "slug-9", Ct));
        Assert.Null(await store.FindBySlugAsync(EntityType.Tag, "slug-2", Ct));
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task Two_that_swap_their_slugs_are_each_found_by_the_new_one(string kind)
    {
        var store = _stores.Open(kind);
        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(Page(null, "1", true, Put(1), Put(2)), Ct);
        StoreChange Slug(int number, string slug) =>
            Put(number) with
            {
                Row = Put(number).Row! with { Slug = slug },
            };

        await store.ApplyAsync(Page("1", "2", true, Slug(1, "slug-2"), Slug(2, "slug-1")), Ct);
        Assert.Equal(Put(1).Id, (await store.FindBySlugAsync(EntityType.Article, "slug-2", Ct))!.Id);
        Assert.Equal(Put(2).Id, (await store.FindBySlugAsync(EntityType.Article, "slug-1", Ct))!.Id);

        await store.ApplyAsync(Page("2", "3", true, Remove(1)), Ct);
        Assert.Null(await store.FindBySlugAsync(EntityType.Article, "slug-2", Ct));
    }

    [Fact]
    public async Task A_file_is_found_again_as_it_was()
    {
        using (var store = new SqliteStore(_stores.File))
        {
            await store.BeginAsync("s", Ct);
            await store.ApplyAsync(Page(null, "1", true, Put(1, "one")), Ct);
        }

        var again = _stores.Open(Stores.Sqlite);

        Assert.Equal(["one"], await JsonAsync(again));
        Assert.Equal("1", (await again.ReadPositionAsync(Ct))!.Cursor);
    }

    [Fact]
    public async Task A_file_of_something_else_is_left_alone()
    {
        Execute("create table notes (text text); insert into notes values ('mine')");
        var store = _stores.Open(Stores.Sqlite);

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.ReadPositionAsync(Ct));

        Assert.Equal("mine", Execute("select text from notes"));
    }

    [Fact]
    public async Task A_file_of_a_later_version_is_refused()
    {
        using (var store = new SqliteStore(_stores.File))
            await store.BeginAsync("s", Ct);
        Execute("pragma user_version = 99");

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            _stores.Open(Stores.Sqlite).ReadPositionAsync(Ct)
        );
    }

    [Fact]
    public async Task Readers_are_not_held_up_by_a_write_and_see_it_whole_or_not_at_all()
    {
        var store = _stores.Open(Stores.Sqlite);
        await store.BeginAsync("s", Ct);
        await store.ApplyAsync(Page(null, "1", true, Put(1, "one")), Ct);
        string[] meanwhile = [];

        await store.ApplyAsync(
            Page("1", "2", true) with
            {
                // In the middle of the transaction.
                Changes = new Interrupted(
                    [Put(1, "new"), Put(2, "two")],
                    () => meanwhile = JsonAsync(store).GetAwaiter().GetResult()
                ),
            },
            Ct
        );

        Assert.Equal(["one"], meanwhile);
        Assert.Equal(["new", "two"], await JsonAsync(store));
    }

    private string? Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_stores.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar()?.ToString();
    }

    /// <summary>Changes that are interrupted after the first of them.</summary>
    private sealed class Interrupted(IReadOnlyList<StoreChange> changes, Action interrupt)
        : IReadOnlyList<StoreChange>
    {
        public int Count => changes.Count;
        public StoreChange this[int index] => changes[index];

        public IEnumerator<StoreChange> GetEnumerator()
        {
            for (var i = 0; i < changes.Count; i++)
            {
                if (i == 1)
                    interrupt();
                yield return changes[i];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>Changes that cannot be read to their end.</summary>
internal sealed class BreaksOff(IReadOnlyList<StoreChange> changes) : IReadOnlyList<StoreChange>
{
    public int Count => changes.Count;
    public StoreChange this[int index] => changes[index];

    public IEnumerator<StoreChange> GetEnumerator()
    {
        foreach (var change in changes.Take(Math.Max(1, changes.Count - 1)))
            yield return change;
        throw new IOException("The disk is full.");
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
