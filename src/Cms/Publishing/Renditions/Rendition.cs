using System.Globalization;
using System.Text;

namespace Cms.Publishing.Renditions;

/// <summary>A format that renditions are made in.</summary>
internal enum RenditionFormat
{
    Avif,
    Webp,
    Jpeg,
    Png,
}

/// <summary>
/// A form of an image, as its address names it: <c>w800</c>, <c>w800-16x9</c>, <c>w1200-h630-crop</c>,
/// <c>w400-1x1-webp-q75</c>. A signature at its end (<c>-s…</c>) allows sizes that are on no list.
/// </summary>
internal sealed record Rendition
{
    private const int MaxSide = 100_000;

    /// <summary>In pixels. The rendition is narrower where the original is.</summary>
    public required int Width { get; init; }

    /// <summary>The proportions that it is cropped to; null: those of the original.</summary>
    public Proportions? Crop { get; init; }

    /// <summary>Whether only the first frame of an animation is wanted.</summary>
    public bool IsStill { get; init; }

    /// <summary>Null: what the client prefers.</summary>
    public RenditionFormat? Format { get; init; }

    /// <summary>1 to 100; null: the usual one of the format.</summary>
    public int? Quality { get; init; }

    /// <summary>Which picture it is of: a new file or focal point makes a new one.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What allows a size that is on no list; null: it needs none.</summary>
    public string? Signature { get; init; }

    /// <summary>The one spelling of its name.</summary>
    public override string ToString()
    {
        var name = new StringBuilder();
        name.Append(CultureInfo.InvariantCulture, $"w{Width}");
        if (Crop is { } crop)
            name.Append(
                CultureInfo.InvariantCulture,
                $"{(crop.IsNamed ? $"-{crop}" : $"-h{crop.HeightFor(Width)}-crop")}"
            );
        if (IsStill)
            name.Append("-still");
        if (Format is { } format)
            name.Append('-').Append(NameOf(format));
        if (Quality is { } quality && Format != RenditionFormat.Png)
            name.Append(CultureInfo.InvariantCulture, $"-q{quality}");
        if (Version > 1)
            name.Append(CultureInfo.InvariantCulture, $"-v{Version}");
        if (Signature is not null)
            name.Append("-s").Append(Signature);
        return name.ToString();
    }

    public static string NameOf(RenditionFormat format) => format.ToString().ToLowerInvariant();

    /// <summary>Reads a name: its parts in any order, with capitals or without.</summary>
    /// <param name="name">The last part of an address.</param>
    /// <param name="fault">What is wrong with it, if it is none.</param>
    public static Rendition? Read(string name, out string? fault)
    {
        var parts = new Parts();
        fault = null;
        foreach (var part in name.ToLowerInvariant().Split('-'))
            if (!parts.Take(part))
            {
                fault = $"'{part}' is no part of a rendition's name, or stands in it twice";
                return null;
            }
        fault = parts.Fault;
        return fault is null ? parts.Made() : null;
    }

    /// <summary>What the parts of a name say.</summary>
    private sealed class Parts
    {
        private int? _width;
        private int? _height;
        private Proportions? _crop;
        private RenditionFormat? _format;
        private int? _quality;
        private int? _version;
        private string? _signature;
        private bool _isCropped;
        private bool _isStill;

        public string? Fault =>
            _width is null ? "it has no width, such as 'w800'"
            : _height is null && _isCropped ? "'crop' needs a height, as in 'w1200-h630-crop'"
            : _height is not null && !_isCropped ? "a height needs 'crop', as in 'w1200-h630-crop'"
            : _height is not null && _crop is not null ? "a height and proportions contradict each other"
            : null;

        public bool Take(string part)
        {
            if (part == "crop" && !_isCropped)
                return _isCropped = true;
            if (part == "still" && !_isStill)
                return _isStill = true;
            if (FormatOf(part) is { } format && _format is null)
            {
                _format = format;
                return true;
            }
            if (Proportions.Find(part) is { } crop && _crop is null)
            {
                _crop = crop;
                return true;
            }
            if (part is ['s', .. var signature] && IsSignature(signature) && _signature is null)
            {
                _signature = signature;
                return true;
            }
            return part is [var letter and ('w' or 'h' or 'q' or 'v'), .. var digits]
                && Number(digits) is { } number
                && letter switch
                {
                    'w' => Set(ref _width, number),
                    'h' => Set(ref _height, number),
                    'q' => number <= 100 && Set(ref _quality, number),
                    _ => Set(ref _version, number),
                };
        }

        public Rendition Made() =>
            new()
            {
                Width = _width!.Value,
                Crop = _height is { } height ? Proportions.Of(_width.Value, height) : _crop,
                IsStill = _isStill,
                Format = _format,
                Quality = _quality,
                Version = _version ?? 1,
                Signature = _signature,
            };

        private static bool Set(ref int? to, int number)
        {
            if (to is not null)
                return false;
            to = number;
            return true;
        }

        private static bool IsSignature(string text) =>
            text.Length == RenditionSignatures.Length && text.All(char.IsAsciiHexDigitLower);

        private static int? Number(string digits) =>
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= MaxSide
                ? number
                : null;

        private static RenditionFormat? FormatOf(string part) =>
            part switch
            {
                "avif" => RenditionFormat.Avif,
                "webp" => RenditionFormat.Webp,
                "jpeg" or "jpg" => RenditionFormat.Jpeg,
                "png" => RenditionFormat.Png,
                _ => null,
            };
    }
}
