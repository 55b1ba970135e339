using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.PlainText;

/// <summary>The start of a body that everybody may read, and whether anything was left out.</summary>
internal sealed record Teaser(Body Body, bool Truncated)
{
    /// <summary>Blocks that carry words.</summary>
    public const int MaxTextBlocks = 2;

    /// <summary>
    /// Characters of text, captions and titles counted: two or three sentences, as an open graph description or a
    /// newsletter shows.
    /// </summary>
    public const int MaxCharacters = 600;

    /// <summary>Pictures and embeds: a gallery is content too.</summary>
    public const int MaxMedia = 2;

    /// <summary>
    /// The first two text blocks and everything before them, at most <see cref="MaxCharacters"/> long. Something always
    /// stays behind the wall: a short body gives half of its text, and one without text all but its last picture.
    /// </summary>
    public static Teaser Of(Body body)
    {
        var blocks = body.Blocks;
        var words = blocks.Any(CarriesWords);
        if (!words && !blocks.Any(IsMedia))
            return new Teaser(body, Truncated: false);

        var start = Take(blocks, MaxCharacters, MaxMedia);
        if (!start.Cut && !blocks.Skip(start.Read).Any(words ? CarriesWords : IsMedia))
            start = words
                ? Take(blocks, blocks.Where(CarriesWords).Sum(Length) / 2, MaxMedia)
                : Take(blocks, MaxCharacters, Math.Min(MaxMedia, blocks.Sum(Pictures) - 1));
        return new Teaser(body with { Blocks = start.Blocks }, Truncated: true);
    }

    /// <summary>Blocks from the start until a limit is reached; the last may be cut.</summary>
    private static Start Take(IReadOnlyList<Block> blocks, int characters, int media)
    {
        var taken = new List<Block>();
        var texts = 0;
        var captions = MaxCharacters;
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            var length = Length(block);
            media -= Pictures(block);
            if (!CarriesWords(block))
            {
                captions -= length;
                if (media < 0 || captions < 0)
                    return new Start(taken, i, Cut: false);
            }
            else if (length > characters || media < 0)
            {
                if (Cut(block, characters) is { } part)
                    taken.Add(part with { Id = block.Id });
                return new Start(taken, i, Cut: true);
            }
            else
            {
                characters -= length;
                texts++;
            }

            taken.Add(block);
            if (texts == MaxTextBlocks)
                return new Start(taken, i + 1, Cut: false);
        }

