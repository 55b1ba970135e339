using System.Text.Json.Nodes;
using Cms.EmbeddedPostgres;
using Cms.ProcessTests.Support;
using Npgsql;

[assembly: AssemblyFixture(typeof(Newsrooms))]

namespace Cms.ProcessTests.Support;

/// <summary>
/// A newsroom as the first start leaves it, copied for each test that wants one, and a database server beside, for
/// those that want a database which is not the server's own.
/// </summary>
public sealed class Newsrooms : IAsyncLifetime
{
    private readonly string _folder = Folders.Create();
    private readonly SemaphoreSlim _once = new(1);
    private PostgresCluster? _cluster;
    private string? _emptyToken;
    private int _count;

    /// <summary>What the first start said.</summary>
    public IReadOnlyList<string> FirstOutput { get; private set; } = [];

    /// <summary>… and on standard error.</summary>
    public IReadOnlyList<string> FirstErrors { get; private set; } = [];

    /// <summary>The home of the user for whom it was started: nothing is to be left there.</summary>
    public string Home => Path.Combine(_folder, "home");

    private string Template => Path.Combine(_folder, "template");

    private string Empty => Path.Combine(_folder, "empty");

    /// <summary>A data directory that does not exist yet.</summary>
    public string NewData() => Path.Combine(_folder, $"data-{Interlocked.Increment(ref _count)}");

    /// <summary>
    /// A data directory with the demo newsroom and an administrator's key, as the first start made them.
    /// </summary>
    public async Task<string> SeededAsync()
    {
        var data = NewData();
        await Folders.CopyAsync(Template, data);
        return data;
    }

    /// <summary>An empty database on a server that no <c>cms</c> has started; its connection string.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        await _once.WaitAsync();
        try
        {
            _cluster ??= await PostgresCluster.StartAsync(
                new PostgresClusterOptions
                {
                    Directory = Path.Combine(_folder, "external"),
                    Settings = PostgresClusterOptions.DisposableSettings,
                }
            );
        }
        finally
        {
            _once.Release();
        }
        return await CreateDatabaseAsync(
            _cluster.ConnectionString,
            $"newsroom{Interlocked.Increment(ref _count)}"
        );
    }

    /// <summary>
    /// A PostgreSQL server of a test's own, started, with an empty newsroom as its database <c>newsroom</c>.
    /// </summary>
    internal async Task<OwnPostgres> OwnAsync(bool loopback = false)
    {
        await MakeEmptyAsync();
        var folder = NewData();
        await Folders.CopyAsync(Empty, folder);
        var postgres = new OwnPostgres(folder, _emptyToken, loopback);
        await postgres.StartAsync();
        return postgres;
    }

    /// <summary>
    /// Once for all tests: making a cluster, migrating and making a key take longer than many a test.
    /// </summary>
    private async Task MakeEmptyAsync()
    {
        await _once.WaitAsync();
        try
        {
            if (_emptyToken is not null)
                return;
            await using var postgres = new OwnPostgres(Empty);
            await postgres.StartAsync();
            var settings = Using(await CreateDatabaseAsync(postgres.Server, "newsroom"));
            (await CmsProcess.RunAsync(["migrate"], settings)).Done();
            _emptyToken = Assert.Single(
                (await CmsProcess.RunAsync(["keys", "create", "Chief", "--role", "admin"], settings))
                    .Done()
                    .Output
            );
        }
        finally
        {
            _once.Release();
        }
    }

    internal static async Task<string> CreateDatabaseAsync(string server, string name)
    {
        await Sql.ExecuteAsync(server, $"create database {name}");
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    /// <summary>The settings of a server that is to use this database.</summary>
    public static IReadOnlyDictionary<string, string> Using(string connectionString) =>
        new Dictionary<string, string> { ["ConnectionStrings__Cms"] = connectionString };

    /// <summary>The demo newsroom's own list of what it has.</summary>
    public static JsonObject Demo()
    {
        using var file = System
            .Reflection.Assembly.Load("cms")
            .GetManifestResourceStream("Demo/newsroom.json")!;
        return JsonNode.Parse(file)!.AsObject();
    }

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Home);
        await using var first = await CmsProcess.ServeAsync(
            Template,
            new Dictionary<string, string> { ["HOME"] = Home }
        );
        Assert.Equal(0, await first.StopAsync());
        FirstOutput = first.Output;
        FirstErrors = first.Errors;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        _once.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
