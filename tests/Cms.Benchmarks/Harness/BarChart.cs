using System.Globalization;
using System.Security;
using System.Text;

namespace Cms.Benchmarks.Harness;

/// <summary>
/// Bars of ratios in groups, as an SVG that reads on light and on dark. The whiskers are the least and the most of the
/// rounds.
/// </summary>
internal sealed class BarChart(string title)
{
    private const int Width = 760;
    private const int Left = 210;
    private const int Right = 130;
    private const int Bar = 18;
    private const int Gap = 6;
    private const int GroupGap = 20;
    private const int Top = 52;
    private readonly List<(string Name, (string Name, Spread Ratio)[] Bars)> _groups = [];

    /// <summary>Adds a group; its first bar is the baseline.</summary>
    public void Group(string name, IEnumerable<(string Name, Spread Ratio)> bars) =>
        _groups.Add((name, [.. bars]));

    public string ToSvg()
    {
        // A round that was far off must not squeeze the bars: whiskers may be cut, bars may not.
        var most = Math.Max(
            1.2,
            _groups.SelectMany(g => g.Bars).Select(b => 1.1 * b.Ratio.Median).DefaultIfEmpty(0).Max()
        );
        var body = new StringBuilder();
        var y = Top;
        foreach (var (name, bars) in _groups)
        {
            Text(body, 16, y + 13, "group", "start", name);
            y += 22;
            foreach (var (bar, ratio) in bars)
            {
                WriteBar(body, y, bar, ratio, isBaseline: bar == bars[0].Name, most);
                y += Bar + Gap;
            }
            y += GroupGap - Gap;
        }
        var one = X(1, most);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{{Width}}" height="{{y}}" viewBox="0 0 {{Width}} {{y}}"
                 role="img">
              <title>{{Escaped(title)}}</title>
              <style>
                text { font: 13px system-ui, sans-serif; fill: #1f2328 }
                .title { font-size: 15px; font-weight: 600 }
                .group { font-weight: 600 }
                .ours { fill: #0b6bcb }
                .other { fill: #9aa4af }
                .line { stroke: #1f2328; stroke-width: 1 }
                .one { stroke: #59636e; stroke-dasharray: 3 3 }
                @media (prefers-color-scheme: dark) {
                  text { fill: #e6edf3 }
                  .ours { fill: #58a6ff }
                  .other { fill: #6e7681 }
                  .line { stroke: #e6edf3 }
                  .one { stroke: #9198a1 }
                }
              </style>
              <text x="16" y="28" class="title">{{Escaped(title)}}</text>
              <line x1="{{one:0.#}}" y1="{{Top - 10}}" x2="{{one:0.#}}" y2="{{y - GroupGap}}" class="one"/>
            {{body}}</svg>

            """
        );
    }

    private static void WriteBar(
        StringBuilder svg,
        int y,
        string name,
        Spread ratio,
        bool isBaseline,
        double most
    )
    {
        Text(svg, Left - 10, y + 13, "name", "end", name);
        svg.Append(
            CultureInfo.InvariantCulture,
            $"  <rect x=\"{Left}\" y=\"{y}\" width=\"{X(ratio.Median, most) - Left:0.#}\" "
                + $"height=\"{Bar}\" rx=\"2\" class=\""
                + $"{(name.StartsWith("Cms", StringComparison.Ordinal) ? "ours" : "other")}\"/>\n"
        );
        if (!isBaseline && ratio.Most > ratio.Least)
            svg.Append(
                CultureInfo.InvariantCulture,
                $"  <line x1=\"{X(ratio.Least, most):0.#}\" y1=\"{y + (Bar / 2)}\" "
                    + $"x2=\"{X(ratio.Most, most):0.#}\" y2=\"{y + (Bar / 2)}\" class=\"line\"/>\n"
            );
        var figure = isBaseline
            ? "1"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{ratio.Median:0.00} ({ratio.Least:0.00}–{ratio.Most:0.00})"
            );
        Text(svg, Width - Right + 10, y + 13, "figure", "start", figure);
    }

    private static double X(double ratio, double most) =>
        Left + ((Width - Left - Right) * Math.Min(ratio, most) / most);

    private static void Text(StringBuilder svg, int x, int y, string kind, string anchor, string text) =>
        svg.Append(
            CultureInfo.InvariantCulture,
            $"  <text x=\"{x}\" y=\"{y}\" class=\"{kind}\" text-anchor=\"{anchor}\">{Escaped(text)}</text>\n"
        );

    private static string Escaped(string text) => SecurityElement.Escape(text);
}
