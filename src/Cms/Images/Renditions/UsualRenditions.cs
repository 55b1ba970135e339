using Cms.Images.Files;
using Cms.Publishing.Renditions;

namespace Cms.Images.Renditions;

/// <summary>Makes the renditions that <c>sources</c> of an image name, before somebody asks for them.</summary>
internal sealed class UsualRenditions(KnownOriginals originals, RenditionLibrary library)
{
    /// <summary>Makes those that are missing. An image that is gone, or cannot be decoded, is passed over.</summary>
    /// <param name="image">The image's id.</param>
    /// <param name="hasCrops">Whether those of <c>crops</c> are made too.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>How many were made.</returns>
    /// <exception cref="Platform.Http.Problems.Refused">503: too many others are at work.</exception>
    /// <exception cref="IOException">They cannot be stored.</exception>
    public async Task<int> MakeAsync(Guid image, bool hasCrops, CancellationToken ct) =>
        await originals.FindAsync(image, version: 1, ct) is { } original
            ? await library.MakeAheadAsync(OrdersOf(original, hasCrops), ct)
            : 0;

    /// <summary>All of them, in all formats.</summary>
    public static IEnumerable<RenditionOrder> OrdersOf(Original original, bool hasCrops) =>
        from crop in hasCrops ? [null, .. Proportions.Named] : (Proportions?[])[null]
        from rendition in ImageSources.NamesOf(
            original.Width,
            original.Height,
            original.Format.MayMove(),
            crop
        )
        select RenditionOrder.Of(
            original,
            rendition,
            RenditionNegotiation.Choose(rendition, original.Format, accept: default)
        );
}
