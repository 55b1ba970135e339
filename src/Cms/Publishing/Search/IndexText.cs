using System.Text;

namespace Cms.Publishing.Search;

/// <summary>
/// Texts as PostgreSQL gets them: words with one space between, first those that follow one another, then those that
/// stand beside them.
/// </summary>
internal static class IndexText
{
    /// <summary>PostgreSQL's lists of words end at 1 MiB, which so much text cannot reach whatever it holds.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The words of these texts; the same for the same words, however they are written.</summary>
    /// <param name="maxBytes">How long the answer may be, in UTF-8.</param>
    public static string Of(IEnumerable<string?> texts, int maxBytes = MaxBytes)
    {
        var (words, beside) = (new StringBuilder(), new StringBuilder());
        var left = maxBytes;
        foreach (var text in texts)
        {
            if (string.IsNullOrEmpty(text))
                continue;
            // A word takes at least two bytes with its space: what cannot fit need not be read.
            var groups = TextAnalysis.Read(Beginning(text, left));
            foreach (var group in groups)
                Append(words, group.Parts, ref left);
            foreach (var group in groups)
                Append(beside, group.Beside, ref left);
            Append(beside, TextAnalysis.Pairs(text, groups), ref left);
            if (left <= 0)
                break;
        }
        return words.Append(beside).ToString();
    }

    public static string Of(string? text) => Of([text]);

    /// <summary>The names of authors and tags: a line of the words in a row, and one of those beside them.</summary>
    public static string OfName(string name)
    {
        var groups = TextAnalysis.Read(name);
        return string.Join(' ', groups.SelectMany(g => g.Parts).Select(w => w.Text))
            + '\n'
            + string.Join(
                ' ',
                groups.SelectMany(g => g.Beside).Concat(TextAnalysis.Pairs(name, groups)).Select(w => w.Text)
            );
    }

    /// <summary>
    /// The words that are offered while one types, and in place of mistyped ones: as one writes them, with numbers no
    /// longer than years.
    /// </summary>
    /// <remarks>An article may be a table of a hundred thousand numbers: of words with digits it adds no more than the
    /// first few.</remarks>
    public static IReadOnlyCollection<string> Vocabulary(IEnumerable<string?> texts)
    {
        var (words, numbers) = (
            new HashSet<string>(StringComparer.Ordinal),
            new HashSet<string>(StringComparer.Ordinal)
        );
        var left = MaxBytes;
        foreach (var text in texts)
        {
            if (string.IsNullOrEmpty(text) || left <= 0)
                continue;
            var groups = TextAnalysis.Read(Beginning(text, left));
            left -= text.Length;
            foreach (var group in groups.Where(g => !g.IsSpaceless))
            {
                foreach (var part in group.Parts)
                    if (!TextAnalysis.IsNumber(part.Text))
                        words.Add(part.Text);
                    else if (part.Text.Length <= MaxKnownDigits)
                        AddNumber(part.Text);
                foreach (var other in group.Beside)
                    if (IsNamed(other.Text))
                        AddNumber(other.Text);
            }
            foreach (var pair in TextAnalysis.Pairs(text, groups))
                if (IsNamed(pair.Text))
                    AddNumber(pair.Text);
        }
        words.UnionWith(numbers);
        words.RemoveWhere(w => w.Length < 2);
        return words;

        void AddNumber(string word)
        {
            if (numbers.Count < MaxNumbers)
                numbers.Add(word);
        }
    }

    private const int MaxNumbers = 200;
    private const int MaxKnownDigits = 4;
    private const int MaxNamed = 20;

    /// <summary>Letters and digits, as in COVID-19: one may type it without its sign.</summary>
    private static bool IsNamed(string word) =>
        word.Length <= MaxNamed && word.Any(char.IsLetter) && word.Any(char.IsAsciiDigit);

    private static string Beginning(string text, int length) =>
        text.Length <= length ? text
        : length <= 0 ? ""
        : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static void Append(StringBuilder to, IEnumerable<TextWord> words, ref int left)
    {
        foreach (var word in words)
        {
            var bytes = Encoding.UTF8.GetByteCount(word.Text) + 1;
            if (bytes > left)
            {
                left = 0;
                return;
            }
            left -= bytes;
            to.Append(word.Text).Append(' ');
        }
    }
}
