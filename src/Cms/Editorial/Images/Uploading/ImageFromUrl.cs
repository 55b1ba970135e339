using System.ComponentModel.DataAnnotations;
using Cms.Platform.Http.Validation;
using Cms.Platform.Outbound;
using FluentValidation;
using FluentValidation.Results;

namespace Cms.Editorial.Images.Uploading;

/// <summary>An image that the server loads from an address, and what is said of it.</summary>
internal sealed record ImageFromUrl : ImageWords
{
    /// <summary>
    /// Where the file is: an absolute http or https address of the public internet. At most five redirects are
    /// followed.
    /// </summary>
    /// <example>https://pictures.example/harbour.jpg</example>
    [Url, RegularExpression(PublicAddress.Pattern)]
    public required string Url { get; init; }

    /// <summary>Whether texts that are missing here are taken from the file (IPTC, XMP).</summary>
    public bool Prefill { get; init; } = true;
}

internal sealed class ImageFromUrlRules : ImageWordsRules<ImageFromUrl>
{
    public ImageFromUrlRules(ImageFetchPolicy policy)
    {
        RuleFor(i => i.Url)
            .NotEmpty()
            .HasAtMost(PublicAddress.MaxLength)
            .Custom(
                (url, check) =>
                {
                    if (
                        url?.Length is > 0 and <= PublicAddress.MaxLength
                        && PublicAddress.FindFault(url, policy.Rules, ImageFetchPolicy.Example) is { } fault
                    )
                        check.AddFailure(
                            new ValidationFailure(nameof(ImageFromUrl.Url), fault.Detail)
                            {
                                ErrorCode = fault.Code,
                            }
                        );
                }
            );
    }
}
