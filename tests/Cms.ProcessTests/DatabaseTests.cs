using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>
/// A database that is not the server's own: used as it is, migrated once, however many begin at once.
/// </summary>
public sealed class DatabaseTests(Newsrooms newsrooms)
{
    [Fact]
    public async Task A_configured_database_is_used_and_none_is_launched()
    {
        var database = await newsrooms.NewDatabaseAsync();
        var data = newsrooms.NewData();

        await using var server = await CmsProcess.ServeAsync(data, Newsrooms.Using(database));

        using var client = server.Client();
        Assert.Equal(0, await client.PublishedAsync());
        Assert.False(Directory.Exists(Path.Combine(data, "postgres")));
        Assert.False(File.Exists(Path.Combine(data, "database")));
        Assert.False(File.Exists(Path.Combine(data, "admin.key")));
        Assert.Equal(0, await server.StopAsync());
        Assert.Empty(server.Errors);
        // The database stays as it was.
        Assert.Equal(0, await Sql.ScalarAsync<long>(database, "select count(*) from articles"));
    }

    [Fact]
    public async Task A_server_whose_statements_are_compiled_says_so_and_what_to_do()
    {
        var database = await newsrooms.NewDatabaseAsync();
        const string warning = "alter role";

        await using (var server = await CmsProcess.ServeAsync(newsrooms.NewData(), Newsrooms.Using(database)))
            Assert.DoesNotContain(server.Output.Concat(server.Errors), line => line.Contains(warning));

        await using (
            var server = await CmsProcess.ServeAsync(
                newsrooms.NewData(),
                Newsrooms.Using($"{database};Options=-c jit=on")
            )
        )
            Assert.Contains(server.Output.Concat(server.Errors), line => line.Contains(warning));
    }

    [Fact]
    public async Task Two_servers_that_start_at_once_on_one_database_both_come_up()
    {
        var database = await newsrooms.NewDatabaseAsync();

        var servers = await Task.WhenAll(
            CmsProcess.ServeAsync(newsrooms.NewData(), Newsrooms.Using(database)),
            CmsProcess.ServeAsync(newsrooms.NewData(), Newsrooms.Using(database))
        );

        foreach (var server in servers)
        {
            using var client = server.Client();
            Assert.Equal(0, await client.PublishedAsync());
        }
        foreach (var server in servers)
            await server.DisposeAsync();
    }

    [Fact]
    public async Task Migrating_is_done_once_and_a_newer_database_is_refused()
    {
        var database = await newsrooms.NewDatabaseAsync();
        var environment = Newsrooms.Using(database);
        var data = newsrooms.NewData();

        var first = (await CmsProcess.RunAsync(["migrate"], environment, data)).Done();
        Assert.StartsWith("Applied: 0001_", Assert.Single(first.Output), StringComparison.Ordinal);
        var before = await Sql.DumpAsync(database);
        var second = (await CmsProcess.RunAsync(["migrate"], environment, data)).Done();
        Assert.Equal("Nothing to migrate.", Assert.Single(second.Output));
        Assert.Equal(before, await Sql.DumpAsync(database));

        await Sql.ExecuteAsync(
            database,
            "insert into migrations (name, checksum) values ('9999_from_the_future', 'none')"
        );
        var refused = (await CmsProcess.RunAsync(["serve"], environment, data)).Refusal();
        Assert.Contains("9999_from_the_future", refused, StringComparison.Ordinal);
        Assert.Contains("newer", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cms__MetricsFrom__0", "no network")]
    [InlineData("Cms__MaxAge", "soon")]
    public async Task Settings_that_are_wrong_leave_the_database_as_it_was(string name, string value)
    {
        var database = await newsrooms.NewDatabaseAsync();
        var environment = Newsrooms.Using(database).Append(new(name, value)).ToDictionary();

        var ended = await CmsProcess.RunAsync(["serve"], environment, newsrooms.NewData());

        Assert.Contains($"'{value}'", ended.Refusal(), StringComparison.Ordinal);
        Assert.True(await Sql.ScalarAsync<bool>(database, "select to_regclass('migrations') is null"));
    }

    [Fact]
    public async Task A_migration_elsewhere_is_waited_for_longer_than_any_statement_may_take()
    {
        var database = await newsrooms.NewDatabaseAsync();
        await using var elsewhere = await Sql.OpenAsync(database);
        await using var hold = new Npgsql.NpgsqlCommand(
            "select pg_advisory_lock(hashtextextended('cms:migrations', 0))",
            elsewhere
        );
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await using var migrate = CmsProcess.Start(
            ["migrate"],
            Newsrooms.Using(database + ";Command Timeout=1"),
            newsrooms.NewData()
        );
        await Wait.UntilAsync(
            "it has waited for more than its patience with a statement, or given up",
            async () =>
                migrate.Errors.Count > 0
                || await Sql.ScalarAsync<bool>(
                    database,
                    """
                    select exists (
                        select from pg_stat_activity
                        where datname = current_database() and wait_event = 'advisory' and now() - query_start > '2 s')
                    """
                )
        );
        Assert.Empty(migrate.Errors);
        await elsewhere.CloseAsync();

        Assert.Equal(0, await migrate.ExitAsync());
    }

    [Fact]
    public async Task Seeding_twice_also_at_once_changes_nothing()
    {
        var database = await newsrooms.NewDatabaseAsync();
        var environment = Newsrooms.Using(database);
        var data = newsrooms.NewData();

        var both = await Task.WhenAll(
            CmsProcess.RunAsync(["seed"], environment, data),
            CmsProcess.RunAsync(["seed"], environment, data)
        );
        Assert.Equal(
            [
                "Loaded the demo newsroom: 41 articles.",
                "The demo newsroom was loaded before; nothing was changed.",
            ],
            both.SelectMany(b => b.Done().Output).Order(StringComparer.Ordinal)
        );
        var before = await Sql.DumpAsync(database);

        (await CmsProcess.RunAsync(["seed"], environment, data)).Done();

        Assert.Equal(before, await Sql.DumpAsync(database));
        Assert.Equal(41, await Sql.ScalarAsync<long>(database, "select count(*) from articles"));
    }
}
