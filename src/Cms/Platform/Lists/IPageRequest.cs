using Cms.Platform.Http.Validation;
using FluentValidation;

namespace Cms.Platform.Lists;

/// <summary>What every request for a page of a list has.</summary>
internal interface IPageRequest
{
    Count Count { get; }
    int Limit { get; }
    string? Cursor { get; }
}

internal static class PageRequestRules
{
    private const int LongestCursor = 2_000;

    public static void HasPage<T>(this AbstractValidator<T> rules)
        where T : IPageRequest
    {
        rules.RuleFor(r => r.Limit).InclusiveBetween(1, Paging.MaxLimit);
        rules.RuleFor(r => r.Cursor).HasAtMost(LongestCursor);
    }
}
