namespace Cms.EmbeddedPostgres;

/// <summary>
/// Keeps two parents from one directory. It is an flock on a file: the kernel frees it however its holder ends.
/// </summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    public static DirectoryLock Take(ClusterFolder folder)
    {
        var path = Path.Combine(folder.Root, "lock");
        try
        {
            return new DirectoryLock(
                new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (IOException e) when (IsHeld(e))
        {
            var server = PidFile.Read(folder.Data) is { } pidFile
                ? $" (PostgreSQL is process {pidFile.Process})"
                : "";
            throw new PostgresClusterException(
                $"Another program is already running the database in {folder.Root}{server}. "
                    + "Stop it first, or choose another data directory.",
                e
            );
        }
        catch (Exception e) when (ClusterFolder.IsRefusal(e))
        {
            throw ClusterFolder.CannotWrite(path, e);
        }
    }

    public void Dispose() => _file.Dispose();

    // EWOULDBLOCK, on Linux and on macOS.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35;
}
