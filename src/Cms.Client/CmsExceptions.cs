using System.Net;

namespace Cms.Client;

/// <summary>Whatever kept the client from getting what it asked for; its kinds say what.</summary>
public abstract class CmsException : Exception
{
    private protected CmsException(string message, Exception? inner)
        : base(message, inner) { }
}

/// <summary>
/// The server answered, and refused: with problem details (RFC 9457) if it was the Cms itself that answered.
/// </summary>
public sealed class CmsProblemException : CmsException
{
    internal CmsProblemException(string message, HttpStatusCode status)
        : base(message, null) => Status = status;

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>
    /// The kind of problem, stable and kebab-case, such as <see cref="ProblemCodes.NotFound"/>; null if the answer had
    /// no problem details and so came from something between client and server.
    /// </summary>
    public string? Code { get; internal init; }

    /// <summary>The kind of problem in a few words.</summary>
    public string? Title { get; internal init; }

    /// <summary>What was wrong with this request, for a person.</summary>
    public string? Detail { get; internal init; }

    /// <summary>The faults of the request, if it had any: at most 100.</summary>
    public IReadOnlyList<ProblemFault> Errors { get; internal init; } = [];

    /// <summary>How many faults there are beyond those in <see cref="Errors"/>.</summary>
    public int MoreErrors { get; internal init; }

    /// <summary>Finds the request in the server's log.</summary>
    public string? TraceId { get; internal init; }

    /// <summary>How long the server asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>With <see cref="ProblemCodes.SyncExpired"/>: the relative URL at which to start again.</summary>
    public string? Restart { get; internal init; }

    /// <summary>Whether the same request may do later: 408, 429 and 5xx.</summary>
    public bool IsTransient => HttpStatuses.IsTransient(Status);
}

/// <summary>One fault of a request.</summary>
public sealed record ProblemFault
{
    /// <summary>Name of the parameter that was at fault.</summary>
    public string? Parameter { get; init; }

    /// <summary>What is wrong, for a program: stable, kebab-case.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong, for a person.</summary>
    public string? Detail { get; init; }
}

/// <summary>The server could not be reached, did not answer in time or broke off, also when asked again.</summary>
public sealed class CmsConnectionException : CmsException
{
    internal CmsConnectionException(string message, Exception? inner)
        : base(message, inner) { }
}

/// <summary>
/// An answer is not what the API promises: something between client and server answered in its place (a hotel's sign-in
/// page, say), or this client is too old for the server.
/// </summary>
public sealed class CmsFormatException : CmsException
{
    internal CmsFormatException(string message, Exception? inner = null)
        : base(message, inner) { }
}

/// <summary>The codes of problems that delivery answers with. A newer server may have more.</summary>
public static class ProblemCodes
{
    /// <summary>400: a parameter is unknown, repeated or has a value that it cannot have.</summary>
    public const string InvalidParameter = "invalid-parameter";

    /// <summary>400: the cursor is not from this newsroom, or from another list.</summary>
    public const string InvalidCursor = "invalid-cursor";

    /// <summary>401: the key is unknown, expired or revoked.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>404: nothing is there, or was ever.</summary>
    public const string NotFound = "not-found";

    /// <summary>410: it was published once and has been withdrawn. Remove copies of it.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>
    /// 410: the sync cursor is too old; everything is to be loaded anew. <see cref="Sync.SyncEngine"/> does so by
    /// itself.
    /// </summary>
    public const string SyncExpired = "sync-expired";

    /// <summary>429: too many requests.</summary>
    public const string TooManyRequests = "too-many-requests";

    /// <summary>500: the server failed.</summary>
    public const string InternalError = "internal-error";

    /// <summary>503: the server's database is away.</summary>
    public const string Unavailable = "unavailable";
}

internal static class HttpStatuses
{
    public static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;
}
