using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AnyAscii;

namespace Cms.Publishing;

/// <summary>The readable part of an address: lower-case ASCII words joined by hyphens.</summary>
internal static partial class Slug
{
    /// <summary>What every slug matches.</summary>
    public const string Pattern = "^[a-z0-9]+(-[a-z0-9]+)*$";

    /// <summary>The longest slug, in characters.</summary>
    public const int MaxLength = 120;

    /// <summary>What a headline without a letter or digit (emoji, punctuation) becomes.</summary>
    public const string Fallback = "article";

    // Only this much of a headline is read: more can never reach the slug, and transliteration grows text.
    private const int MaxRead = 2_000;

    /// <summary>
    /// Whether the text is a slug: matches <see cref="Pattern"/>, fits, and cannot be taken for an id.
    /// </summary>
    public static bool IsValid(string? slug) =>
        slug is { Length: > 0 and <= MaxLength } && Shape().IsMatch(slug) && !LooksLikeId(slug);

    /// <summary>
    /// Makes a slug from a headline in any script: <c>Über 100 years: it won’t end &amp; why</c> becomes
    /// <c>uber-100-years-it-wont-end-and-why</c>. Cut at a word where it is longer than <see cref="MaxLength"/>.
    /// </summary>
    public static string From(string headline) => From(headline, Fallback);

    /// <summary>As <see cref="From(string)"/>, with another word for a headline that leaves nothing.</summary>
    public static string From(string headline, string fallback)
    {
        var slug = Cut(Hyphenate(Transliterate(headline)), MaxLength);
        if (slug.Length == 0)
            slug = fallback;

        // A resource is addressed by slug or id, so a slug must never read as an id.
        return LooksLikeId(slug) ? Cut($"{fallback}-{slug}", MaxLength) : slug;
    }

    /// <summary>
    /// What stays of a slug before any number of up to nine digits: where it is long it is shortened for all of them
    /// alike.
    /// </summary>
    public static string Stem(string slug) => Cut(slug, MaxLength - 10);

    /// <summary>
    /// The slug with a number after it, shortened so that both fit: <c>budget</c>, 2 → <c>budget-2</c>.
    /// </summary>
    public static string WithSuffix(string slug, int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var suffix = string.Create(CultureInfo.InvariantCulture, $"-{number}");
        var numbered = Cut(slug, MaxLength - suffix.Length) + suffix;
        return LooksLikeId(numbered)
            ? Cut($"{Fallback}-{slug}", MaxLength - suffix.Length) + suffix
            : numbered;
    }

    // AnyAscii reads emoji and symbols as their names (":smile:"); a slug made of those helps nobody, so they go first.
    private static string Transliterate(string headline)
    {
        var kept = new StringBuilder(Math.Min(headline.Length, MaxRead) + 8);
        foreach (var rune in headline.EnumerateRunes())
        {
            if (kept.Length >= MaxRead)
                break;
            if (rune.Value == '&')
                kept.Append(" and ");
            else if (IsApostrophe(rune.Value))
                continue;
            else if (Rune.IsLetterOrDigit(rune) || IsMark(rune))
                kept.Append(rune.ToString());
            else if (rune.Value != 0xFFFD)
                kept.Append(' ');
        }

        return kept.ToString().Transliterate();
    }

    private static bool IsApostrophe(int rune) =>
        rune
            is '\''
                or 0x2018
                or 0x2019
                or 0x201B
                or 0x02BC
                or 0x02B9
                or 0x02BB
                or 0x02BE
                or 0x02BF
                or 0xFF07
                or '`'
                or 0xB4;

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.LetterNumber
                or UnicodeCategory.OtherNumber
                or UnicodeCategory.Format;

    private static string Hyphenate(string ascii)
    {
        var slug = new StringBuilder(ascii.Length);
        var gap = false;
        foreach (var c in ascii)
        {
            // Transliteration writes soft signs and glottal stops as apostrophes: they split no word either.
            if (c is '\'' or '`')
                continue;
            if (!char.IsAsciiLetterOrDigit(c))
            {
                gap = true;
                continue;
            }

            if (gap && slug.Length > 0)
                slug.Append('-');
            gap = false;
            slug.Append(char.ToLowerInvariant(c));
        }

        return slug.ToString();
    }

    private static string Cut(string slug, int length)
    {
        if (slug.Length <= length)
            return slug;
        if (slug[length] == '-')
            return slug[..length];
        var word = slug.LastIndexOf('-', length - 1);
        return word > 0 ? slug[..word] : slug[..length];
    }

    // Also the form without hyphens, which Guid.Parse takes.
    private static bool LooksLikeId(string slug) => slug.Length is 32 or 36 && Guid.TryParse(slug, out _);

    [GeneratedRegex(
        "^[a-z0-9]+(-[a-z0-9]+)*\\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Shape();
}
