namespace Cms.Publishing.Renditions;

/// <summary>
/// How a rendition is cut out of its original: the original is scaled until it covers the rendition, and the rest is
/// cut off. Nothing is enlarged.
/// </summary>
/// <param name="Width">Of the rendition, in pixels.</param>
/// <param name="Height">Of the rendition, in pixels.</param>
/// <param name="ScaledWidth">Of the scaled original.</param>
/// <param name="ScaledHeight">Of the scaled original.</param>
internal sealed record Frame(int Width, int Height, int ScaledWidth, int ScaledHeight)
{
    /// <summary>
    /// The maximum side of a rendition: WebP allows no more, AVIF hardly more. It holds for all formats, so that a name
    /// means the same size in each.
    /// </summary>
    public const int MaxSide = 16_383;

    public bool IsCropped => Width != ScaledWidth || Height != ScaledHeight;

    /// <param name="rendition">What is wanted.</param>
    /// <param name="width">Of the original, as it is shown.</param>
    /// <param name="height">Of the original, as it is shown.</param>
    public static Frame Of(Rendition rendition, int width, int height)
    {
        if (rendition.Crop is not { } crop)
        {
            var narrow = Fitting(Math.Min(rendition.Width, width), width, height);
            var low = Rounded((double)height * narrow / width);
            return new(narrow, low, narrow, low);
        }
        // The widest part of the original that has the proportions.
        var widest = Math.Min(width, (double)height * crop.Width / crop.Height);
        var w = Fitting(Math.Min(rendition.Width, Math.Floor(widest)), crop.Width, crop.Height);
        var h = Math.Min(crop.HeightFor(w), height);
        var scale = Math.Min(1, Math.Max((double)w / width, (double)h / height));
        return new(w, h, Math.Max(w, Rounded(width * scale)), Math.Max(h, Rounded(height * scale)));
    }

    /// <summary>
    /// Where the frame stands in the scaled original: the focal point is in its middle, or as near to it as the edges
    /// allow.
    /// </summary>
    /// <param name="x">From the left, 0 to 1.</param>
    /// <param name="y">From the top, 0 to 1.</param>
    public (int Left, int Top) At(double x, double y) =>
        (Start(x, ScaledWidth, Width), Start(y, ScaledHeight, Height));

    /// <summary>The width, or the greatest that some format takes with these proportions.</summary>
    private static int Fitting(double width, int across, int down) =>
        (int)Math.Max(1, Math.Min(Math.Min(width, MaxSide), Math.Floor((double)MaxSide * across / down)));

    private static int Start(double point, int whole, int part) =>
        (int)
            Math.Clamp(
                Math.Round((point * whole) - (part / 2.0), MidpointRounding.AwayFromZero),
                0,
                whole - part
            );

    private static int Rounded(double side) =>
        (int)Math.Max(1, Math.Round(side, MidpointRounding.AwayFromZero));
}
