using System.Diagnostics;

namespace Cms.EmbeddedPostgres;

/// <summary>
/// Starts programs as the user that owns the data, tied to this process' life where the system can do that.
/// </summary>
internal sealed class Launcher
{
    // Beside PATH, which services often run without.
    private static readonly string[] ToolFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    private readonly string? _setpriv;
    private readonly string? _setsid;

    private Launcher(ServerUser? user, string? setpriv, string? setsid)
    {
        User = user;
        _setpriv = setpriv;
        _setsid = setsid;
    }

    /// <summary>The user that PostgreSQL runs as when that is not the one who runs this process.</summary>
    public ServerUser? User { get; }

    /// <summary>Whether the kernel ends the programs when this process is killed.</summary>
    public bool TiesToParent => _setpriv is not null;

    /// <param name="data">Where the data are, or will be.</param>
    /// <param name="ct">Stops the programs that look up the user.</param>
    public static async Task<Launcher> CreateAsync(string data, CancellationToken ct)
    {
        var setpriv = OperatingSystem.IsLinux() ? FindTool("setpriv") : null;
        var setsid = OperatingSystem.IsLinux() ? FindTool("setsid") : null;
        if (!Environment.IsPrivilegedProcess)
            return new Launcher(null, setpriv, setsid);

        if (setpriv is null)
            throw new PostgresClusterException(
                "PostgreSQL does not run as root, and setpriv (of util-linux), which starts it as another user, "
                    + "was not found. Install util-linux, or start this program as an ordinary user."
            );
        var user = await ServerUser.FindAsync(new Launcher(null, setpriv, setsid), data, ct);
        return new Launcher(user, setpriv, setsid);
    }

    /// <summary>
    /// The server: ends gracefully with its parent, and in a session of its own, so that Ctrl-C reaches the parent
    /// alone.
    /// </summary>
    public ProcessStartInfo Server(string program, IEnumerable<string> arguments)
    {
        IEnumerable<string> command = [.. Wrapper("INT"), program, .. arguments];
        return Command(_setsid is null ? command : [_setsid, .. command]);
    }

    /// <summary>Runs a program to its end as PostgreSQL's user.</summary>
    public Task<ProgramResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken ct,
        string input = ""
    ) => ChildProcess.RunAsync(Command([.. Wrapper("KILL"), program, .. arguments]), input, ct);

    public static string? FindTool(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(ToolFolders)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    // setsid and setpriv replace themselves by the program, so the child's process id is the program's;
    // su and runuser would fork.
    private IEnumerable<string> Wrapper(string deathSignal)
    {
        if (_setpriv is null)
            return [];
        return User is null
            ? [_setpriv, "--pdeathsig", deathSignal, "--"]
            :
            [
                _setpriv,
                "--reuid",
                User.UidText,
                "--regid",
                User.GidText,
                "--clear-groups",
                "--pdeathsig",
                deathSignal,
                "--",
            ];
    }

    private static ProcessStartInfo Command(IEnumerable<string> command)
    {
        var words = command.ToList();
        var info = new ProcessStartInfo(words[0], words.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        // The caller's PGDATA, PGPORT or language must not reach the cluster, nor its service manager's socket.
        foreach (var name in info.Environment.Keys.Where(IsForeign).ToList())
            info.Environment.Remove(name);
        info.Environment["LC_ALL"] = "C";
        return info;
    }

    private static bool IsForeign(string variable) =>
        variable.StartsWith("PG", StringComparison.Ordinal)
        || variable.StartsWith("LC_", StringComparison.Ordinal)
        || variable is "LANG" or "LANGUAGE" or "NOTIFY_SOCKET";
}
