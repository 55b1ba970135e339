using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cms.EmbeddedPostgres;

/// <summary>Where the server listens: a Unix socket in a folder of its own, or a port of 127.0.0.1.</summary>
/// <param name="Host">The socket's folder, or 127.0.0.1.</param>
/// <param name="Port">The TCP port; for a socket the number in its file's name.</param>
internal sealed record ServerAddress(string Host, int Port)
{
    private const int SocketPort = 5432;

    // sun_path without its closing zero, in bytes.
    private static readonly int MaxPathLength = OperatingSystem.IsMacOS() ? 103 : 107;

    private static readonly string SocketName = $".s.PGSQL.{SocketPort}";

    public bool IsSocket => Path.IsPathRooted(Host);

    /// <summary>The socket in the cluster's folder, or, if its path would be too long, in a short folder.</summary>
    public static ServerAddress Socket(ClusterFolder folder, ServerUser? user)
    {
        var own = Path.Combine(folder.Root, "run");
        var host = Fits(own) ? own : ShortFolder(folder);
        try
        {
            // In a shared folder somebody else may have laid a link; changing the mode fails if it is not ours.
            if (new DirectoryInfo(host).LinkTarget is not null)
                throw new IOException("it is a symbolic link.");
            ClusterFolder.CreatePrivate(host, user);

            // Left by a predecessor, whose process id may be another program's by now.
            File.Delete(Path.Combine(host, SocketName));
            File.Delete(Path.Combine(host, SocketName + ".lock"));
        }
        catch (Exception e) when (ClusterFolder.IsRefusal(e))
        {
            throw ClusterFolder.CannotWrite(host, e);
        }
        return new ServerAddress(host, SocketPort);
    }

    /// <summary>Takes a short folder away again once the server has stopped; the cluster's own stays.</summary>
    public void Release(ClusterFolder folder)
    {
        if (!IsSocket || Host.StartsWith(folder.Root, StringComparison.Ordinal))
            return;
        try
        {
            Directory.Delete(Host);
        }
        catch (Exception e) when (ClusterFolder.IsRefusal(e))
        {
            // An empty folder that stays is no reason to fail.
        }
    }

    public static ServerAddress FreeLoopbackPort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new ServerAddress("127.0.0.1", ((IPEndPoint)probe.LocalEndPoint!).Port);
    }

    // PostgreSQL and Npgsql both read a comma as the start of a second address.
    private static bool Fits(string folder) =>
        Encoding.UTF8.GetByteCount(Path.Combine(folder, SocketName)) <= MaxPathLength
        && !folder.AsSpan().ContainsAny(',', '"');

    // /run and XDG_RUNTIME_DIR belong to their user, so that nobody else can take the name first.
    private static string ShortFolder(ClusterFolder folder)
    {
        var name = $"cms-postgres-{folder.Fingerprint}";
        var runtime = Environment.IsPrivilegedProcess
            ? "/run"
            : Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return new[] { runtime, Path.GetTempPath() }
                .Where(parent => Directory.Exists(parent) && Path.IsPathRooted(parent))
                .Select(parent => Path.Combine(parent!, name))
                .FirstOrDefault(Fits)
            ?? Path.Combine("/tmp", name);
    }
}
