namespace Cms.Benchmarks.Harness;

/// <summary>Programs of the system, found as <c>scripts/lib/bench-tools.sh</c> finds them.</summary>
internal static class Programs
{
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            // Debian keeps servers where only root's PATH leads.
            .Concat(["/usr/sbin", "/usr/local/sbin"])
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    public static string Require(string name) =>
        Find(name)
        ?? throw new InvalidOperationException($"{name} is needed and was not found: run scripts/bench.");
}
