using System.Globalization;
using Cms.EmbeddedPostgres;
using Cms.Hosting;
using Cms.Images.Storage;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Cli;

/// <summary>
/// Where a newsroom's data are: the database (the configured one, or a private cluster in the data directory) and the
/// files beside it. Disposing it stops the cluster, if it was started here.
/// </summary>
internal sealed class Newsroom : IAsyncDisposable
{
    private const string DatabaseName = "cms";

    // How to reach the private cluster while a server runs it; only its owner may read it.
    private const string AddressFile = "database";

    private readonly PostgresCluster? _cluster;

    private Newsroom(string dataDirectory, string connectionString, PostgresCluster? cluster)
    {
        DataDirectory = dataDirectory;
        ConnectionString = connectionString;
        _cluster = cluster;
    }

    public string DataDirectory { get; }
    public string ConnectionString { get; }

    /// <summary>Whether the database is a private cluster that was started here.</summary>
    public bool IsEmbedded => _cluster is not null;

    /// <summary>Ends when the private cluster stops by itself.</summary>
    public Task<PostgresExit>? ClusterExited => _cluster?.Exited;

    public string MediaDirectory => Path.Combine(DataDirectory, "media");
    public string AdminKeyFile => Path.Combine(DataDirectory, "admin.key");

    /// <summary>Opens the newsroom to serve it.</summary>
    public static async Task<Newsroom> OpenAsync(DirectoryInfo? data, CancellationToken ct)
    {
        var directory = data?.FullName ?? DataHome.Default();
        if (ConfiguredConnection() is { } configured)
            return new(directory, configured, null);

        Directory.CreateDirectory(directory);
        var cluster = await PostgresCluster.StartAsync(
            new PostgresClusterOptions
            {
                Directory = Path.Combine(directory, "postgres"),
                Settings = new Dictionary<string, string> { ["max_connections"] = "200" },
            },
            ct
        );
        try
        {
            var connection = await CreateDatabaseAsync(cluster.ConnectionString, ct);
            await WritePrivateAsync(Path.Combine(directory, AddressFile), connection, ct);
            return new(directory, connection, cluster);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the newsroom for a command: by way of the server that runs its database, if one does.</summary>
    public static async Task<Newsroom> OpenBesideServerAsync(DirectoryInfo? data, CancellationToken ct)
    {
        var directory = data?.FullName ?? DataHome.Default();
        var address = Path.Combine(directory, AddressFile);
        if (ConfiguredConnection() is null && File.Exists(address))
        {
            var connection = await File.ReadAllTextAsync(address, ct);
            if (await AnswersAsync(connection, ct))
                return new(directory, connection, null);
        }
        return await OpenAsync(data, ct);
    }

    /// <summary>The image files, as the settings say.</summary>
    public FileStore OpenImages() => ImageStores.Originals(Settings(), MediaDirectory);

    /// <exception cref="Cms.Platform.SettingException">One cannot be read.</exception>
    public static CmsOptions Settings() => CmsOptions.Read(CommonOptions.Configuration());

    public NpgsqlDataSource OpenDatabase() => Database.Open(ConnectionString);

    public static async Task WritePrivateAsync(string path, string text, CancellationToken ct)
    {
        // Whole or not there, and never readable by others in between.
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new StreamWriter(temporary, options))
            await file.WriteAsync(text.AsMemory(), ct);
        File.Move(temporary, path, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is null)
            return;
        NpgsqlConnection.ClearAllPools();
        await _cluster.DisposeAsync();
        File.Delete(Path.Combine(DataDirectory, AddressFile));
    }

    private static string? ConfiguredConnection() =>
        CommonOptions.Configuration().GetConnectionString("Cms") is { Length: > 0 } connection
            ? connection
            : null;

    private static async Task<string> CreateDatabaseAsync(string cluster, CancellationToken ct)
    {
        await using var server = NpgsqlDataSource.Create(cluster);
        if (
            await server.FindAsync<int?>(
                "select 1 from pg_database where datname = @DatabaseName",
                new { DatabaseName },
                ct
            )
            is null
        )
            await server.ExecuteAsync(
                string.Create(CultureInfo.InvariantCulture, $"create database {DatabaseName}"),
                new { },
                ct
            );
        return new NpgsqlConnectionStringBuilder(cluster) { Database = DatabaseName }.ConnectionString;
    }

    private static async Task<bool> AnswersAsync(string connectionString, CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(ct);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
