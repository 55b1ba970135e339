using System.Net.Sockets;
using Npgsql;

namespace Cms.EmbeddedPostgres;

/// <summary>
/// A private PostgreSQL cluster that lives as long as this object: made on first use, stopped on dispose, and, on
/// Linux, stopped by the kernel when this process is killed.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    internal const string Superuser = "postgres";

    // Between choosing a free port and opening it somebody else may take it.
    private const int PortAttempts = 5;

    private readonly ServerProcess _server;
    private readonly DirectoryLock _directoryLock;
    private readonly Action _releaseAddress;
    private readonly Lazy<Task> _stopping;
    private readonly TaskCompletionSource<PostgresExit> _exited = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private PostgresCluster(
        ServerProcess server,
        DirectoryLock directoryLock,
        Action releaseAddress,
        PostgresPrograms programs,
        string connectionString
    )
    {
        _server = server;
        _directoryLock = directoryLock;
        _releaseAddress = releaseAddress;
        Programs = programs;
        ConnectionString = connectionString;
        _stopping = new Lazy<Task>(StopAsync);
        // For systems without a parent-death signal, and owners who forget to dispose. Does nothing after the end.
        AppDomain.CurrentDomain.ProcessExit += Interrupt;
        _ = WatchAsync();
    }

    /// <summary>For Npgsql, as superuser, to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>The server's process id.</summary>
    public int ProcessId => _server.Id;

    /// <summary>The server's major version, such as 17.</summary>
    public int MajorVersion => Programs.MajorVersion;

    /// <summary>The programs that run it.</summary>
    public PostgresPrograms Programs { get; }

    /// <summary>
    /// Completes when the server ends although nobody disposed of this object: report it, and shut down or start anew
    /// (after disposing). It is cancelled when the server is stopped on purpose, and never fails.
    /// </summary>
    public Task<PostgresExit> Exited => _exited.Task;

    /// <summary>The folder <c>postgres</c> in <see cref="DataHome.Default"/>.</summary>
    public static string DefaultDirectory() => Path.Combine(DataHome.Default(), "postgres");

    /// <summary>Starts the cluster, creating it when there is none, and returns when it accepts connections.</summary>
    /// <param name="options">What to run, and where.</param>
    /// <param name="ct">Gives up, and stops what was started.</param>
    /// <exception cref="PostgresClusterException">It cannot run; the message says why and what to do.</exception>
    public static async Task<PostgresCluster> StartAsync(
        PostgresClusterOptions options,
        CancellationToken ct = default
    )
    {
        if (OperatingSystem.IsWindows())
            throw new PostgresClusterException(
                "A private PostgreSQL is not offered on Windows. Connect to a server of your own."
            );

        var launcher = await Launcher.CreateAsync(Path.Combine(options.Directory, "data"), ct);
        var folder = ClusterFolder.Open(options.Directory, launcher.User);
        var directoryLock = DirectoryLock.Take(folder);
        try
        {
            await folder.RequireReachableAsync(launcher, ct);
            await Predecessor.ClearAsync(folder, ct);
            var programs = await ProgramFinder.FindAsync(launcher, options.ProgramsDirectory, folder, ct);
            var password = await PrepareAsync(folder, programs, launcher, options, ct);
            return await StartAsync(folder, programs, launcher, options, password, directoryLock, ct);
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server: sessions are ended and everything is written to disk.</summary>
    public async ValueTask DisposeAsync() => await _stopping.Value;

    private static async Task<string> PrepareAsync(
        ClusterFolder folder,
        PostgresPrograms programs,
        Launcher launcher,
        PostgresClusterOptions options,
        CancellationToken ct
    )
    {
        if (folder.MajorVersion() is null)
        {
            var disposable = options.Settings.TryGetValue("fsync", out var fsync) && fsync is "off";
            await folder.InitializeAsync(programs, launcher, disposable, ct);
        }
        else if (folder.Password() is null)
        {
            await folder.ResetPasswordAsync(programs, launcher, ct);
        }
        return folder.Password()!;
    }

    private static async Task<PostgresCluster> StartAsync(
        ClusterFolder folder,
        PostgresPrograms programs,
        Launcher launcher,
        PostgresClusterOptions options,
        string password,
        DirectoryLock directoryLock,
        CancellationToken ct
    )
    {
        var useSocket = !options.Loopback && Socket.OSSupportsUnixDomainSockets;
        for (var attempt = 1; ; attempt++)
        {
            var address = useSocket
                ? ServerAddress.Socket(folder, launcher.User)
                : ServerAddress.FreeLoopbackPort();
            var arguments = ServerArguments.For(folder, address, options.Settings);
            var server = await ServerProcess.StartAsync(launcher, programs, arguments, options.Log);
            try
            {
                if (await server.BecomesReadyAsync(folder.Data, ct))
                {
                    var connectionString = ConnectionTo(address, password);
                    await RequireLoginAsync(connectionString, folder, ct);
                    return new PostgresCluster(
                        server,
                        directoryLock,
                        () => address.Release(folder),
                        programs,
                        connectionString
                    );
                }
            }
            catch
            {
                await server.StopAsync();
                throw;
            }

            var lastLines = string.Join('\n', server.LastLines);
            var portTaken = lastLines.Contains("Address already in use", StringComparison.Ordinal);
            if (useSocket || !portTaken || attempt == PortAttempts)
                throw new PostgresClusterException(
                    $"PostgreSQL did not start (exit code {await server.Exit}). Its last lines:\n{lastLines}"
                );
        }
    }

    private static string ConnectionTo(ServerAddress address, string password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Username = Superuser,
            Password = password,
            Database = "postgres",
        }.ToString();

    // A password file from another cluster would otherwise show up much later, as an error that names no file.
    private static async Task RequireLoginAsync(
        string connectionString,
        ClusterFolder folder,
        CancellationToken ct
    )
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString();
        try
        {
            await using var connection = new NpgsqlConnection(unpooled);
            await connection.OpenAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword)
        {
            throw new PostgresClusterException(
                $"The password in {folder.PasswordFile} is not that of the database in {folder.Data}. "
                    + "Remove the file: the next start sets a new password.",
                e
            );
        }
        catch (NpgsqlException e)
        {
            throw new PostgresClusterException(
                $"PostgreSQL runs in {folder.Data}, but refuses connections: {e.Message}",
                e
            );
        }
    }

    private async Task WatchAsync()
    {
        var exitCode = await _server.Exit;
        if (!_stopping.IsValueCreated)
            _exited.TrySetResult(new PostgresExit(exitCode, _server.LastLines));
    }

    private async Task StopAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= Interrupt;
        await _server.StopAsync();
        _exited.TrySetCanceled();
        _releaseAddress();
        _directoryLock.Dispose();
    }

    private void Interrupt(object? sender, EventArgs e) => _server.Interrupt();
}
