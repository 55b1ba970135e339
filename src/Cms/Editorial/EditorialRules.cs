using System.Text.RegularExpressions;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Publishing;
using FluentValidation;

namespace Cms.Editorial;

/// <summary>Rules that many inputs share.</summary>
internal static partial class EditorialRules
{
    private const string LanguageTagPattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$";
    private const int MaxLanguageTag = 35;
    private const string WebAddress = "^[Hh][Tt][Tt][Pp][Ss]?://";

    public static IRuleBuilderOptions<T, string?> IsSlug<T>(this IRuleBuilder<T, string?> rule) =>
        rule.HasAtMost(Slug.MaxLength)
            .Matches(Slug.Pattern)
            .WithMessage("A slug is made of a-z, 0-9 and single hyphens between them.")
            .Must(s => s is null || !s.EndsWith('\n')) // which $ lets pass
            .WithErrorCode("wrong-form")
            .WithMessage("A slug is made of a-z, 0-9 and single hyphens between them.")
            .Must(
                s => s is null || SlugOrId.IdOf(s) is null,
                new SchemaWords { NotPattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }
            )
            .WithErrorCode("wrong-form")
            .WithMessage("A slug must not look like an id.");

    public static IRuleBuilderOptions<T, IReadOnlyList<TItem>> AtMost<T, TItem>(
        this IRuleBuilder<T, IReadOnlyList<TItem>> rule,
        int most
    ) =>
        rule.SetValidator(new MaxItemsValidator<T, TItem>(most))
            .WithErrorCode("too-many")
            .WithMessage($"At most {most}.");

    public static IRuleBuilderOptions<T, string?> IsEmail<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(
                s =>
                    s is null
                    || (
                        s.Split('@') is [{ Length: > 0 }, { Length: > 0 }]
                        && !s.Any(c => char.IsWhiteSpace(c) || c == '\uFEFF')
                    ),
                new SchemaWords { Format = "email", Pattern = @"^[^@\s]+@[^@\s]+$" }
            )
            .WithErrorCode("wrong-form")
            .WithMessage("An e-mail address is needed, such as mara@site.example.");

    /// <summary>A well-formed language tag (RFC 5646), such as <c>pt-BR</c>.</summary>
    public static IRuleBuilderOptions<T, string?> IsLanguageTag<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(
                s => s is null || (s.Length <= MaxLanguageTag && LanguageTag().IsMatch(s)),
                new SchemaWords { Pattern = LanguageTagPattern, MaxLength = MaxLanguageTag }
            )
            .WithErrorCode("wrong-form")
            .WithMessage("A language tag is needed, such as en or pt-BR.");

    public static IRuleBuilderOptions<T, string?> IsWebAddress<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(
                s => s is null || Publishing.WebAddress.IsAbsolute(s),
                new SchemaWords { Format = "uri", Pattern = WebAddress }
            )
            .WithErrorCode("wrong-form")
            .WithMessage("An absolute http or https address is needed, such as https://site.example/page.");

    [GeneratedRegex(
        @"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex LanguageTag();
}
