using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Lists;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;

namespace Cms.Platform.OpenApi;

/// <summary>What an answer brings besides its body, told from what kind of answer it is.</summary>
internal sealed record Traits
{
    /// <summary>Answers 304 to <c>If-None-Match</c> and <c>If-Modified-Since</c>.</summary>
    public bool IsConditional { get; private init; }

    /// <summary>Is conditional by entity tag alone: no date says whether it is new.</summary>
    public bool HasNoDate { get; private init; }

    /// <summary>Is conditional by <c>If-Match</c> alone, and never answers 304.</summary>
    public bool IsAlwaysSent { get; private init; }

    /// <summary>Answers 206 to <c>Range</c>.</summary>
    public bool HasRanges { get; private init; }

    /// <summary>Media types other than JSON.</summary>
    public IReadOnlyList<string>? MediaTypes { get; private init; }

    /// <summary>Takes an <c>Idempotency-Key</c>.</summary>
    public bool IsRetriable { get; private init; }

    public required IReadOnlyList<string> Headers { get; init; }

    public IEnumerable<IOpenApiParameter> RequestHeaders
    {
        get
        {
            if (IsConditional)
            {
                if (!IsAlwaysSent)
                    yield return Header(
                        "If-None-Match",
                        "The `ETag` of the answer that you have: if it is still the present one, the answer is 304."
                    );
                yield return Header(
                    "If-Match",
                    "Entity tags of which the answer must have one (412 otherwise), for example to continue a download."
                );
                if (!HasNoDate)
                {
                    yield return Header(
                        "If-Modified-Since",
                        "The `Last-Modified` of the answer that you have. Ignored beside `If-None-Match`."
                    );
                    yield return Header(
                        "If-Unmodified-Since",
                        "A time after which the content must not have changed (412 otherwise). Ignored "
                            + "beside `If-Match`."
                    );
                }
            }
            if (IsRetriable)
                yield return Header(
                    "Idempotency-Key",
                    "Makes a retry safe: a new key, best a UUID, for each request that is not a retry. "
                        + "For 24 hours the same request with the same key gets the first answer again, with "
                        + "`Idempotency-Replayed: true`, and is not done twice."
                );
            if (!HasRanges)
                yield break;
            yield return Header(
                "Range",
                "The part of the file to send, such as `bytes=0-65535`. Ignored with `HEAD`."
            );
            yield return Header(
                "If-Range",
                "The `ETag` of the file that you have a part of. If it has changed, the whole file is sent."
            );
        }
    }

    /// <summary>Published content, the same for everyone without a key.</summary>
    public static bool IsDelivery(ApiDescription slice) =>
        slice.Find<IAllowAnonymous>() is not null
        && slice.RelativePath!.StartsWith("v1/", StringComparison.Ordinal);

    public static Traits Of(ApiDescription slice)
    {
        var traits = OfAnswer(slice);
        if (slice.Find<HeadersMetadata>() is { } more)
            traits = traits with { Headers = [.. traits.Headers, .. more.Names] };
        return slice.Find<RetriableMetadata>() is null
            ? traits
            : traits with
            {
                IsRetriable = true,
                Headers = [.. traits.Headers, "Idempotency-Replayed"],
            };
    }

    private static Traits OfAnswer(ApiDescription slice)
    {
        var answer = slice.Get<AnswerMetadata>();
        if (slice.Find<ContentMetadata>() is { } content)
            return new()
            {
                MediaTypes = content.MediaTypes,
                HasRanges = content.HasRanges,
                IsConditional = content.HasRanges,
                Headers = content.HasRanges
                    ?
                    [
                        "X-Request-Id",
                        "Cache-Control",
                        "ETag",
                        "Last-Modified",
                        "Accept-Ranges",
                        .. content.Headers,
                    ]
                    : ["X-Request-Id", "Cache-Control", .. content.Headers],
            };
        if (answer.Type == typeof(NoContent))
            return new() { Headers = ["X-Request-Id"] };

        if (slice.Find<PositionMetadata>() is not null)
            return new()
            {
                IsConditional = true,
                HasNoDate = true,
                Headers = ["X-Request-Id", "Cache-Control", "ETag of the position", "Vary"],
            };

        var headers = new List<string> { "X-Request-Id", "Cache-Control" };
        var isConditional = IsDelivery(slice) && slice.Find<UncachedMetadata>() is null;
        if (isConditional)
            headers.AddRange(["ETag", "Last-Modified", "Cache-Tag", "Vary"]);
        else
            headers.Add("Vary of text");
        // An editorial resource's entity tag is its revision.
        var hasRevision = !isConditional && answer.Type.IsAssignableTo(typeof(IRevised));
        if (hasRevision)
            headers.Add("ETag");
        if (answer.Type.GetProperty("Page")?.PropertyType == typeof(PageInfo))
            headers.Add("Link");
        if (answer.Status == StatusCodes.Status201Created)
            headers.Add("Location");
        headers.AddRange(slice.Find<AnswerHeadersMetadata>()?.Names ?? []);
        var isRead = HttpMethods.IsGet(slice.HttpMethod!);
        return new()
        {
            IsConditional = isConditional || (hasRevision && isRead),
            IsAlwaysSent = answer.Type.IsAssignableTo(typeof(IHasState)),
            HasNoDate = hasRevision,
            Headers = headers,
        };
    }

    private static OpenApiParameter Header(string name, string description) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
}
