using System.Text.Json.Serialization;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>An image as the desk sees it.</summary>
internal sealed record EditorialImage : IRevised
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>
    /// The file; immutable at this address. Anyone who has it can load the file, so that an editor's tool can show it.
    /// </summary>
    /// <example>/media/01981f5e-0004-7000-8000-000000000001/original</example>
    public string Url => MediaUrl.Original(Id, FileVersion);

    /// <summary>What the picture shows, for those who cannot see it.</summary>
    public required string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    public required string? Caption { get; init; }

    /// <summary>Whose picture it is, as readers are told.</summary>
    public required string? Credit { get; init; }

    /// <summary>What the desk calls the picture.</summary>
    public required string? Title { get; init; }

    /// <summary>The copyright notice.</summary>
    public required string? Copyright { get; init; }

    /// <summary>Who made the picture.</summary>
    public required string? Creator { get; init; }

    /// <summary>Under which terms the picture may be used.</summary>
    public required string? Licence { get; init; }

    /// <summary>When the right to show the picture ends; null: never. Since then readers do not see it.</summary>
    public required DateTimeOffset? UsageUntil { get; init; }

    /// <summary>What must stay in the picture when it is cropped; null: the middle.</summary>
    public required FocalPoint? FocalPoint { get; init; }

    /// <summary>Pixels, after EXIF orientation.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels, after EXIF orientation.</summary>
    public required int Height { get; init; }

    /// <summary>The most common colour of the picture, as CSS has it.</summary>
    /// <example>#1f4e79</example>
    public required string? DominantColor { get; init; }

    /// <summary>A ThumbHash in Base64: https://evanw.github.io/thumbhash/ has decoders.</summary>
    /// <example>2/cFFY4EsUVzd4dxiAiHewzLU7Do</example>
    public required string? ThumbHash { get; init; }

    /// <summary>A tiny preview as a data URI.</summary>
    public required string? Placeholder { get; init; }

    /// <summary>What the file's bytes say that it is.</summary>
    /// <example>image/jpeg</example>
    public required string MediaType { get; init; }

    /// <summary>Size of the delivered file.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the delivered file (the upload without its private metadata), hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>What the file was called when it was uploaded.</summary>
    public required string? FileName { get; init; }

    /// <summary>Counts the files that it has had.</summary>
    [JsonIgnore]
    public int FileVersion { get; init; }

    /// <summary>Every change makes the next one. It is the `ETag`, and what `If-Match` takes.</summary>
    public required int Revision { get; init; }

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its words or its file were last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>An image as the desk's statements give it.</summary>
internal sealed record EditorialImageRow
{
    public required Guid Id { get; init; }
    public required string? Alt { get; init; }
    public required string? Caption { get; init; }
    public required string? Credit { get; init; }
    public required string? Title { get; init; }
    public required string? Copyright { get; init; }
    public required string? Creator { get; init; }
    public required string? Licence { get; init; }
    public required DateTimeOffset? UsageUntil { get; init; }
    public required DateTimeOffset? UsageEndedAt { get; init; }
    public required double? FocalX { get; init; }
    public required double? FocalY { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }
    public required string? DominantColor { get; init; }
    public required string? ThumbHash { get; init; }
    public required string? Placeholder { get; init; }
    public required string MediaType { get; init; }
    public required long Bytes { get; init; }
    public required byte[] Sha256 { get; init; }
    public required string? FileName { get; init; }
    public required int Revision { get; init; }
    public required int FileVersion { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public const string Select = """
        select r.id, r.alt, r.caption, r.credit, r.title, r.copyright, r.creator, r.licence, r.usage_until,
            r.usage_ended_at, r.focal_x, r.focal_y, f.width, f.height, f.dominant_color, f.thumb_hash,
            f.placeholder, f.media_type, f.bytes, r.sha256,
               r.file_name, r.revision, r.file_version, r.created_at, r.updated_at
        from images r join image_files f using (sha256)
        """;

    public static async Task<EditorialImageRow> ReadAsync(
        NpgsqlTransaction transaction,
        Guid id,
        CancellationToken ct
    ) => (await transaction.FindAsync<EditorialImageRow>($"{Select} where r.id = @id", new { id }, ct))!;

    public EditorialImage View() =>
        new()
        {
            Id = Id,
            Alt = Alt,
            Caption = Caption,
            Credit = Credit,
            Title = Title,
            Copyright = Copyright,
            Creator = Creator,
            Licence = Licence,
            UsageUntil = UsageUntil,
            FocalPoint = Focus(),
            Width = Width,
            Height = Height,
            DominantColor = DominantColor,
            ThumbHash = ThumbHash,
            Placeholder = Placeholder,
            MediaType = MediaType,
            Bytes = Bytes,
            Sha256 = Convert.ToHexStringLower(Sha256),
            FileName = FileName,
            FileVersion = FileVersion,
            Revision = Revision,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };

    public ImageInput ToInput() =>
        new()
        {
            Alt = Alt,
            Caption = Caption,
            Credit = Credit,
            Title = Title,
            Copyright = Copyright,
            Creator = Creator,
            Licence = Licence,
            UsageUntil = UsageUntil,
            FocalPoint = Focus(),
        };

    private FocalPoint? Focus() => FocalX is { } x ? new FocalPoint { X = x, Y = FocalY!.Value } : null;
}
