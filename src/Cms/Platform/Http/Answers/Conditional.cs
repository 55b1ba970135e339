using System.Globalization;
using Cms.Platform.Http.Problems;
using Cms.Platform.Unicode;
using FastEndpoints;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Cms.Platform.Http.Answers;

/// <summary>The outcome of a request's conditions (RFC 9110, 13.2.2).</summary>
internal enum Precondition
{
    /// <summary>They hold, or there are none.</summary>
    Holds,

    /// <summary>The client has the present answer: 304.</summary>
    NotModified,

    /// <summary>412.</summary>
    Fails,
}

/// <summary>The conditions of a change: <c>If-Match</c> and <c>If-None-Match</c>, as they were sent.</summary>
internal readonly record struct Preconditions(string? IfMatch, string? IfNoneMatch);

/// <summary>A change of what has a revision.</summary>
internal abstract record ChangingRequest
{
    /// <summary>
    /// The `ETag` of the revision that the change starts from, as you last read it. Required: without it the answer is
    /// 428.
    /// </summary>
    /// <example>"1"</example>
    [FromHeader("If-Match", IsRequired = false)]
    public string? IfMatch { get; init; }

    /// <summary>
    /// Entity tags that the resource must not have (412 if it does); `*` is any. Rarely needed beside `If-Match`.
    /// </summary>
    [FromHeader("If-None-Match", IsRequired = false)]
    public string? IfNoneMatch { get; init; }

    public Preconditions Preconditions => new(IfMatch, IfNoneMatch);
}

/// <summary>Conditional requests (RFC 9110, section 13).</summary>
internal static class Conditional
{
    /// <summary>
    /// Whether <c>If-Match</c> names this revision. Entity tags compare strongly, so a weak one never matches.
    /// </summary>
    public static bool Matches(string ifMatch, int revision) =>
        Names(HeaderNames.IfMatch, ifMatch, TagOf(revision), strongly: true);

    /// <summary>The greatest revision number among the entity tags of <c>If-Match</c>; null if there is none.</summary>
    public static int? RevisionIn(string ifMatch)
    {
        int? revision = null;
        foreach (var tag in TagsIn(HeaderNames.IfMatch, ifMatch))
            if (
                !tag.IsWeak
                && int.TryParse(
                    tag.Tag.AsSpan().Trim('"'),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var number
                )
                && !(number < revision)
            )
                revision = number;
        return revision;
    }

    /// <summary>412: the resource has moved on from the revision that <c>If-Match</c> names.</summary>
    public static string Moved(string ifMatch, int revision) =>
        $"The resource is at revision {revision}, not at the one that If-Match names ({ifMatch}).";

    /// <summary>
    /// The revision that a change starts from, checked: 428 without <c>If-Match</c>, 412 when the resource has moved
    /// on.
    /// </summary>
    public static void Require(Preconditions conditions, int revision)
    {
        if (conditions.IfMatch is null)
            throw new Refused(
                ProblemKinds.RevisionRequired,
                "Send If-Match with the ETag of the resource as you read it."
            );
        RequireIfGiven(conditions, revision);
    }

    /// <summary>
    /// 412 when <c>If-Match</c> is there and names another revision, or <c>If-None-Match</c> names this one.
    /// </summary>
    public static void RequireIfGiven(Preconditions conditions, int revision)
    {
        if (conditions.IfMatch is { } ifMatch && !Matches(ifMatch, revision))
            throw new Refused(ProblemKinds.RevisionChanged, Moved(ifMatch, revision))
            {
                CurrentRevision = revision,
            };
        if (
            conditions.IfNoneMatch is { } ifNoneMatch
            && Names(HeaderNames.IfNoneMatch, ifNoneMatch, TagOf(revision), strongly: false)
        )
            throw new Refused(
                ProblemKinds.PreconditionFailed,
                $"The resource is at revision {revision}, which If-None-Match rules out ({ifNoneMatch})."
            )
            {
                CurrentRevision = revision,
            };
    }

    /// <summary>
    /// Evaluates the conditions of a GET in the order of RFC 9110, 13.2.2: a date counts only without an entity tag.
    /// </summary>
    /// <param name="changed">When what the answer shows last changed; null: unknown, and dates do not count.</param>
    /// <exception cref="Refused">400: what should be entity tags is not.</exception>
    public static Precondition Evaluate(
        HttpRequest request,
        EntityTagHeaderValue tag,
        DateTimeOffset? changed,
        DateTimeOffset now
    )
    {
        var headers = request.Headers;
        // The common case of one exact tag needs no parsing.
        if (
            headers.IfNoneMatch is [{ } only]
            && headers.IfMatch.Count + headers.IfUnmodifiedSince.Count == 0
            && tag.Tag == only
        )
            return Precondition.NotModified;
        if (headers.IfMatch.Count > 0)
        {
            if (!Names(HeaderNames.IfMatch, headers.IfMatch, tag, strongly: true))
                return Precondition.Fails;
        }
        // Dates have seconds only: a recent change may hide another in the same second, so a date cannot prove that
        // nothing changed.
        else if (
            changed is { } last
            && request.GetTypedHeaders().IfUnmodifiedSince is { } until
            && RoundedUp(last) > until
        )
            return Precondition.Fails;
        if (headers.IfNoneMatch.Count > 0)
            return Names(HeaderNames.IfNoneMatch, headers.IfNoneMatch, tag, strongly: false)
                ? Precondition.NotModified
                : Precondition.Holds;
        return
            changed is { } at
            && headers.IfModifiedSince.Count > 0
            && request.GetTypedHeaders().IfModifiedSince is { } since
            && !HasJustChanged(at, now)
            && RoundedUp(at) <= since
            ? Precondition.NotModified
            : Precondition.Holds;
    }

