namespace Cms.Publishing;

/// <summary>Where image files are.</summary>
internal static class MediaUrl
{
    public static string Of(Guid image) => $"/media/{image}/original";
}
