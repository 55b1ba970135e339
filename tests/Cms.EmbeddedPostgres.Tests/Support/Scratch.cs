using System.Diagnostics;
using Npgsql;

namespace Cms.EmbeddedPostgres.Tests.Support;

/// <summary>A folder for one test, in memory where there is such a place, and what tests do in it.</summary>
public abstract class Scratch : IAsyncLifetime
{
    private const UnixFileMode OpenToAll =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected string Folder { get; } =
        Path.Combine(
            Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(),
            $"postgres-test-{Path.GetRandomFileName()}"
        );

    /// <summary>A folder that does not exist yet.</summary>
    protected string NewDirectory => Path.Combine(Folder, "cluster");

    internal static string GroupOfNobody => Output("id", "-g", "nobody");

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        File.SetUnixFileMode(Folder, OpenToAll);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    protected static PostgresClusterOptions In(string directory) =>
        new()
        {
            Directory = directory,
            // The folder may be in memory, so a query that gets out of hand must not fill it.
            Settings = new Dictionary<string, string>(PostgresClusterOptions.DisposableSettings)
            {
                ["temp_file_limit"] = "64MB",
            },
        };

    protected static Task<PostgresCluster> StartAsync(string directory) =>
        PostgresCluster.StartAsync(In(directory), Ct);

    protected static async Task<string> RefusalAsync(string directory)
    {
        var refusal = await Assert.ThrowsAsync<PostgresClusterException>(async () =>
        {
            // Whatever starts against expectation is stopped again.
            await using var cluster = await StartAsync(directory);
        });
        return refusal.Message;
    }

    protected static async Task<string> AskAsync(PostgresCluster cluster, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(unpooled.ToString());
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return $"{await command.ExecuteScalarAsync(Ct)}";
    }

    protected static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Deadline, $"In vain waited for this: {what}");
            await Task.Delay(Between, Ct);
        }
    }

    /// <summary>Whether it runs: a zombie, whose parent has not looked yet, does not.</summary>
    protected static bool Runs(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[(status.LastIndexOf(')') + 2)..][0] is not 'Z';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists("/proc") && Native.IsAlive(process);
        }
    }

    /// <summary>Makes the file the server user's own, if that is another user.</summary>
    protected static async Task GiveToServerAsync(string path, string data)
    {
        if ((await Launcher.CreateAsync(data, Ct)).User is { } user)
            Native.ChangeOwner(path, user);
    }

    protected static string Output(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : "";
    }
}
