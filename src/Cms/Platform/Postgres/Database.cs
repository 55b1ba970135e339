using System.Globalization;
using Npgsql;

namespace Cms.Platform.Postgres;

/// <summary>Opens the database the way this server uses it.</summary>
internal static class Database
{
    private static readonly NpgsqlConnectionStringBuilder Default = new();

    /// <summary>The most connections that its pool has.</summary>
    public static int PoolOf(NpgsqlDataSource postgres) =>
        new NpgsqlConnectionStringBuilder(postgres.ConnectionString).MaxPoolSize;

    public static NpgsqlDataSource Open(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.CommandTimeout == Default.CommandTimeout)
            settings.CommandTimeout = 15;
        settings.ApplicationName ??= "cms";
        return Builder(settings).Build();
    }

    /// <summary>Opens a replica. There is always somebody else to ask, so its patience is short.</summary>
    /// <param name="connectionString">With one host.</param>
    /// <param name="met">Called for each new connection, before it is used, with what tells its server process from any
    /// other.</param>
    public static NpgsqlDataSource OpenReplica(string connectionString, Action<string> met)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.CommandTimeout == Default.CommandTimeout)
            settings.CommandTimeout = 5;
        if (settings.Timeout == Default.Timeout)
            settings.Timeout = 2;
        settings.ApplicationName ??= "cms replica";
        var builder = Builder(settings);
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(SelectServer, connection);
                met((string)command.ExecuteScalar()!);
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(SelectServer, connection);
                met((string)(await command.ExecuteScalarAsync())!);
            }
        );
        return builder.Build();
    }

    /// <summary>A connection string for each host that one names.</summary>
    public static IEnumerable<string> HostsOf(string? connectionString)
    {
        if (string.IsNullOrEmpty(connectionString))
            yield break;
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        // These choose among hosts, which is done here.
        foreach (var key in (string[])["Load Balance Hosts", "Target Session Attributes"])
            settings.Remove(key);
        foreach (
            var host in (settings.Host ?? "").Split(
                ',',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            )
        )
        {
            var one = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Host = host };
            // "name:5433"; an address of IPv6 has more colons than one.
            if (
                host.Split(':') is [var name, var port]
                && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            )
                (one.Host, one.Port) = (name, number);
            yield return one.ConnectionString;
        }
    }

    private static NpgsqlDataSourceBuilder Builder(NpgsqlConnectionStringBuilder settings)
    {
        // Our statements are few and repeated. Only what the operator left at Npgsql's default is set here.
        if (settings.MaxAutoPrepare == Default.MaxAutoPrepare)
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (100, 2);
        // PostgreSQL compiles statements whose estimated cost is high. That takes ten times as long as our costliest
        // statement runs, each time anew, and a publication waits for it under the lock of the change feed. An operator
        // who sets jit in Options has the last word.
        if (settings.Options?.Contains("jit", StringComparison.Ordinal) != true)
            settings.Options = $"{settings.Options} -c jit=off".TrimStart();
        // PostgreSQL comes with 100 connections; a burst must wait for one here rather than be turned away there.
        if (settings.MaxPoolSize == Default.MaxPoolSize)
            settings.MaxPoolSize = 80;
        // Metrics name the pool by this; without it by its address and user.
        return new(settings.ConnectionString) { Name = settings.ApplicationName };
    }

    /// <summary>
    /// Whether PostgreSQL compiles statements of these connections: behind a pooler that drops start-up parameters it
    /// may.
    /// </summary>
    public static Task<bool> CompilesAsync(NpgsqlDataSource postgres, CancellationToken ct) =>
        postgres.FindAsync<bool>("select current_setting('jit')::bool", new { }, ct);

    /// <summary>What tells a server process from any other.</summary>
    public const string SelectServer =
        "select pg_postmaster_start_time()::text || ' ' || pg_is_in_recovery()";
}
