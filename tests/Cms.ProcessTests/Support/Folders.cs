using System.Diagnostics;

namespace Cms.ProcessTests.Support;

/// <summary>
/// Folders of tests: in memory where there is such a place, and open to the user that runs PostgreSQL.
/// </summary>
internal static class Folders
{
    private const UnixFileMode OpenToAll =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private static int _count;

    public static string Create()
    {
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var folder = Path.Combine(
            root,
            $"cms-process-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}"
        );
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, OpenToAll);
        return folder;
    }

    /// <summary>Copies a folder with its owners and modes, which PostgreSQL insists on.</summary>
    public static async Task CopyAsync(string from, string to)
    {
        using var copy = Process.Start("cp", ["-a", from, to]);
        await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, copy.ExitCode);
    }
}
