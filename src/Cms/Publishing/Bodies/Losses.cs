using System.Globalization;
using AngleSharp.Dom;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies;

/// <summary>
/// Collects what parsing leaves out, so that nothing is lost silently. Its size is bounded for any input.
/// </summary>
internal sealed class Losses(string pointer, bool located = false)
{
    /// <summary>Warnings in one answer.</summary>
    public const int MaxWarnings = 100;

    private const int MaxQuote = 300;

    // The prefix that the parser gets before the writer's HTML.
    private const int PrefixLength = 21;

    private readonly List<BodyWarning> _warnings = [];
    private readonly Dictionary<(string Pointer, string Code, string? Element), int> _kinds = [];
    private int _more;

    /// <summary>The JSON pointer of the parsed text in the request.</summary>
    public string Pointer { get; set; } = pointer;

    public IReadOnlyList<BodyWarning> Warnings =>
        _more == 0
            ? _warnings
            :
            [
                .. _warnings,
                new BodyWarning
                {
                    Pointer = "/body",
                    Code = "more",
                    Element = null,
                    Count = _more,
                    Detail = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{_more} more were left out of this list."
                    ),
                },
            ];

    /// <summary>Counts one more of a kind that is listed once with its number.</summary>
    public void Count(string code, string? element, string detail, IElement? at = null, int count = 1)
    {
        if (_kinds.TryGetValue((Pointer, code, element), out var i))
            _warnings[i] = _warnings[i] with { Count = _warnings[i].Count + count };
        else if (Add(code, element, detail, at, count))
            _kinds.Add((Pointer, code, element), _warnings.Count - 1);
    }

    /// <summary>One that is told by itself, with its address or text.</summary>
    public void Tell(string code, IElement element, string detail) =>
        Add(code, Name(element), detail, element, 1);

    /// <summary>The same of an element that is not in the tree.</summary>
    public void Tell(string code, string element, string detail) => Add(code, element, detail, null, 1);

    /// <summary>Text or an address as a warning quotes it.</summary>
    public static string Quote(string? text)
    {
        var line = Plain.Line(text ?? "");
        return line.Length <= MaxQuote ? line : line[..TextCut.AtWord(line, MaxQuote, anywhere: true)] + "…";
    }

    private static string Name(IElement element) =>
        element.LocalName.Length <= 40 ? element.LocalName : element.LocalName[..40];

    private bool Add(string code, string? element, string detail, IElement? at, int count)
    {
        if (_warnings.Count == MaxWarnings)
        {
            _more += count;
            return false;
        }

        _warnings.Add(
            new BodyWarning
            {
                Pointer = Pointer,
                Code = code,
                Element = element,
                Count = count,
                Detail = detail + Place(at),
            }
        );
        return true;
    }

    private string Place(IElement? at)
    {
        if (!located || at?.SourceReference?.Position is not { Line: > 0 } position)
            return "";
        var column = position.Line == 1 ? position.Column - PrefixLength : position.Column;
        return column > 0
            ? string.Create(CultureInfo.InvariantCulture, $" (line {position.Line}, column {column})")
            : "";
    }
}
