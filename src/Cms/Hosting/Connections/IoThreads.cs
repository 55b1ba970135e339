using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Cms.Hosting.Connections;

/// <summary>
/// The runtime's I/O threads. They wait for all sockets and hand what comes to the thread pool, except for sockets that
/// ask to be served on them (decision 0022).
/// </summary>
internal static class IoThreads
{
    private const string Count = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>
    /// Whether this runtime can serve a single socket on its I/O thread. That is not public. Without it, everything
    /// runs in the thread pool.
    /// </summary>
    private static readonly bool CanServe = TryServe();

    /// <summary>
    /// Asks for an I/O thread for each processor, unless a number is set already: with one for thirty processors (the
    /// default), a single thread would give all answers from memory. Call before the first socket is opened.
    /// </summary>
    public static void Prepare()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Count)))
            Environment.SetEnvironmentVariable(
                Count,
                Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)
            );
    }

    /// <summary>
    /// The handle to give to <see cref="Serve"/>; null where a socket cannot be served on its I/O thread.
    /// </summary>
    public static SafeSocketHandle? HandleOf(Socket? socket) => CanServe ? socket?.SafeHandle : null;

    /// <summary>Whether the socket's events are handled on its I/O thread from the next one on.</summary>
    public static void Serve(SafeSocketHandle socket, bool onIoThread) => SetInline(socket, onIoThread);

    /// <summary>
    /// The same outcome, and what waits for it goes on in the thread pool, whichever thread brings it.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<T> ToPoolAsync<T>(ValueTask<T> outcome)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        try
        {
            result = await outcome;
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }
        await Task.Yield();
        failure?.Throw();
        return result;
    }

    private static bool TryServe()
    {
        try
        {
            using var none = new SafeSocketHandle();
            SetInline(none, false);
            return true;
        }
        catch (MissingMethodException)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_PreferInlineCompletions")]
    private static extern void SetInline(SafeSocketHandle socket, bool value);
}
