using System.Globalization;
using System.Text.RegularExpressions;

namespace Cms.Benchmarks.Harness;

/// <summary>
/// What wrk prints. It is read strictly: a figure from an answer that failed, or from a line misunderstood, would be
/// worse than none.
/// </summary>
internal static partial class WrkOutput
{
    /// <exception cref="InvalidOperationException">There was an answer of 400 or more, an error of a socket, or
    /// something that wrk does not print.</exception>
    public static Load Parse(string text)
    {
        foreach (var fault in (string[])["Non-2xx or 3xx responses", "Socket errors"])
            if (text.Contains(fault, StringComparison.Ordinal))
                throw new InvalidOperationException($"There were answers that do not count:\n{text}");
        var load = new Load(
            double.Parse(Only(Rate(), text).Groups["n"].ValueSpan, CultureInfo.InvariantCulture),
            Milliseconds(Only(Median(), text)),
            Milliseconds(Only(Late(), text))
        )
        {
            Requests = long.Parse(Only(Total(), text).Groups["n"].ValueSpan, CultureInfo.InvariantCulture),
        };
        return load.Requests > 0
            ? load
            : throw new InvalidOperationException($"Nothing was answered:\n{text}");
    }

    private static Match Only(Regex line, string text) =>
        line.Matches(text) is [var match]
            ? match
            : throw new InvalidOperationException($"wrk did not print {line} once:\n{text}");

    private static double Milliseconds(Match match) =>
        double.Parse(match.Groups["n"].ValueSpan, CultureInfo.InvariantCulture)
        * match.Groups["unit"].Value switch
        {
            "us" => 0.001,
            "ms" => 1,
            "s" => 1_000,
            _ => 60_000,
        };

    [GeneratedRegex(@"^Requests/sec: +(?<n>[0-9.]+)\s*$", Options)]
    private static partial Regex Rate();

    [GeneratedRegex("^ +50% +(?<n>[0-9.]+)(?<unit>us|ms|s|m) *$", Options)]
    private static partial Regex Median();

    [GeneratedRegex("^ +99% +(?<n>[0-9.]+)(?<unit>us|ms|s|m) *$", Options)]
    private static partial Regex Late();

    [GeneratedRegex("^ +(?<n>[0-9]+) requests in ", Options)]
    private static partial Regex Total();

    private const RegexOptions Options =
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;
}

/// <summary>
/// What came of a load: requests a second, and after how many milliseconds half of the answers, and 99 of 100, were
/// there.
/// </summary>
internal sealed record Load(double PerSecond, double P50, double P99)
{
    public long Requests { get; init; }

    /// <summary>Microseconds of processor time that the server took for each.</summary>
    public double Cpu { get; init; }
}
