using Cms.Editorial.Articles;
using Cms.Platform.Http.Validation;
using FluentValidation;

namespace Cms.Editorial.Releases;

/// <summary>A release as it is written.</summary>
internal sealed record ReleaseInput
{
    public const int MaxName = 200;
    public const int MaxItems = 200;

    /// <summary>What the desk calls it. Readers do not see it.</summary>
    /// <example>Election night</example>
    public required string Name { get; init; }

    /// <summary>
    /// When it goes live by itself; with an offset from UTC, in the future and at most five years ahead. Null: when it
    /// is published.
    /// </summary>
    /// <example>2026-12-01T20:00:00+01:00</example>
    public DateTimeOffset? At { get; init; }

    /// <summary>What goes live, at most 200 articles, each once. In a patch the list is replaced whole.</summary>
    public IReadOnlyList<ReleaseItemInput> Items { get; init; } = [];
}

/// <summary>What a release does to an article.</summary>
internal enum ReleaseAct
{
    /// <summary>Readers see it from then on, or see another revision of it.</summary>
    Publish,

    /// <summary>It is withdrawn from readers.</summary>
    Unpublish,
}

/// <summary>An article of a release as it is written.</summary>
internal sealed record ReleaseItemInput
{
    /// <summary>Slug or id of the article.</summary>
    /// <example>draft-interview-achterholt</example>
    public required string Article { get; init; }

    /// <summary>What is done to it.</summary>
    public required ReleaseAct Act { get; init; }

    /// <summary>
    /// The revision that is published. Null: the working copy as it is when the release is published. A release with a
    /// time publishes what it was given: then null is the working copy as it is now.
    /// </summary>
    public int? Revision { get; init; }
}

internal sealed class ReleaseInputRules : AbstractValidator<ReleaseInput>
{
    public ReleaseInputRules()
    {
        RuleFor(r => r.Name).NotEmpty().HasAtMost(ReleaseInput.MaxName).IsLine();
        RuleFor(r => r.Items).AtMost(ReleaseInput.MaxItems);
        RuleForEach(r => r.Items).SetValidator(new ReleaseItemRules());
    }
}

internal sealed class ReleaseItemRules : AbstractValidator<ReleaseItemInput>
{
    public ReleaseItemRules()
    {
        RuleFor(i => i.Article).NotEmpty().HasAtMost(ArticleLimits.Reference);
        RuleFor(i => i.Revision).GreaterThan(0);
        RuleFor(i => i.Revision)
            .Must(r => r is null)
            .When(i => i.Act == ReleaseAct.Unpublish)
            .WithErrorCode("contradiction")
            .WithMessage("A withdrawal has no revision: whatever readers see is withdrawn.");
    }
}
