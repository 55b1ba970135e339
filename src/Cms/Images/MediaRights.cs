using System.Globalization;
using Cms.Platform.Http.Problems;

namespace Cms.Images;

/// <summary>Until when files of an image are sent, and kept by caches.</summary>
internal static class MediaRights
{
    /// <exception cref="Refused">410: the right to show the picture has ended.</exception>
    public static void Require(Guid image, DateTimeOffset? until, DateTimeOffset now)
    {
        if (until <= now)
            throw new Refused(
                ProblemKinds.RightsEnded,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The right to show the image '{image}' ended at {until:yyyy-MM-dd'T'HH:mm:ss'Z'}."
                )
            );
    }

    /// <summary>Caches keep a file for ever, or until its rights end.</summary>
    public static void Cut(HttpResponse response, DateTimeOffset? until, DateTimeOffset now)
    {
        if (until is not { } end)
            return;
        var seconds = Math.Min((long)(end - now).TotalSeconds, (long)TimeSpan.FromDays(365).TotalSeconds);
        response.Headers.CacheControl = string.Create(
            CultureInfo.InvariantCulture,
            $"public, max-age={Math.Max(seconds, 0)}, immutable"
        );
    }
}
