namespace Cms.Client;

/// <summary>A page of a list.</summary>
/// <typeparam name="T">What the list holds.</typeparam>
public sealed record Page<T>
{
    /// <summary>The items, in the list's order.</summary>
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>The most items a page holds.</summary>
    public required int Limit { get; init; }

    /// <summary>Cursor of the page after this one; null on the last page.</summary>
    public string? Next { get; init; }

    /// <summary>Cursor of the page before this one; null on the first page.</summary>
    public string? Previous { get; init; }

    /// <summary>How many items the whole list has; null unless it was asked for.</summary>
    public long? Total { get; init; }

    /// <summary>
    /// Whether <see cref="Total"/> was counted; false: the list is too long for that, and it is an estimate. Null
    /// unless it was asked for.
    /// </summary>
    public bool? TotalIsExact { get; init; }
}

/// <summary>A page as it travels.</summary>
internal sealed record Paged<T>
{
    public required IReadOnlyList<T> Data { get; init; }
    public required PageInfo Page { get; init; }

    public Page<T> ToPage() =>
        new()
        {
            Items = Data,
            Limit = Page.Limit,
            Next = Page.Next,
            Previous = Page.Previous,
            Total = Page.Total,
            TotalIsExact = Page.TotalIsExact,
        };
}

internal sealed record PageInfo
{
    public required int Limit { get; init; }
    public string? Next { get; init; }
    public string? Previous { get; init; }
    public long? Total { get; init; }
    public bool? TotalIsExact { get; init; }
}
