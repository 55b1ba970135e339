using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace Cms.Platform.Http.Requests;

/// <summary>
/// Checks the percent-encoding of queries. The framework silently keeps what it cannot decode. (A path that cannot be
/// decoded is 404.)
/// </summary>
internal static class PercentEncoding
{
    /// <summary>
    /// The names of the parameters that are not percent-encoded UTF-8, as sent, as far as they can be read.
    /// </summary>
    public static IEnumerable<string> FaultyParameters(string? query) =>
        query is null || !query.Contains('%', StringComparison.Ordinal) || IsValid(query)
            ? []
            : query
                .TrimStart('?')
                .Split('&')
                .Where(pair => !IsValid(pair))
                .Select(pair => Uri.UnescapeDataString(pair.Split('=')[0]))
                .Distinct(StringComparer.Ordinal);

    /// <summary>Each % with two hexadecimal digits, and the bytes of each run of them valid UTF-8.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('%');
        while (at >= 0)
        {
            text = text[at..];
            var bytes = ArrayPool<byte>.Shared.Rent(text.Length / 3 + 1);
            try
            {
                var count = 0;
                while (text.Length > 0 && text[0] == '%')
                {
                    if (
                        text.Length < 3
                        || !byte.TryParse(
                            text[1..3],
                            NumberStyles.AllowHexSpecifier,
                            CultureInfo.InvariantCulture,
                            out bytes[count++]
                        )
                    )
                        return false;
                    text = text[3..];
                }
                if (!Utf8.IsValid(bytes.AsSpan(0, count)))
                    return false;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
            at = text.IndexOf('%');
        }
        return true;
    }
}
