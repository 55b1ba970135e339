using System.Runtime.InteropServices;

namespace Cms.EmbeddedPostgres;

/// <summary>The few calls of the C library that .NET does not offer.</summary>
internal static partial class Native
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;

    private const int NotPermitted = 1;

    public static bool Signal(int process, int signal) => SendSignal(process, signal) == 0;

    /// <summary>Whether a process has this id, whoever owns it. A zombie counts, as it does for PostgreSQL.</summary>
    public static bool IsAlive(int process) =>
        SendSignal(process, 0) == 0 || Marshal.GetLastPInvokeError() == NotPermitted;

    /// <summary>The path without any symbolic link, its ancestors included; the path itself must exist.</summary>
    public static string RealPath(string path)
    {
        var resolved = ResolvePath(path, 0);
        if (resolved == 0)
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            return Marshal.PtrToStringUTF8(resolved)!;
        }
        finally
        {
            Free(resolved);
        }
    }

    public static void ChangeOwner(string path, ServerUser owner)
    {
        if (ChangeOwner(path, owner.Uid, owner.Gid) != 0)
            throw new IOException(
                $"cannot be given to the user {owner.Name}: {Marshal.GetLastPInvokeErrorMessage()}"
            );
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);

    [LibraryImport(
        "libc",
        EntryPoint = "realpath",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial nint ResolvePath(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);

    [LibraryImport(
        "libc",
        EntryPoint = "chown",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
