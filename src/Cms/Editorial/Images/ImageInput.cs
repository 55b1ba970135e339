using System.Text;
using Cms.Editorial.Articles;
using Cms.Images.Files;
using Cms.Platform.Http.Validation;
using Cms.Platform.Unicode;
using Cms.Publishing;
using FluentValidation;

namespace Cms.Editorial.Images;

/// <summary>What is said of an image, however its file comes.</summary>
internal abstract record ImageWords
{
    /// <summary>What the picture shows, for those who cannot see it.</summary>
    public string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    public string? Caption { get; init; }

    /// <summary>Whose picture it is, as readers are told.</summary>
    /// <example>Illustration: Ines Okafor/The Circuit</example>
    public string? Credit { get; init; }

    /// <summary>What the desk calls the picture. Readers do not see it.</summary>
    /// <example>Harbour, first night tram</example>
    public string? Title { get; init; }

    /// <summary>The copyright notice. Readers do not see it.</summary>
    /// <example>© 2026 Ines Okafor</example>
    public string? Copyright { get; init; }

    /// <summary>Who made the picture. Readers do not see it.</summary>
    /// <example>Ines Okafor</example>
    public string? Creator { get; init; }

    /// <summary>Under which terms the picture may be used. Readers see it.</summary>
    /// <example>CC BY 4.0</example>
    public string? Licence { get; init; }

    /// <summary>
    /// When the right to show the picture ends; null: never. At that moment it leaves all that readers get, and its
    /// files are 410. A later time brings it back.
    /// </summary>
    public DateTimeOffset? UsageUntil { get; init; }

    /// <summary>What must stay in the picture when it is cropped.</summary>
    public FocalPoint? FocalPoint { get; init; }

    /// <summary>With the words of the file where the request has none.</summary>
    public ImageInput FilledFrom(FileWords words) =>
        new()
        {
            Alt = Alt ?? Cut(words.Alt, ArticleLimits.Alt),
            Caption = Caption ?? Cut(words.Caption, ArticleLimits.Caption),
            Credit = Credit ?? Cut(words.Credit, ArticleLimits.Credit),
            Title = Title ?? Cut(words.Title, ImageTexts.MaxTitle),
            Copyright = Copyright ?? Cut(words.Copyright, ImageTexts.MaxCopyright),
            Creator = Creator ?? Cut(words.Creator, ImageTexts.MaxCreator),
            Licence = Licence,
            UsageUntil = UsageUntil,
            FocalPoint = FocalPoint,
        };

    /// <summary>A longer text of a file is cut: nobody is there who could shorten it.</summary>
    private static string? Cut(string? text, int limit)
    {
        if (text is null || Text.Length(text) <= limit)
            return text;
        var cut = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(limit - 1))
            cut.Append(rune.ToString());
        return Text.Stored(cut.Append('…').ToString());
    }
}

/// <summary>What is said of an image.</summary>
internal sealed record ImageInput : ImageWords;

/// <summary>How long the texts of an image may be that an article does not have.</summary>
internal static class ImageTexts
{
    public const int MaxTitle = 300;
    public const int MaxCopyright = 1_000;
    public const int MaxCreator = 300;
    public const int MaxLicence = 1_000;
}

internal sealed class ImageInputRules : ImageWordsRules<ImageInput>;

internal abstract class ImageWordsRules<T> : AbstractValidator<T>
    where T : ImageWords
{
    protected ImageWordsRules()
    {
        RuleFor(i => i.Alt).HasAtMost(ArticleLimits.Alt);
        RuleFor(i => i.Caption).HasAtMost(ArticleLimits.Caption);
        RuleFor(i => i.Credit).HasAtMost(ArticleLimits.Credit);
        RuleFor(i => i.Title).HasAtMost(ImageTexts.MaxTitle);
        RuleFor(i => i.Copyright).HasAtMost(ImageTexts.MaxCopyright);
        RuleFor(i => i.Creator).HasAtMost(ImageTexts.MaxCreator);
        RuleFor(i => i.Licence).HasAtMost(ImageTexts.MaxLicence);
        RuleFor(i => i.FocalPoint!).SetValidator(new FocalPointRules()).When(i => i.FocalPoint is not null);
    }
}

internal sealed class FocalPointRules : AbstractValidator<FocalPoint>
{
    public FocalPointRules()
    {
        RuleFor(p => p.X).InclusiveBetween(0, 1);
        RuleFor(p => p.Y).InclusiveBetween(0, 1);
    }
}
