namespace Cms.Publishing.Bodies;

/// <summary>How large a body and its parts may be. Lengths are in UTF-16 code units.</summary>
internal static class BodyLimits
{
    /// <summary>Blocks in one body.</summary>
    public const int Blocks = 2_000;

    /// <summary>Levels of lists within lists, the outermost counted.</summary>
    public const int ListDepth = 6;

    /// <summary>Columns of a table.</summary>
    public const int Columns = 100;

    /// <summary>Rows of a table, the header not counted.</summary>
    public const int Rows = 1_000;

    /// <summary>One text: a paragraph, an item, a cell, a block of code, a free HTML block.</summary>
    public const int Text = 100_000;

    /// <summary>All texts of a body together, and the Markdown or HTML it is written as.</summary>
    public const int Body = 1_000_000;

    /// <summary>One address.</summary>
    public const int Url = 4_096;

    /// <summary>The first number of an ordered list (CommonMark reads no more than nine digits).</summary>
    public const int ListStart = 999_999_999;

    /// <summary>Elements within elements in HTML as it comes in.</summary>
    public const int HtmlDepth = 200;

    /// <summary>Elements in HTML as it comes in: room for the largest table, and no more than a few seconds of work.</summary>
    public const int HtmlElements = 150_000;

    /// <summary>Structures (lists, quotes, tables) within structures in a free HTML block; each takes up to five elements of <see cref="HtmlDepth"/>.</summary>
    public const int FlowDepth = 30;

    /// <summary>Links in one paragraph of Markdown, and link definitions in one text: Markdig's time grows with their square.</summary>
    public const int MarkdownLinks = 5_000;
}
