using System.ComponentModel.DataAnnotations;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using FluentValidation;

namespace Cms.Editorial.Articles;

/// <summary>An article as it is written.</summary>
internal sealed record ArticleInput
{
    /// <summary>
    /// The readable part of its address. Absent or null: made from the headline, in any script, and unique.
    /// </summary>
    /// <example>the-valley-that-bet-on-halden</example>
    [EmptyIsNotNull]
    public string? Slug { get; init; }

    /// <summary>
    /// What kind of article it is: `story`, `brief`, `analysis`, `opinion`, `interview`, `explainer`, `roundup`,
    /// `newsletter`, `liveBlog`, `gallery`, `video`, `podcast`, or one of those that `Cms__ArticleKinds` adds.
    /// </summary>
    /// <example>analysis</example>
    public string Kind { get; init; } = ArticleKinds.Story;

    /// <summary>
    /// The language that it is written in, as BCP 47 names it, such as `en` or `pt-BR`. Null: the newsroom's.
    /// </summary>
    /// <example>en</example>
    public string? Lang { get; init; }

    /// <summary>Where its lines begin. Null: as its language has it.</summary>
    public TextDirection? Dir { get; init; }

    /// <summary>The line above the headline, in plain text.</summary>
    public string? Kicker { get; init; }

    /// <summary>The headline, in plain text.</summary>
    /// <example>The valley that bet on Halden</example>
    public required string Headline { get; init; }

    /// <summary>The line under the headline, in plain text.</summary>
    public string? Deck { get; init; }

    /// <summary>
    /// A few sentences for a teaser, in plain text. Null: generated from the first two paragraphs of running text, at
    /// most 280 characters; for a walled article, no more than readers may see.
    /// </summary>
    public string? Excerpt { get; init; }

    /// <summary>The text: exactly one of `blocks`, `markdown` and `html`. In a patch it is replaced whole.</summary>
    public BodyInput? Body { get; init; }

    /// <summary>Slug or id of the section. A draft may lack it; publishing needs it.</summary>
    /// <example>politics</example>
    [EmptyIsNotNull]
    public string? Section { get; init; }

    /// <summary>Slugs or ids of the authors, in byline order.</summary>
    public IReadOnlyList<string> Authors { get; init; } = [];

    /// <summary>
    /// The picture on top, and what is said of it here where that differs from what it says of itself.
    /// </summary>
    public ImageUseInput? HeroImage { get; init; }

    /// <summary>
    /// Names or slugs of tags. A name that no tag has makes a new one; readers see it once a published article carries
    /// it.
    /// </summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>A short headline for alerts on telephones, in plain text. Null: the headline.</summary>
    public string? AlertHeadline { get; init; }

    /// <summary>A headline for newsletters, in plain text. Null: the headline.</summary>
    public string? NewsletterHeadline { get; init; }

    /// <summary>Who may read it to its end.</summary>
    public ArticleAccess Access { get; init; } = ArticleAccess.Public;

    /// <summary>What readers should know of the newsroom's own interests, in plain text.</summary>
    public string? Disclosure { get; init; }

    /// <summary>What was put right, oldest first.</summary>
    public IReadOnlyList<Correction> Corrections { get; init; } = [];

    /// <summary>What search engines are told, where that differs.</summary>
    public Seo? Seo { get; init; }

    /// <summary>Slugs or ids of articles to go with this one. Readers see those of them that are published.</summary>
    public IReadOnlyList<string> Related { get; init; } = [];

    /// <summary>
    /// The date that readers see, for what was first published elsewhere; not in the future. Null: the moment of its
    /// first publication here.
    /// </summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>
    /// Until then nothing of it reaches readers, whoever publishes it: publishing it sooner schedules it for this time.
    /// With an offset from UTC, at most five years ahead. Of an article that readers see already, only revisions that
    /// have the embargo wait.
    /// </summary>
    /// <example>2026-12-01T06:00:00+01:00</example>
    public DateTimeOffset? EmbargoedUntil { get; init; }
}

/// <summary>The body of an article, in exactly one of its forms.</summary>
[ExactlyOneMember]
internal sealed record BodyInput
{
    /// <summary>Typed blocks.</summary>
    [MaxLength(BodyLimits.Blocks)]
    public IReadOnlyList<Block>? Blocks { get; init; }

    /// <summary>CommonMark with tables. An image is one of this newsroom's: `![alt](/media/{id}/original)`.</summary>
    [MaxLength(BodyLimits.Body)]
    [Verbatim, EmptyIsNotNull]
    public string? Markdown { get; init; }

    /// <summary>HTML. It is sanitised; what no block can hold is kept as an `html` block.</summary>
    [MaxLength(BodyLimits.Body)]
    [Verbatim, EmptyIsNotNull]
    public string? Html { get; init; }
}

/// <summary>
/// An image where it is used. A text that is null is taken from the image itself; an empty text shows none.
/// </summary>
internal sealed record ImageUseInput
{
    /// <summary>The image's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the picture shows, for those who cannot see it.</summary>
    [EmptyIsNotNull]
    public string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    [EmptyIsNotNull]
    public string? Caption { get; init; }

