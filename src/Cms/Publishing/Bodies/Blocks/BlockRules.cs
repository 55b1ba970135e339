using System.Globalization;
using Cms.Publishing.Bodies.Html;
using Cms.Publishing.Bodies.PlainText;
using Characters = Cms.Platform.Unicode.Text;

namespace Cms.Publishing.Bodies.Blocks;

/// <summary>Checks blocks, sanitises each of their texts, and collects what is wrong.</summary>
internal sealed class BlockRules(Losses losses, CancellationToken ct)
{
    private readonly List<BodyFault> _faults = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private long _length;

    /// <summary>About how much there is to parse in a block that nobody has checked yet.</summary>
    public static long LengthOf(Block? block) =>
        block switch
        {
            ParagraphBlock { Html: { } html } => html.Length,
            HeadingBlock { Html: { } html } => html.Length,
            HtmlBlock { Html: { } html } => html.Length,
            CodeBlock { Code: { } code } => code.Length,
            ListBlock list => LengthOf(list.Items),
            QuoteBlock quote => LengthOf(quote.Paragraphs) + (quote.Attribution?.Length ?? 0),
            TableBlock table => LengthOf(table.Header) + (table.Rows ?? []).Sum(LengthOf),
            _ => 0,
        };

    private static long LengthOf(IReadOnlyList<string>? texts) =>
        (texts ?? []).Sum(text => text?.Length ?? 0L);

    private static long LengthOf(IReadOnlyList<ListItem>? items) =>
        (items ?? []).Sum(item => item is null ? 0L : (item.Html?.Length ?? 0L) + LengthOf(item.List?.Items));

