using System.Globalization;
using Cms.Platform.Http.Problems;

namespace Cms.Editorial.Schedules;

/// <summary>What is wrong with times that the desk plans for.</summary>
internal static class Ahead
{
    private const int MaxYears = 5;

    /// <summary>A time that must be in the future; null: nothing is wrong with it.</summary>
    public static Fault? Wrong(string pointer, DateTimeOffset at, DateTimeOffset now) =>
        at <= now
            ? Fault.At(
                pointer,
                "in-the-past",
                $"{Text(at)} has passed: it is {Text(now)}. Leave the time out to do it now."
            )
            : TooFar(pointer, at, now);

    /// <summary>A time that may have passed.</summary>
    public static Fault? TooFar(string pointer, DateTimeOffset at, DateTimeOffset now) =>
        at > now.AddYears(MaxYears)
            ? Fault.At(
                pointer,
                "too-far-ahead",
                $"{Text(at)} is more than five years ahead: it is {Text(now)}."
            )
            : null;

    /// <summary>A time, for a person.</summary>
    public static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
