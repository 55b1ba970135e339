namespace Cms.Testing;

/// <summary>
/// Folders for clusters and servers of tests: in memory where there is such a place, and open to the user that runs
/// PostgreSQL.
/// </summary>
internal static class TestFolders
{
    public static string Create()
    {
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var folder = Path.Combine(root, $"cms-tests-{Environment.ProcessId}-{Names.Unique("d")}");
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                folder,
                UnixFileMode.UserRead
                    | UnixFileMode.UserWrite
                    | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead
                    | UnixFileMode.GroupExecute
                    | UnixFileMode.OtherRead
                    | UnixFileMode.OtherExecute
            );
        return folder;
    }
}
