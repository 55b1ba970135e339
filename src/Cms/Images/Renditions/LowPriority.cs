using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Cms.Images.Renditions;

/// <summary>
/// Runs long computations on threads that the system prefers less than those that answer requests.
/// </summary>
internal static class LowPriority
{
    private const int Niceness = 10;

    public static Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            Yield();
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // it is the awaiting caller's
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "Rendition",
            Priority = ThreadPriority.BelowNormal,
        };
        thread.Start();
        return done.Task;
    }

    // On Linux .NET ignores Priority. There 0 means the calling thread, and the threads that it starts inherit it.
    private static void Yield()
    {
        if (OperatingSystem.IsLinux())
            _ = SetPriority(which: 0, who: 0, Niceness);
    }

    [SuppressMessage(
        "Interoperability",
        "SYSLIB1054",
        Justification = "Generated code would need unsafe blocks in the whole assembly."
    )]
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int niceness);
}
