using System.Globalization;
using Cms.Publishing.Renditions;

namespace Cms.Publishing;

/// <summary>Where image files are. One process serves one newsroom, so this is the same for all of it.</summary>
internal static class MediaUrl
{
    private static string _base = "";

    /// <summary>The widths that renditions may have.</summary>
    public static IReadOnlyList<int> Widths { get; private set; } = RenditionRules.UsualWidths;

    /// <summary>Called once, before anything is served.</summary>
    /// <param name="origin">The origin in front of <c>/media</c>; null: addresses are relative to the server.</param>
    /// <param name="widths">The widths that renditions may have.</param>
    public static void Configure(Uri? origin, IReadOnlyList<int> widths)
    {
        _base = origin?.AbsoluteUri.TrimEnd('/') ?? "";
        Widths = widths;
    }

    /// <summary>The original file.</summary>
    /// <param name="image">The image's id.</param>
    /// <param name="version">Counts its files: each has an address of its own.</param>
    public static string Original(Guid image, int version) => Of(image, OriginalName(version));

    public static string OriginalName(int version) =>
        version == 1 ? "original" : string.Create(CultureInfo.InvariantCulture, $"original-v{version}");

    public static string Of(Guid image, string file) => $"{_base}/media/{image}/{file}";
}
