using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Cms.Platform.Http.Requests;
using Cms.Publishing.Renditions;

namespace Cms.Publishing.Bodies.Blocks;

/// <summary>
/// One piece of a body, told apart by <c>type</c>: <c>paragraph</c>, <c>heading</c>, <c>list</c>, <c>quote</c>,
/// <c>image</c>, <c>embed</c>, <c>code</c>, <c>table</c>, <c>divider</c>, <c>html</c>. Where a member is "inline HTML"
/// it holds text with only <c>a em strong code s sub sup mark br</c>; <c>a</c> has <c>href</c> (http, https, mailto,
/// <c>/path</c> or <c>#fragment</c>), and may have <c>title</c> and <c>rel</c> (<c>nofollow</c>, <c>sponsored</c>,
/// <c>ugc</c>). It is sanitised and can be put into a page as it is.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ParagraphBlock), "paragraph")]
[JsonDerivedType(typeof(HeadingBlock), "heading")]
[JsonDerivedType(typeof(ListBlock), "list")]
[JsonDerivedType(typeof(QuoteBlock), "quote")]
[JsonDerivedType(typeof(ImageBlock), "image")]
[JsonDerivedType(typeof(EmbedBlock), "embed")]
[JsonDerivedType(typeof(CodeBlock), "code")]
[JsonDerivedType(typeof(TableBlock), "table")]
[JsonDerivedType(typeof(DividerBlock), "divider")]
[JsonDerivedType(typeof(HtmlBlock), "html")]
internal abstract record Block
{
    /// <summary>
    /// Names the block within its body, through all revisions: it stays when the block is changed or moved. 1 to 40 of
    /// <c>A-Z a-z 0-9 _ -</c>. A block that is written without one keeps that of the block that it replaces, found by
    /// its content, or gets a new one.
    /// </summary>
    [JsonPropertyOrder(-1)]
    [NotNull]
    [RegularExpression("^[A-Za-z0-9_-]{1,40}$")]
    public string? Id { get; init; }
}

/// <summary>
/// A paragraph: <c>{ "type": "paragraph", "html": "The &lt;em&gt;old&lt;/em&gt; bridge is closed." }</c>.
/// </summary>
internal sealed record ParagraphBlock : Block
{
    /// <summary>Inline HTML with at least one visible character, at most 100,000 characters.</summary>
    [Length(1, BodyLimits.Text)]
    public required string Html { get; init; }
}

/// <summary>A heading within the body: <c>{ "type": "heading", "level": 2, "html": "What happens next" }</c>.</summary>
internal sealed record HeadingBlock : Block
{
    /// <summary>
    /// 2, 3 or 4: the article's headline is the only first level. In Markdown and HTML, level 1 is read as 2, and 5 and
    /// 6 as 4.
    /// </summary>
    [Range(2, 4)]
    public required int Level { get; init; }

    /// <summary>Inline HTML with at least one visible character.</summary>
    [Length(1, BodyLimits.Text)]
    public required string Html { get; init; }
}

/// <summary>
/// A list: <c>{ "type": "list", "ordered": false, "items": [ { "html": "Bread" }, { "html": "Fruit", "list": {
/// "ordered": true, "items": [ { "html": "Pears" } ] } } ] }</c>.
/// </summary>
internal sealed record ListBlock : Block
{
    /// <summary>Whether the items are numbered.</summary>
    public required bool Ordered { get; init; }

    /// <summary>
    /// The number of the first item of a numbered list where it is not 1 (of a reversed one: not the number of items);
    /// otherwise null.
    /// </summary>
    [Range(0, BodyLimits.ListStart)]
    public int? Start { get; init; }

    /// <summary>True: the numbers go down. Otherwise null.</summary>
    public bool? Reversed { get; init; }

    /// <summary>How the numbers are written; null: 1, 2, 3.</summary>
    public ListNumbering? Numbering { get; init; }

    /// <summary>At least one item. Lists nest at most six levels deep.</summary>
    [MinLength(1)]
    public required IReadOnlyList<ListItem> Items { get; init; }
}

/// <summary>A list within a list: the same members as a list block, without <c>type</c>.</summary>
internal sealed record NestedList
{
    /// <summary>Whether the items are numbered.</summary>
    public required bool Ordered { get; init; }

    /// <summary>
    /// The number of the first item of a numbered list where it is not 1 (of a reversed one: not the number of items);
    /// otherwise null.
    /// </summary>
    [Range(0, BodyLimits.ListStart)]
    public int? Start { get; init; }

