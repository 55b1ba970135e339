using System.Net;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;
using Npgsql;

namespace Cms.ProcessTests.Sync;

/// <summary>
/// Transactions that are held open at the worst of moments: what others commit in the meantime is seen, and what was
/// held is not skipped.
/// </summary>
public sealed class HeldTransactionTests(HeldTransactionTests.OneServer server)
    : IClassFixture<HeldTransactionTests.OneServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly Random _dice = new(20_261_125);
    private readonly string _database = server.Database;
    private readonly Nodes _nodes = server.Nodes;
    private readonly HttpClient _desk = server.Nodes.At(0, server.Nodes.Editor);

    [Fact]
    public async Task A_publication_that_stands_still_with_its_numbers_taken_is_not_overtaken()
    {
        var section = await MakeAsync("sections", "Section");
        var (slow, quick) = (await PublishedAsync(section), await PublishedAsync(section));
        var clients = await ClientsAsync(section);
        await using var hold = await HoldAsync("select from changes where entity_id = @id for update", slow);
        var first = ChangeAsync(slow, "Slow");
        await WaitsAsync("transactionid");
        var second = ChangeAsync(quick, "Quick");
        await Wait.UntilAsync(
            "the second, which is through or waits",
            async () => second.IsCompleted || await IsWaitingAsync("advisory")
        );
        await SyncAsync(clients);
        var overtook = second.IsCompleted;
        await hold.ReleaseAsync();
        await Task.WhenAll(first, second);

        await ConvergesAsync(clients);
        Assert.False(overtook, "A later number was committed before an earlier one.");
    }

    [Fact]
    public async Task A_publication_that_is_held_open_before_its_numbers_holds_nobody_up_and_is_not_skipped()
    {
        var section = await MakeAsync("sections", "Section");
        var image = (string)(await _desk.UploadedAsync(Pictures.Png()))["id"]!;
        var (slow, quick) = (await PublishedAsync(section), await PublishedAsync(section));
        var clients = await ClientsAsync(section);
        await SaveAsync(
            slow,
            new JsonObject
            {
                ["headline"] = "Slow",
                ["body"] = new JsonObject { ["markdown"] = $"Text.\n\n![](/media/{image}/original)" },
            }
        );
        // The last but one of its statements says which images it has; they must be there.
        await using var hold = await HoldAsync("select from images where id = @id for update", image);
        var first = PublishAsync(slow);
        await WaitsAsync("transactionid");
        for (var n = 0; n < 3; n++)
        {
            await ChangeAsync(quick, $"Quick {n}");
            await SyncAsync(clients);
            foreach (var client in clients)
                Assert.Equal($"Quick {n}", (string)client.Copy["article"][quick]["headline"]!);
        }
        Assert.False(first.IsCompleted);
        await hold.ReleaseAsync();
        await first;

        await ConvergesAsync(clients);
        foreach (var client in clients)
            Assert.Equal("Slow", (string)client.Copy["article"][slow]["headline"]!);
    }

    [Fact]
    public async Task An_article_that_is_withdrawn_while_its_section_moves_leaves_both_places()
    {
        var (from, to) = (await MakeAsync("sections", "From"), await MakeAsync("sections", "To"));
        var section = await MakeAsync("sections", "Moving", new JsonObject { ["parent"] = from });
        var article = await PublishedAsync(section);
        await PublishedAsync(to);
        var clients = await ClientsAsync(from, to);
        // The move is done, but for its numbers; and so it cannot commit.
        await using var hold = await HoldAsync(
            "select pg_advisory_xact_lock(hashtextextended('cms:changes', 0)), @id::text"
        );
        var move = _desk.PatchAsync(
            $"/v1/editorial/sections/{section}",
            new JsonObject { ["parent"] = to },
            revision: 1
        );
        await WaitsAsync("advisory");
        var withdrawal = _desk.PostAsync(
            $"/v1/editorial/articles/{article}/unpublish",
            expected: HttpStatusCode.OK
        );
        await Wait.UntilAsync("both of them waiting", async () => await WaitingAsync() == 2);
        await hold.ReleaseAsync();
        await Task.WhenAll(move, withdrawal);

        await ConvergesAsync(clients);
        await ConvergesAsync(await ClientsAsync(from, to));
    }

    /// <summary>In step with the whole, and with each of these sections.</summary>
    private async Task<SyncClient[]> ClientsAsync(params string[] sections)
    {
        SyncClient[] clients =
        [
            new(new Habits("everything") { HasKey = true }, _nodes, new ActClock(0), _dice),
            .. sections.Select(s => new SyncClient(
                new Habits("a section") { Sections = [s], HasKey = true },
                _nodes,
                new ActClock(0),
                _dice
            )),
        ];
        await SyncAsync(clients);
        return clients;
    }

    private static async Task SyncAsync(SyncClient[] clients)
    {
        foreach (var client in clients)
            await client.SyncAsync(mayDie: false);
    }

    private async Task ConvergesAsync(SyncClient[] clients)
    {
        await SyncAsync(clients);
        var delivered = await Delivered.ReadAsync(_nodes.At(0, null), _nodes.At(0, _nodes.Reader));
        foreach (var client in clients)
            Assert.Empty(await delivered.DifferencesAsync(client.Habits, client.Copy));
    }

    private async Task<string> MakeAsync(string kind, string name, JsonObject? input = null)
    {
        input ??= [];
        input["name"] = name;
        return (string)(await _desk.PostAsync($"/v1/editorial/{kind}", input))["id"]!;
    }

    private async Task<string> PublishedAsync(string section)
    {
        var article = await _desk.PostAsync(
            "/v1/editorial/articles",
            new JsonObject
            {
                ["headline"] = "Headline",
                ["section"] = section,
                ["authors"] = new JsonArray(await MakeAsync("authors", "Author")),
                ["tags"] = new JsonArray("Tag"),
                ["body"] = new JsonObject { ["markdown"] = "Text." },
            }
        );
        var id = (string)article["id"]!;
        await PublishAsync(id);
        return id;
    }

    private async Task<JsonObject> SaveAsync(string article, JsonObject patch)
    {
        var url = $"/v1/editorial/articles/{article}";
        var now = await _desk.GetJsonAsync(url);
        return await _desk.PatchAsync(url, patch, (int)now["revision"]!);
    }

    private async Task ChangeAsync(string article, string headline)
    {
        await SaveAsync(article, new JsonObject { ["headline"] = headline });
        await PublishAsync(article);
    }

    private Task<JsonObject> PublishAsync(string article) =>
        _desk.PostAsync($"/v1/editorial/articles/{article}/publish", expected: HttpStatusCode.OK);

    private Task WaitsAsync(string kind) =>
        Wait.UntilAsync($"one that waits for a {kind}", () => IsWaitingAsync(kind));

    private Task<bool> IsWaitingAsync(string kind) =>
        Sql.ScalarAsync<bool>(
            _database,
            $"""
            select exists (select from pg_locks l join pg_stat_activity a using (pid)
                where a.datname = current_database() and not l.granted and l.locktype = '{kind}')
            """
        );

    private Task<long> WaitingAsync() =>
        Sql.ScalarAsync<long>(
            _database,
            """
            select count(distinct pid) from pg_locks l join pg_stat_activity a using (pid)
            where a.datname = current_database() and not l.granted
            """
        );

    private async Task<Hold> HoldAsync(string sql, string id = "00000000-0000-0000-0000-000000000000")
    {
        var connection = await Sql.OpenAsync(_database);
        var transaction = await connection.BeginTransactionAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.AddWithValue("id", Guid.Parse(id));
        await command.ExecuteNonQueryAsync(Ct);
        return new(connection, transaction);
    }

    /// <summary>A transaction that has what others want.</summary>
    private sealed record Hold(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public Task ReleaseAsync() => Transaction.RollbackAsync(Ct);

        public ValueTask DisposeAsync() => Connection.DisposeAsync();
    }

    /// <summary>A server whose database nobody else uses: it is held here.</summary>
    public sealed class OneServer(Newsrooms newsrooms) : IAsyncLifetime
    {
        private OwnPostgres _postgres = null!;

        internal string Database => _postgres.Newsroom;
        internal Nodes Nodes { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _postgres = await newsrooms.OwnAsync();
            Nodes = await Nodes.StartAsync(Database, newsrooms.NewData(), count: 1, _postgres.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await Nodes.DisposeAsync();
            await _postgres.DisposeAsync();
        }
    }
}
