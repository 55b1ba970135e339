using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Load;
using Microsoft.Net.Http.Headers;

namespace Cms.Images;

/// <summary>How files of images are sent: to be kept for ever, in parts on request, and never as a page.</summary>
internal static class MediaAnswer
{
    public const string Forever = "public, max-age=31536000, immutable";

    /// <summary>So that a CDN can drop an image that is deleted.</summary>
    public static string CacheTagOf(Guid image) => CacheTags.Header([$"image:{image}"]);

    /// <param name="context">The request.</param>
    /// <param name="image">Whose file it is.</param>
    /// <param name="hash">Of the content, in hexadecimal; the entity tag.</param>
    /// <param name="modifiedAt">When the image was made or changed.</param>
    /// <param name="files">Bounds the open files.</param>
    /// <param name="make">Sees to it that there is a content; asked only if the client needs it. Nothing is open
    /// meanwhile: those who wait take no place from those who load a file.</param>
    /// <param name="open">Opens the content, with its media type. If it throws, nothing has been said of the file yet,
    /// and the caller may answer otherwise.</param>
    public static async Task<IResult> OfAsync(
        HttpContext context,
        Guid image,
        string hash,
        DateTimeOffset modifiedAt,
        OpenFiles files,
        Func<Task> make,
        Func<Task<(Stream Content, string MediaType)>> open
    )
    {
        var tag = new EntityTagHeaderValue($"\"{hash}\"");
        (Stream Content, string MediaType)? file = null;
        if (Conditional.IsWanted(context, tag, modifiedAt, DateTimeOffset.MaxValue))
        {
            await make();
            // A store that answers late must not hold a place meanwhile.
            file = await open();
            await EnterAsync(files, context, file.Value.Content);
        }
        var headers = context.Response.Headers;
        headers.CacheControl = Forever;
        // A file that a browser opens by itself must not become a page of this origin.
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        var lastModified = Conditional.LastModified(modifiedAt, DateTimeOffset.MaxValue);
        context.Response.GetTypedHeaders().ETag = tag;
        context.Response.GetTypedHeaders().LastModified = lastModified;
        if (file is not var (content, mediaType))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        headers["Cache-Tag"] = CacheTagOf(image);
        LeaveToFramework(context);
        return TypedResults.File(
            content,
            mediaType,
            lastModified: lastModified,
            entityTag: tag,
            enableRangeProcessing: true
        );
    }

    private static async Task EnterAsync(OpenFiles files, HttpContext context, Stream content)
    {
        try
        {
            files.Enter(context);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
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
}
