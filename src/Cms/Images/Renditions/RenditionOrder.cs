using System.Globalization;
using System.Security.Cryptography;
using Cms.Images.Files;
using Cms.Publishing.Renditions;
using NetVips;

namespace Cms.Images.Renditions;

/// <summary>
/// All that decides about the bytes of a rendition, and nothing else: it is made from this alone, and the key of the
/// stored file is made of all of it. So addresses that show the same picture share a file.
/// </summary>
internal sealed record RenditionOrder
{
    private static readonly string Encoders = string.Create(
        CultureInfo.InvariantCulture,
        $"{RenditionMaker.Version}|{typeof(Image).Assembly.GetName().Version}"
    );

    private RenditionOrder(
        string sha256,
        Frame frame,
        (int Left, int Top)? place,
        bool moves,
        RenditionEncoding encoding,
        int? quality
    )
    {
        (Sha256, Frame, Place, Moves) = (sha256, frame, place, moves);
        (Encoding, Quality) = (encoding, quality);
        Key = Convert.ToHexStringLower(
            SHA256.HashData(
                System.Text.Encoding.UTF8.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Encoders}|{Sha256}|{Frame}|{Place}|{Moves}|{Encoding}|{Quality}"
                    )
                )
            )
        );
    }

    /// <summary>Of the original, in hexadecimal.</summary>
    public string Sha256 { get; }

    public Frame Frame { get; }

    /// <summary>Where the frame stands in the scaled original; null: where it shows what catches the eye.</summary>
    public (int Left, int Top)? Place { get; }

    /// <summary>Whether it is animated if the original is.</summary>
    public bool Moves { get; }

    public RenditionEncoding Encoding { get; }

    /// <summary>What orders have in common that differ only in how the picture is encoded.</summary>
    public (Frame, (int, int)?, bool) Picture => (Frame, Place, Moves);

    /// <summary>Null: the format has none.</summary>
    public int? Quality { get; }

    /// <summary>The name of the stored file, and the entity tag.</summary>
    public string Key { get; }

    public static RenditionOrder Of(Original original, Rendition rendition, RenditionEncoding encoding)
    {
        var frame = Frame.Of(rendition, original.Width, original.Height);
        var moves = encoding == RenditionEncoding.Webp && original.Format.MayMove() && !rendition.IsStill;
        // All frames of an animation are cut at the same place.
        (int, int)? place =
            !frame.IsCropped ? (0, 0)
            : original.FocalPoint is { } point ? frame.At(point.X, point.Y)
            : moves ? frame.At(0.5, 0.5)
            : null;
        return new(
            original.Sha256,
            frame,
            place,
            moves,
            encoding,
            encoding == RenditionEncoding.Png ? null : rendition.Quality ?? RenditionMaker.QualityOf(encoding)
        );
    }
}

/// <summary>What a rendition is encoded as.</summary>
internal enum RenditionEncoding
{
    Avif,
    Webp,
    Jpeg,
    Png,

    /// <summary>PNG where the picture is transparent somewhere, otherwise JPEG.</summary>
    JpegOrPng,
}
