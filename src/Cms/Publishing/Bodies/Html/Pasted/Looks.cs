using System.Buffers;
using System.Globalization;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.Html.Pasted;

/// <summary>
/// The parts of a style that a body can express: word processors write bold, list headings and alignment as styles.
/// </summary>
internal sealed class Looks
{
    private const int MaxStyleSheet = 200_000;

    private static readonly SearchValues<char> Combinators = SearchValues.Create(" >+~:[#*");

    private static readonly Dictionary<string, string> Numberings = new(StringComparer.Ordinal)
    {
        ["decimal"] = "1",
        ["lower-alpha"] = "a",
        ["lower-latin"] = "a",
        ["upper-alpha"] = "A",
        ["upper-latin"] = "A",
        ["lower-roman"] = "i",
        ["upper-roman"] = "I",
    };

    // Of a style that every word processor writes everywhere; nobody misses them.
    private static readonly HashSet<string> Silent = new(StringComparer.Ordinal)
    {
        "margin",
        "padding",
        "line-height",
        "white-space",
        "direction",
        "unicode-bidi",
        "orphans",
        "widows",
        "list-style",
        "text-indent",
        "border-collapse",
        "table-layout",
        "vertical-align",
        "overflow",
        "width",
        "height",
    };

    /// <summary>Marks that begin here.</summary>
    public Marks On { get; private set; }

    /// <summary>Marks that end here, though an element around says otherwise.</summary>
    public Marks Off { get; private set; }

    public bool Hidden { get; private set; }

    /// <summary>No wider or higher than a dot.</summary>
    public bool IsDot { get; private set; }

    public string? Align { get; private set; }

    /// <summary>As the <c>type</c> of a list has it.</summary>
    public string? Numbering { get; private set; }

    /// <summary>Word's <c>mso-list</c>: <c>l0 level2 lfo1</c>, or <c>Ignore</c> for the marker.</summary>
    public string? WordList { get; private set; }

    /// <summary>Word's <c>mso-element</c>, such as <c>comment-list</c>.</summary>
    public string? WordElement { get; private set; }

    /// <summary>Whether it has more, which is lost.</summary>
    public bool More { get; private set; }

    public static Looks Of(string style)
    {
        var looks = new Looks();
        foreach (var declaration in style.Split(';'))
        {
            var colon = declaration.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                continue;
            looks.Read(
                declaration[..colon].Trim().ToLowerInvariant(),
                declaration[(colon + 1)..]
                    .Replace("!important", "", StringComparison.OrdinalIgnoreCase)
                    .Trim()
                    .ToLowerInvariant()
            );
        }

        return looks;
    }

    /// <summary>
    /// What the rules of a style sheet say of each class: spreadsheets write bold so. Only rules for one class count.
    /// </summary>
    public static Dictionary<string, string> OfClasses(string css)
    {
        var classes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (css.Length > MaxStyleSheet)
            return classes;
        var rest = css.AsSpan();
        while (rest.IndexOf('{') is >= 0 and var open)
        {
            var close = rest[open..].IndexOf('}');
            if (close < 0)
                break;
            foreach (var part in rest[..open].ToString().Split(','))
            {
                var selector = part.Trim();
                var dot = selector.LastIndexOf('.');
                if (
                    dot < 0
                    || selector.AsSpan().ContainsAny(Combinators)
                    || selector.AsSpan(0, dot).Contains('.')
                )
                    continue;
                var name = selector[(dot + 1)..];
                classes[name] =
                    classes.GetValueOrDefault(name) + ";" + rest.Slice(open + 1, close - 1).ToString();
            }

            rest = rest[(open + close + 1)..];
        }

        return classes;
    }

    private void Read(string name, string value)
    {
        switch (name)
        {
            case "font-weight":
                Set(
                    Marks.Strong,
                    value is "bold" or "bolder"
                        || (
                            int.TryParse(value, CultureInfo.InvariantCulture, out var weight) && weight >= 600
                        ),
                    value is "normal" or "lighter"
                        || (int.TryParse(value, CultureInfo.InvariantCulture, out weight) && weight < 600)
                );
                break;
            case "font-style":
                Set(
                    Marks.Em,
                    value is "italic" || value.StartsWith("oblique", StringComparison.Ordinal),
                    value is "normal"
                );
                break;
            case "text-decoration" or "text-decoration-line":
                Set(Marks.S, value.Contains("line-through", StringComparison.Ordinal), false);
                More |= value.Contains("underline", StringComparison.Ordinal);
                break;
            case "vertical-align" when value is "super" or "text-top":
                On |= Marks.Sup;
                break;
            case "vertical-align" when value is "sub" or "text-bottom":
                On |= Marks.Sub;
                break;
            case "mso-highlight":
                On |= Marks.Mark;
                break;
            case "display" when value is "none":
            case "mso-hide" when value is "all":
                Hidden = true;
                break;
            case "width" or "height" when value is "0" or "0px" or "1px":
                IsDot = true;
                break;
            case "text-align" when value is "left" or "center" or "right":
                Align = value;
                break;
            case "list-style-type" or "list-style":
                foreach (var word in value.Split(' '))
                    Numbering ??= Numberings.GetValueOrDefault(word);
                break;
            case "mso-list":
                WordList = value;
                break;
            case "mso-element":
                WordElement = value;
                break;
            default:
                More |=
                    !Silent.Contains(name)
                    && !name.StartsWith("mso-", StringComparison.Ordinal)
                    && !name.StartsWith("margin-", StringComparison.Ordinal)
                    && !name.StartsWith("padding-", StringComparison.Ordinal)
                    && !name.StartsWith("font-variant", StringComparison.Ordinal);
                break;
        }
    }

    private void Set(Marks mark, bool on, bool off)
    {
        if (on)
            (On, Off) = (On | mark, Off & ~mark);
        else if (off)
            (On, Off) = (On & ~mark, Off | mark);
    }
}
