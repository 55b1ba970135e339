using System.Buffers;
using FluentValidation;

namespace Cms.Platform.Http;

/// <summary>Rules of text that inputs of every capability share.</summary>
internal static class TextRules
{
    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\n\v\f\r\u0085\u2028\u2029");

    /// <summary>What every one-line text matches.</summary>
    public const string LinePattern = @"^[^\n\v\f\r\u0085\u2028\u2029]*$";

    /// <summary>What every text that must not be empty matches.</summary>
    public const string NotBlankPattern = @"\S";

    /// <summary>Both.</summary>
    public const string NotBlankLinePattern =
        @"^[^\n\v\f\r\u0085\u2028\u2029]*[^\s\u0085][^\n\v\f\r\u0085\u2028\u2029]*$";

    /// <summary>One line: no line breaks, of whatever kind.</summary>
    public static IRuleBuilderOptions<T, string?> IsLine<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(
                s => s is null || !s.AsSpan().ContainsAny(LineBreaks),
                new SchemaWords { Pattern = LinePattern }
            )
            .WithErrorCode("line-break")
            .WithMessage("This is one line: it holds no line break.");
}
