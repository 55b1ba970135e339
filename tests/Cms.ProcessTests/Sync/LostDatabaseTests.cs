using System.Diagnostics;
using Cms.ProcessTests.Support;
using Npgsql;

namespace Cms.ProcessTests.Sync;

/// <summary>
/// Databases that are restored, set back, or promoted with the last transactions missing: a cursor from what was lost
/// is refused, also when the numbers have come as far again; one from before goes on, without a gap.
/// </summary>
public sealed class LostDatabaseTests(Newsrooms newsrooms)
{
    private const int Acts = 10;

    private static readonly Habits Whole = new("everything") { Body = "html", HasKey = true };

    private readonly Random _dice = new(20_261_124);
    private readonly World _world = new();

    [Fact]
    public async Task A_database_that_is_set_back_refuses_the_cursors_of_what_was_lost()
    {
        await using var postgres = await newsrooms.OwnAsync();
        var database = postgres.Newsroom;
        await using var nodes = await Nodes.StartAsync(
            database,
            newsrooms.NewData(),
            count: 2,
            postgres.Token
        );
        await OpenAsync(nodes);
        var before = await ClientsAsync(nodes);

        await postgres.StopAsync();
        var copy = newsrooms.NewData();
        await Folders.CopyAsync(postgres.Data, copy);
        await postgres.StartAsync();
        await nodes.AllReadyAsync();
        await ActAsync(nodes);
        var lost = await ClientsAsync(nodes);
        var end = await HeadAsync(database);

        // The servers go on over the exchange, and find another database behind the same address.
        await postgres.StopAsync();
        Directory.Delete(postgres.Data, recursive: true);
        await Folders.CopyAsync(copy, postgres.Data);
        await postgres.StartAsync();
        await nodes.AllReadyAsync();

        await IsRefusedAsync(nodes, lost[0]);
        await ReachAsync(nodes, database, end);
        await IsRefusedAsync(nodes, lost[1]);
        await GoesOnAsync(nodes, before[0]);

        await RestartAsync(nodes);
        await IsRefusedAsync(nodes, lost[2]);
        await GoesOnAsync(nodes, before[1]);
    }

    [Fact]
    public async Task A_database_that_is_restored_in_place_of_another_refuses_the_cursors_of_what_was_lost()
    {
        Depth.IsDeep();
        await using var postgres = await newsrooms.OwnAsync();
        var database = postgres.Newsroom;
        await using var nodes = await Nodes.StartAsync(
            database,
            newsrooms.NewData(),
            count: 1,
            postgres.Token
        );
        await OpenAsync(nodes);
        var before = await ClientsAsync(nodes);

        await Newsrooms.CreateDatabaseAsync(postgres.Server, "restored");
        await CopyAsync(postgres, database, postgres.Database("restored"));
        await ActAsync(nodes);
        var lost = await ClientsAsync(nodes);
        var end = await HeadAsync(database);

        await Sql.ExecuteAsync(
            postgres.Server,
            """
            alter database newsroom allow_connections false;
            select pg_terminate_backend(pid) from pg_stat_activity where datname = 'newsroom';
            """
        );
        await Wait.UntilAsync(
            "the last of its sessions",
            async () =>
                await Sql.ScalarAsync<long>(
                    postgres.Server,
                    "select count(*) from pg_stat_activity where datname = 'newsroom'"
                ) == 0
        );
        await Sql.ExecuteAsync(postgres.Server, "alter database newsroom rename to gone");
        await Sql.ExecuteAsync(postgres.Server, "alter database restored rename to newsroom");
        await nodes.AllReadyAsync();

        await IsRefusedAsync(nodes, lost[0]);
        await ReachAsync(nodes, database, end);
        await IsRefusedAsync(nodes, lost[1]);
        await GoesOnAsync(nodes, before[0]);
        await GoesOnAsync(nodes, before[1]);
    }

    [Fact]
    public async Task A_database_that_is_restored_over_itself_refuses_the_cursors_of_what_was_lost()
    {
        Depth.IsDeep();
        await using var postgres = await newsrooms.OwnAsync();
        var database = postgres.Newsroom;
        await using var nodes = await Nodes.StartAsync(
            database,
            newsrooms.NewData(),
            count: 1,
            postgres.Token
        );
        await OpenAsync(nodes);
        var before = await ClientsAsync(nodes);

        var dump = await DumpAsync(postgres, database);
        await ActAsync(nodes);
        var lost = await ClientsAsync(nodes);
        var end = await HeadAsync(database);

        // The same database of the same server process, and no session is lost over it.
        await RestoreAsync(postgres, dump, database, "--clean", "--if-exists", "--single-transaction");

        // Nothing breaks that would tell the node of it at once.
        await Wait.UntilAsync("the refusal", () => lost[0].HasExpiredAsync(nodes.At(0, nodes.Reader)));
        await IsRefusedAsync(nodes, lost[0]);
        await ReachAsync(nodes, database, end);
        await IsRefusedAsync(nodes, lost[1]);
        await GoesOnAsync(nodes, before[0]);
        await GoesOnAsync(nodes, before[1]);
    }

