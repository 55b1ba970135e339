using System.Text;
using Cms.Publishing.Bodies.PlainText;
using Cms.Publishing.Search;

namespace Cms.Delivery.Search.Words;

/// <summary>A text whose matching words are highlighted in HTML.</summary>
internal sealed class MarkedText
{
    /// <summary>How many passages are shown, and how long each is.</summary>
    private const int MaxPlaces = 2;
    private const int MaxWords = 24;
    private const int MaxLength = 240;

    /// <summary>The context before the first highlighted word of a passage.</summary>
    private const int LeadWords = 6;

    private readonly string _text;
    private readonly List<(int Start, int End)> _marks = [];

    public MarkedText(string text)
    {
        _text = text;
        var groups = TextAnalysis.Read(text);
        Words = [.. groups.SelectMany(g => g.Parts.Concat(g.Beside)), .. TextAnalysis.Pairs(text, groups)];
    }

    public IReadOnlyList<TextWord> Words { get; }

    public bool IsMarked => _marks.Count > 0;

    public void Mark(IReadOnlySet<string> words)
    {
        foreach (
            var word in Words
                .Where(w => words.Contains(w.Text))
                .OrderBy(w => w.Start)
                .ThenByDescending(w => w.End)
        )
            if (_marks.Count == 0 || word.Start >= _marks[^1].End)
                _marks.Add((word.Start, word.End));
            else if (word.End > _marks[^1].End)
                _marks[^1] = (_marks[^1].Start, word.End);
    }

    /// <summary>All of it.</summary>
    public string Whole() => Html(0, _text.Length);

    /// <summary>The passages with the most highlights.</summary>
    public string Places()
    {
        var bounds = Bounds();
        var places = _marks.ConvertAll(m => Place(bounds, m.Start));
        var chosen = new List<(int Start, int End)>();
        foreach (
            var place in places
                .OrderByDescending(p =>
                    _marks
                        .Where(m => m.Start >= p.Start && m.End <= p.End)
                        .Select(m => _text[m.Start..m.End].ToLowerInvariant())
                        .Distinct(StringComparer.Ordinal)
                        .Count()
                )
                .ThenBy(p => p.Start)
        )
            if (
                chosen.Count < MaxPlaces
                && chosen.TrueForAll(c => place.End <= c.Start || place.Start >= c.End)
            )
                chosen.Add(place);
        return string.Join(" … ", chosen.OrderBy(c => c.Start).Select(c => Html(c.Start, c.End)));
    }

    /// <summary>The starts of words after spaces, and the end of the text.</summary>
    private List<int> Bounds()
    {
        var bounds = new List<int>();
        for (var at = 0; at < _text.Length; at++)
            if (!char.IsWhiteSpace(_text[at]) && (at == 0 || char.IsWhiteSpace(_text[at - 1])))
                bounds.Add(at);
        bounds.Add(_text.Length);
        return bounds;
    }

    private (int Start, int End) Place(List<int> bounds, int mark)
    {
        var word = bounds.BinarySearch(mark);
        if (word < 0)
            word = ~word - 1;
        var first = Math.Max(0, Math.Min(word - LeadWords, bounds.Count - 1 - MaxWords));
        var start = bounds[first];
        var end = bounds[Math.Min(bounds.Count - 1, first + MaxWords)];
        // Without spaces a passage is a number of characters.
        if (mark - start > MaxLength / 2)
            start = mark - (MaxLength / 2);
        if (end - start > MaxLength)
            end = Math.Max(start + MaxLength, _marks.Find(m => m.Start == mark).End);
        return (Even(start), Even(Math.Min(end, _text.Length)));
    }

    /// <summary>Not inside a character or a highlight.</summary>
    private int Even(int at)
    {
        if (_marks.Find(m => m.Start < at && at < m.End) is { End: > 0 } cut)
            return cut.End;
        return at > 0 && at < _text.Length && char.IsLowSurrogate(_text[at]) ? at - 1 : at;
    }

    private string Html(int start, int end)
    {
        var html = new StringBuilder();
        var at = start;
        foreach (var mark in _marks)
        {
            if (mark.Start < start || mark.End > end)
                continue;
            Append(at, mark.Start);
            html.Append("<mark>");
            Append(mark.Start, mark.End);
            html.Append("</mark>");
            at = mark.End;
        }
        Append(at, end);
        return Spaced(html.ToString());

        void Append(int from, int to) => Plain.Escape(html, _text.AsSpan(from, to - from), attribute: true);
    }

    /// <summary>On one line.</summary>
    private static string Spaced(string html) => Plain.Line(html);
}
