namespace Cms.Images;

/// <summary>
/// An <see cref="Publishing.ImageView"/> as PostgreSQL writes it, for images that come with what they belong to.
/// </summary>
internal static class ImageJson
{
    /// <summary>All images of the desk, as the relation <c>i</c> of <see cref="Object"/>.</summary>
    public const string All = """
        (select x.*, f.width, f.height, f.media_type, f.placeholder, f.thumb_hash, f.dominant_color
         from images x join image_files f using (sha256)) i
        """;

    /// <summary>Over a relation <c>i</c> with the columns of <c>published_images</c>.</summary>
    public const string Object = """
        json_build_object(
            'id', i.id, 'alt', i.alt, 'caption', i.caption, 'credit', i.credit, 'width', i.width, 'height', i.height,
            'focalPoint', case when i.focal_x is not null then json_build_object('x', i.focal_x, 'y', i.focal_y) end,
            'dominantColor', i.dominant_color, 'thumbHash', i.thumb_hash, 'placeholder', i.placeholder,
            'pictureVersion', i.picture_version, 'fileVersion', i.file_version,
            'licence', i.licence, 'usageUntil', i.usage_until,
            'mayMove', i.media_type in ('image/gif', 'image/webp'))
        """;
}
