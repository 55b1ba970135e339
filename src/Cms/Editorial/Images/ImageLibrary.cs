using Cms.Editorial.Images.Uploading;
using Cms.Images.Files;
using Cms.Images.Previews;
using Cms.Images.Storage;
using Cms.Platform;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>Image files and the rows that speak of them, kept together.</summary>
internal sealed class ImageLibrary(FileStore store)
{
    /// <summary>
    /// Adds an image. The file is on disk before the row is committed, so no row ever speaks of a file that is not
    /// there; whatever stops the server in between leaves a file without a row, which the next upload of it uses.
    /// </summary>
    public async Task<Guid> AddAsync(
        NpgsqlTransaction transaction,
        SoundFile sound,
        ImageInput words,
        string? fileName,
        DateTimeOffset at,
        CancellationToken ct,
        Guid? knownAs = null
    )
    {
        var (file, preview) = sound;
        var id = knownAs ?? Ids.New(at);
        await LockFileAsync(transaction, file.BytesSha256, ct);
        await store.WriteAsync(file.BytesSha256, file.Bytes, ct);
        await transaction.ExecuteAsync(
            $"{InsertFile};{InsertImage}",
            new
            {
                id,
                Sha256 = Convert.FromHexString(file.BytesSha256),
                file.MediaType,
                Bytes = (long)file.Bytes.Length,
                file.Width,
                file.Height,
                preview?.Placeholder,
                preview?.ThumbHash,
                preview?.DominantColor,
                words.Alt,
                words.Caption,
                words.Credit,
                words.Title,
                words.Copyright,
                words.Creator,
                words.Licence,
                words.UsageUntil,
                words.FocalPoint?.X,
                words.FocalPoint?.Y,
                fileName,
                at,
            },
            ct
        );
        return id;
    }

    /// <summary>Gives an image another file.</summary>
    public async Task ReplaceAsync(
        NpgsqlTransaction transaction,
        Guid id,
        SoundFile sound,
        string? fileName,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var (file, preview) = sound;
        await LockFileAsync(transaction, file.BytesSha256, ct);
        await store.WriteAsync(file.BytesSha256, file.Bytes, ct);
        await transaction.ExecuteAsync(
            $"{InsertFile};{ReplaceFile}",
            new
            {
                id,
                Sha256 = Convert.FromHexString(file.BytesSha256),
                file.MediaType,
                Bytes = (long)file.Bytes.Length,
                file.Width,
                file.Height,
                preview?.Placeholder,
                preview?.ThumbHash,
                preview?.DominantColor,
                fileName,
                at,
            },
            ct
        );
    }

    /// <summary>
    /// Whether it is an image that can be delivered; before any transaction, because it takes its time.
    /// </summary>
    /// <exception cref="Refused">413: too many bytes; 415: none of the five kinds; 422: damaged, or more work to show
    /// than the limits allow.</exception>
    public static async Task<SoundFile> InspectAsync(Stream upload, CancellationToken ct)
    {
        var inspection = await ImageFile.InspectAsync(upload, ct);
        if (inspection.IsSound)
            return new(inspection.File, await Preview.MakeAsync(inspection.File.Bytes, ct));
        throw inspection.Fault.Code switch
        {
            ImageFault.UnsupportedImage => new Refused(
                ProblemKinds.UnsupportedMediaType,
                inspection.Fault.Detail
            ),
            ImageFault.FileTooLarge => new Refused(ProblemKinds.TooLarge, inspection.Fault.Detail),
            _ => Refused.Invalid("/file", inspection.Fault.Code, inspection.Fault.Detail),
        };
    }

    /// <summary>The same of a file that was loaded from an address: the address is at fault.</summary>
    /// <exception cref="Refused">422.</exception>
    public static async Task<SoundFile> InspectAsync(FetchedImage fetched, CancellationToken ct)
    {
        var inspection = await ImageFile.InspectAsync(fetched.Content, ct);
        if (inspection.IsSound)
            return new(inspection.File, await Preview.MakeAsync(inspection.File.Bytes, ct));
        throw Refused.Invalid(
            "/url",
            inspection.Fault.Code,
            inspection.Fault.Code == ImageFault.UnsupportedImage
                ? $"{inspection.Fault.Detail} The address sent {fetched.MediaType ?? "a file without a type"}."
                : inspection.Fault.Detail
        );
    }

    /// <summary>One at a time for each file: an upload must not trust a file that a sweep is about to remove.</summary>
    public static Task LockFileAsync(NpgsqlTransaction transaction, string sha256, CancellationToken ct) =>
        transaction.ExecuteAsync(
            "select pg_advisory_xact_lock(hashtextextended('cms:file:' || @sha256, 0))",
            new { sha256 },
            ct
        );

    private const string InsertFile = """
        insert into image_files
            (sha256, media_type, bytes, width, height, placeholder, thumb_hash, dominant_color, is_previewed)
        values (@Sha256, @MediaType, @Bytes, @Width, @Height, @Placeholder, @ThumbHash, @DominantColor, true)
        on conflict (sha256) do nothing
        """;

    private const string ReplaceFile = """
        update images set sha256 = @Sha256, file_name = @fileName, revision = revision + 1, updated_at = @at
        where id = @id
        """;

    private const string InsertImage = """
        insert into images (id, sha256, alt, caption, credit, title, copyright, creator, licence, usage_until,
            usage_ended_at, focal_x, focal_y, file_name, created_at, updated_at)
        values (@id, @Sha256, @Alt, @Caption, @Credit, @Title, @Copyright, @Creator, @Licence, @UsageUntil,
            case when @UsageUntil <= @at then @at end, @X, @Y, @fileName, @at, @at);
        """;
}

/// <summary>A file that was found sound, and its preview, if it has one.</summary>
internal sealed record SoundFile(ImageFile File, Preview? Preview);
