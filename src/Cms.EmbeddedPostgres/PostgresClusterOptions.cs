namespace Cms.EmbeddedPostgres;

/// <summary>What to run, and where.</summary>
public sealed record PostgresClusterOptions
{
    /// <summary>
    /// The folder that holds the cluster: its data, password, socket and lock. Created when missing. It may be a
    /// symbolic link, and so may the folder <c>data</c> in it.
    /// </summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Server settings by name, as in postgresql.conf. Those that place the server (address, port, socket) are not
    /// yours to set.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The folder with <c>postgres</c> and <c>initdb</c>. Without it the environment variable <c>CMS_POSTGRES_BIN</c>
    /// counts, and without that the newest version found on PATH and in the usual places.
    /// </summary>
    public string? ProgramsDirectory { get; init; }

    /// <summary>Listens on a free port of 127.0.0.1 instead of a Unix socket, for tools that speak only TCP.</summary>
    public bool Loopback { get; init; }

    /// <summary>Receives each line of the server's log, on a thread of the pool. What it throws is dropped.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>
    /// Settings for clusters whose data may be lost, such as those of tests: fast, and not safe against a crash.
    /// </summary>
    public static IReadOnlyDictionary<string, string> DisposableSettings { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["fsync"] = "off",
            ["synchronous_commit"] = "off",
            ["full_page_writes"] = "off",
            ["autovacuum"] = "off",
            ["shared_buffers"] = "64MB",
            ["wal_level"] = "minimal",
            ["max_wal_senders"] = "0",
            ["max_connections"] = "200",
        };
}