        return new Start(taken, blocks.Count, Cut: false);
    }

    private static bool CarriesWords(Block block) =>
        block is ParagraphBlock or HeadingBlock or ListBlock or QuoteBlock or CodeBlock or TableBlock
        || (block is HtmlBlock && Length(block) > 0);

    private static bool IsMedia(Block block) =>
        block is ImageBlock or EmbedBlock || (block is HtmlBlock && Length(block) == 0);

    private static int Pictures(Block block) =>
        block switch
        {
            HtmlBlock html => Math.Max(
                html.Html.AsSpan().Count("<img ") + html.Html.AsSpan().Count("data-block=\"embed\""),
                Length(html) == 0 ? 1 : 0
            ),
            ImageBlock or EmbedBlock => 1,
            _ => 0,
        };

    private static int Length(Block block) =>
        block switch
        {
            ImageBlock { Image: var image } => (image.Alt?.Length ?? 0)
                + (image.Caption?.Length ?? 0)
                + (image.Credit?.Length ?? 0),
            EmbedBlock embed => embed.Title?.Length ?? 0,
            _ => BodyText.Pieces(block).Sum(text => text.Length),
        };

    /// <summary>The start of a block that is too long; null where no part of it makes sense.</summary>
    private static Block? Cut(Block block, int room)
    {
        switch (block)
        {
            case ParagraphBlock paragraph:
                return Cut(paragraph.Html, room) is { } words ? new ParagraphBlock { Html = words } : null;
            case HeadingBlock heading:
                return Cut(heading.Html, room) is { } title
                    ? new HeadingBlock { Level = heading.Level, Html = title }
                    : null;
            case ListBlock list:
                var items = Items(list.Items, room);
                return items.Count == 0
                    ? null
                    : list with
                    {
                        Start = StartOf(ListNumbers.Of(list), list.Items, items),
                        Items = items,
                    };
            case QuoteBlock quote:
                var paragraphs = Texts(quote.Paragraphs, room);
                return paragraphs.Count == 0 ? null : new QuoteBlock { Paragraphs = paragraphs };
            case CodeBlock code:
                var lines = Lines(code.Code, room);
                return lines.Length == 0 ? null : code with { Code = lines };
            case TableBlock table:
                return Rows(table, room);
            case HtmlBlock:
                // Free HTML cannot be cut safely, but its text can.
                var text = Plain.Line(string.Join(' ', BodyText.Pieces(block)));
                return new Inline([new Run(text, default)]).Start(room) is { IsEmpty: false } start
                    ? new ParagraphBlock { Html = start.ToHtml() }
                    : null;
            default:
                return null;
        }
    }

    private static string? Cut(string html, int room) =>
        BodyReader.ReadInline(html)?.Start(room) is { IsEmpty: false } start ? start.ToHtml() : null;

    private static List<string> Texts(IReadOnlyList<string> texts, int room)
    {
        var taken = new List<string>();
        foreach (var html in texts)
        {
            var length = BodyText.Line(html).Length;
            if (length <= room)
            {
                taken.Add(html);
                room -= length;
                continue;
            }

            if (Cut(html, room) is { } start)
                taken.Add(start);
            break;
        }

        return taken;
    }

    private static List<ListItem> Items(IReadOnlyList<ListItem> items, int room)
    {
        var taken = new List<ListItem>();
        foreach (var item in items)
        {
            var own = BodyText.Line(item.Html).Length;
            if (own > room)
            {
                if (Cut(item.Html, room) is { } start)
                    taken.Add(new ListItem { Html = start });
                break;
            }

            room -= own;
            var below = item.List is null ? 0 : BodyText.Pieces(item.List.Items).Sum(text => text.Length);
            if (below <= room)
            {
                taken.Add(item);
                room -= below;
                continue;
            }

            var part = Items(item.List!.Items, room);
            taken.Add(
                item with
                {
                    List =
                        part.Count == 0
                            ? null
                            : item.List with
                            {
                                Start = StartOf(ListNumbers.Of(item.List), item.List.Items, part),
                                Items = part,
                            },
                }
            );
            break;
        }

        return taken;
    }

    // A list that counts down goes on from where it began, though it is shorter now.
    private static int? StartOf(
        ListNumbers numbers,
        IReadOnlyList<ListItem> whole,
        IReadOnlyList<ListItem> part
    ) =>
        numbers.Reversed is true && numbers.First(whole.Count) != part.Count ? numbers.First(whole.Count)
        : numbers.Reversed is true ? null
        : numbers.Start;

    private static string Lines(string code, int room)
    {
        if (code.Length <= room)
            return code;
        var end = code.LastIndexOf('\n', room);
        var lines = end < 0 ? "" : code[..end].TrimEnd('\n');
        return lines.Any(Plain.IsVisible) ? lines : "";
    }

    private static TableBlock? Rows(TableBlock table, int room)
    {
        static int Width(IReadOnlyList<string>? cells) => cells?.Sum(cell => BodyText.Line(cell).Length) ?? 0;

        room -= BodyText.Line(table.Caption ?? "").Length + Width(table.Header);
        var rows = new List<IReadOnlyList<string>>();
        foreach (var row in table.Rows)
        {
            room -= Width(row);
            if (room < 0)
                break;
            rows.Add(row);
        }

        return rows.Count == 0 ? null : table with { Rows = rows };
    }

    /// <summary>The blocks taken, how many of them are complete, and whether the last one was cut.</summary>
    private readonly record struct Start(IReadOnlyList<Block> Blocks, int Read, bool Cut);
}
