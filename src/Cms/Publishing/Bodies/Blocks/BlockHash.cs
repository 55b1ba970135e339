namespace Cms.Publishing.Bodies.Blocks;

/// <summary>
/// A hash of what a block says: FNV-1a over its members, 64 bits. Ids are derived from it, so it must never change. It
/// is quick, since each answer with blocks needs it for each block; that somebody can make two blocks of one hash does
/// no harm.
/// </summary>
internal static class BlockHash
{
    private const ulong Start = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const string Letters = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int IdLength = 12;

    public static ulong Of(Block block) =>
        block switch
        {
            ParagraphBlock paragraph => With(With(Start, 1), paragraph.Html),
            HeadingBlock heading => With(With(With(Start, 2), heading.Level), heading.Html),
            ListBlock list => With(With(Start, 3), ListNumbers.Of(list), list.Items),
            QuoteBlock quote => With(With(With(Start, 4), quote.Paragraphs), quote.Attribution),
            ImageBlock image => With(
                With(With(With(Start, 5), image.Image.Id.ToString()), image.Image.Alt),
                [image.Image.Caption, image.Image.Credit, image.Href, image.Rel]
            ),
            EmbedBlock embed => With(With(With(Start, 6), embed.Url), embed.Title),
            CodeBlock code => With(With(With(Start, 7), code.Code), code.Language),
            TableBlock table => Table(table),
            DividerBlock => With(Start, 9),
            HtmlBlock html => With(With(Start, 10), html.Html),
            _ => throw new InvalidOperationException($"A block of type {block.GetType().Name} has no hash."),
        };

    /// <summary>The derived id of the block with this hash that has so many of the same before it.</summary>
    public static string Id(ulong hash, int ordinal)
    {
        // Mixed once more, since the last characters of a text reach few bits of FNV.
        hash = With(With(hash, ordinal), 0);
        hash ^= hash >> 29;
        hash *= 0xBF58476D1CE4E5B9;
        hash ^= hash >> 32;
        return string.Create(
            IdLength,
            hash,
            static (id, rest) =>
            {
                for (var i = 0; i < id.Length; i++, rest >>= 5)
                    id[i] = Letters[(int)(rest & 31)];
            }
        );
    }

    private static ulong Table(TableBlock table)
    {
        var hash = With(With(With(Start, 8), table.Header), table.Caption);
        foreach (var row in table.Rows)
            hash = With(hash, row);
        foreach (var alignment in table.Alignments ?? [])
            hash = With(hash, (int)alignment);
        return hash;
    }

    private static ulong With(ulong hash, ListNumbers numbers, IReadOnlyList<ListItem> items)
    {
        hash = With(With(hash, numbers.Ordered ? 1 : 0), numbers.Start ?? -1);
        hash = With(With(hash, numbers.Reversed == true ? 1 : 0), (int?)numbers.Numbering ?? -1);
        hash = With(hash, items.Count);
        foreach (var item in items)
        {
            hash = With(With(hash, item.Html), item.Value ?? -1);
            hash = item.List is { } list ? With(hash, ListNumbers.Of(list), list.Items) : With(hash, -2);
        }
        return hash;
    }

    private static ulong With(ulong hash, IReadOnlyList<string?>? texts)
    {
        hash = With(hash, texts?.Count ?? -1);
        foreach (var text in texts ?? [])
            hash = With(hash, text);
        return hash;
    }

    private static ulong With(ulong hash, string? text)
    {
        hash = With(hash, text?.Length ?? -1);
        foreach (var c in text.AsSpan())
            hash = (hash ^ c) * Prime;
        return hash;
    }

    private static ulong With(ulong hash, int number) => unchecked((hash ^ (uint)number) * Prime);
}
