using Cms.Platform;

namespace Cms.Hosting.Connections;

/// <summary>
/// The limits on open client connections and image files that the limit on open files leaves room for.
/// </summary>
/// <param name="Connections">… of all clients.</param>
/// <param name="PerAddress">… of one address.</param>
/// <param name="Files">Image files that are being sent.</param>
internal sealed record ConnectionBounds(int Connections, int PerAddress, int Files)
{
    /// <summary>
    /// Files of the runtime itself (libraries, pipes, listeners), refused connections, uploads, logs: about twice the
    /// measured number.
    /// </summary>
    private const int Runtime = 400;

    /// <summary>Connections to receivers of webhooks.</summary>
    private const int Webhooks = 64;

    /// <summary>With fewer the server does not start.</summary>
    private const int Fewest = 32;

    /// <param name="limit">The limit on open files; null: there is none.</param>
    /// <param name="database">The most connections to the database and its replicas.</param>
    /// <param name="most">The most connections of clients that are wanted.</param>
    /// <param name="perAddress">… of one address; 0: a quarter of all.</param>
    /// <exception cref="SettingException">The limit leaves too few.</exception>
    public static ConnectionBounds Of(long? limit, int database, int most, int perAddress)
    {
        var (connections, files) = (most, most);
        if (limit is { } open)
        {
            var free = open - Runtime - Webhooks - database;
            if (free < Fewest)
                throw new SettingException(
                    $"The process may have {open} files open, and needs "
                        + $"{Runtime + Webhooks + database + Fewest}: raise the limit (ulimit -n; LimitNOFILE "
                        + "of systemd), or lower Maximum Pool Size."
                );
            // A slow reader of a picture has two files open, the connection and the image; others have one.
            connections = (int)Math.Min(most, free * 3 / 4);
            files = (int)Math.Min(most, free - connections);
        }
        return new(
            connections,
            perAddress > 0 ? Math.Min(perAddress, connections) : Math.Max(1, connections / 4),
            files
        );
    }
}
