using System.Diagnostics;

namespace Cms.EmbeddedPostgres;

/// <summary>The running server, from its start to its end.</summary>
internal sealed class ServerProcess
{
    private static readonly TimeSpan UntilReady = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan UntilStopped = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(5);

    private readonly ChildProcess _child;
    private readonly LastLines _log;

    private ServerProcess(ChildProcess child, LastLines log)
    {
        _child = child;
        _log = log;
    }

    public int Id => _child.Id;

    public Task<int> Exit => _child.Exit;

    public IReadOnlyList<string> LastLines => _log.ToList();

    public static async Task<ServerProcess> StartAsync(
        Launcher launcher,
        PostgresPrograms programs,
        IEnumerable<string> arguments,
        Action<string>? log
    )
    {
        var lines = new LastLines();
        void Keep(string line)
        {
            lines.Add(line);
            log?.Invoke(line);
        }
        var child = await ChildProcess.StartAsync(launcher.Server(programs.Server, arguments), Keep, Keep);
        return new ServerProcess(child, lines);
    }

    /// <summary>Waits until connections are accepted; false when the server ended instead.</summary>
    public async Task<bool> BecomesReadyAsync(string data, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (PidFile.Read(data) is not { Ready: true } pidFile || pidFile.Process != Id)
        {
            if (Exit.IsCompleted)
                return false;
            if (waited.Elapsed > UntilReady)
                throw new PostgresClusterException(
                    $"PostgreSQL was not ready after {UntilReady.TotalMinutes:0} minutes. "
                        + $"Perhaps it is still recovering from a crash: start again. Its last lines:\n{_log}"
                );
            await Task.WhenAny(Exit, Task.Delay(Between, ct));
            ct.ThrowIfCancellationRequested();
        }
        return true;
    }

    /// <summary>Asks it to end its sessions, write a checkpoint and stop, without waiting for that.</summary>
    public void Interrupt() => _child.Signal(Native.Interrupt);

    public async Task StopAsync()
    {
        Interrupt();
        try
        {
            await Exit.WaitAsync(UntilStopped);
        }
        catch (TimeoutException)
        {
            // At once: the next start recovers from the log, and nothing committed is lost.
            _child.Signal(Native.Quit);
            await Exit;
        }
    }
}
