using System.Globalization;
using System.Linq.Expressions;
using Cms.Platform.Lists;
using Cms.Publishing;
using FastEndpoints;
using FluentValidation;

namespace Cms.Delivery.Articles;

/// <summary>What every request for some of the articles can be narrowed by.</summary>
internal abstract record ArticleFilterRequest
{
    /// <summary>Slugs of sections: articles of any of them, and of the sections below.</summary>
    /// <example>power,people</example>
    [QueryParam]
    public string[]? Section { get; init; }

    /// <summary>Slugs of authors: articles by any of them.</summary>
    [QueryParam]
    public string[]? Author { get; init; }

    /// <summary>Slugs of tags: articles with any of them.</summary>
    [QueryParam]
    public string[]? Tag { get; init; }

    /// <summary>Kinds of article, such as `analysis`: articles of any of them.</summary>
    /// <example>analysis,opinion</example>
    [QueryParam]
    public string[]? Kind { get; init; }

    /// <summary>Only articles first published after this time.</summary>
    [QueryParam]
    public DateTimeOffset? PublishedAfter { get; init; }

    /// <summary>Only articles first published before this time.</summary>
    [QueryParam]
    public DateTimeOffset? PublishedBefore { get; init; }

    /// <summary>Only articles with any of these kinds of access.</summary>
    [QueryParam]
    public ArticleAccess[]? Access { get; init; }

    /// <summary>Names the filters: cursors are bound to them.</summary>
    protected string FilterName() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{CursorName.Of(Section)}|{CursorName.Of(Author)}|{CursorName.Of(Tag)}|"
                + $"{CursorName.Of(Access)}|{PublishedAfter?.UtcTicks}|{PublishedBefore?.UtcTicks}"
        ) + (Kind is null ? "" : $"|{CursorName.Of(Kind)}");
}

internal static class ArticleFilterRules
{
    private const int MaxValues = 50;

    public static void HasArticleFilters<T>(this AbstractValidator<T> rules)
        where T : ArticleFilterRequest
    {
        foreach (
            var filter in (Expression<Func<T, string[]?>>[])
                [r => r.Section, r => r.Author, r => r.Tag, r => r.Kind]
        )
            rules
                .RuleFor(filter)
                .SetValidator(new MaxItemsValidator<T, string>(MaxValues))
                .WithErrorCode("too-long")
                .WithMessage($"At most {MaxValues} values.");
    }
}
