using System.Net;

namespace Cms.Client.Http;

/// <summary>An answer, read to its end.</summary>
internal sealed record Answer
{
    /// <summary>What was asked.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>How often it was asked, this time included.</summary>
    public int Tries { get; init; } = 1;

    public required HttpStatusCode Status { get; init; }

    /// <summary>What answered, after redirects.</summary>
    public required Uri Address { get; init; }

    public required byte[] Body { get; init; }
    public required string? ETag { get; init; }
    public required TimeSpan? RetryAfter { get; init; }
    public required string? MediaType { get; init; }

    public bool IsSuccess => (int)Status is >= 200 and < 300;
    public bool IsNotModified => Status == HttpStatusCode.NotModified;

    /// <summary>
    /// Whether the same request may do later. The only 409 that says when is that of a request whose first try is
    /// still under way.
    /// </summary>
    public bool IsTransient =>
        HttpStatuses.IsTransient(Status) || (Status == HttpStatusCode.Conflict && RetryAfter is not null);

    /// <summary>For messages.</summary>
    public override string ToString() => $"{Method} {Address.PathAndQuery} answered {(int)Status}";
}
