using Cms.Publishing.Bodies.Markdown;

namespace Cms.Publishing.Bodies;

/// <summary>How large a body and its parts may be. Lengths are in code points.</summary>
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

    /// <summary>
    /// Elements in HTML as it comes in: room for the largest table, and no more than a few seconds of work.
    /// </summary>
    public const int HtmlElements = 150_000;

    /// <summary>
    /// Elements <c>base</c> in HTML as it comes in: for each the parser looks through the whole document.
    /// </summary>
    public const int HtmlBases = 20;

    /// <summary>
    /// Structures (lists, quotes, tables) within structures in a free HTML block; each takes up to five elements of
    /// <see cref="HtmlDepth"/>.
    /// </summary>
    public const int FlowDepth = 30;

    /// <summary>Link definitions in one text of Markdown: Markdig compares each with those before it.</summary>
    public const int MarkdownDefinitions = 5_000;

    /// <summary>
    /// Blocks of Markdown as they are read: room for many that say nothing, and so become no block of a body.
    /// </summary>
    public const int MarkdownBlocks = 10 * Blocks;

    /// <summary>
    /// Steps that reading Markdown may take for each of its characters (<see cref="MarkdownMeter"/>): about a
    /// microsecond. Articles take a few hundred.
    /// </summary>
    public const int MarkdownSteps = 2_000;

    /// <summary>Steps that any Markdown may take, however short: about 100 ms.</summary>
    public const int MarkdownLeastSteps = 200_000_000;
}
