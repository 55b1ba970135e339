namespace Cms.Images.Files;

/// <summary>Why a file was refused: a stable code and a sentence for the person who sent it.</summary>
internal sealed record ImageFault
{
    public const string UnsupportedImage = "unsupported-image";
    public const string FileTooLarge = "file-too-large";
    public const string ImageTooLarge = "image-too-large";
    public const string ImageDamaged = "image-damaged";

    public required string Code { get; init; }

    public required string Detail { get; init; }

    public static ImageFault Unsupported(string detail) => new() { Code = UnsupportedImage, Detail = detail };

    public static ImageFault TooLarge(string detail) => new() { Code = ImageTooLarge, Detail = detail };

    public static ImageFault TooManyBytes(string detail) => new() { Code = FileTooLarge, Detail = detail };

    public static ImageFault Damaged(string detail) => new() { Code = ImageDamaged, Detail = detail };
}

/// <summary>Carries a fault out of the depth of a container; never leaves this namespace.</summary>
internal sealed class ImageRefusedException(ImageFault fault) : Exception(fault.Detail)
{
    public ImageFault Fault { get; } = fault;

    public static ImageRefusedException Damaged(string detail) => new(ImageFault.Damaged(detail));

    public static ImageRefusedException Unsupported(string detail) => new(ImageFault.Unsupported(detail));
}
