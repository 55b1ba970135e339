using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.Html;

/// <summary>
/// What HTML says once wrappers are gone: the structures a body knows, each holding any other. Blocks are made of those
/// that fit one; the rest is written back as free HTML.
/// </summary>
internal abstract record Flow;

/// <summary>A paragraph (level 0) or a heading (2 to 4).</summary>
internal sealed record FlowText(int Level, Inline Text) : Flow;

/// <summary>A picture: of the library (<see cref="Id"/>) or from elsewhere (<see cref="Source"/>).</summary>
internal sealed record FlowImage(Guid? Id, string? Source) : Flow
{
    public string? Alt { get; init; }
    public string? Caption { get; init; }
    public string? Credit { get; init; }
    public int? Width { get; init; }
    public int? Height { get; init; }

    /// <summary>Where the picture leads.</summary>
    public Link? Link { get; init; }
}

internal sealed record FlowEmbed(string Url, string? Title) : Flow;

internal sealed record FlowCode(string Code, string? Language) : Flow;

internal sealed record FlowDivider : Flow;

internal sealed record FlowList(ListNumbers Numbers, IReadOnlyList<FlowItem> Items) : Flow;

internal sealed record FlowItem(IReadOnlyList<Flow> Content, int? Value);

internal sealed record FlowQuote(IReadOnlyList<Flow> Content, Inline? Attribution) : Flow;

internal sealed record FlowTable(Inline? Caption, IReadOnlyList<FlowRow> Rows) : Flow;

internal sealed record FlowRow(bool Head, IReadOnlyList<FlowCell> Cells);

internal sealed record FlowCell(
    bool Heading,
    int Columns,
    int Rows,
    ColumnAlignment Align,
    IReadOnlyList<Flow> Content
);

internal sealed record FlowDefinitions(IReadOnlyList<(Inline? Term, IReadOnlyList<Flow> Meaning)> Entries)
    : Flow;

internal sealed record FlowDetails(Inline Summary, IReadOnlyList<Flow> Content) : Flow;

/// <summary>What was written as free HTML and stays so.</summary>
internal sealed record FlowFree(IReadOnlyList<Flow> Content) : Flow;
