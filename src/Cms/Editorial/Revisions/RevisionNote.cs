using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Unicode;
using FluentValidation;

namespace Cms.Editorial.Revisions;

/// <summary>
/// The header <c>Revision-Note</c>: why a revision is saved. A header and no member of the body, since a patch is the
/// article's own members and a restoration has no body. Headers are ASCII, so it is percent-encoded UTF-8.
/// </summary>
internal static class RevisionNote
{
    public const int MaxLength = 500;

    // A character takes at most four bytes, and each of them three characters.
    private const int MaxEncodedLength = 12 * MaxLength;

    /// <summary>The note as it is stored; null for none.</summary>
    public static string? Of(string? header) =>
        header is null || Read(header) is not { Length: > 0 } note ? null : note;

    /// <summary>Percent-encoded UTF-8: one line of at most 500 characters.</summary>
    public static IRuleBuilderOptions<T, string?> IsRevisionNote<T>(
        this IRuleBuilderInitial<T, string?> rule
    ) =>
        rule.Cascade(CascadeMode.Stop)
            .HasAtMost(MaxEncodedLength)
            .Must(header => header is null || PercentEncoding.IsValid(header), new SchemaWords())
            .WithErrorCode("invalid-encoding")
            .WithMessage(
                "The note is percent-encoded UTF-8, as encodeURIComponent makes it. A percent sign is written %25."
            )
            .Must(
                header => header is null || Text.FindFault(Uri.UnescapeDataString(header)) is null,
                new SchemaWords()
            )
            .WithErrorCode(JsonShape.NotText)
            .WithMessage((_, header) => $"The note holds {Text.FindFault(Uri.UnescapeDataString(header!))}.")
            .Must(
                header => header is null || !Read(header).Contains('\n', StringComparison.Ordinal),
                new SchemaWords()
            )
            .WithErrorCode("line-break")
            .WithMessage("This is one line: it holds no line break.")
            .Must(header => header is null || Text.Length(Read(header)) <= MaxLength, new SchemaWords())
            .WithErrorCode("too-long")
            .WithMessage(
                (_, header) => $"At most {MaxLength} characters; this has {Text.Length(Read(header!))}."
            );

    private static string Read(string header) => Text.Stored(Uri.UnescapeDataString(header));
}
