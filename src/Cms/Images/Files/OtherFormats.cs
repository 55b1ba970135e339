using System.Text;

namespace Cms.Images.Files;

/// <summary>Formats that are not taken: a refusal names them, and says what to do instead.</summary>
internal static class OtherFormats
{
    private const string Taken = "Only JPEG, PNG, WebP, GIF and AVIF images are taken.";

    // The beginning in which the element of a drawing or a page must stand.
    private const int MaxPreamble = 1024;

    /// <summary>Why a file is refused that begins like none of the formats that are taken.</summary>
    public static string Refusal(ReadOnlySpan<byte> file) =>
        $"{Told(file)}{(file.IsEmpty ? "The file is empty. " : "")}{Taken}";

    private static string Told(ReadOnlySpan<byte> file) =>
        file switch
        {
            _ when IsHeic(file) =>
                "This is a HEIC picture, as phones take them. The image library of this server cannot decode it, "
                    + "and most browsers cannot show it. Export it as JPEG. ",
            _ when file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) =>
                "This is a TIFF or a raw picture of a camera, which browsers do not show. Export it as JPEG or PNG. ",
            _ when file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A])
                    || file.StartsWith("\0\0\0\x0CJXL \r\n"u8) =>
                "This is a JPEG XL picture, which most browsers do not show. Export it as JPEG or AVIF. ",
            _ when file.StartsWith("%PDF-"u8) => "This is a PDF document. Export the page as PNG. ",
            _ when file.StartsWith("8BPS"u8) => "This is a Photoshop document. Export it as JPEG or PNG. ",
            _ when file.StartsWith("BM"u8) => "This is a BMP picture. Export it as PNG. ",
            _ => ToldAsText(file),
        };

    private static bool IsHeic(ReadOnlySpan<byte> file) =>
        file.Length >= 12
        && file[4..].StartsWith("ftyp"u8)
        && Encoding.Latin1.GetString(file.Slice(8, 4))
            is "heic"
                or "heix"
                or "heim"
                or "heis"
                or "hevc"
                or "hevx"
                or "mif1"
                or "msf1";

    private static string ToldAsText(ReadOnlySpan<byte> file)
    {
        var text = Encoding.Latin1.GetString(file[..Math.Min(file.Length, MaxPreamble)]);
        return Has("<svg")
                ? "This is an SVG drawing. It may contain scripts and load other files, so it is refused. Export it as "
                    + "PNG or WebP. "
            : Has("<!doctype html") || Has("<html") ? "This is an HTML page. "
            : "";

        bool Has(string tag) => text.Contains(tag, StringComparison.OrdinalIgnoreCase);
    }
}
