using System.Diagnostics;
using System.Globalization;

namespace Cms.Benchmarks.Harness;

/// <summary>
/// A figure of several rounds: the one in the middle (between the two in the middle), and how far the others were from
/// it.
/// </summary>
internal sealed record Spread(double Median, double Least, double Most)
{
    public static Spread Of(IEnumerable<double> rounds)
    {
        var sorted = rounds.Order().ToArray();
        return new((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>Such as <c>12.3 (11.9–14.0)</c>.</summary>
    public override string ToString() =>
        Least.Equals(Most)
            ? Figure.Of(Median)
            : $"{Figure.Of(Median)} ({Figure.Of(Least)}–{Figure.Of(Most)})";
}

/// <summary>Numbers as a table shows them.</summary>
internal static class Figure
{
    /// <summary>With three digits that count.</summary>
    public static string Of(double value) =>
        value.ToString(
            Math.Abs(value) switch
            {
                >= 100 => "#,0",
                >= 10 => "0.0",
                >= 1 => "0.00",
                _ => "0.000",
            },
            CultureInfo.InvariantCulture
        );

    public static string Ratio(double value, double baseline) =>
        baseline == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{value / baseline:0.00}");

    public static double Mib(double bytes) => bytes / 1024 / 1024;

    /// <summary>The value below which this share of the values lies.</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }

    public static double MsSince(long start) => Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}