    /// <summary>True: the numbers go down. Otherwise null.</summary>
    public bool? Reversed { get; init; }

    /// <summary>How the numbers are written; null: 1, 2, 3.</summary>
    public ListNumbering? Numbering { get; init; }

    /// <summary>At least one item.</summary>
    [MinLength(1)]
    public required IReadOnlyList<ListItem> Items { get; init; }
}

/// <summary>One item of a list: <c>{ "html": "Fruit", "list": { … } }</c>.</summary>
internal sealed record ListItem
{
    /// <summary>Inline HTML with at least one visible character.</summary>
    [Length(1, BodyLimits.Text)]
    public required string Html { get; init; }

    /// <summary>
    /// The number of an item of a numbered list where it is not the next one; the items behind it go on from there.
    /// Otherwise null; of a first item it becomes the list's <c>start</c>.
    /// </summary>
    [Range(0, BodyLimits.ListStart)]
    public int? Value { get; init; }

    /// <summary>The list below this item; null when there is none.</summary>
    public NestedList? List { get; init; }
}

/// <summary>How the numbers of a list are written: a, A, i or I.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ListNumbering>))]
internal enum ListNumbering
{
    [JsonStringEnumMemberName("lowerAlpha")]
    LowerAlpha,

    [JsonStringEnumMemberName("upperAlpha")]
    UpperAlpha,

    [JsonStringEnumMemberName("lowerRoman")]
    LowerRoman,

    [JsonStringEnumMemberName("upperRoman")]
    UpperRoman,
}

/// <summary>
/// A quotation set apart: <c>{ "type": "quote", "paragraphs": [ "We never gave up." ], "attribution": "Ana Silva,
/// &lt;em&gt;teacher&lt;/em&gt;" }</c>.
/// </summary>
internal sealed record QuoteBlock : Block
{
    /// <summary>Inline HTML for each paragraph; at least one.</summary>
    [MinLength(1)]
    public required IReadOnlyList<string> Paragraphs { get; init; }

    /// <summary>Whose words these are, as inline HTML without a dash before it; null when not stated.</summary>
    [MaxLength(BodyLimits.Text)]
    public string? Attribution { get; init; }
}

/// <summary>
/// A picture from the image library: <c>{ "type": "image", "image": { "id": "01890a5d-…", "caption": "The bridge in
/// 1931" } }</c>.
/// </summary>
internal sealed record ImageBlock : Block
{
    /// <summary>Which image, and what is said about it here.</summary>
    public required ImageUse Image { get; init; }

    /// <summary>
    /// Where the picture leads: http, https, mailto, <c>/path</c> or <c>#fragment</c>; null when it is no link.
    /// </summary>
    [RegularExpression("^$|^(?:[Hh][Tt][Tt][Pp][Ss]?://[^/?#]|[Mm][Aa][Ii][Ll][Tt][Oo]:.|/|#.)")]
    [MaxLength(BodyLimits.Url)]
    public string? Href { get; init; }

    /// <summary>
    /// Of a picture that is a link: <c>nofollow</c>, <c>sponsored</c>, <c>ugc</c>, with spaces between; null when not
    /// stated.
    /// </summary>
    public string? Rel { get; init; }
}

/// <summary>
/// An image in a place, with what this place says differently. An absent or null member means the image's own; an empty
/// one means none here.
/// </summary>
internal sealed record ImageUse
{
    /// <summary>The image's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>
    /// Plain text in place of the image's own alternative text; empty for a picture that only decorates.
    /// </summary>
    [MaxLength(BodyLimits.Text)]
    [EmptyIsNotNull]
    public string? Alt { get; init; }

    /// <summary>Plain text in place of the image's own caption.</summary>
    [MaxLength(BodyLimits.Text)]
    [EmptyIsNotNull]
    public string? Caption { get; init; }

    /// <summary>Plain text in place of the image's own credit.</summary>
    [MaxLength(BodyLimits.Text)]
    [EmptyIsNotNull]
    public string? Credit { get; init; }

    /// <summary>Read only: the file. Ignored when it is written.</summary>
    public string? Url { get; init; }

    /// <summary>Read only: pixels. Ignored when it is written.</summary>
    public int? Width { get; init; }

    /// <summary>Read only: pixels. Ignored when it is written.</summary>
    public int? Height { get; init; }

