using Cms.Images.Storage;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace Cms.Images;

/// <summary>Returns an image's file</summary>
/// <remarks>
/// The original file. Of its metadata only copyright, credit, licence, orientation, resolution and colours are kept. It
/// never changes at this address, so cache it forever (`immutable`). Supports `Range` and `If-None-Match`. Anyone with
/// the address can load it: the address cannot be guessed, and the file contains no texts of the newsroom.
/// </remarks>
internal sealed class GetMedia(NpgsqlDataSource postgres, MediaStore store, OpenFiles files)
    : Slice<GetMediaRequest>
{
    public override void Configure()
    {
        Get("/media/{imageId}/original");
        AllowAnonymous();
        Answers<MediaFile>(200, ProblemKinds.NotFound);
        Options(b =>
            b.WithMetadata(
                new ContentMetadata("image/avif", "image/gif", "image/jpeg", "image/png", "image/webp")
                {
                    HasRanges = true,
                }
            )
        );
    }

    public override async Task<IResult> ExecuteAsync(GetMediaRequest request, CancellationToken ct)
    {
        var file =
            await postgres.FindAsync<FileRow>(SelectFile, new { request.ImageId }, ct)
            ?? throw Refused.NotFound("image", request.ImageId.ToString());
        var sha256 = Convert.ToHexStringLower(file.Sha256);
        HttpContext.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        // A file that a browser opens by itself must not become a page of this origin.
        HttpContext.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        HttpContext.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        var tag = new EntityTagHeaderValue($"\"{sha256}\"");
        HttpContext.Response.GetTypedHeaders().ETag = tag;
        HttpContext.Response.GetTypedHeaders().LastModified = Conditional.LastModified(
            file.CreatedAt,
            DateTimeOffset.MaxValue
        );
        if (!Conditional.IsWanted(HttpContext, tag, file.CreatedAt, DateTimeOffset.MaxValue))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        LeaveToFramework(HttpContext);
        files.Enter(HttpContext);
        var stream =
            store.OpenRead(sha256)
            ?? throw new FileNotFoundException($"The media directory lacks the file {sha256}.");
        return TypedResults.File(
            stream,
            file.MediaType,
            lastModified: Conditional.LastModified(file.CreatedAt, DateTimeOffset.MaxValue),
            entityTag: tag,
            enableRangeProcessing: true
        );
    }

    /// <summary>
    /// Keeps only the conditions <c>Range</c> and <c>If-Range</c>. The framework would evaluate the others again, in
    /// another order than RFC 9110, 13.2.2.
    /// </summary>
    private static void LeaveToFramework(HttpContext context)
    {
        var headers = context.Request.Headers;
        foreach (
            var name in (string[])
                [
                    HeaderNames.IfMatch,
                    HeaderNames.IfNoneMatch,
                    HeaderNames.IfModifiedSince,
                    HeaderNames.IfUnmodifiedSince,
                ]
        )
            headers.Remove(name);
        // Range applies to GET only (RFC 9110, 14.2). Unknown units are ignored; the framework would treat any unit as
        // bytes.
        if (
            context.IsHead()
            || (
                context.Request.GetTypedHeaders().Range is { } range
                && !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
            )
        )
            headers.Remove(HeaderNames.Range);
    }

    private const string SelectFile = """
        select i.sha256, f.media_type, i.created_at from images i join image_files f using (sha256)
        where i.id = @ImageId
        """;

    private sealed record FileRow
    {
        public required byte[] Sha256 { get; init; }
        public required string MediaType { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
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
