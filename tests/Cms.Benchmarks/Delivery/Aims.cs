using System.Globalization;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>What the server is meant to reach, and what it did.</summary>
internal sealed class Aims
{
    private readonly List<string[]> _rows = [];

    /// <summary>The more the better.</summary>
    public void AtLeast(string what, double aim, Spread found) =>
        Add(what, string.Create(CultureInfo.InvariantCulture, $"≥ {aim}"), found, found.Median >= aim);

    /// <summary>The less the better.</summary>
    public void AtMost(string what, double aim, Spread found) =>
        Add(what, string.Create(CultureInfo.InvariantCulture, $"≤ {aim}"), found, found.Median <= aim);

    /// <summary>Of several rows the worst.</summary>
    public void AtMost(string what, double aim, IEnumerable<(string Name, Spread Found)> found)
    {
        var (name, worst) = found.MaxBy(f => f.Found.Median);
        AtMost($"{what} (the worst: {name})", aim, worst);
    }

    public void Write(Report report)
    {
        if (_rows.Count == 0)
            return;
        report.Heading("Aims");
        report.Table(["", "aim", "found", ""], _rows);
    }

    private void Add(string what, string aim, Spread found, bool isReached) =>
        _rows.Add([what, aim, found.ToString(), isReached ? "reached" : "**missed**"]);
}