    /// <summary>Whose picture it is.</summary>
    /// <example>Illustration: Ines Okafor/The Circuit</example>
    [EmptyIsNotNull]
    public string? Credit { get; init; }
}

/// <summary>Limits of an article: generous to writers, and known to whoever lays out a page.</summary>
internal static class ArticleLimits
{
    public const int Kicker = 100;
    public const int Headline = 300;
    public const int AlertHeadline = 100;
    public const int NewsletterHeadline = 150;
    public const int Deck = 600;
    public const int Excerpt = 1_000;
    public const int MadeExcerpt = 280;
    public const int Alt = 1_000;
    public const int Caption = 2_000;
    public const int Credit = 300;
    public const int Disclosure = 2_000;
    public const int Correction = 4_000;
    public const int Corrections = 100;
    public const int Authors = 50;
    public const int Tags = 50;
    public const int Related = 20;
    public const int SeoTitle = 300;
    public const int SeoDescription = 1_000;
    public const int Url = 2_000;
    public const int Reference = 120;
    public const int TagName = 100;
}

internal sealed class ArticleInputRules : AbstractValidator<ArticleInput>
{
    public ArticleInputRules()
    {
        RuleFor(a => a.Slug).IsSlug();
        RuleFor(a => a.Kicker).HasAtMost(ArticleLimits.Kicker).IsLine();
        RuleFor(a => a.Headline).NotEmpty().HasAtMost(ArticleLimits.Headline).IsLine();
        RuleFor(a => a.Kind)
            .Must(ArticleKinds.IsName, new SchemaWords { Pattern = ArticleKinds.Pattern })
            .WithErrorCode("wrong-form")
            .WithMessage(
                "A kind is a name such as photoEssay: a small letter, then up to 39 letters and digits."
            );
        RuleFor(a => a.Lang).IsLanguageTag();
        RuleFor(a => a.AlertHeadline).HasAtMost(ArticleLimits.AlertHeadline).IsLine();
        RuleFor(a => a.NewsletterHeadline).HasAtMost(ArticleLimits.NewsletterHeadline).IsLine();
        RuleFor(a => a.Deck).HasAtMost(ArticleLimits.Deck);
        RuleFor(a => a.Excerpt).HasAtMost(ArticleLimits.Excerpt);
        RuleFor(a => a.Section).MinimumLength(1).HasAtMost(ArticleLimits.Reference);
        RuleFor(a => a.Authors).AtMost(ArticleLimits.Authors);
        RuleForEach(a => a.Authors).NotEmpty().HasAtMost(ArticleLimits.Reference);
        RuleFor(a => a.Tags).AtMost(ArticleLimits.Tags);
        RuleForEach(a => a.Tags).NotEmpty().HasAtMost(ArticleLimits.TagName).IsLine();
        RuleFor(a => a.HeroImage!).SetValidator(new ImageUseRules()).When(a => a.HeroImage is not null);
        RuleFor(a => a.Disclosure).HasAtMost(ArticleLimits.Disclosure);
        RuleFor(a => a.Corrections).AtMost(ArticleLimits.Corrections);
        RuleForEach(a => a.Corrections).SetValidator(new CorrectionRules());
        RuleFor(a => a.Seo!).SetValidator(new SeoRules()).When(a => a.Seo is not null);
        RuleFor(a => a.Related).AtMost(ArticleLimits.Related);
        RuleForEach(a => a.Related).NotEmpty().HasAtMost(ArticleLimits.Reference);
        RuleFor(a => a.Body)
            .Must(b => new object?[] { b!.Blocks, b.Markdown, b.Html }.Count(form => form is not null) == 1)
            .When(a => a.Body is not null)
            .WithErrorCode("contradiction")
            .WithMessage("The body is written as exactly one of blocks, markdown and html.");
    }
}

internal sealed class ImageUseRules : AbstractValidator<ImageUseInput>
{
    public ImageUseRules()
    {
        RuleFor(i => i.Alt).HasAtMost(ArticleLimits.Alt);
        RuleFor(i => i.Caption).HasAtMost(ArticleLimits.Caption);
        RuleFor(i => i.Credit).HasAtMost(ArticleLimits.Credit);
    }
}

internal sealed class CorrectionRules : AbstractValidator<Correction>
{
    public CorrectionRules() => RuleFor(c => c.Text).NotEmpty().HasAtMost(ArticleLimits.Correction);
}

internal sealed class SeoRules : AbstractValidator<Seo>
{
    public SeoRules()
    {
        RuleFor(s => s.Title).HasAtMost(ArticleLimits.SeoTitle).IsLine();
        RuleFor(s => s.Description).HasAtMost(ArticleLimits.SeoDescription);
        RuleFor(s => s.CanonicalUrl).HasAtMost(ArticleLimits.Url).IsWebAddress();
    }
}
