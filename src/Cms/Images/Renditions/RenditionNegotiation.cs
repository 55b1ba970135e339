using Cms.Images.Files;
using Cms.Platform.Http;
using Cms.Publishing.Renditions;
using Microsoft.Extensions.Primitives;

namespace Cms.Images.Renditions;

/// <summary>In which format a rendition without one in its name is sent.</summary>
internal static class RenditionNegotiation
{
    /// <summary>
    /// The smallest that the client names. A client that only says <c>*/*</c> may know no AVIF or WebP: it gets JPEG or
    /// PNG, except of what may be animated. That is sent as WebP to all but those who rule it out.
    /// </summary>
    public static RenditionEncoding Choose(Rendition rendition, ImageFormat original, StringValues accept)
    {
        if (rendition.Format is { } format)
            return format switch
            {
                RenditionFormat.Avif => RenditionEncoding.Avif,
                RenditionFormat.Webp => RenditionEncoding.Webp,
                RenditionFormat.Png => RenditionEncoding.Png,
                _ => RenditionEncoding.Jpeg,
            };
        var mayMove = original.MayMove() && !rendition.IsStill;
        if (mayMove && Takes("image/webp"))
            return RenditionEncoding.Webp;
        if (!mayMove && Names("image/avif"))
            return RenditionEncoding.Avif;
        if (Names("image/webp"))
            return RenditionEncoding.Webp;
        return (Takes("image/jpeg"), Takes("image/png")) switch
        {
            (true, true) => RenditionEncoding.JpegOrPng,
            (true, false) => RenditionEncoding.Jpeg,
            (false, true) => RenditionEncoding.Png,
            _ => Takes("image/webp") ? RenditionEncoding.Webp : RenditionEncoding.Avif,
        };

        bool Takes(string type) => Pipeline.Accepts(accept, type);

        bool Names(string type) =>
            Takes(type) && accept.ToString().Contains(type, StringComparison.OrdinalIgnoreCase);
    }
}
