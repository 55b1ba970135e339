using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Html.Pasted;

/// <summary>
/// Makes lists of what is only shown as one: Word writes each item as a paragraph with its marker as text, and Word on
/// the web as a list of its own. Quotes that are paragraphs of a style become quotes.
/// </summary>
internal static partial class WordLists
{
    /// <summary>Builds lists and quotes out of the children of an element.</summary>
    public static void Build(IElement parent)
    {
        Builder? lists = null;
        IElement? quote = null;
        foreach (var node in parent.ChildNodes.ToArray())
        {
            if (node is IText text && text.Data.All(c => Plain.IsSpace(c) || c == '\u00A0'))
                continue;
            if (node is not IElement element)
            {
                (lists, quote) = (null, null);
                continue;
            }

            if (ItemOf(element) is { } item)
            {
                quote = null;
                lists ??= new Builder(parent);
                lists.Add(element, item);
            }
            else if (IsQuote(element))
            {
                lists = null;
                if (quote is null)
                {
                    quote = parent.Owner!.CreateElement("blockquote");
                    parent.InsertBefore(quote, element);
                }

                quote.AppendChild(element);
            }
            else
            {
                (lists, quote) = (null, null);
            }
        }
    }

    /// <summary>
    /// Whether there is anything to build from. Most elements say nothing of themselves, and cost nothing.
    /// </summary>
    public static bool IsPart(IElement element) =>
        element.LocalName is "p" or "div" or "ul" or "ol"
        && (
            element.LocalName is "ul" or "ol"
            || element.HasAttribute("style")
            || element.HasAttribute("class")
        )
        && (IsQuote(element) || IsItem(element));

    private static bool IsQuote(IElement element) =>
        element.LocalName is "p"
        && element.ClassList.Any(name =>
            name
                is "MsoQuote"
                    or "MsoIntenseQuote"
                    or "MsoQuoteCxSpFirst"
                    or "MsoQuoteCxSpMiddle"
                    or "MsoQuoteCxSpLast"
        );

    private static bool IsItem(IElement element) =>
        element.LocalName switch
        {
            "p" or "div" => Level().IsMatch(element.GetAttribute("style") ?? "")
                || (
                    element.LocalName is "p"
                    && HasListClass(element)
                    && TypedMarker().IsMatch(element.TextContent)
                ),
            "ul" or "ol" => OnlyItem(element) is not null,
            _ => false,
        };

    private static bool HasListClass(IElement element) =>
        element.ClassList.Any(name => name.StartsWith("MsoListParagraph", StringComparison.Ordinal));

    // <ul><li data-aria-level="2">: one item, in a list that does not say that it is within another.
    private static IElement? OnlyItem(IElement list) =>
        list.Children is { Length: 1 } children
        && children[0] is { LocalName: "li" } li
        && li.HasAttribute("data-aria-level")
            ? li
            : null;

