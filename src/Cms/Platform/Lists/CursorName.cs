namespace Cms.Platform.Lists;

/// <summary>A filter's part of the name that a list's cursors are bound to.</summary>
internal static class CursorName
{
    /// <summary>
    /// Escaped, so that no value can look like the end of its filter, and marked, so that none looks like no filter.
    /// </summary>
    public static string Of<T>(T[]? values) =>
        values is null
            ? ""
            : "="
                + string.Join(
                    ',',
                    values
                        .Select(v => Uri.EscapeDataString(v!.ToString()!))
                        .Distinct()
                        .Order(StringComparer.Ordinal)
                );
}
