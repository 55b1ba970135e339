using System.Globalization;
using System.Text;
using Cms.Platform.Unicode;

namespace Cms.Publishing.Search;

/// <summary>
/// A text in the form that search compares: lower case without accents and vowel marks, ASCII digits, one sign for all
/// look-alikes, no invisible characters. Each character keeps its position in the source, so that matches can be
/// highlighted.
/// </summary>
/// <remarks>
/// What is folded: compatibility forms (UAX 15, NFKD), case, the accents of Latin, Greek and Cyrillic letters, Hebrew
/// and Arabic vowel marks, tatweel, the forms of alef, Persian kaf and yeh. The marks of other scripts are part of
/// their words and stay.
/// </remarks>
internal sealed class FoldedText
{
    /// <summary>Parts words: all signs that join none.</summary>
    public const char Break = ' ';

    /// <summary>A space that keeps its neighbours on one line, as in 1 204.</summary>
    public const char Joint = '\u00A0';

    /// <summary>Stands between the letters of col·lecció.</summary>
    public const char MiddleDot = '\u00B7';

    /// <summary>
    /// As many marks as a letter can have in any language; more are left out, since to sort them takes longer than to
    /// read them.
    /// </summary>
    private const int MaxMarks = 12;

    private static readonly string?[] Known = new string?[char.MaxValue + 1];

    private readonly StringBuilder _text;
    private readonly List<int> _starts;
    private readonly List<int> _ends;

    private FoldedText(int capacity)
    {
        _text = new(capacity);
        _starts = new(capacity);
        _ends = new(capacity);
    }

    public string Text { get; private set; } = "";

    /// <summary>Where in the source the character at this place begins.</summary>
    public int Start(int at) => _starts[at];

    /// <summary>Where in the source the character at this place ends.</summary>
    public int End(int at) => _ends[at];

    public static FoldedText Of(string source)
    {
        var folded = new FoldedText(source.Length);
        folded.Read(source);
        folded.Text = folded._text.ToString();
        return folded;
    }

    /// <summary>A word without its accents: what <see cref="Of"/> makes of letters.</summary>
    public static string Word(string word) => Of(word).Text;

    private void Read(string source)
    {
        var marks = 0;
        for (var at = 0; at < source.Length; )
        {
            var c = source[at];
            if (char.IsAscii(c))
            {
                Append(Ascii(c), at, at + 1);
                at++;
                marks = 0;
                continue;
            }
            Rune.DecodeFromUtf16(source.AsSpan(at), out var rune, out var length);
            var piece = Fold(rune);
            var end = at + length;
            if (IsMark(rune))
            {
                // A mark belongs to its letter, and so does what is marked.
                if (_ends.Count > 0 && _ends[^1] == at)
                    _ends[^1] = end;
                if (++marks > MaxMarks)
                    piece = "";
            }
            else
                marks = 0;
            if (piece.Length > 0)
                Append(piece, rune, at, end);
            else if (IsNonJoiner(rune) && _text.Length > 0 && IsArabic(_text[^1]))
                Append('-', at, end);
            at = end;
        }
    }

    private void Append(string piece, Rune rune, int start, int end)
    {
        // 3½ is not 31⁄2, and 10² not 102.
        if (
            piece[0] is >= '0' and <= '9'
            && _text.Length > 0
            && _text[^1] is >= '0' and <= '9'
            && Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherNumber
        )
            Append(Break, start, start);
        foreach (var c in piece)
            Append(c, start, end);
    }

    private void Append(char c, int start, int end)
    {
        // Syllables that were written in pieces.
        if (_text.Length > 0 && Syllable(_text[^1], c) is { } syllable)
        {
            _text[^1] = syllable;
            _ends[^1] = end;
            return;
        }
        _text.Append(c);
        _starts.Add(start);
        _ends.Add(end);
    }

    private static char Ascii(char c) =>
        c switch
        {
            >= 'a' and <= 'z' or >= '0' and <= '9' => c,
            >= 'A' and <= 'Z' => (char)(c | 0x20),
            '-' or '\'' or '.' or '/' or '&' or '+' or '#' or '@' or '_' or ':' or ',' or '"' => c,
            '`' => '\'',
            '\\' => '/',
            _ => Break,
        };

    private static string Fold(Rune rune) =>
        rune.IsBmp ? Known[rune.Value] ??= Folded(rune.Value) : Folded(rune.Value);

    private static string Folded(int code)
    {
        if (Sign(code) is { } sign)
            return sign.ToString();
        if (UnicodeTables.Instance.IsInvisible(code) || IsTradeMark(code))
            return IsTradeMark(code) ? Break.ToString() : "";
        var piece = new StringBuilder();
        Fold(code, piece);
        return piece.ToString();
    }

