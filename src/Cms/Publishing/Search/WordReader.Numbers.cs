using System.Globalization;

namespace Cms.Publishing.Search;

internal sealed partial class WordReader
{
    private void Number(char sign)
    {
        var groups = new List<(int Start, int End)>();
        var signs = new List<char>();
        while (true)
        {
            var from = _at;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
                _at++;
            groups.Add((from, _at));
            if (_at + 1 >= _text.Length || !char.IsAsciiDigit(_text[_at + 1]) || groups.Count >= MaxRuns)
                break;
            var c = _text[_at];
            if (c is '.' or ',' || (c is '\'' or FoldedText.Joint && IsThousand(groups, _at + 1)))
            {
                signs.Add(c);
                _at++;
            }
            else
                break;
        }
        var text = _text;
        string Of(Range range) => string.Concat(groups[range].Select(g => text[g.Start..g.End]));
        var (start, end) = (groups[0].Start, _at);
        var thousands = Thousands(groups, signs);
        if (groups.Count == 1)
            _runs.Add(new(Cut(Of(..)), start, end, IsNumber: true, sign));
        else if (thousands == groups.Count)
            _runs.Add(
                new(
                    Cut(Of(..)),
                    start,
                    end,
                    IsNumber: true,
                    sign,
                    groups.Count == 2 && signs[0] is '.' or ',' ? Cut($"{Of(..1)}p{Of(1..)}") : null
                )
            );
        else if (groups.Count == 2 || thousands == groups.Count - 1)
            _runs.Add(
                new(
                    Cut($"{Of(..^1)}p{Of(^1..)}"),
                    start,
                    end,
                    IsNumber: true,
                    sign,
                    groups.Count == 2 && IsTime(groups) ? $"{Of(..1)}q{Of(1..)}" : null
                )
            );
        else
            for (var i = 0; i < groups.Count; i++)
                _runs.Add(
                    new(
                        Cut(Of(i..(i + 1))),
                        groups[i].Start,
                        groups[i].End,
                        IsNumber: true,
                        i == 0 ? sign : '.'
                    )
                );
    }

    private bool IsThousand(List<(int Start, int End)> groups, int at) =>
        groups[0].End - groups[0].Start <= 3
        && at + 3 <= _text.Length
        && !_text.AsSpan(at, 3).ContainsAnyExceptInRange('0', '9')
        && (at + 3 == _text.Length || !char.IsAsciiDigit(_text[at + 3]));

    /// <summary>
    /// How many groups are one number with signs between its thousands; a last one may be its decimals.
    /// </summary>
    private static int Thousands(List<(int Start, int End)> groups, List<char> signs)
    {
        static int Length((int Start, int End) group) => group.End - group.Start;
        if (groups.Count < 2 || Length(groups[0]) > 3)
            return 0;
        var count = 1;
        while (count < groups.Count && Length(groups[count]) == 3 && signs[count - 1] == signs[0])
            count++;
        return
            count == groups.Count
            || (count > 1 && count == groups.Count - 1 && signs[^1] is '.' or ',' && signs[^1] != signs[0])
            ? count
            : 0;
    }

    private bool IsTime(List<(int Start, int End)> groups) =>
        groups[0].End - groups[0].Start <= 2
        && groups[1].End - groups[1].Start == 2
        && int.Parse(
            _text.AsSpan(groups[0].Start, groups[0].End - groups[0].Start),
            CultureInfo.InvariantCulture
        ) < 24
        && _text[groups[1].Start] < '6';
}
