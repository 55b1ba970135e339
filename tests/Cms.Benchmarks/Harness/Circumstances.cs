using System.Runtime.InteropServices;
using Cms.Benchmarks.Corpus;
using Cms.Platform.Postgres;

namespace Cms.Benchmarks.Harness;

/// <summary>On what it was measured, as a report says it.</summary>
internal static class Circumstances
{
    public static async Task<string> OfAsync(Newsroom newsroom, CancellationToken ct)
    {
        var postgres = await newsroom.Postgres.FindAsync<string>(
            "select current_setting('server_version')",
            new { },
            ct
        );
        return $"{Machine()}, {RuntimeInformation.FrameworkDescription}, PostgreSQL {postgres!.Split(' ')[0]}; "
            + "load, servers and database share the machine.";
    }

    private static string Machine()
    {
        var model = File.ReadLines("/proc/cpuinfo")
            .Where(l => l.StartsWith("model name", StringComparison.Ordinal))
            .Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault(RuntimeInformation.ProcessArchitecture.ToString());
        return $"{Environment.ProcessorCount} cores ({model})";
    }
}