    [Fact]
    public async Task A_database_that_is_restored_on_another_server_refuses_the_cursors_of_what_was_lost()
    {
        await using var postgres = await newsrooms.OwnAsync();
        var database = postgres.Newsroom;
        var media = newsrooms.NewData();
        await using var nodes = await Nodes.StartAsync(database, media, count: 1, postgres.Token);
        await OpenAsync(nodes);
        var before = await ClientsAsync(nodes);

        await using var other = new OwnPostgres(newsrooms.NewData());
        await other.StartAsync();
        var restored = await Newsrooms.CreateDatabaseAsync(other.Server, "newsroom");
        await CopyAsync(postgres, database, restored);
        await ActAsync(nodes);
        var lost = await ClientsAsync(nodes);
        var end = await HeadAsync(database);

        await using var there = await Nodes.ServeAsync(restored, media, count: 1, keysOf: nodes);
        await IsRefusedAsync(there, lost[0]);
        await ReachAsync(there, restored, end);
        await IsRefusedAsync(there, lost[1]);
        await GoesOnAsync(there, before[0]);
        // And where nothing was lost, nothing is refused.
        await GoesOnAsync(nodes, lost[2].At(nodes));
    }

    [Fact]
    public async Task A_standby_that_is_promoted_refuses_the_cursors_of_what_never_arrived()
    {
        await using var primary = await newsrooms.OwnAsync(loopback: true);
        await using var standby = await Standby.OfAsync(primary, newsrooms.NewData());
        var database = primary.Newsroom;
        var copy = standby.Newsroom;

        var media = newsrooms.NewData();
        await using var nodes = await Nodes.StartAsync(database, media, count: 1, primary.Token);
        await OpenAsync(nodes);
        var before = await ClientsAsync(nodes);
        var arrived = await HeadAsync(database);
        await Wait.UntilAsync("the standby", async () => await HeadAsync(copy) == arrived);

        await Sql.ExecuteAsync(standby.Server, "alter system reset primary_conninfo");
        await Sql.ExecuteAsync(standby.Server, "select pg_reload_conf()");
        await Wait.UntilAsync(
            "the end of its stream",
            async () =>
                await Sql.ScalarAsync<long>(primary.Server, "select count(*) from pg_stat_replication") == 0
        );
        await ActAsync(nodes);
        var lost = await ClientsAsync(nodes);
        var end = await HeadAsync(database);
        Assert.Equal(arrived, await HeadAsync(copy));
        await primary.KillAsync();

        await Sql.ExecuteAsync(standby.Server, "select pg_promote()");
        await using var there = await Nodes.ServeAsync(copy, media, count: 1, keysOf: nodes);
        await IsRefusedAsync(there, lost[0]);
        await ReachAsync(there, copy, end);
        await IsRefusedAsync(there, lost[1]);
        await GoesOnAsync(there, before[0]);
        await GoesOnAsync(there, before[1]);
    }

    [Fact]
    public async Task Another_newsroom_and_a_server_that_has_forgotten_refuse_the_cursor()
    {
        Depth.IsDeep();
        await using var postgres = await newsrooms.OwnAsync();
        var database = postgres.Newsroom;
        await using var nodes = await Nodes.StartAsync(
            database,
            newsrooms.NewData(),
            count: 1,
            postgres.Token
        );
        await OpenAsync(nodes);
        var before = await ClientsAsync(nodes);
        var began = new SyncClient(Whole with { Limit = 7 }, nodes, new ActClock(0), _dice);
        await began.BeginAsync();
        await ActAsync(nodes);
        var after = await ClientsAsync(nodes);

        await Newsrooms.CreateDatabaseAsync(postgres.Server, "others");
        await using (
            var others = await Nodes.StartAsync(postgres.Database("others"), newsrooms.NewData(), count: 1)
        )
        {
            var stranger = new SyncClient(Whole, others, new ActClock(0), _dice);
            await stranger.SyncAsync(mayDie: false);
            await before[0].At(others).StartAgainAsync(others.At(0, others.Reader));
            // It was told where anybody starts: the others do not know what it had wanted.
            await stranger.At(nodes).StartAgainAsync(nodes.At(0, nodes.Reader));
        }

        await nodes.KillAsync(0);
        await nodes.StartAsync(0, ("Cms__DeletionDays", "0"));
        await Wait.UntilAsync(
            "what is forgotten",
            async () => await Sql.ScalarAsync<long>(database, "select forgotten_through from change_feed") > 0
        );
        await IsRefusedAsync(nodes, before[1]);
        await IsRefusedAsync(nodes, began);
        await ActAsync(nodes);
        await GoesOnAsync(nodes, after[0]);
    }

