using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Cms.Platform.Http.Answers;

/// <summary>
/// In which content coding an answer is sent. The cache and the compression middleware both ask here, so that an
/// address has the same coding and entity tag whether its answer was in memory or not. Length plays no part: an answer
/// would have to be complete before its entity tag is known.
/// </summary>
internal static class ContentCoding
{
    /// <summary>As it is.</summary>
    public const int Identity = 0;
    public const int Brotli = 1;
    public const int Gzip = 2;

    /// <summary>The names of the codings by number; null is as it is.</summary>
    public static readonly string?[] Names = [null, "br", "gzip"];

    /// <summary>What is sent in a coding. Problems are short, and images are compressed already.</summary>
    public static readonly string[] MediaTypes =
    [
        "application/json",
        "application/x-ndjson",
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
    ];

    /// <summary>Whether answers of this type, which may have parameters, are sent in a coding.</summary>
    public static bool IsFor(string mediaType)
    {
        var end = mediaType.IndexOf(';', StringComparison.Ordinal);
        var name = (end < 0 ? mediaType.AsSpan() : mediaType.AsSpan(0, end)).Trim();
        foreach (var known in MediaTypes)
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <summary>
    /// The coding that <c>Accept-Encoding</c> prefers; of several that it likes equally, the smallest. Identity needs
    /// no mention, and wins only where it is mentioned with a greater quality (RFC 9110, 12.5.3). A header that cannot
    /// be read says nothing.
    /// </summary>
    public static int Of(StringValues accepted)
    {
        if (accepted.Count == 0)
            return Identity;
        if (accepted is [{ } common] && common is "gzip, deflate, br" or "gzip, deflate, br, zstd" or "br")
            return Brotli;
        if (!StringWithQualityHeaderValue.TryParseList(accepted, out var codings))
            return Identity;
        var others = Quality(codings, "*") ?? 0;
        var brotli = Quality(codings, "br") ?? others;
        var gzip = Quality(codings, "gzip") ?? others;
        var identity = Quality(codings, "identity") ?? 0;
        return brotli > 0 && brotli >= gzip && brotli >= identity ? Brotli
            : gzip > 0 && gzip >= identity ? Gzip
            : Identity;
    }

    /// <summary>
    /// The name of the coding in which the answer to this request will be sent: each coding's bytes need a strong
    /// entity tag of their own.
    /// </summary>
    public static string? NameOf(HttpContext context, string mediaType) =>
        IsFor(mediaType) ? Names[Of(context.Request.Headers.AcceptEncoding)] : null;

    private static double? Quality(IList<StringWithQualityHeaderValue> codings, string name)
    {
        double? greatest = null;
        foreach (var coding in codings)
            if (coding.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
                greatest = Math.Max(greatest ?? 0, coding.Quality ?? 1);
        return greatest;
    }
}

/// <summary>Lets the compression middleware use <see cref="ContentCoding"/> instead of a choice of its own.</summary>
internal sealed class ContentCodingProvider : ResponseCompressionProvider
{
    private readonly ICompressionProvider?[] _providers;

    public ContentCodingProvider(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
        : base(services, options) =>
        _providers = [
            .. ContentCoding.Names.Select<string?, ICompressionProvider?>(name =>
                name switch
                {
                    "br" => ActivatorUtilities.CreateInstance<BrotliCompressionProvider>(services),
                    "gzip" => ActivatorUtilities.CreateInstance<GzipCompressionProvider>(services),
                    _ => null,
                }
            ),
        ];

    public override ICompressionProvider? GetCompressionProvider(HttpContext context) =>
        _providers[ContentCoding.Of(context.Request.Headers.AcceptEncoding)];
}
