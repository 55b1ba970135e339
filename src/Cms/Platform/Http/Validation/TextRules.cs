using Cms.Platform.Unicode;
using FluentValidation;
using FluentValidation.Validators;

namespace Cms.Platform.Http.Validation;

/// <summary>Rules of text that inputs of every capability share.</summary>
internal static class TextRules
{
    /// <summary>At most this many characters, counted like the contract's <c>maxLength</c>.</summary>
    public static IRuleBuilderOptions<T, string?> HasAtMost<T>(
        this IRuleBuilder<T, string?> rule,
        int characters
    ) => rule.SetValidator(new CodePointsValidator<T>(characters));

    /// <summary>What every one-line text matches.</summary>
    public const string LinePattern = @"^[^\n\v\f\r\u0085\u2028\u2029]*$";

    /// <summary>What every text that must not be empty matches.</summary>
    public const string NotBlankPattern = @"\S";

    /// <summary>Both.</summary>
    public const string NotBlankLinePattern =
        @"^[^\n\v\f\r\u0085\u2028\u2029]*[^\s\u0085][^\n\v\f\r\u0085\u2028\u2029]*$";

    /// <summary>One line. (Every kind of line break has become <c>\n</c> before a rule sees it.)</summary>
    public static IRuleBuilderOptions<T, string?> IsLine<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(
                s => s is null || !s.Contains('\n', StringComparison.Ordinal),
                new SchemaWords { Pattern = LinePattern }
            )
            .WithErrorCode("line-break")
            .WithMessage("This is one line: it holds no line break.");
}

/// <summary>
/// Counts code points. (FluentValidation's own rule counts UTF-16 units, in which an emoji is two; it is banned.)
/// </summary>
internal sealed class CodePointsValidator<T>(int max) : PropertyValidator<T, string?>, ILengthValidator
{
    public override string Name => "CodePointsValidator";

    public int Min => 0;

    public int Max => max;

    public override bool IsValid(ValidationContext<T> context, string? value)
    {
        if (value is null || value.Length <= max || Text.Length(value) is var length && length <= max)
            return true;
        context.MessageFormatter.AppendArgument("Length", Text.Length(value)).AppendArgument("Max", max);
        return false;
    }

    protected override string GetDefaultMessageTemplate(string errorCode) =>
        "At most {Max} characters; this has {Length}.";
}
