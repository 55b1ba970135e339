using Cms.Images.Storage;
using Cms.Platform.Http;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Images;

/// <summary>Returns an image's file</summary>
/// <remarks>
/// The original file. Of its metadata only copyright, credit, licence, orientation, resolution and colours are kept.
/// It never changes at this address, so cache it as long as `Cache-Control` says: forever (`immutable`), or until the
/// right to show it ends (then 410). Supports `Range` and `If-None-Match`. Anyone with the address can load it: the
/// address cannot be guessed, and the file contains no texts of the newsroom.
/// </remarks>
internal sealed class GetMedia(
    NpgsqlDataSource postgres,
    MediaStore store,
    OpenFiles files,
    TimeProvider clock
) : Slice<GetMediaRequest>
{
    public override void Configure()
    {
        Get("/media/{imageId}/original");
        AllowAnonymous();
        Answers<MediaFile>(200, ProblemKinds.NotFound, ProblemKinds.RightsEnded);
        Options(b =>
            b.WithMetadata(
                new ContentMetadata("image/avif", "image/gif", "image/jpeg", "image/png", "image/webp")
                {
                    HasRanges = true,
                    Headers = ["Cache-Tag"],
                }
            )
        );
    }

    public override async Task<IResult> ExecuteAsync(GetMediaRequest request, CancellationToken ct)
    {
        var file =
            await postgres.FindAsync<FileRow>(SelectFile, new { request.ImageId }, ct)
            ?? throw Refused.NotFound("image", request.ImageId.ToString());
        MediaRights.Require(request.ImageId, file.UsageUntil, clock.GetUtcNow());
        var sha256 = Convert.ToHexStringLower(file.Sha256);
        var answer = await MediaAnswer.OfAsync(
            HttpContext,
            request.ImageId,
            sha256,
            file.CreatedAt,
            files,
            () => Task.CompletedTask,
            () =>
                Task.FromResult<(Stream, string)>(
                    (
                        store.OpenRead(sha256)
                            ?? throw new FileNotFoundException(
                                $"The media directory lacks the file {sha256}."
                            ),
                        file.MediaType
                    )
                )
        );
        MediaRights.Cut(HttpContext.Response, file.UsageUntil, clock.GetUtcNow());
        return answer;
    }

    private const string SelectFile = """
        select i.sha256, f.media_type, i.created_at, i.usage_until from images i join image_files f using (sha256)
        where i.id = @ImageId
        """;

    private sealed record FileRow
    {
        public required byte[] Sha256 { get; init; }
        public required string MediaType { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset? UsageUntil { get; init; }
    }
}

internal sealed record GetMediaRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid ImageId { get; init; }
}

/// <summary>An image file.</summary>
internal sealed record MediaFile;
