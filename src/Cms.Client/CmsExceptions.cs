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
public class CmsProblemException : CmsException
{
    internal CmsProblemException(string message, HttpStatusCode status)
        : base(message, null) => Status = status;

    /// <summary>The same as a kind of its own.</summary>
    internal CmsProblemException(CmsProblemException problem)
        : this(problem.Message, problem.Status)
    {
        Code = problem.Code;
        Title = problem.Title;
        Detail = problem.Detail;
        Errors = problem.Errors;
        MoreErrors = problem.MoreErrors;
        TraceId = problem.TraceId;
        RetryAfter = problem.RetryAfter;
        Restart = problem.Restart;
    }

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

    /// <summary>With <see cref="ProblemCodes.Withdrawn"/>: what the newsroom says of it to its readers, in plain
    /// text.</summary>
    public string? Notice { get; internal init; }

    /// <summary>
    /// Whether the same request may do later: 408, 429, 5xx, and <see cref="ProblemCodes.RequestInProgress"/>.
    /// </summary>
    public bool IsTransient => HttpStatuses.IsTransient(Status) || Code == ProblemCodes.RequestInProgress;
}

/// <summary>One fault of a request.</summary>
public sealed record ProblemFault
{
    /// <summary>Name of the parameter that was at fault; null if it was the body.</summary>
    public string? Parameter { get; init; }

    /// <summary>
    /// JSON pointer (RFC 6901) to what was at fault in the body that was sent, such as <c>/headline</c>; null if it was
    /// a parameter.
    /// </summary>
    public string? Pointer { get; init; }

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

/// <summary>
/// The codes of problems. A newer server may have more; <c>/problems/</c> on the server explains each.
/// </summary>
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

    /// <summary>403: the key may not do this, or not here.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>409: another thing has this slug.</summary>
    public const string SlugTaken = "slug-taken";

    /// <summary>409: another tag has this name.</summary>
    public const string NameTaken = "name-taken";

    /// <summary>409: the article's status does not allow this.</summary>
    public const string WrongStatus = "wrong-status";

    /// <summary>409: what is to be deleted is still used.</summary>
    public const string InUse = "in-use";

    /// <summary>409: the first try of this request is still under way.</summary>
    public const string RequestInProgress = "request-in-progress";

    /// <summary>412: somebody has saved since the revision that the edit starts from.</summary>
    public const string RevisionChanged = "revision-changed";

    /// <summary>412: the edit touches what somebody has touched since the revision that it starts from.</summary>
    public const string MergeConflict = "merge-conflict";

    /// <summary>422: what was sent can be read, and is not valid; <see cref="CmsProblemException.Errors"/> say what and
    /// where.</summary>
    public const string Invalid = "invalid";

    /// <summary>422: an act of a batch cannot be done, so none was.</summary>
    public const string BatchRefused = "batch-refused";

    /// <summary>422: the idempotency key was sent with another request before.</summary>
    public const string IdempotencyKeyReused = "idempotency-key-reused";

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
