namespace Cms.Platform.Http.Answers;

/// <summary>
/// Cache tags: what an answer depends on. A single thing (<c>author:…</c>) belongs to a kind (<c>authors</c>).
/// </summary>
internal static class CacheTags
{
    /// <summary>On every answer: named when more has changed at once than can be named.</summary>
    public const string All = "all";

    /// <summary>
    /// The maximum length of a header. A proxy reads the whole header of an answer into one buffer of 4 KB (nginx,
    /// unless configured) and answers 502 if it does not fit; this leaves room for the other fields.
    /// </summary>
    public const int MaxLength = 1_000;

    public static string KindOf(string tag)
    {
        var colon = tag.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? tag : tag[..colon] + "s";
    }

    /// <summary>
    /// The value of the Cache-Tag header. If it would be too long, the kinds replace the tags of single things, the
    /// longest group first. A purge may then remove too much but never too little: every change of a single thing names
    /// its kind too (<c>ChangeLog</c>).
    /// </summary>
    public static string Header(IEnumerable<string> tags)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var all = tags.Append(All).Where(known.Add).ToList();
        var length = all.Sum(t => t.Length) + all.Count - 1;
        if (length <= MaxLength)
            return string.Join(',', all);

        var coarse = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            var kind in all.GroupBy(KindOf, StringComparer.Ordinal)
                .OrderByDescending(k => k.Sum(t => t.Length + 1))
        )
        {
            if (length <= MaxLength)
                break;
            length -= kind.Sum(t => t.Length + 1) - (kind.Key.Length + 1);
            coarse.Add(kind.Key);
        }
        return string.Join(
            ',',
            all.Select(t => KindOf(t) is var kind && coarse.Contains(kind) ? kind : t)
                .Distinct(StringComparer.Ordinal)
        );
    }
}
