using System.ComponentModel;
using System.Diagnostics;

namespace Cms.EmbeddedPostgres;

/// <summary>
/// A process that is forked, and waited for, on a thread of its own: the kernel sends the parent-death signal when the
/// forking <em>thread</em> ends, so a thread of the pool would take the server down with it.
/// </summary>
internal sealed class ChildProcess
{
    // Enough for a program to flush what it still has to say. A grandchild may hold the pipe open for longer.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<int> _exit = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    private ChildProcess(int id) => Id = id;

    public int Id { get; }

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exit => _exit.Task;

    public static Task<ChildProcess> StartAsync(
        ProcessStartInfo command,
        Action<string> onOutput,
        Action<string> onError,
        string input = ""
    )
    {
        var started = new TaskCompletionSource<ChildProcess>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        var thread = new Thread(() => Watch(command, onOutput, onError, input, started))
        {
            IsBackground = true,
            Name = Path.GetFileName(command.FileName),
        };
        thread.Start();
        return started.Task;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ProgramResult> RunAsync(
        ProcessStartInfo command,
        string input,
        CancellationToken ct
    )
    {
        var output = new LastLines();
        var errors = new LastLines();
        var child = await StartAsync(command, output.Add, errors.Add, input);
        await using var cancellation = ct.Register(() => child.Signal(Native.Kill));
        var exitCode = await child.Exit;
        ct.ThrowIfCancellationRequested();
        return new ProgramResult(exitCode, output.ToString(), errors.ToString());
    }

    public void Signal(int signal)
    {
        if (!Exit.IsCompleted)
            Native.Signal(Id, signal);
    }

    private static void Watch(
        ProcessStartInfo command,
        Action<string> onOutput,
        Action<string> onError,
        string input,
        TaskCompletionSource<ChildProcess> started
    )
    {
        Process process;
        try
        {
            process = Process.Start(command)!;
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            started.SetException(
                new PostgresClusterException($"{command.FileName} cannot be run: {e.Message}", e)
            );
            return;
        }

        using (process)
        {
            var child = new ChildProcess(process.Id);
            var drained = Task.WhenAll(
                DrainAsync(process.StandardOutput, onOutput),
                DrainAsync(process.StandardError, onError),
                FeedAsync(process.StandardInput, input)
            );
            started.SetResult(child);

            // With a timeout it waits for the process alone, not for the end of its pipes.
            while (!process.WaitForExit(int.MaxValue)) { }
            drained.Wait(LastWords);
            child._exit.SetResult(process.ExitCode);
        }
    }

    private static async Task FeedAsync(StreamWriter standardInput, string input)
    {
        try
        {
            await using (standardInput)
                await standardInput.WriteAsync(input);
        }
        catch (IOException)
        {
            // It ended without reading: its exit code says why.
        }
    }

    private static async Task DrainAsync(StreamReader pipe, Action<string> onLine)
    {
        try
        {
            while (await pipe.ReadLineAsync() is { } line)
            {
                // A reader that stops reading would stop the server as soon as the pipe is full.
                try
                {
                    onLine(line);
                }
                catch (Exception) { }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process has ended and was disposed of.
        }
    }
}

internal sealed record ProgramResult(int ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>What it had to say about its failure.</summary>
    public string Complaint =>
        Errors.Length > 0 ? Errors
        : Output.Length > 0 ? Output
        : $"exit code {ExitCode}";
}