    /// <summary>Whether a GET has any condition.</summary>
    public static bool IsConditional(IHeaderDictionary headers) =>
        headers.IfNoneMatch.Count > 0
        || headers.IfModifiedSince.Count > 0
        || headers.IfMatch.Count > 0
        || headers.IfUnmodifiedSince.Count > 0;

    /// <summary>
    /// Whether the conditions hold, so that the answer is to be sent. If not, the status says so: 304.
    /// </summary>
    /// <exception cref="Refused">412; 400.</exception>
    public static bool IsWanted(
        HttpContext context,
        EntityTagHeaderValue tag,
        DateTimeOffset? changed,
        DateTimeOffset now
    )
    {
        try
        {
            switch (Evaluate(context.Request, tag, changed, now))
            {
                case Precondition.Fails:
                    throw Failed();
                case Precondition.NotModified:
                    context.Response.StatusCode = StatusCodes.Status304NotModified;
                    return false;
                default:
                    return true;
            }
        }
        catch (Refused)
        {
            // The refusal must not be cached like the answer: other clients did not send these conditions.
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.Remove(HeaderNames.Vary);
            throw;
        }
    }

    /// <summary>The condition of a GET whose answer is always sent: only <c>If-Match</c> counts.</summary>
    /// <exception cref="Refused">412; 400.</exception>
    public static void RequireMatch(HttpContext context, EntityTagHeaderValue tag)
    {
        var ifMatch = context.Request.Headers.IfMatch;
        if (ifMatch.Count > 0 && !Names(HeaderNames.IfMatch, ifMatch, tag, strongly: true))
            throw Failed();
    }

    /// <summary>412 of a GET.</summary>
    public static Refused Failed() =>
        new(
            ProblemKinds.PreconditionFailed,
            "The present content does not match If-Match, or has changed since If-Unmodified-Since."
        );

    /// <summary>Whether a field of entity tags names this one.</summary>
    private static bool Names(string field, StringValues values, EntityTagHeaderValue tag, bool strongly) =>
        TagsIn(field, values)
            .Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(tag, useStrongComparison: strongly));

    private static IList<EntityTagHeaderValue> TagsIn(string field, StringValues values) =>
        EntityTagHeaderValue.TryParseStrictList(values, out var tags) ? tags
        // A list of nothing names nothing.
        : values.ToString().AsSpan().Trim(" \t,").IsEmpty ? []
        : throw Refused.Parameters([
            Fault.Of(
                field,
                "wrong-type",
                values.ToString().Contains('"', StringComparison.Ordinal)
                    ? $"'{field}' must be entity tags, each in its quotes, separated by commas, such as \"3\"; or *."
                    : $"The quotes are missing: {field}: \"{Text.Short(values.ToString().Trim())}\". Send "
                        + "entity tags as you received them in ETag."
            ),
        ]);

    /// <summary>The entity tag of a revision.</summary>
    public static EntityTagHeaderValue TagOf(int revision) =>
        new(string.Create(CultureInfo.InvariantCulture, $"\"{revision}\""));

    /// <summary>A strong entity tag of a document, apart for each content coding.</summary>
    public static EntityTagHeaderValue TagOf(string hash, string? coding) =>
        new(coding is null ? $"\"{hash}\"" : $"\"{hash}-{coding}\"");

    /// <summary>
    /// What Last-Modified may say. HTTP dates have whole seconds, so a change is dated at the full second after it: a
    /// client's date that lies before that may be older than the change. One that is younger than two seconds is dated
    /// before it, and answers no date at all with 304: a second change may follow within the same second (RFC 9110,
    /// 8.8.2.2).
    /// </summary>
    public static DateTimeOffset LastModified(DateTimeOffset changed, DateTimeOffset now) =>
        HasJustChanged(changed, now) ? RoundedUp(changed).AddSeconds(-3) : RoundedUp(changed);

    private static bool HasJustChanged(DateTimeOffset changed, DateTimeOffset now) =>
        now - changed < TimeSpan.FromSeconds(2);

    private static DateTimeOffset RoundedUp(DateTimeOffset time)
    {
        var over = time.UtcTicks % TimeSpan.TicksPerSecond;
        return over == 0
            ? time.ToUniversalTime()
            : new DateTimeOffset(time.UtcTicks - over + TimeSpan.TicksPerSecond, TimeSpan.Zero);
    }
}
