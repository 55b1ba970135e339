using System.Globalization;
using Cms.Platform.Unicode;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.Html;
using Cms.Publishing.Bodies.Markdown;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies;

/// <summary>
/// Reads a body from any form it is written in. Everything is sanitised and brought into one spelling; all faults are
/// told at once.
/// </summary>
internal static class BodyReader
{
    /// <summary>
    /// From blocks. What is empty or out of bounds is a fault; markup that is not allowed is removed.
    /// </summary>
    public static BodyResult FromBlocks(IReadOnlyList<Block>? blocks, CancellationToken ct = default) =>
        new BlockRules(new Losses("/body/blocks"), ct).Read(blocks);

    /// <summary>From HTML. Wrappers and looks are lost, words never; what is empty is dropped.</summary>
    public static BodyResult FromHtml(string html) => FromHtml(html, CancellationToken.None);

    /// <inheritdoc cref="FromHtml(string)"/>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static BodyResult FromHtml(string html, CancellationToken ct) =>
        FromHtml(html, "/html", BodyLimits.Body, ct);

    /// <summary>
    /// From CommonMark with pipe tables and <c>~~strikethrough~~</c>; HTML in it is read as by
    /// <see cref="FromHtml(string)"/>.
    /// </summary>
    public static BodyResult FromMarkdown(string markdown) => FromMarkdown(markdown, CancellationToken.None);

    /// <inheritdoc cref="FromMarkdown(string)"/>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static BodyResult FromMarkdown(string markdown, CancellationToken ct)
    {
        const string pointer = "/markdown";
        if (Text.Length(markdown) > BodyLimits.Body)
            return TooLong(pointer);
        return MarkdownReader.TryToHtml(Plain.Clean(markdown), out var html, out var reason, ct)
            // HTML is longer than the Markdown that it is made of: a table's cells by their tags.
            ? FromHtml(html, pointer, limit: int.MaxValue, ct)
            : BodyResult.Of(pointer, reason.Code, reason.Detail);
    }

    /// <summary>Inline HTML as <see cref="Inline"/>, or null where it nests too deeply.</summary>
    public static Inline? ReadInline(string html, Losses? losses = null, CancellationToken ct = default)
    {
        if (Inline.ReadCanonical(html) is { } known)
            return known;
        return HtmlPolicy.Parse(html, losses, ct) is { } root ? FlowReader.ReadInline(root, losses) : null;
    }

    /// <summary>Free HTML in its one spelling, or null where it nests too deeply.</summary>
    public static string? ReadFree(string html, Losses? losses = null, CancellationToken ct = default)
    {
        if (HtmlPolicy.Parse(html, losses, ct) is not { } root)
            return null;
        var (flows, tooDeep) = FlowReader.Read(root, losses);
        return tooDeep ? null : FlowWriter.Write(flows);
    }

    private static BodyResult FromHtml(string html, string pointer, int limit, CancellationToken ct)
    {
        if (html.Length > limit && Text.Length(html) > limit)
            return TooLong(pointer);
        // Of Markdown the places in its HTML mean nothing to the writer.
        var losses = new Losses("/body" + pointer, located: limit == BodyLimits.Body);
        if (HtmlPolicy.Parse(html, losses, ct) is not { } root)
            return TooDeep(pointer);
        var (flows, tooDeep) = FlowReader.Read(root, losses);
        if (tooDeep)
            return TooDeep(pointer);
        if (flows.Count > BodyLimits.Blocks)
            return BodyResult.Of(
                pointer,
                "too-many",
                $"A body has at most {BodyLimits.Blocks} blocks; this makes {flows.Count}."
            );

        var result = FromBlocks([.. flows.Select(ToBlock)], ct);
        if (result.IsValid)
            return BodyResult.Of(result.Body, losses.Warnings);
        return BodyResult.Of(InText(result.Faults, pointer));
    }

    /// <summary>
    /// Maps faults of blocks to the text that they were parsed from: the writer sent no blocks, so pointers to blocks
    /// would be meaningless.
    /// </summary>
    public static IReadOnlyList<BodyFault> InText(IEnumerable<BodyFault> faults, string pointer) =>
        [
            .. faults.Select(fault =>
                fault with
                {
                    Pointer = pointer,
                    Detail = $"{fault.Detail} (block {Number(fault.Pointer)})",
                }
            ),
        ];

    private static string Number(string pointer)
    {
        var index = pointer.Split('/').ElementAtOrDefault(2);
        return int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
            ? (i + 1).ToString(CultureInfo.InvariantCulture)
            : "all";
    }

