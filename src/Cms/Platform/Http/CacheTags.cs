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
        var known = new HashSet<string>(Most, StringComparer.Ordinal);
        var all = tags.Append(All).Where(known.Add).ToList();
        if (all.Count <= Most)
            return string.Join(',', all);
        var kinds = new List<string>();
        foreach (var tag in all)
            if (!kinds.Exists(kind => IsOfKind(tag, kind)))
                kinds.Add(KindOf(tag));
        return string.Join(',', kinds);
    }

    /// <summary>Whether a kind is that of a tag: without making its name for each of a hundred tags.</summary>
    private static bool IsOfKind(ReadOnlySpan<char> tag, string kind)
    {
        var colon = tag.IndexOf(':');
        return colon < 0
            ? tag.SequenceEqual(kind)
            : kind.Length == colon + 1
                && kind[colon] == 's'
                && kind.AsSpan(0, colon).SequenceEqual(tag[..colon]);
    }
}
