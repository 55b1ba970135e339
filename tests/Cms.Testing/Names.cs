using System.Globalization;

namespace Cms.Testing;

/// <summary>Names that no other test uses.</summary>
internal static class Names
{
    private static readonly string Run = Convert.ToHexStringLower(
        Guid.CreateVersion7().ToByteArray().AsSpan(12)
    );
    private static int _count;

    /// <summary><c>budget</c> → <c>budget-3f2a91c0-17</c>: also a valid slug.</summary>
    public static string Unique(string stem) =>
        string.Create(CultureInfo.InvariantCulture, $"{stem}-{Run}-{Interlocked.Increment(ref _count)}");

    /// <summary>
    /// A word that nothing else holds, of small letters only, that no language has an ending for and that is like no
    /// other. It has a vowel: without one English takes no plural's s away.
    /// </summary>
    public static string Word() =>
        "o" + string.Concat(Guid.NewGuid().ToByteArray().Take(11).Select(b => (char)('a' + (b % 26)))) + "x";
}