    private static Block ToBlock(Flow flow) =>
        flow switch
        {
            FlowText { Level: 0 } text => new ParagraphBlock { Html = text.Text.ToHtml() },
            FlowText text => new HeadingBlock { Level = text.Level, Html = text.Text.ToHtml() },
            FlowImage { Id: { } id } image => new ImageBlock
            {
                Href = image.Link?.Href,
                Rel = image.Link?.Rel,
                Image = new ImageUse
                {
                    Id = id,
                    Alt = image.Alt,
                    Caption = image.Caption,
                    Credit = image.Credit,
                },
            },
            FlowEmbed embed => new EmbedBlock { Url = embed.Url, Title = embed.Title },
            FlowCode code => new CodeBlock { Code = code.Code, Language = code.Language },
            FlowDivider => new DividerBlock(),
            FlowList list when ToList(list, 1) is { } nested => new ListBlock
            {
                Ordered = nested.Ordered,
                Start = nested.Start,
                Reversed = nested.Reversed,
                Numbering = nested.Numbering,
                Items = nested.Items,
            },
            FlowQuote quote when AreParagraphs(quote.Content) => new QuoteBlock
            {
                Paragraphs = [.. quote.Content.Cast<FlowText>().Select(text => text.Text.ToHtml())],
                Attribution = quote.Attribution?.ToHtml(),
            },
            FlowTable table when ToTable(table) is { } block => block,
            _ => new HtmlBlock { Html = FlowWriter.Write([flow]) },
        };

    private static NestedList? ToList(FlowList list, int depth)
    {
        if (depth > BodyLimits.ListDepth)
            return null;
        var items = new List<ListItem>();
        foreach (var (item, value) in list.Items)
        {
            var below = item[^1] as FlowList;
            var texts = below is null ? item : item.Take(item.Count - 1).ToArray();
            if (!AreParagraphs(texts))
                return null;
            var nested = below is null ? null : ToList(below, depth + 1);
            if (below is not null && nested is null)
                return null;
            items.Add(
                new ListItem
                {
                    Html = Joined(texts),
                    Value = value,
                    List = nested,
                }
            );
        }

        return new NestedList
        {
            Ordered = list.Numbers.Ordered,
            Start = list.Numbers.Start,
            Reversed = list.Numbers.Reversed,
            Numbering = list.Numbers.Numbering,
            Items = items,
        };
    }

    private static TableBlock? ToTable(FlowTable table)
    {
        var rows = table.Rows;
        var heads = rows.Count(row => row.Head);
        if (heads == 0 && rows[0].Cells.All(cell => cell.Heading) && rows.Count > 1)
            heads = 1;
        var columns = rows.Max(row => row.Cells.Count);
        if (
            heads > 1
            || columns > BodyLimits.Columns
            || rows.Count - heads > BodyLimits.Rows
            || rows.Any(row =>
                row.Cells.Any(cell =>
                    cell.Columns > 1
                    || cell.Rows > 1
                    || !(cell.Content.Count == 0 || AreParagraphs(cell.Content))
                )
            )
        )
            return null;

        var texts = rows.Select(row =>
                row.Cells.Select(cell => Joined(cell.Content))
                    .Concat(Enumerable.Repeat("", columns - row.Cells.Count))
                    .ToArray()
            )
            .ToArray();
        var alignments = Enumerable
            .Range(0, columns)
            .Select(column =>
                rows.Where(row => row.Cells.Count > column)
                    .Select(row => row.Cells[column].Align)
                    .FirstOrDefault(align => align is not ColumnAlignment.None)
            )
            .ToArray();
        return new TableBlock
        {
            Header = heads == 1 ? texts[0] : null,
            Rows = [.. texts.Skip(heads)],
            Alignments = alignments.All(align => align is ColumnAlignment.None) ? null : alignments,
            Caption = table.Caption?.ToHtml(),
        };
    }

    private static bool AreParagraphs(IReadOnlyList<Flow> flows) =>
        flows.Count > 0 && flows.All(flow => flow is FlowText { Level: 0 });

    private static string Joined(IReadOnlyList<Flow> texts) =>
        texts.Count == 0 ? "" : Inline.Join(texts.Cast<FlowText>().Select(text => text.Text)).ToHtml();

    private static BodyResult TooLong(string pointer) =>
        BodyResult.Of(pointer, "too-long", $"A body has at most {BodyLimits.Body} characters.");

    private static BodyResult TooDeep(string pointer) =>
        BodyResult.Of(
            pointer,
            "too-deep",
            $"There are more than {BodyLimits.HtmlElements} elements, or more than "
                + $"{BodyLimits.HtmlBases} of them are <base>, or they are nested more than "
                + $"{BodyLimits.HtmlDepth} deep."
        );
}
