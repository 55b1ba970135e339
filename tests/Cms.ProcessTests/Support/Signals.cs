using System.Globalization;
using System.Runtime.InteropServices;

namespace Cms.ProcessTests.Support;

/// <summary>Signals to processes that a test has started, and whether they live.</summary>
internal static class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    public static void Send(int process, int signal)
    {
        Assert.True(process > 1);
        _ = KillNative(process, signal);
    }

    /// <summary>Whether the process runs; one that has ended and waits to be collected does not.</summary>
    public static bool IsAlive(int process)
    {
        if (KillNative(process, 0) != 0)
            return false;
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return !stat[stat.LastIndexOf(')')..].StartsWith(") Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has gone since, or this system has no such folder.
            return !OperatingSystem.IsLinux();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int KillNative(int process, int signal);
}
