namespace Cms.Platform.Http;

/// <summary>Cache tags: what an answer depends on. A single thing (<c>author:…</c>) belongs to a kind (<c>authors</c>).</summary>
internal static class CacheTags
{
    /// <summary>On every answer: named when more has changed at once than can be named.</summary>
    public const string All = "all";

    /// <summary>Above this (about 4.5 KB) the tags of single things give way to those of their kinds: CDNs and clients bound their headers.</summary>
    private const int Most = 100;

    public static string KindOf(string tag)
    {
        var colon = tag.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? tag : tag[..colon] + "s";
    }

    /// <summary>The value of the Cache-Tag header.</summary>
    public static string Header(IEnumerable<string> tags)
    {
        var all = tags.Append(All).Distinct(StringComparer.Ordinal).ToList();
        return string.Join(
            ',',
            all.Count <= Most ? all : all.Select(KindOf).Distinct(StringComparer.Ordinal)
        );
    }
}
