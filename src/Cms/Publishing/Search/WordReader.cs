using System.Globalization;

namespace Cms.Publishing.Search;

/// <summary>Goes through a text once.</summary>
internal sealed partial class WordReader(string source, FoldedText folded)
{
    /// <summary>So many parts are joined as a whole.</summary>
    private const int MaxWhole = 8;

    /// <summary>Of so many parts all neighbours are joined; of more, two at a time.</summary>
    private const int MaxJoined = 5;

    /// <summary>What goes on longer than that begins anew.</summary>
    private const int MaxRuns = 64;

    private readonly string _text = folded.Text;
    private readonly List<Run> _runs = [];
    private int _at;

    public WordGroup? Next()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (IsSpaceless(c) && !IsMark(c) && !char.IsAsciiDigit(c) && IsLetter(c))
                return Neighbours();
            if (IsOfWord(c))
                return Compound();
            _at++;
        }
        return null;
    }

    /// <summary>A word of several begins or goes on with it; marks without a letter are none.</summary>
    private static bool IsOfWord(char c) =>
        char.IsAsciiLetterOrDigit(c) || (c > '\u007F' && IsLetter(c) && !IsSpaceless(c));

    private WordGroup Neighbours()
    {
        var (start, units) = (_at, new List<(int Start, int End)>());
        while (_at < _text.Length && IsSpaceless(_text[_at]) && IsLetter(_text[_at]))
        {
            var from = _at++;
            if (char.IsHighSurrogate(_text[from]) && _at < _text.Length && char.IsLowSurrogate(_text[_at]))
                _at++;
            while (_at < _text.Length && IsMark(_text[_at]))
                _at++;
            units.Add((from, _at));
        }
        var parts = new TextWord[units.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var (from, to) = (units[i].Start, units[Math.Min(i + 1, parts.Length - 1)].End);
            // Of a long cluster of marks its beginning.
            parts[i] = Word(_text[from..Math.Min(to, from + TextAnalysis.MaxWord)], from, to);
        }
        return new()
        {
            Parts = parts,
            IsSpaceless = true,
            Start = folded.Start(start),
            End = folded.End(_at - 1),
        };
    }

    private WordGroup Compound()
    {
        _runs.Clear();
        var start = _at;
        var prefix = start > 0 ? _text[start - 1] : '\0';
        var isPrefixed = start < 2 || _text[start - 2] is FoldedText.Break or FoldedText.Joint or '"' or '\'';
        var sign = '\0';
        while (true)
        {
            if (char.IsAsciiDigit(_text[_at]))
                Number(sign);
            else if (!Initialism(sign))
                Letters(sign);
            if (_runs.Count >= MaxRuns || _at >= _text.Length)
                break;
            if (IsOfWord(_text[_at]))
                sign = '\0';
            // What follows the slash of an address is no part of the site's name.
            else if (
                _at + 1 < _text.Length
                && Joins(_text[_at], _text[_at - 1], _text[_at + 1])
                && !(_text[_at] == '/' && _runs.Exists(r => r is { Sign: '.', IsNumber: false }))
            )
                sign = _text[_at++];
            else
                break;
        }
        var end = _at;
        var suffix = Suffix();
        return Group(start, end, suffix, isPrefixed ? prefix : '\0');
    }

    private static bool Joins(char sign, char left, char right) =>
        IsOfWord(right)
        && sign switch
        {
            '-' or '/' or '_' or '@' or '.' or '&' => true,
            '\'' => !(char.IsAsciiDigit(left) && char.IsAsciiDigit(right)),
            ':' => char.IsAsciiDigit(left) && char.IsAsciiDigit(right),
            FoldedText.MiddleDot => left == 'l' && right == 'l',
            _ => false,
        };

    private void Letters(char sign)
    {
        var start = _at;
        var from = start;
        var word = "";
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (char.IsAsciiLetter(c) || (c > '\u007F' && ((IsLetter(c) && !IsSpaceless(c)) || IsMark(c))))
                _at++;
            // An abbreviation in Hebrew has a quotation mark before its last letter.
            else if (
                c is '"' or '\''
                && IsHebrew(_text[_at - 1])
                && _at + 1 < _text.Length
                && IsHebrew(_text[_at + 1])
            )
            {
                // No more is needed, and to put together all of a long one would take its square.
                if (word.Length <= TextAnalysis.MaxWord)
                    word += _text[from.._at];
                from = ++_at;
            }
            else
                break;
        }
        if (word.Length <= TextAnalysis.MaxWord)
            word += _text[from.._at];
        _runs.Add(new(Cut(word), start, _at, IsNumber: false, sign));
    }

    /// <summary>Single letters with full stops: U.S. is US.</summary>
    private bool Initialism(char sign)
    {
        if (sign != '\0' && sign != '-' && sign != '/')
            return false;
        var (at, letters) = (_at, 0);
        while (at < _text.Length && IsOfWord(_text[at]) && !char.IsAsciiDigit(_text[at]))
        {
            var next = at + 1;
            if (next >= _text.Length || _text[next] != '.')
            {
                // The last letter needs no full stop, but a word that goes on is none of it.
                if (letters > 0 && (next >= _text.Length || !(IsOfWord(_text[next]) || IsMark(_text[next]))))
                    (letters, at) = (letters + 1, next);
                break;
            }
            letters++;
            at = next + 1;
        }
        if (letters < 2)
            return false;
        var text = new string([.. _text[_at..at].Where(c => c != '.')]);
        _runs.Add(new(Cut(text), _at, at, IsNumber: false, sign, Cut(text) + "0", IsInitialism: true));
        // What follows a full stop is a word of its own.
        _at = at;
        return true;
    }

    /// <summary>Signs at the end of a name that are part of it: C++, C#, Disney+.</summary>
    private string Suffix()
    {
        if (_at >= _text.Length)
            return "";
        var next = _at + 1 < _text.Length ? _text[_at + 1] : FoldedText.Break;
        if (_text[_at] == '+' && next == '+' && (_at + 2 >= _text.Length || !IsOfWord(_text[_at + 2])))
        {
            _at += 2;
            return "plusplus";
        }
        if (IsOfWord(next) || next == '+')
            return "";
        if (_text[_at] == '+')
        {
            _at++;
            return "plus";
        }
        if (_text[_at] == '#' && _runs.Count == 1 && _runs[0].Text.Length <= 2)
        {
            _at++;
            return "sharp";
        }
        return "";
    }

    private WordGroup Group(int start, int end, string suffix, char prefix)
    {
        var runs = _runs;
        if (runs.Count == 1 && suffix.Length == 0 && prefix is not ('.' or '#' or '@'))
        {
            var only = runs[0];
            var word = Word(only.Text, only.Start, only.End);
            if (only.Other is null)
                return new()
                {
                    Parts = [word],
                    Start = word.Start,
                    End = word.End,
                };
            return new()
            {
                Parts = [word],
                Beside =
                [
                    word with
                    {
                        Text = only.Other,
                    },
                    .. only.IsInitialism ? only.Text.Select(c => word with { Text = c.ToString() }) : [],
                ],
                Whole = [only.Text, only.Other],
                IsPrecise = true,
                Start = word.Start,
                End = word.End,
            };
        }

        var beside = new List<TextWord>();
        foreach (var run in runs)
            if (run.Other is not null)
                beside.Add(Word(run.Other, run.Start, run.End));
        var most = runs.Count <= MaxJoined ? runs.Count : 2;
        for (var from = 0; from < runs.Count; from++)
        for (var count = 2; count <= Math.Min(most, runs.Count - from); count++)
            beside.Add(Joined(from, count));
        var whole = new List<string>();
        if (runs.Count > 1 && runs.Count <= MaxWhole)
        {
            var joined = Joined(0, runs.Count);
            if (runs.Count > most)
                beside.Add(joined);
            whole.Add(joined.Text);
            // 10.30am is 10:30am.
            if (runs is [{ IsNumber: true, Other: { } other }, var unit])
            {
                var otherwise = joined with { Text = Cut(other + unit.Text) };
                beside.Add(otherwise);
                whole.Add(otherwise.Text);
            }
        }
        if (suffix.Length > 0)
        {
            var named = Word(Cut(Joined(0, Math.Min(runs.Count, MaxWhole)).Text + suffix), start, _at);
            beside.Add(named);
            whole = [named.Text];
        }
        else if (prefix == '.' && !runs[0].IsNumber)
        {
            var named = Word(Cut("dot" + Joined(0, Math.Min(runs.Count, MaxWhole)).Text), start - 1, end);
            beside.Add(named);
            whole = [named.Text];
        }
        else if (prefix is '#' or '@' && runs.Count == 1)
            beside.AddRange(HumpsOf(runs[0]));
        return new()
        {
            Parts =
            [
                .. runs.Where((r, i) => !(i > 0 && i == runs.Count - 1 && r is { Sign: '\'', Text: "s" }))
                    .Select(r => Word(r.Text, r.Start, r.End)),
            ],
            Beside = beside,
            Whole = whole,
            IsPrecise = whole.Count > 0 && IsPrecise(suffix, prefix),
            Start = folded.Start(start),
            End = folded.End(_at - 1),
        };
    }

    private bool IsPrecise(string suffix, char prefix)
    {
        var numbers = _runs.Count(r => r.IsNumber);
        return suffix.Length > 0
            || (prefix == '.' && !_runs[0].IsNumber)
            || _runs.Exists(r => r.Sign is '.' or '&' or '@' or '_')
            || numbers == _runs.Count
            || (numbers > 0 && _runs.Count == 2);
    }

    private TextWord Joined(int from, int count)
    {
        var word = new System.Text.StringBuilder();
        for (var i = from; i < from + count; i++)
        {
            if (i > from && _runs[i].IsNumber && _runs[i - 1].IsNumber)
                word.Append('q');
            word.Append(_runs[i].Text);
        }
        return Word(Cut(word.ToString()), _runs[from].Start, _runs[from + count - 1].End);
    }

    /// <summary>The words of a name that is written without spaces: #ClimateStrike.</summary>
    private IEnumerable<TextWord> HumpsOf(Run run)
    {
        var (from, words) = (run.Start, new List<TextWord>());
        for (var at = run.Start + 1; at <= run.End; at++)
            if (
                at == run.End
                || (
                    char.IsUpper(source[folded.Start(at)])
                    && (
                        char.IsLower(source[folded.Start(at - 1)])
                        || (at + 1 < run.End && char.IsLower(source[folded.Start(at + 1)]))
                    )
                )
            )
            {
                words.Add(Word(Cut(_text[from..at]), from, at));
                from = at;
            }
        return words.Count > 1 ? words : [];
    }

    private TextWord Word(string text, int start, int end) =>
        new(text, folded.Start(start), folded.End(end - 1));

    private static string Cut(string word) =>
        word.Length <= TextAnalysis.MaxWord ? word
        : char.IsHighSurrogate(word[TextAnalysis.MaxWord - 1]) ? word[..(TextAnalysis.MaxWord - 1)]
        : word[..TextAnalysis.MaxWord];

    private static bool IsLetter(char c) =>
        char.IsLetter(c)
        || char.IsSurrogate(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.LetterNumber;

    private static bool IsMark(char c) =>
        c > '\u007F'
        && CharUnicodeInfo.GetUnicodeCategory(c)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

    private static bool IsHebrew(char c) => c is >= '\u05D0' and <= '\u05EA';

    /// <summary>
    /// Scripts that part no words, and Hangul, whose words carry particles: in these any two neighbours are looked up.
    /// </summary>
    private static bool IsSpaceless(char c) =>
        c >= '\u0E00'
        && c
            is (>= '\u0E00' and <= '\u0EFF')
                or (>= '\u1000' and <= '\u109F')
                or (>= '\u1100' and <= '\u11FF')
                or (>= '\u1780' and <= '\u17FF')
                or (>= '\u1950' and <= '\u19DF')
                or (>= '\u1B00' and <= '\u1B7F')
                or (>= '\u2E80' and <= '\u2FDF')
                or (>= '\u3005' and <= '\u3007')
                or (>= '\u3021' and <= '\u3029')
                or (>= '\u3031' and <= '\u3035')
                or (>= '\u3040' and <= '\u318F' and not '\u30FB')
                or (>= '\u31A0' and <= '\u31FF')
                or (>= '\u3400' and <= '\u4DBF')
                or (>= '\u4E00' and <= '\u9FFF')
                or (>= '\uA960' and <= '\uA97F')
                or (>= '\uA980' and <= '\uA9FF')
                or (>= '\uAA60' and <= '\uAA7F')
                or (>= '\uAC00' and <= '\uD7FF')
                or (>= '\uD82C' and <= '\uD82C')
                or (>= '\uD840' and <= '\uD8BF')
                or (>= '\uF900' and <= '\uFAFF');

    /// <param name="IsNumber">Whether it begins and ends with a digit.</param>
    /// <param name="Sign">What stands before it; NUL: nothing.</param>
    /// <param name="Other">Another reading of it.</param>
    private readonly record struct Run(
        string Text,
        int Start,
        int End,
        bool IsNumber,
        char Sign,
        string? Other = null,
        bool IsInitialism = false
    );
}
