using Cms.Platform.Lists;
using FastEndpoints;
using FluentValidation;

namespace Cms.Delivery.Reading;

/// <summary>What every plain list takes.</summary>
internal abstract record PagedListRequest : IPageRequest
{
    /// <summary>Return only these fields, such as `name,slug`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }

    /// <summary>
    /// `exact` counts the list into `page.total`, for at most two seconds; where these are not enough, it is estimated,
    /// and `page.totalIsExact` is false. `estimated` counts up to 10,000 and estimates beyond, which costs little in
    /// any list. Without it nothing is counted.
    /// </summary>
    [QueryParam]
    public Count Count { get; init; }

    /// <summary>How many items a page holds.</summary>
    [QueryParam]
    public int Limit { get; init; } = Paging.DefaultLimit;

    /// <summary>Where to read on: `page.next` or `page.previous` of another page of the same list.</summary>
    [QueryParam]
    public string? Cursor { get; init; }
}

internal abstract class PagedListRules<T> : AbstractValidator<T>
    where T : PagedListRequest
{
    protected PagedListRules() => this.HasPage();
}