    private static void Fold(int code, StringBuilder piece)
    {
        var tables = UnicodeTables.Instance;
        var parts = tables.Compatible(code) ?? tables.Folded(code);
        if (parts is not null)
        {
            foreach (var part in parts)
                Fold(part, piece);
            return;
        }
        // A space that carries an accent is no more than the accent.
        if (code < 0x80)
        {
            piece.Append(Ascii((char)code));
            return;
        }
        if (!Rune.TryCreate(code, out var rune) || IsTaken(code))
            return;
        // The runtime may know letters that are younger than the tables.
        if (Rune.ToLowerInvariant(rune) is var lower && lower != rune)
        {
            Fold(lower.Value, piece);
            return;
        }
        if (Sign(code) is { } sign)
            piece.Append(sign);
        else if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber)
            piece.Append((char)('0' + (int)Rune.GetNumericValue(rune)));
        else if (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.LetterNumber)
            piece.Append(Alike(code) is { } alike ? alike.ToString() : SortKey.Plain(rune));
        else if (IsMark(rune))
            piece.Append(rune.ToString());
        else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            piece.Append(Break);
    }

    /// <summary>The sign that stands for all that are used like it.</summary>
    private static char? Sign(int code) =>
        code switch
        {
            0x2010 or 0x2011 or 0x2012 or 0x2013 or 0x2043 or 0x2212 or 0x05BE or 0x1806 or 0x30A0 => '-',
            0x2018
            or 0x2019
            or 0x201B
            or 0x2032
            or 0x00B4
            or 0x05F3
            or 0x07F4
            or 0x055A
            or 0xA78B
            or 0xA78C => '\'',
            >= 0x02B9 and <= 0x02BF and not 0x02BA => '\'',
            0x2024 or 0x066B => '.',
            0x066C => ',',
            0x2044 or 0x2215 or 0x29F8 => '/',
            0x2236 or 0xA789 => ':',
            0x266F => '#',
            0x201C or 0x201D or 0x2033 or 0x05F4 => '"',
            0x00B7 => MiddleDot,
            0x00A0 or 0x202F or 0x2007 or 0x2008 or 0x2009 => Joint,
            _ => null,
        };

    // Behind a name they are none of its letters, though NFKD makes some of them.
    private static bool IsTradeMark(int code) => code is 0x2122 or 0x2120;

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark;

    /// <summary>
    /// Accents of Latin, Greek and Cyrillic letters, vowel marks of Hebrew and Arabic, and what stretches Arabic
    /// letters.
    /// </summary>
    private static bool IsTaken(int code) =>
        code
            is (>= 0x0300 and <= 0x036F)
                or (>= 0x0483 and <= 0x0489)
                or (>= 0x1AB0 and <= 0x1AFF)
                or (>= 0x1DC0 and <= 0x1DFF)
                or (>= 0x20D0 and <= 0x20FF)
                or (>= 0xFE20 and <= 0xFE2F)
                or (>= 0x0591 and <= 0x05BD)
                or 0x05BF
                or 0x05C1
                or 0x05C2
                or 0x05C4
                or 0x05C5
                or 0x05C7
                or (>= 0x0610 and <= 0x061A)
                or 0x0640
                or (>= 0x064B and <= 0x065F)
                or 0x0670
                or (>= 0x06D6 and <= 0x06DC)
                or (>= 0x06DF and <= 0x06E4)
                or 0x06E7
                or 0x06E8
                or (>= 0x06EA and <= 0x06ED)
                or (>= 0x08D3 and <= 0x08FF);

    /// <summary>Letters of the Arabic script that differ by keyboard and country, not by word.</summary>
    private static char? Alike(int code) =>
        code switch
        {
            0x0671 => '\u0627',
            0x0649 or 0x06CC => '\u064A',
            0x06A9 => '\u0643',
            0x06C1 or 0x06D5 => '\u0647',
            _ => null,
        };

    private static bool IsNonJoiner(Rune rune) => rune.Value == 0x200C;

    private static bool IsArabic(char c) => c is >= '\u0600' and <= '\u06FF';

    /// <summary>Syllables of Hangul are composed by rule (The Unicode Standard, 3.12).</summary>
    private static char? Syllable(char before, char c)
    {
        if (before is >= '\u1100' and <= '\u1112' && c is >= '\u1161' and <= '\u1175')
            return (char)(0xAC00 + ((((before - 0x1100) * 21) + (c - 0x1161)) * 28));
        if (
            before is >= '\uAC00' and <= '\uD7A3'
            && (before - 0xAC00) % 28 == 0
            && c is >= '\u11A8' and <= '\u11C2'
        )
            return (char)(before + (c - 0x11A7));
        return null;
    }
}
