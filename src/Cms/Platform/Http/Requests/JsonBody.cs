using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Cms.Platform.Http.Problems;
using Cms.Platform.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Cms.Platform.Http.Requests;

/// <summary>The JSON body of a request, before anybody knows what it means.</summary>
internal static class JsonBody
{
    public const string MergePatchType = "application/merge-patch+json";

    public const string FormType = "multipart/form-data";

    /// <summary>Where the other form of a request is a large file.</summary>
    private const long MaxBesideForm = 256 * 1024;

    // A nested list of a body takes four levels for each of its own; 64 is far above what is written and far below what
    // hurts.
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 64 };

    public static async Task<JsonDocument> ParseAsync(HttpRequest request, bool patch, CancellationToken ct)
    {
        var known = MediaTypeHeaderValue.TryParse(request.ContentType, out var type);
        var accepted =
            known
            && (
                type!.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || (patch && type.MediaType.Equals(MergePatchType, StringComparison.OrdinalIgnoreCase))
            )
            && (
                !type.Charset.HasValue
                || HeaderUtilities
                    .RemoveQuotes(type.Charset)
                    .Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            );
        if (!accepted)
            throw new Refused(
                ProblemKinds.UnsupportedMediaType,
                $"Send {(patch ? MergePatchType + " or application/json" : "application/json")}, in "
                    + $"UTF-8{(known ? $", not {Text.Short(request.ContentType!)}" : "")}."
            );

        var bytes = await ReadAsync(request, ct);
        RequireUtf8(bytes.Span);
        try
        {
            return JsonDocument.Parse(bytes, Reading);
        }
        catch (JsonException e)
        {
            throw new Refused(
                ProblemKinds.MalformedRequest,
                $"The body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine})."
            );
        }
    }

    /// <summary>Whether a request that may be a form or JSON is a form.</summary>
    /// <exception cref="Refused">413: it is JSON, and too large for that; 415: it is neither.</exception>
    public static bool IsForm(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw Neither("without a type");
        if (type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase))
            return true;
        if (!type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            throw Neither(Text.Short(request.ContentType!));
        if (request.ContentLength > MaxBesideForm)
            throw new Refused(
                ProblemKinds.TooLarge,
                $"The JSON has {request.ContentLength} bytes; it may have at most {MaxBesideForm}."
            );
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBesideForm;
        return false;

        static Refused Neither(string given) =>
            new(ProblemKinds.UnsupportedMediaType, $"Send {FormType} or application/json, not {given}.");
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        // Kestrel ends a body that is longer than this endpoint allows (413).
        using var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 4_096, 1 << 20));
        await request.Body.CopyToAsync(buffer, ct);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        ContentDigest.Set(request, bytes.Span);
        return bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }

    /// <summary>The JSON reader would replace invalid bytes with U+FFFD, or fail halfway.</summary>
    private static void RequireUtf8(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
            return;
        var rest = bytes;
        while (Rune.DecodeFromUtf8(rest, out _, out var length) == OperationStatus.Done)
            rest = rest[length..];
        var at = bytes.Length - rest.Length;
        var utf16 =
            bytes.StartsWith<byte>([0xFE, 0xFF]) || bytes.StartsWith<byte>([0xFF, 0xFE])
                ? " It looks like UTF-16."
                : "";
        throw new Refused(
            ProblemKinds.MalformedRequest,
            $"The body is not valid UTF-8: the byte 0x{bytes[at]:X2} at offset {at} belongs to no "
                + $"character.{utf16} Send UTF-8."
        );
    }

    /// <summary>
    /// Whether there is a body; one that comes in chunks says so only by its first byte, which stays to be read.
    /// </summary>
    public static async Task<bool> HasContentAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength is { } length)
            return length > 0;
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            return false;
        var read = await request.BodyReader.ReadAsync(ct);
        request.BodyReader.AdvanceTo(read.Buffer.Start);
        return !read.Buffer.IsEmpty;
    }

    /// <summary>
    /// For addresses that take no body: an empty object is let pass, since many clients send one with every POST.
    /// </summary>
    public static async Task RefuseContentAsync(HttpRequest request, CancellationToken ct)
    {
        using var document = await ParseAsync(request, patch: false, ct);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw Refused.Invalid("", "wrong-type", "This address takes no body.");
        var faults = new Faults();
        foreach (var member in document.RootElement.EnumerateObject())
            if (JsonShape.TryName(member, "", faults, out var name))
                faults.Add(
                    Fault.At(
                        JsonShape.Pointer("", name),
                        "unknown-member",
                        $"There is no member '{Text.Short(name)}' here: this address takes no body."
                    )
                );
        RefuseIfFaulty(faults);
    }

    /// <summary>
    /// A repeated member makes a body malformed (RFC 8259 leaves its meaning open): 400. So do parameters. Every other
    /// fault is one of content: 422.
    /// </summary>
    public static void RefuseIfFaulty(Faults faults)
    {
        if (faults.Count == 0)
            return;
        if (faults.FirstOrDefault(f => f.Code == JsonShape.Duplicate) is { } duplicate)
            throw new Refused(ProblemKinds.MalformedRequest, duplicate.Detail) { Errors = faults };
        throw faults.Any(f => f.Parameter is not null) ? Refused.Parameters(faults) : Refused.Invalid(faults);
    }
}
