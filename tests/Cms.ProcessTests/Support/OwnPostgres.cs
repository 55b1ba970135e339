using System.Globalization;
using Cms.EmbeddedPostgres;
using Npgsql;

namespace Cms.ProcessTests.Support;

/// <summary>
/// A PostgreSQL server of a test's own, for those that kill it or exchange what it holds. What it has acknowledged
/// survives its own end.
/// </summary>
internal sealed class OwnPostgres(string folder, string? token = null, bool loopback = false)
    : IAsyncDisposable
{
    private PostgresCluster? _cluster;

    /// <summary>
    /// As administrators run it, but for the wait on the disk: that would matter if the whole machine ended.
    /// </summary>
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["fsync"] = "off",
        ["synchronous_commit"] = "on",
        ["full_page_writes"] = "on",
        ["shared_buffers"] = "64MB",
        ["max_connections"] = "250",
        ["wal_level"] = "replica",
        ["max_wal_senders"] = "4",
    };

    /// <summary>The database of the newsroom that <see cref="Newsrooms.OwnAsync"/> has put there.</summary>
    public string Newsroom => Database("newsroom");

    /// <summary>The key of that newsroom's administrator.</summary>
    public string Token => token ?? throw new InvalidOperationException("There is no newsroom.");

    /// <summary>Where its data are.</summary>
    public string Data => Path.Combine(folder, "data");

    public string Folder => folder;

    /// <summary>To the database <c>postgres</c>.</summary>
    public string Server => _cluster!.ConnectionString;

    /// <summary>The folder of its programs.</summary>
    public string Programs => _cluster!.Programs.Directory;

    public string Database(string name) =>
        new NpgsqlConnectionStringBuilder(Server) { Database = name }.ConnectionString;

    public async Task StartAsync()
    {
        _cluster = await PostgresCluster.StartAsync(
            new PostgresClusterOptions
            {
                Directory = folder,
                Settings = Settings,
                Loopback = loopback,
            },
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>Shuts it down in order.</summary>
    public async Task StopAsync()
    {
        if (_cluster is null)
            return;
        await _cluster.DisposeAsync();
        _cluster = null;
    }

    /// <summary>Ends it without any chance to tidy up.</summary>
    public async Task KillAsync()
    {
        var postmaster = int.Parse(
            File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(),
            CultureInfo.InvariantCulture
        );
        Signals.Send(postmaster, Signals.Kill);
        await Wait.UntilAsync("the end of PostgreSQL", () => !Signals.IsAlive(postmaster));
        await StopAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
