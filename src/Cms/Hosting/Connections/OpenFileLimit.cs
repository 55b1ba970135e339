using System.Runtime.InteropServices;

namespace Cms.Hosting.Connections;

/// <summary>How many files, sockets among them, the process may have open.</summary>
internal static class OpenFileLimit
{
    // RLIMIT_NOFILE.
    private const int OnLinux = 7;
    private const int OnMac = 8;

    /// <summary>macOS says that there is no limit, and then takes no more than this (OPEN_MAX).</summary>
    private const ulong MaxOnMac = 10_240;

    /// <summary>
    /// Raises the limit as far as the process may, and returns it; null where there is none. (.NET raises it too, on
    /// the systems that it knows.)
    /// </summary>
    public static long? Raise()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return null;
        var resource = OperatingSystem.IsMacOS() ? OnMac : OnLinux;
        if (GetLimit(resource, out var limit) != 0)
            return null;
        var most = OperatingSystem.IsMacOS() ? Math.Min(limit.Hard, MaxOnMac) : limit.Hard;
        var raised = limit with { Soft = most };
        if (most > limit.Soft && SetLimit(resource, in raised) == 0)
            limit = raised;
        return (long)Math.Min(limit.Soft, int.MaxValue);
    }

    [DllImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetLimit(int resource, out Limit limit);

    [DllImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
