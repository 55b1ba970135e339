using System.ComponentModel.DataAnnotations;
using Cms.Images.Storage;
using Cms.Platform;

namespace Cms.Hosting;

/// <summary>Where files are kept.</summary>
internal sealed partial record CmsOptions
{
    [Setting(
        SettingGroup.DatabaseAndFiles,
        "Where image files are kept. All nodes share it and run as the same user, who alone may read "
            + "the files (modes 0700 and 0600).",
        Default = "`media` in the data directory"
    )]
    public string? MediaDirectory { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "Where renditions of images are kept, on the disk of one node or shared. They can be made again: a "
            + "backup does not need them.",
        Default = "`renditions` in the data directory"
    )]
    public string? RenditionDirectory { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "A place in S3 for image files, such as `s3://bucket/originals`, instead of the media directory. What is "
            + "still there is read there: `cms images move` moves it.",
        Default = "none"
    )]
    public string? MediaStore { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "A place in S3 for renditions that nodes share, such as `s3://bucket/renditions`. Each node keeps those that "
            + "it uses on its disk. Give the place a rule that removes old ones.",
        Default = "none"
    )]
    public string? RenditionStore { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "The address of a server that speaks S3, such as `https://s3.example`.",
        Default = "Amazon's, by the region"
    )]
    public string? S3Endpoint { get; set; }

    [Setting(SettingGroup.DatabaseAndFiles, "The region of the buckets.")]
    public string S3Region { get; set; } = "us-east-1";

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "The key id for S3.",
        Default = "what the AWS SDK finds: its variables, its files, or the machine's role"
    )]
    public string? S3AccessKey { get; set; }

    [Setting(SettingGroup.DatabaseAndFiles, "The secret of that key.", Default = "none")]
    public string? S3SecretKey { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "Whether the bucket is in the path of addresses, and not in the name of the host. Most servers besides "
            + "Amazon's need it."
    )]
    public bool S3PathStyle { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "The most disk for renditions; the least recently used are removed."
    )]
    [Range(1, 100_000)]
    public int RenditionGigabytes { get; set; } = 10;

    /// <summary>How S3 is reached.</summary>
    internal S3Settings S3() =>
        new()
        {
            Endpoint = OriginOf(nameof(S3Endpoint), S3Endpoint),
            Region = S3Region,
            AccessKey = S3AccessKey,
            SecretKey = S3SecretKey,
            PathStyle = S3PathStyle,
        };

    /// <exception cref="SettingException">Settings of image files do not fit together.</exception>
    private void RequireStores()
    {
        foreach (
            var (name, place) in new[]
            {
                (nameof(MediaStore), MediaStore),
                (nameof(RenditionStore), RenditionStore),
            }
        )
            if (place is not null)
                S3Location.Parse($"Cms__{name}", place);
        if (MediaStore is not null && MediaStore == RenditionStore)
            throw new SettingException(
                "Cms__MediaStore and Cms__RenditionStore are the same place. Give each a prefix or a bucket of its own."
            );
        if (S3AccessKey is null != S3SecretKey is null)
            throw new SettingException(
                "Cms__S3AccessKey and Cms__S3SecretKey belong together: set both, or none."
            );
        _ = S3();
    }
}
