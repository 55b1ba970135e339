using Cms.EmbeddedPostgres.Tests.Support;

namespace Cms.EmbeddedPostgres.Tests;

public sealed class LifecycleTests : Scratch
{
    [Fact]
    public async Task A_new_directory_becomes_a_private_cluster()
    {
        await using var cluster = await StartAsync(NewDirectory);

        Assert.Equal("UTF8", await AskAsync(cluster, "show server_encoding"));
        Assert.Equal("on", await AskAsync(cluster, "show data_checksums"));
        Assert.Equal("", await AskAsync(cluster, "show listen_addresses"));
        Assert.Equal("UTC", await AskAsync(cluster, "show timezone"));
        Assert.Equal("ärger", await AskAsync(cluster, "select lower('ÄRGER')"));
        Assert.Equal(
            "scram-sha-256",
            await AskAsync(cluster, "select string_agg(distinct auth_method, ' ') from pg_hba_file_rules")
        );
        Assert.StartsWith($"{cluster.MajorVersion}.", await AskAsync(cluster, "show server_version"));
        Assert.Equal(cluster.MajorVersion, cluster.Programs.MajorVersion);
        Assert.True(Runs(cluster.ProcessId));
        Assert.False(cluster.Exited.IsCompleted);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(NewDirectory, "password"))
        );
        Assert.Equal(
            ["data", "lock", "password", "run"],
            Directory.EnumerateFileSystemEntries(NewDirectory).Select(Path.GetFileName).Order()
        );
    }

    [Fact]
    public async Task The_data_survive_a_restart()
    {
        await using (var first = await StartAsync(NewDirectory))
            await AskAsync(first, "create table words (word text); insert into words values ('kept')");

        await using var second = await StartAsync(NewDirectory);

        Assert.Equal("kept", await AskAsync(second, "select word from words"));
    }

    [Fact]
    public async Task Disposing_stops_the_server_for_good_and_twice_is_no_fault()
    {
        var cluster = await StartAsync(NewDirectory);

        await Task.WhenAll(cluster.DisposeAsync().AsTask(), cluster.DisposeAsync().AsTask());

        Assert.False(Runs(cluster.ProcessId));
        Assert.False(File.Exists(Path.Combine(NewDirectory, "data", "postmaster.pid")));
        Assert.True(cluster.Exited.IsCanceled);
    }

    [Fact]
    public async Task A_server_that_dies_is_reported_and_starts_again_with_its_data()
    {
        // Not the disposable settings: what was committed must be there.
        var durable = new PostgresClusterOptions { Directory = NewDirectory };
        await using (var first = await PostgresCluster.StartAsync(durable, Ct))
        {
            await AskAsync(first, "create table words (word text); insert into words values ('kept')");
            Native.Signal(first.ProcessId, Native.Kill);

            var exit = await first.Exited.WaitAsync(TimeSpan.FromSeconds(30), Ct);

            Assert.Equal(128 + Native.Kill, exit.ExitCode);
            Assert.Contains(
                exit.LastLines,
                line => line.Contains("ready to accept connections", StringComparison.Ordinal)
            );
        }

        await using var second = await PostgresCluster.StartAsync(durable, Ct);

        Assert.Equal("kept", await AskAsync(second, "select word from words"));
    }

    [Fact]
    public async Task Settings_reach_the_server_but_cannot_open_it_to_the_network()
    {
        var options = In(NewDirectory) with
        {
            Settings = new Dictionary<string, string>(PostgresClusterOptions.DisposableSettings)
            {
                ["work_mem"] = "5MB",
                ["application_name"] = "with space = 'quoted'",
                ["listen_addresses"] = "*",
            },
        };

        await using var cluster = await PostgresCluster.StartAsync(options, Ct);

        Assert.Equal("5MB", await AskAsync(cluster, "show work_mem"));
        Assert.Equal("with space = 'quoted'", await AskAsync(cluster, "show application_name"));
        Assert.Equal("", await AskAsync(cluster, "show listen_addresses"));
    }

    [Fact]
    public async Task A_setting_that_the_server_refuses_is_named()
    {
        var options = In(NewDirectory) with
        {
            Settings = new Dictionary<string, string> { ["no_such_setting"] = "1" },
        };

        var refusal = await Assert.ThrowsAsync<PostgresClusterException>(() =>
            PostgresCluster.StartAsync(options, Ct)
        );

        Assert.Contains("no_such_setting", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_request_it_listens_on_a_loopback_port_only()
    {
        await using var cluster = await PostgresCluster.StartAsync(
            In(NewDirectory) with
            {
                Loopback = true,
            },
            Ct
        );

        Assert.Equal("127.0.0.1", await AskAsync(cluster, "show listen_addresses"));
        Assert.Equal("", await AskAsync(cluster, "show unix_socket_directories"));
    }

    [Fact]
    public async Task The_log_is_handed_on_and_a_listener_that_throws_does_no_harm()
    {
        var lines = 0;
        var options = In(NewDirectory) with
        {
            Log = _ =>
            {
                Interlocked.Increment(ref lines);
                throw new InvalidOperationException("planted");
            },
        };
        await using var cluster = await PostgresCluster.StartAsync(options, Ct);

        // More than a pipe holds, so that a log that nobody reads any more would stop the server.
        await AskAsync(
            cluster,
            "do $$ begin for i in 1..2000 loop raise log '%', repeat('x', 100); end loop; end $$"
        );

        await EventuallyAsync(() => lines > 2000, "all lines of the log");
    }

    [Fact]
    public async Task A_start_that_is_given_up_leaves_the_directory_free()
    {
        using var givenUp = new CancellationTokenSource();
        var options = In(NewDirectory) with { Log = _ => givenUp.Cancel() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            PostgresCluster.StartAsync(options, givenUp.Token)
        );

        await using var cluster = await StartAsync(NewDirectory);
        Assert.Equal("1", await AskAsync(cluster, "select 1"));
    }
}