    private static Item? ItemOf(IElement element)
    {
        if (!IsItem(element))
            return null;
        if (OnlyItem(element) is { } only)
        {
            var level = int.TryParse(
                only.GetAttribute("data-aria-level"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var l
            )
                ? l
                : 1;
            var ordered = element.LocalName is "ol";
            var start = int.TryParse(
                element.GetAttribute("start"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var s
            )
                ? s
                : 1;
            return new Item(
                level,
                ordered
                    ? new Marker(ListNumber.TypeOf(ListNumber.OfType(element.GetAttribute("type"))), start)
                    : null,
                only
            );
        }

        var style = Level().Match(element.GetAttribute("style") ?? "");
        if (
            element
                .QuerySelectorAll("[style]")
                .FirstOrDefault(inner => IgnoredMarker().IsMatch(inner.GetAttribute("style")!)) is
            { } shown
        )
        {
            var marker = MarkerOf(shown.TextContent);
            shown.Remove();
            return new Item(LevelOf(style, element), marker, null);
        }

        // The marker is plain text at the beginning, behind it the spaces that stand for a tab.
        var typed = TypedMarker().Match(element.TextContent);
        if (!typed.Success)
            return style.Success ? new Item(LevelOf(style, element), null, null) : null;
        var left = typed.Length;
        foreach (var text in element.Descendants<IText>().ToArray())
        {
            if (left <= 0)
                break;
            var taken = Math.Min(left, text.Data.Length);
            left -= taken;
            text.Data = text.Data[taken..];
        }

        return new Item(LevelOf(style, element), MarkerOf(typed.Groups["marker"].Value), null);
    }

    private static int LevelOf(Match style, IElement element)
    {
        if (style.Success)
            return int.Parse(style.Groups["level"].ValueSpan, CultureInfo.InvariantCulture);
        // Where Word's own words were taken away, half an inch is a level.
        var margin = Margin().Match(element.GetAttribute("style") ?? "");
        return
            margin.Success
            && double.TryParse(
                margin.Groups["inches"].ValueSpan,
                CultureInfo.InvariantCulture,
                out var inches
            )
            ? Math.Clamp((int)Math.Round(inches / 0.5), 1, 9)
            : 1;
    }

    private static Marker? MarkerOf(string text)
    {
        var match = NumberMarker().Match(text.Trim(' ', '\u00A0', '\t', '\n', '\r'));
        if (!match.Success)
            return null;
        var number = match.Groups["number"];
        if (number.Success)
            return int.TryParse(
                number.ValueSpan,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var value
            )
                ? new Marker(null, value)
                : null;
        var letters = match.Groups["letters"].Value;
        return ListNumber.OfLetters(letters);
    }

    [GeneratedRegex(
        @"mso-list:\s*l\d+\s+level(?<level>[1-9])",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Level();

    [GeneratedRegex(@"mso-list:\s*ignore", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex IgnoredMarker();

    [GeneratedRegex(
        @"margin-left:\s*(?<inches>\d*\.?\d+)in",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Margin();

    [GeneratedRegex(
        @"^\(?((\d{1,9}\.)*(?<number>\d{1,9})|(?<letters>[A-Za-z]{1,8}))[.)\]:]\z|^(?<number>\d{1,9})\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex NumberMarker();

    [GeneratedRegex(
        @"^[ \t\r\n]*(?<marker>[·•o§ØüvqwnlÞ▪■►–\-\uF0A7\uF0B7\uF0D8\uF0FC]|\(?(\d{1,9}|[A-Za-z]{1,4})[.)])"
            + @"(\u00A0[ \u00A0\r\n]*|[ ]+\u00A0[ \u00A0\r\n]*)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex TypedMarker();

    /// <summary>A numbered marker: how it is written (null: decimal), and its number.</summary>
    private sealed record Item(int Level, Marker? Marker, IElement? Only);

    private sealed class Builder(IElement parent)
    {
        private readonly Stack<(IElement List, int Level, string? Type, int Next)> _open = new();

        public void Add(IElement element, Item item)
        {
            while (_open.Count > 0 && _open.Peek().Level > item.Level)
                _open.Pop();
            var same = _open.Count > 0 && _open.Peek().Level == item.Level ? _open.Peek() : default;
            var list = same.List;
            var marker = item.Marker;
            if (list is not null)
            {
                // "i." goes on a list of letters as well as one of Roman numbers.
                if (marker is not null && list.LocalName is "ol")
                    marker = ListNumber.As(marker, same.Type) ?? marker;
                if (
                    list.LocalName is "ol" != marker is not null
                    || (marker is not null && marker.Type != same.Type)
                )
                {
                    _open.Pop();
                    list = null;
                }
            }

            if (list is null)
                list = Open(element, marker, item.Level);
            else
                _open.Pop();

            var li = item.Only ?? element.Owner!.CreateElement("li");
            var expected = same.List == list ? same.Next : marker?.Number ?? 1;
            if (marker is not null && marker.Number != expected)
                li.SetAttribute("value", marker.Number.ToString(CultureInfo.InvariantCulture));
            list.AppendChild(li);
            if (item.Only is null)
                li.AppendChild(element);
            else
                element.Remove();
            _open.Push((list, item.Level, marker?.Type, (marker?.Number ?? 0) + 1));
        }

        private IElement Open(IElement before, Marker? marker, int level)
        {
            var list = before.Owner!.CreateElement(marker is null ? "ul" : "ol");
            if (marker is not null && marker.Number != 1)
                list.SetAttribute("start", marker.Number.ToString(CultureInfo.InvariantCulture));
            if (marker?.Type is { } type)
                list.SetAttribute("type", type);
            if (
                _open.Count > 0
                && _open.Peek().Level < level
                && _open.Peek().List.LastElementChild is { } item
            )
                item.AppendChild(list);
            else
                parent.InsertBefore(list, before);
            return list;
        }
    }
}
