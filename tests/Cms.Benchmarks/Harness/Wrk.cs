using System.Diagnostics;
using System.Globalization;

namespace Cms.Benchmarks.Harness;

/// <summary>
/// The load: wrk keeps so many connections busy, each with one request after the other. Its latencies are those under
/// that load: who is slow is asked less often.
/// </summary>
internal static class Wrk
{
    // A server has as many threads as there are cores, and the load comes from the same machine.
    private static readonly int Threads = Math.Max(1, Environment.ProcessorCount / 2);

    public static async Task<Load> RunAsync(
        Contestant contestant,
        int connections,
        int seconds,
        CancellationToken ct
    )
    {
        List<string> arguments =
        [
            $"-t{Math.Min(Threads, connections)}",
            $"-c{connections}",
            $"-d{seconds}s",
            "--latency",
            // Late is late, and no error; nothing here takes as long as this.
            "--timeout",
            "30s",
        ];
        foreach (var header in contestant.Headers)
            arguments.AddRange(["-H", header]);
        if (contestant.Script is { } script)
            arguments.AddRange(["-s", script.File]);
        arguments.Add(new Uri(contestant.Server.Address, contestant.Target).AbsoluteUri);

        using var process = Process.Start(
            new ProcessStartInfo(Programs.Require("wrk"), arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        try
        {
            var cpu = contestant.Server.Cpu;
            var errors = process.StandardError.ReadToEndAsync(ct);
            var text = await process.StandardOutput.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            cpu = contestant.Server.Cpu - cpu;
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"wrk failed: {text}{await errors}");
            try
            {
                var load = WrkOutput.Parse(text);
                return load with { Cpu = 1_000_000 * cpu / load.Requests };
            }
            catch (InvalidOperationException e)
            {
                throw new InvalidOperationException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{contestant.Name}, {connections} connections: {e.Message}"
                    ),
                    e
                );
            }
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
