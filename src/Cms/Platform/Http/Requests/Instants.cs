using System.Globalization;
using System.Text.RegularExpressions;

namespace Cms.Platform.Http.Requests;

/// <summary>Times as they are written: RFC 3339, in the years that every zone and PostgreSQL can hold.</summary>
internal static partial class Instants
{
    public const string Example = "2026-10-01T08:00:00Z";
    private const int MaxLength = 40;
    private const string WrongYear = "the year must be between 0002 and 9998";

    /// <summary>Reads a time.</summary>
    /// <returns>What is wrong with it, as a code and a sentence that completes "it must be …"; null: nothing.</returns>
    public static (string Code, string Reason)? Read(string? text, out DateTimeOffset value)
    {
        value = default;
        if (text is null || text.Length > MaxLength || Rfc3339().Match(text) is not { Success: true } parts)
            return ("wrong-type", "");
        if (FaultOf(parts) is { } reason)
            return ("out-of-range", reason);
        value = DateTimeOffset.Parse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
        );
        return value.Year is < 2 or > 9998 ? ("out-of-range", WrongYear) : null;
    }

    private static string? FaultOf(Match parts)
    {
        int Number(string name) =>
            parts.Groups[name] is { Success: true } group
                ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture)
                : 0;
        var (year, month, day) = (Number("year"), Number("month"), Number("day"));
        // Year 1 in one zone is year 0 in another.
        if (year is < 2 or > 9998)
            return WrongYear;
        if (month is < 1 or > 12)
            return $"there is no month {month:00}";
        if (day < 1 || day > DateTime.DaysInMonth(year, month))
            return $"{year:0000}-{month:00} has {DateTime.DaysInMonth(year, month)} days";
        if (Number("hour") == 24)
            return "midnight is 00:00:00 of the next day, not 24:00:00";
        if (Number("hour") > 23)
            return "hours end at 23";
        if (Number("minute") > 59)
            return "minutes end at 59";
        if (Number("second") == 60)
            return "leap seconds cannot be stored: give second 59";
        if (Number("second") > 59)
            return "seconds end at 59";
        if (Number("offsetHour") * 60 + Number("offsetMinute") > 14 * 60 || Number("offsetMinute") > 59)
            return "offsets from UTC end at 14:00";
        return null;
    }

    // DateTimeOffset reads far more than RFC 3339: 01/10/2026 is a date to it, and which one is anybody's guess.
    [GeneratedRegex(
        @"^(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})[Tt ]"
            + @"(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(\.[0-9]+)?"
            + @"([Zz]|[+-](?<offsetHour>[0-9]{2}):(?<offsetMinute>[0-9]{2}))\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Rfc3339();
}
