using Cms.Images.Storage;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Images;

/// <summary>Answers with the original file of an image, or leads to the one that it has now.</summary>
internal sealed class OriginalFiles(
    NpgsqlDataSource postgres,
    FileStore store,
    OpenFiles files,
    TimeProvider clock
)
{
    /// <param name="context">The request.</param>
    /// <param name="image">Whose file it is.</param>
    /// <param name="version">Which of its files the address names.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Refused">404: there is no such image; 410: the right to show it has ended.</exception>
    public async Task<IResult> AnswerAsync(HttpContext context, Guid image, int version, CancellationToken ct)
    {
        var file = await FindAsync(image, ct);
        while (true)
            try
            {
                return await AnswerAsync(context, image, version, file, ct);
            }
            catch (FileNotFoundException)
            {
                // It may have been replaced or deleted since its row was read.
                var now = await FindAsync(image, ct);
                if (now.Sha256.AsSpan().SequenceEqual(file.Sha256))
                    throw;
                file = now;
            }
    }

    private async Task<FileRow> FindAsync(Guid image, CancellationToken ct) =>
        await postgres.FindAsync<FileRow>(SelectFile, new { image }, ct)
        ?? throw Refused.NotFound("image", image.ToString());

    private async Task<IResult> AnswerAsync(
        HttpContext context,
        Guid image,
        int version,
        FileRow file,
        CancellationToken ct
    )
    {
        MediaRights.Require(image, file.UsageUntil, clock.GetUtcNow());
        if (file.FileVersion != version)
            return Redirect(context, image, version, file.FileVersion);
        var sha256 = Convert.ToHexStringLower(file.Sha256);
        var answer = await MediaAnswer.OfAsync(
            context,
            image,
            sha256,
            file.FileVersion == 1 ? file.CreatedAt : file.UpdatedAt,
            files,
            () => Task.CompletedTask,
            async () =>
                (
                    await store.OpenReadAsync(sha256, ct)
                        ?? throw new FileNotFoundException($"{store.Place} lacks the file {sha256}."),
                    file.MediaType
                )
        );
        MediaRights.Cut(context.Response, file.UsageUntil, clock.GetUtcNow());
        return answer;
    }

    /// <summary>To the file that the image has now.</summary>
    private static IResult Redirect(HttpContext context, Guid image, int version, int current)
    {
        context.Response.Headers["Cache-Tag"] = MediaAnswer.CacheTagOf(image);
        // An address that is ahead is right after the next change.
        context.Response.Headers.CacheControl = version > current ? "no-store" : "public, max-age=60";
        return TypedResults.Redirect(
            $"{MediaUrl.OriginalName(current)}{context.Request.QueryString}",
            permanent: true,
            preserveMethod: true
        );
    }

    private const string SelectFile = """
        select i.sha256, f.media_type, i.created_at, i.updated_at, i.usage_until, i.file_version
        from images i join image_files f using (sha256)
        where i.id = @image
        """;

    private sealed record FileRow
    {
        public required byte[] Sha256 { get; init; }
        public required string MediaType { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset UpdatedAt { get; init; }
        public required int FileVersion { get; init; }
        public required DateTimeOffset? UsageUntil { get; init; }
    }
}