    /// <summary>
    /// Read only: what must stay in the picture when it is cropped; null: the middle. Ignored when it is written.
    /// </summary>
    public FocalPoint? FocalPoint { get; init; }

    /// <summary>Read only: the most common colour, as CSS has it. Ignored when it is written.</summary>
    /// <example>#1f4e79</example>
    public string? DominantColor { get; init; }

    /// <summary>Read only: a ThumbHash in Base64. Ignored when it is written.</summary>
    /// <example>2/cFFY4EsUVzd4dxiAiHewzLU7Do</example>
    public string? ThumbHash { get; init; }

    /// <summary>Read only: a tiny preview as a data URI. Ignored when it is written.</summary>
    public string? Placeholder { get; init; }

    /// <summary>
    /// Read only: renditions in several widths, the best format first. Only with `images=full`. Ignored when it is
    /// written.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ImageSource>? Sources { get; init; }
}

/// <summary>
/// Something shown from another site: <c>{ "type": "embed", "url": "https://www.youtube.com/embed/abc", "title": "The
/// speech" }</c>. The front end decides how; the HTML form has a link.
/// </summary>
internal sealed record EmbedBlock : Block
{
    /// <summary>An absolute http or https address.</summary>
    [Url]
    [RegularExpression("^[Hh][Tt][Tt][Pp][Ss]?://")]
    [MaxLength(BodyLimits.Url)]
    public required string Url { get; init; }

    /// <summary>Plain text that says what it is; null when not stated.</summary>
    [MaxLength(BodyLimits.Text)]
    public string? Title { get; init; }
}

/// <summary>
/// Text in which spaces and lines count: <c>{ "type": "code", "code": "let x = 1\nprint(x)", "language": "swift" }</c>.
/// </summary>
internal sealed record CodeBlock : Block
{
    /// <summary>Plain text, lines separated by <c>\n</c>, without line breaks at the end.</summary>
    [Length(1, BodyLimits.Text)]
    [Verbatim]
    public required string Code { get; init; }

    /// <summary>The language, at most 40 of <c>A-Z a-z 0-9 + # . _ -</c>; null when not stated.</summary>
    [RegularExpression("^[A-Za-z0-9+#._-]{0,40}$")]
    public string? Language { get; init; }
}

/// <summary>
/// A table: <c>{ "type": "table", "header": [ "Year", "Votes" ], "rows": [ [ "2021", "1,204" ] ], "alignments": [
/// "none", "right" ], "caption": null }</c>. Rectangular.
/// </summary>
internal sealed record TableBlock : Block
{
    /// <summary>Inline HTML for each column's heading; null for a table without headings.</summary>
    [Length(1, BodyLimits.Columns)]
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>
    /// Rows of cells, each inline HTML and possibly empty. At most 1,000 rows of 100 cells, all of one length.
    /// </summary>
    [MaxLength(BodyLimits.Rows)]
    public required IReadOnlyList<IReadOnlyList<string>> Rows { get; init; }

    /// <summary>One alignment for each column; null when none is stated.</summary>
    public IReadOnlyList<ColumnAlignment>? Alignments { get; init; }

    /// <summary>Inline HTML that says what the table shows; null when not stated.</summary>
    [MaxLength(BodyLimits.Text)]
    public string? Caption { get; init; }
}

/// <summary>How the cells of a column are aligned.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ColumnAlignment>))]
internal enum ColumnAlignment
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("left")]
    Left,

    [JsonStringEnumMemberName("center")]
    Center,

    [JsonStringEnumMemberName("right")]
    Right,
}

/// <summary>A break between two parts: <c>{ "type": "divider" }</c>.</summary>
internal sealed record DividerBlock : Block;

/// <summary>
/// What no other block can hold, such as a definition list or a picture from another site: <c>{ "type": "html", "html":
/// "&lt;dl&gt;&lt;dt&gt;VAT&lt;/dt&gt;&lt;dd&gt;A tax.&lt;/dd&gt;&lt;/dl&gt;" }</c>.
/// </summary>
internal sealed record HtmlBlock : Block
{
    /// <summary>
    /// Sanitised HTML on one line, at most 100,000 characters: headings, paragraphs, lists, quotes, tables, figures,
    /// code, <c>dl</c>, <c>details</c>; no script, style or handler.
    /// </summary>
    [Length(1, BodyLimits.Text)]
    public required string Html { get; init; }
}