    private Writers WritersOf(Nodes nodes, ActClock clock) =>
        new()
        {
            World = _world,
            Nodes = nodes,
            Clock = clock,
            MostArticles = 30,
            Outages = false,
        };

    private async Task OpenAsync(Nodes nodes)
    {
        var clock = new ActClock(Acts);
        await WritersOf(nodes, clock).OpenAsync(_dice, sections: 3, authors: 3, images: 3, articles: 0);
        await ActAsync(nodes);
    }

    private async Task ActAsync(Nodes nodes)
    {
        await WritersOf(nodes, new ActClock(Acts)).WorkAsync(_dice, isAdmin: true);
        await nodes.SettleAsync();
    }

    /// <summary>Works until there are as many numbers as there once were, and more.</summary>
    private async Task ReachAsync(Nodes nodes, string database, long head)
    {
        do await ActAsync(nodes);
        while (await HeadAsync(database) <= head);
    }

    private static Task<long> HeadAsync(string database) =>
        Sql.ScalarAsync<long>(database, "select head from change_feed");

    /// <summary>Three that are in step now: two with all, one with a section.</summary>
    private async Task<SyncClient[]> ClientsAsync(Nodes nodes)
    {
        Habits[] habits =
        [
            Whole,
            new("a section") { Sections = [_world.Sections.All()[0]], HasKey = true },
            Whole with
            {
                Limit = 7,
            },
        ];
        var clients = habits.Select(h => new SyncClient(h, nodes, new ActClock(0), _dice)).ToArray();
        foreach (var client in clients)
            await client.SyncAsync(mayDie: false);
        return clients;
    }

    private static async Task IsRefusedAsync(Nodes nodes, SyncClient client)
    {
        client = client.At(nodes);
        for (var node = 1; node < nodes.Count; node++)
            await client.IsExpiredAsync(nodes.At(node, nodes.Reader));
        await client.StartAgainAsync(nodes.At(0, nodes.Reader));
        await IsWholeAsync(nodes, client);
    }

    private static async Task GoesOnAsync(Nodes nodes, SyncClient client)
    {
        client = client.At(nodes);
        await client.SyncAsync(mayDie: false);
        await IsWholeAsync(nodes, client);
    }

    private static async Task IsWholeAsync(Nodes nodes, SyncClient client)
    {
        var delivered = await Delivered.ReadAsync(nodes.At(0, null), nodes.At(0, nodes.Reader));
        Assert.Empty(await delivered.DifferencesAsync(client.Habits, client.Copy));
    }

    private static async Task RestartAsync(Nodes nodes)
    {
        for (var node = 0; node < nodes.Count; node++)
        {
            await nodes.KillAsync(node);
            await nodes.StartAsync(node);
        }
    }

    /// <summary>Fills an empty database with what another holds, by dump and restore.</summary>
    private static async Task CopyAsync(OwnPostgres from, string database, string into) =>
        await RestoreAsync(from, await DumpAsync(from, database), into);

    private static async Task<string> DumpAsync(OwnPostgres postgres, string database)
    {
        var file = Path.Combine(postgres.Folder, $"{Guid.NewGuid():N}.dump");
        await RunAsync(Tool(postgres, "pg_dump"), database, "--format=custom", $"--file={file}");
        return file;
    }

    private static Task RestoreAsync(OwnPostgres postgres, string file, string into, params string[] how) =>
        RunAsync(
            Tool(postgres, "pg_restore"),
            into,
            ["--exit-on-error", "--dbname", new NpgsqlConnectionStringBuilder(into).Database!, .. how, file]
        );

    /// <summary>
    /// A program of the server's own installation. Not all that can run a server have those that dump it.
    /// </summary>
    private static string Tool(OwnPostgres postgres, string name)
    {
        var server = Path.Combine(postgres.Programs, "postgres");
        var real = File.ResolveLinkTarget(server, returnFinalTarget: true)?.FullName ?? server;
        string[] places = [postgres.Programs, Path.GetDirectoryName(real)!];
        var tool = places.Select(p => Path.Combine(p, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(tool is null, $"There is no {name} beside {real}.");
        return tool;
    }

    private static async Task RunAsync(string program, string database, params string[] arguments)
    {
        var address = new NpgsqlConnectionStringBuilder(database);
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment["PGHOST"] = address.Host;
        info.Environment["PGPORT"] = address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        info.Environment["PGUSER"] = address.Username;
        info.Environment["PGPASSWORD"] = address.Password;
        info.Environment["PGDATABASE"] = address.Database;
        using var process = Process.Start(info)!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program}: {errors}");
    }
}
