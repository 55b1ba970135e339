using System.Globalization;
using System.Text;

namespace Cms.EmbeddedPostgres;

/// <summary>
/// The processes of this machine with their command lines, which anybody may read, unlike their working directories.
/// </summary>
internal static class ProcessTable
{
    public static async Task<IReadOnlyList<RunningProcess>> ListAsync(CancellationToken ct) =>
        OperatingSystem.IsLinux() ? FromProc() : await FromPsAsync(ct);

    private static List<RunningProcess> FromProc()
    {
        var processes = new List<RunningProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
                continue;
            try
            {
                var words = File.ReadAllBytes(Path.Combine(folder, "cmdline"));
                processes.Add(
                    new RunningProcess(id, Encoding.UTF8.GetString(words).Replace('\0', ' ').Trim())
                );
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is not ours to see.
            }
        }
        return processes;
    }

    private static async Task<List<RunningProcess>> FromPsAsync(CancellationToken ct)
    {
        var processes = new List<RunningProcess>();
        var command = new System.Diagnostics.ProcessStartInfo("ps", ["-axww", "-o", "pid=,command="])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var ps = await ChildProcess.StartAsync(
            command,
            line =>
            {
                var words = line.Trim().Split(' ', 2);
                if (words.Length == 2 && int.TryParse(words[0], CultureInfo.InvariantCulture, out var id))
                    processes.Add(new RunningProcess(id, words[1].Trim()));
            },
            _ => { }
        );
        await ps.Exit.WaitAsync(ct);
        return processes;
    }
}

/// <param name="Id">The process id.</param>
/// <param name="CommandLine">Its arguments, or the title that it gave itself, separated by blanks.</param>
internal sealed record RunningProcess(int Id, string CommandLine)
{
    /// <summary>
    /// Whether it is a server, perhaps of another cluster, rather than one of a server's own children.
    /// </summary>
    public bool IsPostgresServer =>
        Path.GetFileName(CommandLine.Split(' ', 2)[0]) is "postgres" or "postmaster";

    /// <summary>Whether these arguments follow each other in its command line.</summary>
    public bool Has(string arguments) =>
        $" {CommandLine} ".Contains($" {arguments} ", StringComparison.Ordinal);

    /// <summary>Whether it works in this folder, or might: that is not everywhere to be seen.</summary>
    public bool MayWorkIn(string folder)
    {
        try
        {
            var workingDirectory = new FileInfo($"/proc/{Id}/cwd").LinkTarget;
            return workingDirectory is null
                || string.Equals(workingDirectory, folder, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
