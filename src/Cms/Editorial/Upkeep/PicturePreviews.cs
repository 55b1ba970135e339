using Cms.Changes;
using Cms.Images.Previews;
using Cms.Images.Storage;
using Cms.Platform;
using Cms.Platform.Http.Load;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Upkeep;

/// <summary>
/// Makes the previews of pictures that an older build has added. Any number of nodes may run it: each batch is one
/// transaction of one of them.
/// </summary>
internal sealed class PicturePreviews(
    NpgsqlDataSource postgres,
    ChangeLog changes,
    FileStore store,
    Admission admission,
    TimeProvider clock,
    ILogger<PicturePreviews> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    // Each picture takes some hundredths of a second, and the transaction lasts as long as all of them.
    private const int Batch = 10;
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BeforeNextLook = TimeSpan.FromMinutes(1);

    protected override Task WorkAsync(CancellationToken stoppingToken) =>
        RepeatAsync(
            log,
            clock,
            "Previews of pictures cannot be made",
            BeforeNextTry,
            async ct =>
            {
                await MakeAsync(ct);
                await Task.Delay(BeforeNextLook, clock, ct);
                return true;
            },
            stoppingToken
        );

    /// <summary>Goes through all files without a preview, and writes the changes to the feed.</summary>
    public async Task MakeAsync(CancellationToken ct)
    {
        while (
            await postgres.FindAsync<bool>(AnyWithout, new { }, ct)
            && await changes.InTransactionAsync(
                async (transaction, announcement) =>
                {
                    var files = await transaction.ListAsync<byte[]>(SelectWithout, new { Batch }, ct);
                    foreach (var file in files)
                    {
                        var preview = await PreviewOfAsync(Convert.ToHexStringLower(file), ct);
                        var images = await transaction.ListAsync<Guid>(
                            UpdateFile,
                            new
                            {
                                file,
                                preview?.Placeholder,
                                preview?.ThumbHash,
                                preview?.DominantColor,
                            },
                            ct
                        );
                        foreach (var image in preview is null ? [] : images)
                            announcement.Changed(EntityType.Image, image);
                    }
                    return files.Count > 0;
                },
                ct
            )
        ) { }
    }

    private async Task<Preview?> PreviewOfAsync(string sha256, CancellationToken ct)
    {
        // Among the renditions, so that readers who wait for one do not wait for all old pictures.
        using var place = await admission.TakePatientlyAsync(Share.Renditions, ct);
        if (await store.ReadAsync(sha256, ct) is not { } bytes)
            return null;
        return await Preview.MakeAsync(bytes, ct);
    }

    private const string AnyWithout = "select exists (select from image_files where not is_previewed)";

    private const string SelectWithout = """
        select sha256 from image_files where not is_previewed order by sha256 limit @Batch
        for no key update skip locked
        """;

    // What cannot be made once cannot be made again.
    private const string UpdateFile = """
        with file as (
            update image_files set placeholder = coalesce(placeholder, @Placeholder), thumb_hash = @ThumbHash,
                dominant_color = @DominantColor, is_previewed = true
            where sha256 = @file returning sha256)
        select i.id from images i join file using (sha256)
        """;
}
