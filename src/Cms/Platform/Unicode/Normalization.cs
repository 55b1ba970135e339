using System.Text;

namespace Cms.Platform.Unicode;

/// <summary>
/// Unicode normalisation (UAX 15): one form for equivalent text. Linear time, except for the sorting of marks.
/// </summary>
internal static class Normalization
{
    // Hangul syllables are composed by rule (The Unicode Standard, 3.12).
    private const int Syllables = 0xAC00;
    private const int Leads = 0x1100;
    private const int Vowels = 0x1161;
    private const int Trails = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TrailCount;

    /// <summary>
    /// NFC: accents and syllables composed. Returns the same string if it is in NFC already, as it nearly always is.
    /// </summary>
    public static string Nfc(string text) => IsNfc(text) ? text : Compose(Decompose(text, compatible: false));

    /// <summary>NFKC: NFC without compatibility forms: ﬁ is fi, Ａ is A, a no-break space is a space.</summary>
    public static string Nfkc(string text) =>
        System.Text.Ascii.IsValid(text) ? text : Compose(Decompose(text, compatible: true));

    private static bool IsNfc(string text)
    {
        // Everything below U+0300 is settled.
        var start = text.AsSpan().IndexOfAnyExceptInRange('\0', '\u02FF');
        if (start < 0)
            return true;
        var tables = UnicodeTables.Instance;
        foreach (var rune in text.AsSpan(start).EnumerateRunes())
            if (tables.IsUnsettled(rune.Value))
                return false;
        return true;
    }

    private static List<int> Decompose(string text, bool compatible)
    {
        var tables = UnicodeTables.Instance;
        var codes = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            Add(rune.Value);
        SortMarks(codes, tables);
        return codes;

        void Add(int code)
        {
            if (code - Syllables is >= 0 and < SyllableCount and var syllable)
            {
                codes.Add(Leads + (syllable / (VowelCount * TrailCount)));
                codes.Add(Vowels + (syllable % (VowelCount * TrailCount) / TrailCount));
                if (syllable % TrailCount > 0)
                    codes.Add(Trails + (syllable % TrailCount));
            }
            else if ((compatible ? tables.Compatible(code) : tables.Canonical(code)) is { } parts)
                foreach (var part in parts)
                    Add(part);
            else
                codes.Add(code);
        }
    }

    /// <summary>
    /// Marks on one letter stand in the order of their classes; those of one class stay as they were.
    /// </summary>
    private static void SortMarks(List<int> codes, UnicodeTables tables)
    {
        for (var i = 0; i < codes.Count; i++)
        {
            if (tables.ClassOf(codes[i]) == 0)
                continue;
            var start = i;
            while (i < codes.Count && tables.ClassOf(codes[i]) > 0)
                i++;
            if (i - start == 1)
                continue;
            // Keys with the place in them: a sort that keeps the order, and takes no more than n log n of a million
            // marks.
            var run = new (int Key, int Code)[i - start];
            for (var j = 0; j < run.Length; j++)
                run[j] = (tables.ClassOf(codes[start + j]), codes[start + j]);
            foreach (var (code, j) in run.OrderBy(mark => mark.Key).Select((mark, j) => (mark.Code, j)))
                codes[start + j] = code;
        }
    }

    private static string Compose(List<int> codes)
    {
        var tables = UnicodeTables.Instance;
        var starter = -1;
        var last = 0;
        var end = 0;
        for (var i = 0; i < codes.Count; i++)
        {
            var code = codes[i];
            var mark = tables.ClassOf(code);
            // Blocked: a mark of the same class, or a letter, stands between.
            var isBlocked = starter >= 0 && starter < end - 1 && (last == 0 || last >= mark);
            if (starter >= 0 && !isBlocked && Together(codes[starter], code, tables) is > 0 and var composed)
            {
                codes[starter] = composed;
                continue;
            }
            if (mark == 0)
                starter = end;
            last = mark;
            codes[end++] = code;
        }

        var text = new StringBuilder(end + 8);
        for (var i = 0; i < end; i++)
            text.Append(new Rune(codes[i]).ToString());
        return text.ToString();
    }

    private static int Together(int first, int second, UnicodeTables tables)
    {
        if (
            first - Leads is >= 0 and < LeadCount and var lead
            && second - Vowels is >= 0 and < VowelCount and var vowel
        )
            return Syllables + (((lead * VowelCount) + vowel) * TrailCount);
        if (
            first - Syllables is >= 0 and < SyllableCount and var syllable
            && syllable % TrailCount == 0
            && second - Trails is > 0 and < TrailCount and var trail
        )
            return first + trail;
        return tables.Composed(first, second);
    }
}
