using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cms.Client;

/// <summary>The forms of a body to ask for.</summary>
[Flags]
public enum BodyForms
{
    /// <summary>No body.</summary>
    None = 0,

    /// <summary>Typed blocks.</summary>
    Blocks = 1,

    /// <summary>Sanitised HTML.</summary>
    Html = 2,

    /// <summary>CommonMark with tables.</summary>
    Markdown = 4,

    /// <summary>Plain text.</summary>
    Text = 8,
}

/// <summary>A body in the forms that were asked for; the others are null.</summary>
public sealed record Body
{
    /// <summary>Typed blocks.</summary>
    public IReadOnlyList<Block>? Blocks { get; init; }

    /// <summary>Sanitised HTML.</summary>
    public string? Html { get; init; }

    /// <summary>CommonMark with tables.</summary>
    public string? Markdown { get; init; }

    /// <summary>Plain text.</summary>
    public string? Text { get; init; }
}

/// <summary>
/// One piece of a body. Where a member is "inline HTML" it holds text with only <c>a em strong code s sub sup mark
/// br</c>, sanitised by the server: it can be put into a page as it is. A kind of block that this client does not know
/// comes as <see cref="UnknownBlock"/>.
/// </summary>
[JsonConverter(typeof(BlockConverter))]
public abstract record Block
{
    private protected Block() { }

    /// <summary>
    /// Names the block within its body: it stays when the block is changed or moved. Null from a server that gives
    /// none.
    /// </summary>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }
}

/// <summary>A paragraph.</summary>
public sealed record ParagraphBlock : Block
{
    /// <summary>Inline HTML.</summary>
    public required string Html { get; init; }
}

/// <summary>A heading within the body.</summary>
public sealed record HeadingBlock : Block
{
    /// <summary>2, 3 or 4: the article's headline is the only first level.</summary>
    public required int Level { get; init; }

    /// <summary>Inline HTML.</summary>
    public required string Html { get; init; }
}

/// <summary>A list.</summary>
public sealed record ListBlock : Block
{
    /// <summary>Whether the items are numbered.</summary>
    public required bool Ordered { get; init; }

    /// <summary>
    /// The number of the first item of a numbered list where it is not 1 (of a reversed one: not the number of items);
    /// otherwise null.
    /// </summary>
    public int? Start { get; init; }

    /// <summary>True: the numbers go down. Otherwise null.</summary>
    public bool? Reversed { get; init; }

    /// <summary>How the numbers are written; null: 1, 2, 3.</summary>
    public ListNumbering? Numbering { get; init; }

    /// <summary>At least one item.</summary>
    public required IReadOnlyList<ListItem> Items { get; init; }
}

/// <summary>A list within a list.</summary>
public sealed record NestedList
{
    /// <summary>Whether the items are numbered.</summary>
    public required bool Ordered { get; init; }

    /// <summary>
    /// The number of the first item of a numbered list where it is not 1 (of a reversed one: not the number of items);
    /// otherwise null.
    /// </summary>
    public int? Start { get; init; }

    /// <summary>True: the numbers go down. Otherwise null.</summary>
    public bool? Reversed { get; init; }

    /// <summary>How the numbers are written; null: 1, 2, 3.</summary>
    public ListNumbering? Numbering { get; init; }

    /// <summary>At least one item.</summary>
    public required IReadOnlyList<ListItem> Items { get; init; }
}

/// <summary>One item of a list.</summary>
public sealed record ListItem
{
    /// <summary>Inline HTML.</summary>
    public required string Html { get; init; }

    /// <summary>
    /// The number of an item of a numbered list where it is not the next one; the items behind it go on from there.
    /// Otherwise null.
    /// </summary>
    public int? Value { get; init; }

    /// <summary>The list below this item; null when there is none.</summary>
    public NestedList? List { get; init; }
}