    public BodyResult Read(IReadOnlyList<Block>? blocks)
    {
        if (blocks is null)
            return BodyResult.Of("/blocks", "required", "A body has blocks.");
        if (blocks.Count > BodyLimits.Blocks)
            return BodyResult.Of(
                "/blocks",
                "too-many",
                $"A body has at most {BodyLimits.Blocks} blocks; this has {blocks.Count}."
            );

        var read = new List<Block>(blocks.Count);
        for (var i = 0; i < blocks.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"/blocks/{i}");
            read.Add(Read(blocks[i], at) with { Id = IdOf(blocks[i], at + "/id") });
        }
        if (_length > BodyLimits.Body)
            Fault("/blocks", "too-long", $"A body has at most {BodyLimits.Body} characters.");
        return _faults.Count > 0
            ? BodyResult.Of(_faults)
            : BodyResult.Of(new Body { Blocks = read }, losses.Warnings);
    }

    private string? IdOf(Block? block, string at)
    {
        if (block?.Id is not { } id)
            return null;
        if (!BlockIds.IsId(id))
            Fault(at, "invalid", "An id has 1 to 40 of A-Z a-z 0-9 _ -.");
        else if (!_ids.Add(id))
            Fault(at, "repeated", $"Another block of this body has the id '{id}'.");
        return id;
    }

    private Block Read(Block? block, string at)
    {
        switch (block)
        {
            case ParagraphBlock paragraph:
                return new ParagraphBlock { Html = Text(paragraph.Html, at + "/html") };
            case HeadingBlock heading:
                if (heading.Level is < 2 or > 4)
                    Fault(at + "/level", "out-of-range", "A heading's level is 2, 3 or 4.");
                return new HeadingBlock { Level = heading.Level, Html = Text(heading.Html, at + "/html") };
            case ListBlock list:
                var (numbers, items) = Items(ListNumbers.Of(list), list.Items, at, 1);
                return new ListBlock
                {
                    Ordered = numbers.Ordered,
                    Start = numbers.Start,
                    Reversed = numbers.Reversed,
                    Numbering = numbers.Numbering,
                    Items = items,
                };
            case QuoteBlock quote:
                return Read(quote, at);
            case ImageBlock image:
                return Read(image, at);
            case EmbedBlock embed:
                return Read(embed, at);
            case CodeBlock code:
                return Read(code, at);
            case TableBlock table:
                return Read(table, at);
            case DividerBlock:
                return block;
            case HtmlBlock html:
                return Read(html, at);
            default:
                Fault(at, "required", "A block is an object with a type.");
                return new DividerBlock();
        }
    }

    private QuoteBlock Read(QuoteBlock quote, string at)
    {
        if (quote.Paragraphs is not { Count: > 0 })
            Fault(at + "/paragraphs", "empty", "A quote has at least one paragraph.");
        var paragraphs = (quote.Paragraphs ?? [])
            .Select(
                (html, i) => Text(html, string.Create(CultureInfo.InvariantCulture, $"{at}/paragraphs/{i}"))
            )
            .ToArray();
        string? attribution = null;
        if (quote.Attribution is not null && Parsed(quote.Attribution, at + "/attribution") is { } inline)
            attribution = FlowReader.CleanAttribution(inline)?.ToHtml();
        return new QuoteBlock { Paragraphs = paragraphs, Attribution = attribution };
    }

    private ImageBlock Read(ImageBlock image, string at)
    {
        if (image.Image is null || image.Image.Id == Guid.Empty)
        {
            Fault(at + "/image/id", "required", "An image block names an image.");
            return image;
        }

        Link? link = null;
        if (!string.IsNullOrEmpty(image.Href))
        {
            link = HtmlPolicy.MakeLink(image.Href, null, image.Rel);
            if (link is null)
                Fault(
                    at + "/href",
                    "invalid",
                    "A picture leads to an http, https or mailto address, a /path or a #fragment."
                );
        }

        return new ImageBlock
        {
            Href = link?.Href,
            Rel = link?.Rel,
            Image = new ImageUse
            {
                Id = image.Image.Id,
                Alt = Said(image.Image.Alt, at + "/image/alt"),
                Caption = Said(image.Image.Caption, at + "/image/caption"),
                Credit = Said(image.Image.Credit, at + "/image/credit"),
            },
        };
    }

    private EmbedBlock Read(EmbedBlock embed, string at)
    {
        var url = Links.CleanAbsolute(embed.Url);
        if (url is null)
            Fault(at + "/url", "invalid", "An embed has an absolute http or https address.");
        var title = Said(embed.Title, at + "/title");
        return new EmbedBlock
        {
            Url = url ?? "",
            Title =
                string.IsNullOrEmpty(title) || string.Equals(title, url, StringComparison.Ordinal)
                    ? null
                    : title,
        };
    }

    private CodeBlock Read(CodeBlock block, string at)
    {
        var code = Fits(block.Code, at + "/code") ? Plain.Lines(block.Code) : null;
        if (code is not null && !code.Any(Plain.IsVisible))
            Fault(at + "/code", "empty", "A block of code holds text.");
        Count(code);
        var language = string.IsNullOrEmpty(block.Language) ? null : block.Language;
        if (language is not null && !FlowReader.IsLanguage(language))
            Fault(at + "/language", "invalid", "A language is at most 40 of A-Z a-z 0-9 + # . _ -.");
        return new CodeBlock { Code = code ?? "", Language = language };
    }

    private TableBlock Read(TableBlock table, string at)
    {
        var rows = table.Rows ?? [];
        if (table.Rows is null)
            Fault(at + "/rows", "required", "A table has rows.");
        if (rows.Count > BodyLimits.Rows)
        {
            Fault(
                at + "/rows",
                "too-many",
                $"A table has at most {BodyLimits.Rows} rows; this has {rows.Count}."
            );
            return table;
        }

        var columns = table.Header?.Count ?? (rows.Count > 0 ? rows[0]?.Count : null) ?? 0;
        if (columns == 0)
            Fault(at, "empty", "A table has at least one column.");
        if (columns > BodyLimits.Columns)
            Fault(at, "too-many", $"A table has at most {BodyLimits.Columns} columns; this has {columns}.");

        var header = table.Header is null ? null : Cells(table.Header, at + "/header", columns);
        var cells = rows.Select(
                (row, i) => Cells(row, string.Create(CultureInfo.InvariantCulture, $"{at}/rows/{i}"), columns)
            )
            .ToArray();
        if (columns > 0 && (header ?? []).Concat(cells.SelectMany(row => row)).All(cell => cell.Length == 0))
            Fault(at, "empty", "A table has at least one cell with text.");

        var alignments = table.Alignments;
        if (alignments is not null && alignments.Count != columns)
            Fault(at + "/alignments", "ragged", $"There is one alignment for each of the {columns} columns.");
        if (alignments?.All(align => align is ColumnAlignment.None) == true)
            alignments = null;
        if (alignments?.Any(align => !Enum.IsDefined(align)) == true)
            Fault(at + "/alignments", "invalid", "An alignment is none, left, center or right.");

        var caption = table.Caption is null ? null : Parsed(table.Caption, at + "/caption");
        return new TableBlock
        {
            Header = header,
            Rows = cells,
            Alignments = alignments,
            Caption = caption is null || caption.IsEmpty ? null : caption.ToHtml(),
        };
    }

    private HtmlBlock Read(HtmlBlock block, string at)
    {
        at += "/html";
        if (!Fits(block.Html, at))
            return block;
        losses.Pointer = "/body" + at;
        var html = BodyReader.ReadFree(block.Html, losses, ct);
        if (html is null)
            Fault(at, "too-deep", "Elements are nested too deeply.");
        else if (html.Length == 0)
            Fault(at, "empty", "Nothing is left of this HTML once it is sanitised.");
        else if (Characters.Length(html) is > BodyLimits.Text and var length)
            Fault(
                at,
                "too-long-sanitised",
                $"One text has at most {BodyLimits.Text} characters; sanitised, this has {length}."
            );
        Count(html);
        return new HtmlBlock { Html = html ?? "" };
    }

    private (ListNumbers Numbers, IReadOnlyList<ListItem> Items) Items(
        ListNumbers numbers,
        IReadOnlyList<ListItem>? items,
        string at,
        int depth
    )
    {
        var read = new List<ListItem>();
        var list = at;
        at += "/items";
        if (items is not { Count: > 0 })
            Fault(at, "empty", "A list has at least one item.");
        for (var i = 0; i < items?.Count; i++)
        {
            var item = items[i];
            var here = string.Create(CultureInfo.InvariantCulture, $"{at}/{i}");
            if (item is null)
            {
                Fault(here, "required", "An item is an object.");
                continue;
            }

            var html = Text(item.Html, here + "/html");
            NestedList? below = null;
            if (item.List is { } nested)
            {
                if (depth == BodyLimits.ListDepth)
                    Fault(
                        here + "/list",
                        "too-deep",
                        $"Lists nest at most {BodyLimits.ListDepth} levels deep."
                    );
                else
                {
                    var (inner, itemsBelow) = Items(
                        ListNumbers.Of(nested),
                        nested.Items,
                        here + "/list",
                        depth + 1
                    );
                    below = new NestedList
                    {
                        Ordered = inner.Ordered,
                        Start = inner.Start,
                        Reversed = inner.Reversed,
                        Numbering = inner.Numbering,
                        Items = itemsBelow,
                    };
                }
            }

            RequireNumber(item.Value, here + "/value", "An item has");
            read.Add(
                new ListItem
                {
                    Html = html,
                    Value = item.Value,
                    List = below,
                }
            );
        }

        RequireNumber(numbers.Start, list + "/start", "A list starts at");
        if (numbers.Numbering is { } numbering && !Enum.IsDefined(numbering))
            Fault(
                list + "/numbering",
                "invalid",
                "A numbering is lowerAlpha, upperAlpha, lowerRoman or upperRoman; null: decimal."
            );
        var (canonical, values) = ListNumbers.Of(
            numbers.Ordered,
            numbers.Start,
            numbers.Reversed,
            numbers.Numbering,
            [.. read.Select(item => item.Value)]
        );
        return (canonical, [.. read.Zip(values, (item, value) => item with { Value = value })]);
    }

    private void RequireNumber(int? number, string at, string who)
    {
        if (number is < 0 or > BodyLimits.ListStart)
            Fault(at, "out-of-range", $"{who} a number from 0 to {BodyLimits.ListStart}.");
    }

    private string[] Cells(IReadOnlyList<string>? cells, string at, int columns)
    {
        if (cells is null || cells.Count != columns)
        {
            Fault(
                at,
                "ragged",
                $"Every row of this table has {columns} cells; this has {cells?.Count ?? 0}."
            );
            return [];
        }

        return
        [
            .. cells.Select(
                (html, i) =>
                    Parsed(html, string.Create(CultureInfo.InvariantCulture, $"{at}/{i}"))
                        is { IsEmpty: false } cell
                        ? cell.ToHtml()
                        : ""
            ),
        ];
    }

    private string Text(string? html, string at)
    {
        var inline = Parsed(html, at);
        if (inline?.IsEmpty == true)
            Fault(at, "empty", "There is no text here.");
        return inline?.ToHtml() ?? "";
    }

    private Inline? Parsed(string? html, string at)
    {
        if (!Fits(html, at))
            return null;
        losses.Pointer = "/body" + at;
        var inline = BodyReader.ReadInline(html!, losses, ct);
        if (inline is null)
            Fault(at, "too-deep", "Elements are nested too deeply.");
        else
            Fits(Count(inline.ToHtml()), at);
        return inline;
    }

    private string? Said(string? text, string at)
    {
        if (text is null || !Fits(text, at))
            return null;
        var line = Plain.Line(text);
        return Count(line.Any(Plain.IsVisible) ? line : "");
    }

    private bool Fits(string? text, string at)
    {
        if (text is null)
        {
            Fault(at, "required", "A text is a string, not null.");
            return false;
        }

        var length = Characters.Length(text);
        if (length > BodyLimits.Text)
            Fault(at, "too-long", $"One text has at most {BodyLimits.Text} characters; this has {length}.");
        return length <= BodyLimits.Text;
    }

    private string? Count(string? text)
    {
        _length += Characters.Length(text);
        return text;
    }

    private void Fault(string at, string code, string detail) => _faults.Add(new BodyFault(at, code, detail));
}
