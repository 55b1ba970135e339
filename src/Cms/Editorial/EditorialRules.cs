using Cms.Platform.Http;
using Cms.Publishing;
using FluentValidation;

namespace Cms.Editorial;

/// <summary>Rules that many inputs share.</summary>
internal static class EditorialRules
{
    public static IRuleBuilderOptions<T, string?> IsSlug<T>(this IRuleBuilder<T, string?> rule) =>
        rule.MaximumLength(Slug.MaxLength)
            .Matches(Slug.Pattern)
            .WithMessage("A slug is made of a-z, 0-9 and single hyphens between them.")
            .Must(s => s is null || !s.EndsWith('\n')) // which $ lets pass
            .WithErrorCode("wrong-form")
            .WithMessage("A slug is made of a-z, 0-9 and single hyphens between them.")
            .Must(s => s is null || !Guid.TryParseExact(s, "D", out _))
            .WithErrorCode("wrong-form")
            .WithMessage("A slug must not look like an id.");

    public static IRuleBuilderOptions<T, IReadOnlyList<TItem>> AtMost<T, TItem>(
        this IRuleBuilder<T, IReadOnlyList<TItem>> rule,
        int most
    ) =>
        rule.SetValidator(new MostItemsValidator<T, TItem>(most))
            .WithErrorCode("too-many")
            .WithMessage($"At most {most}.");

    public static IRuleBuilderOptions<T, string?> IsWebAddress<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(s =>
                s is null
                || (Uri.TryCreate(s, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https"))
            )
            .WithErrorCode("wrong-form")
            .WithMessage("This is an absolute http or https address.");
}
