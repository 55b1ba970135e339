using System.Globalization;
using System.Text;

namespace Cms.Publishing.Bodies.Blocks;

/// <summary>How numbers of list items are written and read.</summary>
internal static class ListNumber
{
    private const int MaxRoman = 3_999;

    private static readonly (int Value, string Letters)[] Romans =
    [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];

    /// <summary>The number as the list writes it; decimal where its letters do not reach, as browsers do.</summary>
    public static string Write(long number, ListNumbering? numbering) =>
        numbering switch
        {
            ListNumbering.LowerAlpha when number > 0 => Alpha(number),
            ListNumbering.UpperAlpha when number > 0 => Alpha(number).ToUpperInvariant(),
            ListNumbering.LowerRoman when number is > 0 and <= MaxRoman => Roman((int)number),
            ListNumbering.UpperRoman when number is > 0 and <= MaxRoman => Roman((int)number)
                .ToUpperInvariant(),
            _ => number.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>The numbering that the <c>type</c> of a list means; null: decimal.</summary>
    public static ListNumbering? OfType(string? type) =>
        type switch
        {
            "a" => ListNumbering.LowerAlpha,
            "A" => ListNumbering.UpperAlpha,
            "i" => ListNumbering.LowerRoman,
            "I" => ListNumbering.UpperRoman,
            _ => null,
        };

    public static string? TypeOf(ListNumbering? numbering) =>
        numbering switch
        {
            ListNumbering.LowerAlpha => "a",
            ListNumbering.UpperAlpha => "A",
            ListNumbering.LowerRoman => "i",
            ListNumbering.UpperRoman => "I",
            _ => null,
        };

    /// <summary>
    /// What letters before the first item of a list say: "i" begins Roman numbers, any other single letter the
    /// alphabet.
    /// </summary>
    public static Marker? OfLetters(string letters)
    {
        var roman = FromRoman(letters.ToLowerInvariant());
        if (roman is not null && (letters.Length > 1 || letters is "i" or "I"))
            return new Marker(char.IsUpper(letters[0]) ? "I" : "i", roman.Value, letters);
        return FromAlpha(letters) is { } alpha
            ? new Marker(char.IsUpper(letters[0]) ? "A" : "a", alpha, letters)
            : null;
    }

    /// <summary>The marker read as one of a list of this type; null where it cannot be.</summary>
    public static Marker? As(Marker marker, string? type)
    {
        if (
            marker.Letters is not { } letters
            || type is null
            || char.IsUpper(letters[0]) != char.IsUpper(type[0])
        )
            return null;
        return (type is "i" or "I" ? FromRoman(letters.ToLowerInvariant()) : FromAlpha(letters)) is { } number
            ? marker with
            {
                Type = type,
                Number = number,
            }
            : null;
    }

    private static int? FromAlpha(string letters)
    {
        if (letters.Length > 3 || letters.Distinct().Count() > 1 && letters.Length > 2)
            return null;
        return letters.ToLowerInvariant().Aggregate(0, (number, letter) => (number * 26) + letter - 'a' + 1);
    }

    private static int? FromRoman(string letters)
    {
        var (rest, number) = (letters, 0);
        foreach (var (value, roman) in Romans)
        {
            while (rest.StartsWith(roman, StringComparison.Ordinal))
            {
                number += value;
                rest = rest[roman.Length..];
            }
        }

        return rest.Length == 0 && number is > 0 and <= MaxRoman && Roman(number) == letters ? number : null;
    }

    private static string Alpha(long number)
    {
        var text = "";
        for (; number > 0; number = (number - 1) / 26)
            text = (char)('a' + ((number - 1) % 26)) + text;
        return text;
    }

    private static string Roman(int number)
    {
        var text = new StringBuilder();
        foreach (var (value, letters) in Romans)
        {
            for (; number >= value; number -= value)
                text.Append(letters);
        }

        return text.ToString();
    }
}

/// <summary>
/// A number before an item: how it is written (as the <c>type</c> of a list; null: decimal), and its value.
/// </summary>
internal sealed record Marker(string? Type, int Number, string? Letters = null);
