using Cms.Platform.Http.Validation;
using FastEndpoints;
using FluentValidation;

namespace Cms.Platform.Lists;

/// <summary>What every request for a page of a list has.</summary>
internal interface IPageRequest
{
    Count Count { get; }
    int Limit { get; }
    string? Cursor { get; }
}

/// <summary>What every list takes. A list with fields or limits of its own says so in an override.</summary>
internal abstract record PageRequest : IPageRequest
{
    /// <summary>Return only these fields, such as `name,slug`.</summary>
    [QueryParam]
    public virtual string[]? Fields { get; init; }

    /// <summary>
    /// `exact` counts the list into `page.total`, for at most two seconds; where these are not enough, it is estimated,
    /// and `page.totalIsExact` is false. `estimated` counts up to 10,000 and estimates beyond, which costs little in
    /// any list. Without it nothing is counted.
    /// </summary>
    [QueryParam]
    public Count Count { get; init; }

    /// <summary>How many items a page holds.</summary>
    [QueryParam]
    public virtual int Limit { get; init; } = Paging.DefaultLimit;

    /// <summary>Where to read on: `page.next` or `page.previous` of another page of the same list.</summary>
    [QueryParam]
    public string? Cursor { get; init; }
}

/// <summary>The rules of a list that takes nothing else.</summary>
internal abstract class PageRules<T> : AbstractValidator<T>
    where T : IPageRequest
{
    protected PageRules() => this.HasPage();
}

internal static class PageRequestRules
{
    private const int MaxCursorLength = 2_000;

    public static void HasPage<T>(this AbstractValidator<T> rules)
        where T : IPageRequest
    {
        rules.RuleFor(r => r.Limit).InclusiveBetween(1, Paging.MaxLimit);
        rules.RuleFor(r => r.Cursor).HasAtMost(MaxCursorLength);
    }
}
