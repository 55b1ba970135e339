using System.Globalization;

namespace Cms.Benchmarks.Harness;

/// <summary>What Linux tells of processes (<c>/proc</c>).</summary>
internal static class ProcessFiles
{
    private const double TicksPerSecond = 100; // what Linux counts processor time in, on every architecture

    // Fields of stat, counted from the one after the name.
    private const int Parent = 1;
    private const int User = 11;
    private const int System = 12;
    private const int UserOfEndedChildren = 13;
    private const int SystemOfEndedChildren = 14;

    /// <summary>A line of status that counts kilobytes, in bytes.</summary>
    public static double Memory(int process, string line) =>
        1024
        * Number(
            File.ReadLines(Of(process, "status"))
                .First(l => l.StartsWith(line, StringComparison.Ordinal))[line.Length..]
                .Replace("kB", "", StringComparison.Ordinal)
        );

    public static void ForgetPeak(int process) => File.WriteAllText(Of(process, "clear_refs"), "5");

    public static double Cpu(int process)
    {
        var stat = Stat(process)!;
        return (Number(stat[User]) + Number(stat[System])) / TicksPerSecond;
    }

    /// <summary>Of a process and all that it has started, those that have ended too.</summary>
    public static double CpuOfFamily(int process)
    {
        var stat = Stat(process)!;
        var ended =
            (Number(stat[UserOfEndedChildren]) + Number(stat[SystemOfEndedChildren])) / TicksPerSecond;
        return Cpu(process)
            + ended
            + Directory
                .EnumerateDirectories("/proc")
                .Select(d =>
                    int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var id)
                        ? Stat(id)
                        : null
                )
                .OfType<string[]>()
                .Where(s => int.Parse(s[Parent], CultureInfo.InvariantCulture) == process)
                .Sum(s => (Number(s[User]) + Number(s[System])) / TicksPerSecond);
    }

    private static string[]? Stat(int process)
    {
        try
        {
            var stat = File.ReadAllText(Of(process, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // it has ended
        }
    }

    private static string Of(int process, string file) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/{file}");

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
