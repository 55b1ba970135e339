using Cms.Images.Storage;

namespace Cms.Hosting;

/// <summary>Where image files are kept, as the settings say.</summary>
internal static class ImageStores
{
    /// <summary>
    /// Originals. In S3, what is still in the media directory is read there: so a library can be moved while the server
    /// runs.
    /// </summary>
    /// <param name="options">The settings.</param>
    /// <param name="directory">The media directory, unless it is set.</param>
    public static FileStore Originals(CmsOptions options, string directory)
    {
        directory = options.MediaDirectory ?? directory;
        if (options.MediaStore is not { } place)
            return new MediaStore(directory);
        var bucket = new S3Store(S3Location.Parse("Cms__MediaStore", place), options.S3());
        return Directory.Exists(directory) ? new FallbackStore(bucket, new MediaStore(directory)) : bucket;
    }

    /// <summary>Renditions that nodes share; null: each has its own.</summary>
    public static FileStore? SharedRenditions(CmsOptions options) =>
        options.RenditionStore is { } place
            ? new S3Store(S3Location.Parse("Cms__RenditionStore", place), options.S3())
            : null;
}
