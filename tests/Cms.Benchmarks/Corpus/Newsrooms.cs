using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Cms.Access;
using Cms.Benchmarks.Harness;
using Cms.EmbeddedPostgres;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Benchmarks.Corpus;

/// <summary>
/// Newsrooms of any size, on a PostgreSQL as one would run it. Each size is made once and kept as a template; who
/// measures gets a copy.
/// </summary>
internal sealed class Newsrooms : IAsyncDisposable
{
    // Durable as it comes; memory and log as on a server of its own: a quarter of the machine's memory, as its manual
    // advises. Several nodes share it, each with its pool.
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["shared_buffers"] = Megabytes(4),
        ["effective_cache_size"] = Megabytes(2),
        ["max_wal_size"] = "4GB",
        ["max_connections"] = "500",
    };

    private static string Megabytes(int part) =>
        $"{Math.Max(256, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / part >> 20)}MB";

    private readonly PostgresCluster _cluster;
    private int _copies;

    private Newsrooms(PostgresCluster cluster) => _cluster = cluster;

    /// <param name="folder">What is made is kept here for the next time.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="log">Takes the lines of PostgreSQL's log.</param>
    public static async Task<Newsrooms> OpenAsync(
        string folder,
        CancellationToken ct,
        Action<string>? log = null
    ) =>
        new(
            await PostgresCluster.StartAsync(
                new()
                {
                    Directory = Path.Combine(folder, "postgres"),
                    Settings = Settings,
                    Log = log,
                },
                ct
            )
        );

    /// <summary>
    /// Runs statements with the name of the newsroom's database in the place of <c>{0}</c>; connections from now on
    /// have what they set.
    /// </summary>
    public async Task ConfigureAsync(Newsroom newsroom, string sql, CancellationToken ct)
    {
        var database = new NpgsqlConnectionStringBuilder(newsroom.ConnectionString).Database!;
        await ExecuteAsync(sql.Replace("{0}", database, StringComparison.Ordinal), ct);
        newsroom.Postgres.Clear();
    }

    /// <summary>A newsroom with so many published articles, for one use.</summary>
    public async Task<Newsroom> CopyAsync(int articles, CancellationToken ct)
    {
        var template = await TemplateAsync(articles, ct);
        var name = string.Create(CultureInfo.InvariantCulture, $"copy{++_copies}");
        await ExecuteAsync($"drop database if exists {name} with (force)", ct);
        // By files: through the log it would take minutes.
        await ExecuteAsync($"create database {name} template {template} strategy file_copy", ct);
        var postgres = Database.Open(To(name, "benchmark"));
        var key = await postgres.InTransactionAsync(
            transaction =>
                Keys.CreateAsync(
                    transaction,
                    new() { Name = "Benchmark", Role = Role.Admin },
                    TimeProvider.System.GetUtcNow(),
                    ct
                ),
            ct
        );
        return new(
            To(name),
            postgres,
            key.Token,
            () => ExecuteAsync($"drop database {name} with (force)", CancellationToken.None)
        );
    }

    /// <summary>For whoever wants to look at its plans.</summary>
    public async Task HoldAsync(int articles, CancellationToken ct)
    {
        await using var newsroom = await CopyAsync(articles, ct);
        Console.WriteLine(newsroom.ConnectionString);
        await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Seconds of processor time that PostgreSQL has used, all its processes together.</summary>
    public double Cpu => ProcessFiles.CpuOfFamily(_cluster.ProcessId);

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await _cluster.DisposeAsync();
    }

    private async Task<string> TemplateAsync(int articles, CancellationToken ct)
    {
        // Another schema is another corpus; those of the same size that no longer fit are dropped.
        var prefix = string.Create(CultureInfo.InvariantCulture, $"corpus_{articles}_");
        var name = prefix + Fingerprint();
        var known = await DatabasesAsync(prefix, ct);
        if (known.Contains(name))
            return name;
        foreach (var old in known)
            await ExecuteAsync($"drop database {old}", ct);

        var start = Stopwatch.GetTimestamp();
        Report.Progress($"making a newsroom of {articles:#,0} articles, once");
        var unfinished = name + "_new";
        await ExecuteAsync($"create database {unfinished}", ct);
        await using (var postgres = Database.Open(To(unfinished, patient: true)))
        {
            await Migrator.MigrateAsync(postgres, ct);
            await CorpusWriter.WriteAsync(postgres, articles, ct);
            await CorpusCheck.RequireAsync(postgres, ct);
        }
        await ExecuteAsync($"alter database {unfinished} rename to {name}", ct);
        Report.Progress($"made in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        return name;
    }

    private static string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([CorpusWriter.Version]);
        var cms = typeof(Migrator).Assembly;
        foreach (
            var migration in cms.GetManifestResourceNames()
                .Where(n => n.StartsWith("Migrations/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using var file = cms.GetManifestResourceStream(migration)!;
            hash.AppendData(SHA256.HashData(file));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }

    private async Task<List<string>> DatabasesAsync(string prefix, CancellationToken ct)
    {
        await using var postgres = NpgsqlDataSource.Create(_cluster.ConnectionString);
        return
        [
            .. await postgres.ListAsync<string>(
                "select datname::text from pg_database where starts_with(datname, @prefix)",
                new { prefix },
                ct
            ),
        ];
    }

    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var postgres = NpgsqlDataSource.Create(_cluster.ConnectionString);
        await using var command = postgres.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(ct);
    }

    private string To(string database, string? application = null, bool patient = false)
    {
        var settings = new NpgsqlConnectionStringBuilder(_cluster.ConnectionString)
        {
            Database = database,
            ApplicationName = application,
        };
        // Indexes and copies of millions of rows take as long as they take.
        if (patient)
            settings.CommandTimeout = 0;
        return settings.ConnectionString;
    }
}

/// <summary>A newsroom for one use, and an administrator's key to it.</summary>
internal sealed class Newsroom(
    string connectionString,
    NpgsqlDataSource postgres,
    string key,
    Func<Task> drop
) : IAsyncDisposable
{
    public string ConnectionString => connectionString;
    public NpgsqlDataSource Postgres => postgres;
    public string Key => key;

    public async ValueTask DisposeAsync()
    {
        await postgres.DisposeAsync();
        await drop();
    }
}
