using System.Net;

namespace Cms.Client.Http;

/// <summary>An answer, read to its end.</summary>
internal sealed record Answer
{
    public required HttpStatusCode Status { get; init; }

    /// <summary>What answered, after redirects.</summary>
    public required Uri Address { get; init; }

    public required byte[] Body { get; init; }
    public required string? ETag { get; init; }
    public required TimeSpan? RetryAfter { get; init; }
    public required string? MediaType { get; init; }

    public bool IsSuccess => (int)Status is >= 200 and < 300;
    public bool IsNotModified => Status == HttpStatusCode.NotModified;
    public bool IsTransient => HttpStatuses.IsTransient(Status);
}
