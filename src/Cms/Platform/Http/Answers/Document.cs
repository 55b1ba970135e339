using System.Security.Cryptography;
using System.Text;
using Cms.Platform.Http.Problems;

namespace Cms.Platform.Http.Answers;

/// <summary>
/// A delivered answer, JSON unless it says otherwise, with a strong entity tag, a date, caching rules, and 304 when the
/// client has it.
/// </summary>
internal sealed record Document(byte[] Bytes, DateTimeOffset ChangedAt, string CacheControl) : IResult
{
    /// <summary>
    /// What the answer depends on, for caches that forget by tag: kinds (<c>articles</c>) and single things
    /// (<c>article:…</c>).
    /// </summary>
    public IReadOnlyCollection<string> CacheTags { get; init; } = [];

    /// <summary>With its parameters, as in <c>Content-Type</c>.</summary>
    public string MediaType { get; init; } = "application/json; charset=utf-8";

    /// <summary>RFC 8288 links to other pages.</summary>
    public string? Link { get; init; }

    /// <summary>Whether the answer depends on who asks (the wall).</summary>
    public bool VariesByKey { get; init; }

    /// <summary>Whether it will be another soon though nothing is published: it is not kept.</summary>
    public bool IsPassing { get; init; }

    public string Vary => VariesByKey ? "Accept-Encoding, Authorization" : "Accept-Encoding";

    /// <summary>The tags as a header.</summary>
    public string? CacheTagHeader =>
        field ??= CacheTags.Count == 0 ? null : Answers.CacheTags.Header(CacheTags);

    /// <summary>
    /// 128 bits of SHA-256 of the answer and of its <c>Cache-Tag</c>: a 304, which does not repeat the tags, says that
    /// they are the same too.
    /// </summary>
    public string Hash => field ??= Digest();

    private string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Bytes);
        hash.AppendData(Encoding.UTF8.GetBytes(CacheTagHeader ?? ""));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    public Task ExecuteAsync(HttpContext context)
    {
        // Whoever asked for the answer itself sends it too.
        if (context.Features.Get<DocumentRequest>() is { } request)
        {
            request.Document = this;
            return Task.CompletedTask;
        }
        var response = context.Response;
        var coding = ContentCoding.NameOf(context, MediaType);
        var tag = Conditional.TagOf(Hash, coding);
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

        response.GetTypedHeaders().ETag = tag;
        response.GetTypedHeaders().LastModified = Conditional.LastModified(ChangedAt, now);
        // Without tags, it is nothing that the clock changes.
        response.Headers.CacheControl =
            CacheTags.Count == 0
                ? CacheControl
                : context.RequestServices.GetRequiredService<NextChange>().Cut(CacheControl, now);
        response.Headers.Append("Vary", Vary);

        if (!Conditional.IsWanted(context, tag, ChangedAt, now))
            return Task.CompletedTask;
        if (CacheTagHeader is { } tags)
            response.Headers["Cache-Tag"] = tags;
        if (Link is not null)
            response.Headers.Link = Link;
        response.ContentType = MediaType;
        response.ContentLength = coding is null ? Bytes.Length : null;
        return response.Body.WriteAsync(Bytes, context.RequestAborted).AsTask();
    }
}

/// <summary>A feature of a request whose maker wants the document, and will send it.</summary>
internal sealed class DocumentRequest
{
    public Document? Document { get; set; }

    /// <summary>Why there is none.</summary>
    public Refused? Refusal { get; set; }
}
