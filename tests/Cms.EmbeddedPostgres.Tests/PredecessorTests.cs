using System.Globalization;
using Cms.EmbeddedPostgres.Tests.Support;
using Npgsql;

namespace Cms.EmbeddedPostgres.Tests;

public sealed class PredecessorTests : Scratch
{
    // Milliseconds. A predecessor that is not dealt with would make the start wait for long.
    private const int Deadline = 180_000;

    private string Data => Path.Combine(NewDirectory, "data");

    [Fact(Timeout = Deadline)]
    public async Task An_orphan_of_ours_is_stopped_and_replaced()
    {
        var orphan = await StartByHandAsync(ours: true);

        await using var cluster = await StartAsync(NewDirectory);

        Assert.False(Runs(orphan.Id));
        Assert.NotEqual(orphan.Id, cluster.ProcessId);
        Assert.Equal("1", await AskAsync(cluster, "select 1"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_server_that_somebody_else_started_is_left_alone()
    {
        var foreign = await StartByHandAsync(ours: false);

        var refusal = await RefusalAsync(NewDirectory);

        Assert.Contains($"process {foreign.Id}", refusal, StringComparison.Ordinal);
        Assert.Contains("pg_ctl stop", refusal, StringComparison.Ordinal);
        Assert.True(Runs(foreign.Id));
        await foreign.StopAsync();
    }

    [Fact(Timeout = Deadline)]
    public async Task A_session_that_outlived_its_server_is_ended_before_the_next_start()
    {
        await using var first = await StartAsync(NewDirectory);
        await using var connection = new NpgsqlConnection(first.ConnectionString);
        await connection.OpenAsync(Ct);
        var session = connection.ProcessID;
        // Busy, so that it does not notice the end of its server. It writes nothing and ends by itself: whatever
        // becomes of this test, nothing is left that eats up the machine.
        await using var busy = new NpgsqlCommand(
            """
            do $$
            declare finish timestamptz := clock_timestamp() + interval '90 seconds';
            begin while clock_timestamp() < finish loop null; end loop; end $$
            """,
            connection
        )
        {
            CommandTimeout = 0,
        };
        var running = busy.ExecuteScalarAsync(Ct);
        await EventuallyAsync(() => OnCpu(session), "the session to be busy");
        Native.Signal(first.ProcessId, Native.Kill);
        await first.Exited;
        try
        {
            Assert.True(Runs(session));
            await first.DisposeAsync();

            await using var second = await StartAsync(NewDirectory);

            Assert.False(Runs(session));
            Assert.Equal("1", await AskAsync(second, "select 1"));
        }
        finally
        {
            // Whatever became of the test, it must not keep a processor busy for ever.
            Native.Signal(session, Native.Kill);
        }
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => running);
    }

    [Theory(Timeout = Deadline)]
    [InlineData("")]
    [InlineData("what is this?\n")]
    [InlineData("1\n")] // lives, and is no PostgreSQL
    [InlineData("2147483646\n")] // nobody
    public async Task A_stale_pid_file_does_not_block_the_start(string content)
    {
        await MakeClusterAsync();
        var pidFile = PidFile.In(Data);
        await File.WriteAllTextAsync(pidFile, content, Ct);
        await GiveToServerAsync(pidFile, Data);

        await using var cluster = await StartAsync(NewDirectory);

        Assert.Equal("1", await AskAsync(cluster, "select 1"));
    }

    [Fact(Timeout = Deadline)]
    public async Task A_pid_file_and_socket_lock_that_name_this_very_program_are_stale()
    {
        await MakeClusterAsync();
        var content = Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n";
        foreach (
            var file in (string[])[PidFile.In(Data), Path.Combine(NewDirectory, "run", ".s.PGSQL.5432.lock")]
        )
        {
            await File.WriteAllTextAsync(file, content, Ct);
            await GiveToServerAsync(file, Data);
        }

        await using var cluster = await StartAsync(NewDirectory);

        Assert.Equal("1", await AskAsync(cluster, "select 1"));
    }

    private async Task MakeClusterAsync()
    {
        await using var cluster = await StartAsync(NewDirectory);
    }

    /// <summary>A server on the directory, with no parent that holds the lock.</summary>
    private async Task<ServerProcess> StartByHandAsync(bool ours)
    {
        PostgresPrograms programs;
        await using (var cluster = await StartAsync(NewDirectory))
            programs = cluster.Programs;

        var launcher = await Launcher.CreateAsync(Data, Ct);
        var folder = ClusterFolder.Open(NewDirectory, launcher.User);
        var address = ServerAddress.Socket(folder, launcher.User);
        var arguments = ServerArguments.For(folder, address, PostgresClusterOptions.DisposableSettings);
        if (!ours)
            arguments = arguments.Select(a =>
                a.StartsWith("cluster_name=", StringComparison.Ordinal) ? "cluster_name=other" : a
            );
        var server = await ServerProcess.StartAsync(launcher, programs, arguments, log: null);
        Assert.True(await server.BecomesReadyAsync(Data, Ct), string.Join('\n', server.LastLines));
        return server;
    }

    private static bool OnCpu(int process)
    {
        var status = File.ReadAllText($"/proc/{process}/stat");
        var fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "R" && long.Parse(fields[11], CultureInfo.InvariantCulture) > 5;
    }
}