/// <summary>
/// How the numbers of a list are written. A value that this client does not know yet is kept as it came.
/// </summary>
/// <param name="Value">The value as it is in JSON, such as <c>lowerAlpha</c>.</param>
[JsonConverter(typeof(ListNumberingConverter))]
public readonly record struct ListNumbering(string Value)
{
    /// <summary>a, b, c.</summary>
    public static ListNumbering LowerAlpha { get; } = new("lowerAlpha");

    /// <summary>A, B, C.</summary>
    public static ListNumbering UpperAlpha { get; } = new("upperAlpha");

    /// <summary>i, ii, iii.</summary>
    public static ListNumbering LowerRoman { get; } = new("lowerRoman");

    /// <summary>I, II, III.</summary>
    public static ListNumbering UpperRoman { get; } = new("upperRoman");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>A quotation set apart.</summary>
public sealed record QuoteBlock : Block
{
    /// <summary>Inline HTML for each paragraph; at least one.</summary>
    public required IReadOnlyList<string> Paragraphs { get; init; }

    /// <summary>Whose words these are, as inline HTML without a dash before it; null when not stated.</summary>
    public string? Attribution { get; init; }
}

/// <summary>A picture.</summary>
public sealed record ImageBlock : Block
{
    /// <summary>Which image, and what is said about it here.</summary>
    public required ImageUse Image { get; init; }

    /// <summary>Where the picture leads; null when it is no link.</summary>
    public string? Href { get; init; }

    /// <summary>
    /// Of a picture that is a link: <c>nofollow</c>, <c>sponsored</c>, <c>ugc</c>, with spaces between; null when not
    /// stated.
    /// </summary>
    public string? Rel { get; init; }
}

/// <summary>An image in a body.</summary>
public sealed record ImageUse
{
    /// <summary>The image's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the picture shows; empty for a picture that only decorates.</summary>
    public string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    public string? Caption { get; init; }

    /// <summary>Whose picture it is.</summary>
    public string? Credit { get; init; }

    /// <summary>The file, relative to the server (<see cref="CmsClient.Absolute"/>).</summary>
    public string? Url { get; init; }

    /// <summary>Pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels.</summary>
    public int? Height { get; init; }

    /// <summary>What must stay in the picture when it is cropped; null: the middle.</summary>
    public FocalPoint? FocalPoint { get; init; }

    /// <summary>The most common colour of the picture, as CSS has it: <c>#1f4e79</c>.</summary>
    public string? DominantColor { get; init; }

    /// <summary>A ThumbHash in Base64: a preview for which there are decoders in many languages.</summary>
    public string? ThumbHash { get; init; }

    /// <summary>A tiny preview as a data URI.</summary>
    public string? Placeholder { get; init; }

    /// <summary>Renditions in several widths, the best format first; null where they were not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ImageSource>? Sources { get; init; }
}

/// <summary>Something shown from another site.</summary>
public sealed record EmbedBlock : Block
{
    /// <summary>An absolute http or https address.</summary>
    public required string Url { get; init; }

    /// <summary>Plain text that says what it is; null when not stated.</summary>
    public string? Title { get; init; }
}

/// <summary>Text in which spaces and lines count.</summary>
public sealed record CodeBlock : Block
{
    /// <summary>Plain text, lines separated by <c>\n</c>.</summary>
    public required string Code { get; init; }

    /// <summary>The language; null when not stated.</summary>
    public string? Language { get; init; }
}

/// <summary>A table; all of its rows have the same number of cells.</summary>
public sealed record TableBlock : Block
{
    /// <summary>Inline HTML for each column's heading; null for a table without headings.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>Rows of cells, each inline HTML and possibly empty.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Rows { get; init; }

    /// <summary>One alignment for each column; null when none is stated.</summary>
    public IReadOnlyList<ColumnAlignment>? Alignments { get; init; }

    /// <summary>Inline HTML that says what the table shows; null when not stated.</summary>
    public string? Caption { get; init; }
}

/// <summary>
/// How the cells of a column are aligned. A value that this client does not know yet is kept as it came.
/// </summary>
/// <param name="Value">The value as it is in JSON, such as <c>right</c>.</param>
[JsonConverter(typeof(ColumnAlignmentConverter))]
public readonly record struct ColumnAlignment(string Value)
{
    /// <summary>Not stated.</summary>
    public static ColumnAlignment None { get; } = new("none");

    /// <summary>To the left.</summary>
    public static ColumnAlignment Left { get; } = new("left");

    /// <summary>In the middle.</summary>
    public static ColumnAlignment Center { get; } = new("center");

    /// <summary>To the right.</summary>
    public static ColumnAlignment Right { get; } = new("right");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>A break between two parts.</summary>
public sealed record DividerBlock : Block;

/// <summary>What no other block can hold.</summary>
public sealed record HtmlBlock : Block
{
    /// <summary>Sanitised HTML: no script, style or handler.</summary>
    public required string Html { get; init; }
}

/// <summary>
/// A block of a kind, or in a shape, that this client does not know: made by a newer server. Pass over it, or read its
/// JSON.
/// </summary>
public sealed record UnknownBlock : Block
{
    /// <summary>Its kind.</summary>
    public required string Type { get; init; }

    /// <summary>The block as it came, with its <c>type</c>.</summary>
    public required JsonElement Json { get; init; }
}

internal sealed class ColumnAlignmentConverter : JsonConverter<ColumnAlignment>
{
    public override ColumnAlignment Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    ) => new(Words.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, ColumnAlignment value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed class ListNumberingConverter : JsonConverter<ListNumbering>
{
    public override ListNumbering Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    ) => new(Words.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, ListNumbering value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

/// <summary>
/// Tells blocks apart by <c>type</c>. The serializer's own way refuses kinds that it does not know, and with them the
/// whole article.
/// </summary>
internal sealed class BlockConverter : JsonConverter<Block>
{
    public override Block Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        if (
            json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("type", out var type)
            || type.ValueKind != JsonValueKind.String
        )
            throw new JsonException("Expected a block: an object with a type.");
        var name = type.GetString()!;
        try
        {
            if (ReadKnown(name, json) is { } block)
                return block;
        }
        catch (JsonException)
        {
            // A known name in a new shape is as unknown as a new name.
        }
        var id = json.TryGetProperty("id", out var named) && named.ValueKind == JsonValueKind.String;
        return new UnknownBlock
        {
            Id = id ? named.GetString() : null,
            Type = name,
            Json = json,
        };
    }

    private static Block? ReadKnown(string type, JsonElement json) =>
        type switch
        {
            "paragraph" => json.Deserialize(CmsJson.Default.ParagraphBlock),
            "heading" => json.Deserialize(CmsJson.Default.HeadingBlock),
            "list" => json.Deserialize(CmsJson.Default.ListBlock),
            "quote" => json.Deserialize(CmsJson.Default.QuoteBlock),
            "image" => json.Deserialize(CmsJson.Default.ImageBlock),
            "embed" => json.Deserialize(CmsJson.Default.EmbedBlock),
            "code" => json.Deserialize(CmsJson.Default.CodeBlock),
            "table" => json.Deserialize(CmsJson.Default.TableBlock),
            "divider" => json.Deserialize(CmsJson.Default.DividerBlock),
            "html" => json.Deserialize(CmsJson.Default.HtmlBlock),
            _ => null,
        };

    public override void Write(Utf8JsonWriter writer, Block value, JsonSerializerOptions options)
    {
        var (type, json) = value switch
        {
            ParagraphBlock b => (
                "paragraph",
                JsonSerializer.SerializeToElement(b, CmsJson.Default.ParagraphBlock)
            ),
            HeadingBlock b => ("heading", JsonSerializer.SerializeToElement(b, CmsJson.Default.HeadingBlock)),
            ListBlock b => ("list", JsonSerializer.SerializeToElement(b, CmsJson.Default.ListBlock)),
            QuoteBlock b => ("quote", JsonSerializer.SerializeToElement(b, CmsJson.Default.QuoteBlock)),
            ImageBlock b => ("image", JsonSerializer.SerializeToElement(b, CmsJson.Default.ImageBlock)),
            EmbedBlock b => ("embed", JsonSerializer.SerializeToElement(b, CmsJson.Default.EmbedBlock)),
            CodeBlock b => ("code", JsonSerializer.SerializeToElement(b, CmsJson.Default.CodeBlock)),
            TableBlock b => ("table", JsonSerializer.SerializeToElement(b, CmsJson.Default.TableBlock)),
            DividerBlock b => ("divider", JsonSerializer.SerializeToElement(b, CmsJson.Default.DividerBlock)),
            HtmlBlock b => ("html", JsonSerializer.SerializeToElement(b, CmsJson.Default.HtmlBlock)),
            UnknownBlock b => (null, b.Json),
            _ => throw new NotSupportedException($"There is no block {value.GetType()}."),
        };
        if (type is null)
        {
            json.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        writer.WriteString("type", type);
        foreach (var member in json.EnumerateObject())
            member.WriteTo(writer);
        writer.WriteEndObject();
    }
}
