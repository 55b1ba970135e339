using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Cms.Images.Storage;

/// <summary>
/// Files on disk under the hash of their content: <c>root/ab/cd/abcd…</c>. A name, once there, holds a whole file.
/// </summary>
/// <remarks>
/// Several processes may use one root if they run as the same user. Nobody else may read it, since it also holds
/// unpublished pictures. The hash is the caller's word: it is checked for its form, not recomputed.
/// </remarks>
internal sealed class MediaStore : FileStore
{
    private const string TemporaryFolder = ".incoming";

    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;

    private readonly string _root;
    private readonly string _incoming;

    /// <summary>
    /// Opens the store, making its folder when there is none, and sweeps what an earlier process left half written.
    /// </summary>
    public MediaStore(string root)
    {
        _root = Path.GetFullPath(root);
        _incoming = Path.Combine(_root, TemporaryFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(_root) ?? _root);
        CreateFolder(_root);
        CreateFolder(_incoming);
        // A user that cannot enter the root reaches nothing below it, so this is enough at first.
        IsPrivate = TryMakePrivate(new DirectoryInfo(_root));
        foreach (var stale in Directory.EnumerateFiles(_incoming))
            TryDelete(stale);
    }

    public override string Place => _root;

    /// <summary>Whether the root is closed to other users; false when it belongs to one of them.</summary>
    public bool IsPrivate { get; }

    /// <summary>Closes to other users what an earlier version or a copy left open.</summary>
    /// <returns>How many files and folders were open.</returns>
    public int MakePrivate(CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
            return 0;
        var mended = 0;
        var all = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        foreach (var entry in new DirectoryInfo(_root).EnumerateFileSystemInfos("*", all))
        {
            ct.ThrowIfCancellationRequested();
            if (IsOpen(entry) && TryMakePrivate(entry))
                mended++;
        }

        return mended;
    }

    /// <summary>
    /// Writes a file so that it is on disk when this returns. One that is there with the right length is left as it is.
    /// </summary>
    /// <exception cref="ArgumentException">The hash is not 64 lower-case hexadecimal digits.</exception>
    public override async Task WriteAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        var path = PathOf(sha256);
        var folder = Path.GetDirectoryName(path)!;
        if (new FileInfo(path) is not { Exists: true } there || there.Length != bytes.Length)
        {
            CreateFolder(Path.GetDirectoryName(folder)!);
            CreateFolder(folder);
            await WriteNewAsync(path, bytes, ct);
        }

        // The name, too, must survive a power cut, and so must the folders that may be new. Also when the file was
        // there: whoever wrote it may not have come this far.
        Synchronize(folder);
        Synchronize(Path.GetDirectoryName(folder)!);
        Synchronize(_root);
    }

    private async Task WriteNewAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        // Within the root, so that the rename below stays in one file system and is one step.
        var temporary = Path.Combine(_incoming, Path.GetRandomFileName());
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            // Not None: the file is renamed while it is open, and so is never without the lock that tells the sweeper
            // it is alive.
            Share = FileShare.Read | FileShare.Delete,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
            PreallocationSize = bytes.Length,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = PrivateFile;
        try
        {
            await using (var file = new FileStream(temporary, options))
            {
                await file.WriteAsync(bytes, ct);
                file.Flush(flushToDisk: true);
                File.Move(temporary, path, overwrite: true);
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Whether a file is there.</summary>
    /// <exception cref="ArgumentException">The hash is not 64 lower-case hexadecimal digits.</exception>
    public bool Has(string sha256) => File.Exists(PathOf(sha256));

    /// <summary>Opens a file for reading, at any offset; null when there is none. The caller disposes of it.</summary>
    /// <exception cref="ArgumentException">The hash is not 64 lower-case hexadecimal digits.</exception>
    public FileStream? OpenRead(string sha256)
    {
        try
        {
            return new FileStream(
                PathOf(sha256),
                new FileStreamOptions
                {
                    Mode = FileMode.Open,
                    Access = FileAccess.Read,
                    Share = FileShare.ReadWrite | FileShare.Delete,
                    Options = FileOptions.Asynchronous,
                    BufferSize = 0,
                }
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes a file; one that is not there is no error. Readers that have it open read to its end.</summary>
    /// <exception cref="ArgumentException">The hash is not 64 lower-case hexadecimal digits.</exception>
    public void Delete(string sha256)
    {
        var path = PathOf(sha256);
        if (Directory.Exists(Path.GetDirectoryName(path)))
            File.Delete(path);
    }

    public override Task<Stream?> OpenReadAsync(string sha256, CancellationToken ct) =>
        Task.FromResult<Stream?>(OpenRead(sha256));

    public override Task DeleteAsync(string sha256, CancellationToken ct)
    {
        Delete(sha256);
        return Task.CompletedTask;
    }

    public override async IAsyncEnumerable<StoredFile> ListAsync(
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await Task.CompletedTask;
        var all = new EnumerationOptions { RecurseSubdirectories = true };
        foreach (
            var file in new DirectoryInfo(_root)
                .EnumerateFiles("*", all)
                .Where(f => f.Name.Length == HashLength)
        )
        {
            ct.ThrowIfCancellationRequested();
            // Gone since it was found: another process has removed it.
            if (file.Exists)
                yield return new(file.Name, file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
        }
    }

    // One folder at a time: the given mode applies to the last folder only.
    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, PrivateFolder);
    }

    [UnsupportedOSPlatform("windows")]
    private static bool IsOpen(FileSystemInfo entry) =>
        (entry.UnixFileMode & ~PrivateFolder) != UnixFileMode.None;

    private static bool TryMakePrivate(FileSystemInfo entry)
    {
        if (OperatingSystem.IsWindows())
            return true;
        try
        {
            if (IsOpen(entry))
                entry.UnixFileMode = entry is DirectoryInfo ? PrivateFolder : PrivateFile;
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // It belongs to another user, or has gone.
            return false;
        }
    }

    // A file that another process (an import beside the server) is writing right now is locked, and is no leftover.
    private static void TryDelete(string stale)
    {
        try
        {
            using (new FileStream(stale, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                File.Delete(stale);
        }
        catch (IOException)
        {
            // In use, or already gone.
        }
    }

    private string PathOf(string sha256) => Path.Combine(_root, RelativePath(sha256));

    // .NET opens no folders; on Windows NTFS journals the rename itself.
    private static void Synchronize(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;

        var descriptor = Native.Open(folder, Native.CloseOnExec);
        if (descriptor < 0)
            throw new IOException($"The folder {folder} cannot be opened.", Marshal.GetLastPInvokeError());
        try
        {
            // Some network file systems refuse to synchronize folders (EINVAL) and need no help there.
            if (Native.Fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() != Native.InvalidArgument)
                throw new IOException(
                    $"The folder {folder} cannot be written through.",
                    Marshal.GetLastPInvokeError()
                );
        }
        finally
        {
            _ = Native.Close(descriptor);
        }
    }

    [SuppressMessage(
        "Interoperability",
        "SYSLIB1054",
        Justification = "Generated code would need unsafe blocks in the whole assembly."
    )]
    private static class Native
    {
        // O_RDONLY is 0 everywhere; this keeps the descriptor from child processes.
        public static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

        public const int InvalidArgument = 22;

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Fsync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
