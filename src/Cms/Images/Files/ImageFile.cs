using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Cms.Images.Files.Containers;
using NetVips;

namespace Cms.Images.Files;

/// <summary>An uploaded image that was found sound, and the bytes of it that may be delivered.</summary>
internal sealed record ImageFile
{
    public required ImageFormat Format { get; init; }

    public string MediaType => Format.MediaType();

    /// <summary>In pixels, as shown: after the orientation that the file asks for.</summary>
    public required int Width { get; init; }

    /// <inheritdoc cref="Width"/>
    public required int Height { get; init; }

    /// <summary>Of the uploaded bytes, in lower-case hexadecimal: the same upload is known by it again.</summary>
    public required string Sha256 { get; init; }

    /// <summary>
    /// Of <see cref="Bytes"/>, in lower-case hexadecimal: the address of what is stored and delivered.
    /// </summary>
    public required string BytesSha256 { get; init; }

    /// <summary>
    /// The file as readers get it: same pixels, colour profile, orientation, copyright and credit, without other
    /// metadata.
    /// </summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>What the upload said of the picture.</summary>
    public FileWords Words { get; init; } = FileWords.None;

    /// <summary>Checks a file and removes private metadata. Faults are returned; no file makes this throw.</summary>
    public static async Task<ImageInspection> InspectAsync(Stream upload, CancellationToken ct)
    {
        try
        {
            CheckLength(upload.Length);
            // Nothing keeps the uploaded bytes while the picture is decoded.
            var file = await CleanAsync(await ReadAsync(upload, ct), ct);
            await Decoding.RunAsync(over => Decode(file, over), ImageLimits.MaxDecode, ct);
            return new ImageInspection { File = file };
        }
        catch (ImageRefusedException e)
        {
            return new ImageInspection { Fault = e.Fault };
        }
    }

    /// <summary>The same on the calling thread, for commands and tests.</summary>
    public static ImageInspection Inspect(ReadOnlyMemory<byte> upload)
    {
        try
        {
            CheckLength(upload.Length);
            var file = Clean(upload);
            Decoding
                .RunAsync(over => Decode(file, over), ImageLimits.MaxDecode, CancellationToken.None)
                .GetAwaiter()
                .GetResult();
            return new ImageInspection { File = file };
        }
        catch (ImageRefusedException e)
        {
            return new ImageInspection { Fault = e.Fault };
        }
    }

    private static void CheckLength(long bytes)
    {
        if (bytes > ImageLimits.MaxBytes)
            throw new ImageRefusedException(
                ImageFault.TooManyBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The file has {bytes} bytes; the most is {ImageLimits.MaxBytes}."
                    )
                )
            );
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream upload, CancellationToken ct)
    {
        var bytes = new byte[upload.Length];
        await upload.ReadExactlyAsync(bytes, ct);
        return bytes;
    }

    private static async Task<ImageFile> CleanAsync(ReadOnlyMemory<byte> upload, CancellationToken ct)
    {
        var file = Clean(upload);
        try
        {
            // After the file was found whole, and within a time: what follows reads all that it may hold.
            return file with
            {
                Words = await Decoding.RunAsync(_ => FileWords.Of(upload), ImageLimits.MaxMetadata, ct),
            };
        }
        catch (ImageRefusedException)
        {
            return file;
        }
    }

    // Everything that needs no pixel: a bomb is known by its header.
    private static ImageFile Clean(ReadOnlyMemory<byte> upload)
    {
        var format =
            ImageFormats.Recognise(upload.Span)
            ?? throw ImageRefusedException.Unsupported(OtherFormats.Refusal(upload.Span));
        var bytes = format switch
        {
            ImageFormat.Jpeg => JpegContainer.ForReaders(upload.Span),
            ImageFormat.Png => PngContainer.ForReaders(upload.Span),
            ImageFormat.Webp => WebpContainer.ForReaders(upload.Span),
            ImageFormat.Gif => GifContainer.ForReaders(upload.Span),
            _ => AvifContainer.ForReaders(upload.Span),
        };
        var (width, height) = ReadSize(format, bytes);
        ImageLimits.Check(width, height);

        return new ImageFile
        {
            Format = format,
            Width = width,
            Height = height,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(upload.Span)),
            BytesSha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Bytes = bytes,
        };
    }

    private static (int Width, int Height) ReadSize(ImageFormat format, byte[] bytes)
    {
        Libvips.Prepare();
        try
        {
            // Renditions let the library find the format: it has to find the same one.
            if (Image.FindLoadBuffer(bytes) is null)
                throw ImageRefusedException.Damaged("The image cannot be read.");
            using var image = Open(format, bytes, frames: 1);
            var turned = image.Contains("orientation") && image.Get("orientation") is int and >= 5 and <= 8;
            return turned ? (image.Height, image.Width) : (image.Width, image.Height);
        }
        catch (VipsException)
        {
            throw ImageRefusedException.Damaged("The image cannot be read.");
        }
    }

    // What is decoded is what will be delivered, so a fault of ours would show here too. An animation is decoded as far
    // as one image at the limit would go: ten thousand frames fit into a small file.
    private static bool Decode(ImageFile file, CancellationToken over)
    {
        try
        {
            var bytes = Libvips.ArrayOf(file.Bytes);
            using var first = Open(file.Format, bytes, frames: 1);
            var frames = first.Contains("n-pages") ? (int)first.Get("n-pages") : 1;
            var affordable = (int)(ImageLimits.MaxPixels / ((long)first.Width * first.Height));
            using var image = Open(file.Format, bytes, Math.Clamp(frames, 1, Math.Max(affordable, 1)));
            image.EndWith(over);
            image.Avg();
            return true;
        }
        catch (VipsException) when (!over.IsCancellationRequested)
        {
            throw ImageRefusedException.Damaged("The image cannot be decoded to its end.");
        }
    }

    private static Image Open(ImageFormat format, byte[] bytes, int frames)
    {
        Libvips.Prepare();
        const Enums.Access Access = Enums.Access.Sequential;
        // Includes truncation. Not warnings: cameras write files that cause them, and every browser shows those.
        const Enums.FailOn FailOn = Enums.FailOn.Error;
        return format switch
        {
            ImageFormat.Jpeg => Image.JpegloadBuffer(bytes, access: Access, failOn: FailOn),
            ImageFormat.Png => Image.PngloadBuffer(bytes, access: Access, failOn: FailOn),
            ImageFormat.Webp => Image.WebploadBuffer(bytes, n: frames, access: Access, failOn: FailOn),
            ImageFormat.Gif => Image.GifloadBuffer(bytes, n: frames, access: Access, failOn: FailOn),
            // A sequence's other pages cost a film decode each and are delivered as they are; the picture itself is
            // what counts.
            _ => Image.HeifloadBuffer(bytes, access: Access, failOn: FailOn),
        };
    }
}

/// <summary>Either a file or the reason why there is none.</summary>
internal sealed record ImageInspection
{
    public ImageFile? File { get; init; }

    public ImageFault? Fault { get; init; }

    [MemberNotNullWhen(true, nameof(File))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsSound => File is not null;
}
