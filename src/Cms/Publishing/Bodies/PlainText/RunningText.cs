using System.Text;
using System.Text.RegularExpressions;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.PlainText;

/// <summary>The text that one would read aloud: what an excerpt is made of.</summary>
internal static partial class RunningText
{
    private const int ShortestWordWithFootnote = 4;

    /// <summary>
    /// The paragraphs of a block, each on one line; none for headings, lists, code, tables, pictures and embeds.
    /// </summary>
    public static IEnumerable<string> Of(Block block) =>
        block switch
        {
            ParagraphBlock paragraph => [Of(paragraph.Html)],
            QuoteBlock quote => quote.Paragraphs.Select(Of),
            HtmlBlock html => Leading(html.Html),
            _ => [],
        };

    // Of free HTML, the paragraphs that it begins with.
    private static IEnumerable<string> Leading(string html)
    {
        for (var at = 0; html.AsSpan(at).StartsWith("<p>", StringComparison.Ordinal); )
        {
            var end = html.IndexOf("</p>", at, StringComparison.Ordinal);
            if (end < 0)
                yield break;
            yield return Of(html[(at + 3)..end]);
            at = end + 4;
        }
    }

    private static string Of(string html)
    {
        if (BodyReader.ReadInline(html) is not { } inline)
            return "";
        var text = new StringBuilder();
        foreach (var run in inline.Runs)
        {
            if (!IsFootnoteMark(run, text))
                text.Append(run.Text);
        }

        var line = Plain.Line(text.ToString());
        if (FootnoteText().IsMatch(line))
            return "";
        line = Plain.Line(NotRead().Replace(line, ""));
        return line.Any(c => Plain.IsVisible(c) && !char.IsPunctuation(c))
            ? SpaceBeforeMark().Replace(line, "${mark}${after}")
            : "";
    }

    // "[1]", "*", or a raised number that leads to a note or stands behind a word or a sentence, which no unit does:
    // "m²".
    private static bool IsFootnoteMark(Run run, StringBuilder before)
    {
        var leads = run.Style.Link?.Href.StartsWith('#') == true;
        var raised = (run.Style.Marks & Marks.Sup) != Marks.None;
        if ((!leads && !raised) || !FootnoteMark().IsMatch(run.Text))
            return false;
        if (leads || !char.IsAsciiDigit(run.Text[0]))
            return true;
        var word = 0;
        while (word < before.Length && char.IsLetter(before[before.Length - 1 - word]))
            word++;
        return word >= ShortestWordWithFootnote
            || (word == 0 && before.Length > 0 && char.IsPunctuation(before[^1]));
    }

    [GeneratedRegex(
        @"^\[?(\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶]{1,3})\]?\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex FootnoteMark();

    [GeneratedRegex(
        @"^(\[\^[^\]\s]{1,40}\]:|\[\d{1,3}\] )",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex FootnoteText();

    [GeneratedRegex(
        @"((https?://|www\.)[^\s]*[^\s.,;:!?)”""’]|\[\^[^\]\s]{1,40}\])",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex NotRead();

    [GeneratedRegex(
        @"\s+(?<mark>[.,;:!?])(?<after>\s|\z)",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex SpaceBeforeMark();
}
