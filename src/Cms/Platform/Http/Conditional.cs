using Microsoft.Net.Http.Headers;

namespace Cms.Platform.Http;

/// <summary>Conditional requests (RFC 9110, section 13).</summary>
internal static class Conditional
{
    /// <summary>Whether <c>If-Match</c> names this revision. Entity tags compare strongly, so a weak one never matches.</summary>
    public static bool Matches(string ifMatch, int revision) =>
        EntityTagHeaderValue.TryParseList([ifMatch], out var tags)
        && tags.Any(t =>
            t.Equals(EntityTagHeaderValue.Any)
            || t.Compare(new EntityTagHeaderValue($"\"{revision}\""), useStrongComparison: true)
        );

    /// <summary>The revision that a change starts from, checked: 428 without <c>If-Match</c>, 412 when the resource has moved on.</summary>
    public static void Require(string? ifMatch, int revision)
    {
        if (ifMatch is null)
            throw new Refused(
                ProblemKinds.RevisionRequired,
                "Send If-Match with the ETag of the resource as you read it."
            );
        RequireIfGiven(ifMatch, revision);
    }

    /// <summary>412 when <c>If-Match</c> is there and names another revision.</summary>
    public static void RequireIfGiven(string? ifMatch, int revision)
    {
        if (ifMatch is null || Matches(ifMatch, revision))
            return;
        throw new Refused(
            ProblemKinds.RevisionChanged,
            $"The resource is at revision {revision}, not at the one that If-Match names ({ifMatch})."
        )
        {
            CurrentRevision = revision,
        };
    }

    /// <summary>Whether the client's copy is the present one, so that 304 says it all. <c>If-None-Match</c> wins over <c>If-Modified-Since</c>.</summary>
    public static bool IsFresh(
        HttpRequest request,
        EntityTagHeaderValue tag,
        DateTimeOffset changed,
        DateTimeOffset now
    )
    {
        var headers = request.GetTypedHeaders();
        if (request.Headers.IfNoneMatch.Count > 0)
            return headers.IfNoneMatch.Any(t =>
                t.Equals(EntityTagHeaderValue.Any) || t.Compare(tag, useStrongComparison: false)
            );
        return headers.IfModifiedSince is { } since && !IsYoung(changed, now) && RoundedUp(changed) <= since;
    }

    /// <summary>A strong entity tag of a document, apart for each content coding.</summary>
    public static EntityTagHeaderValue TagOf(string hash, string? coding) =>
        new(coding is null ? $"\"{hash}\"" : $"\"{hash}-{coding}\"");

    /// <summary>
    /// What Last-Modified may say. HTTP dates have whole seconds, so a change is dated at the full second after it: a client's
    /// date that lies before that may be older than the change. One that is younger than two seconds is dated before it,
    /// and answers no date at all with 304: a second change may follow within the same second (RFC 9110, 8.8.2.2).
    /// </summary>
    public static DateTimeOffset LastModified(DateTimeOffset changed, DateTimeOffset now) =>
        IsYoung(changed, now) ? RoundedUp(changed).AddSeconds(-3) : RoundedUp(changed);

    private static bool IsYoung(DateTimeOffset changed, DateTimeOffset now) =>
        now - changed < TimeSpan.FromSeconds(2);

    private static DateTimeOffset RoundedUp(DateTimeOffset time)
    {
        var over = time.UtcTicks % TimeSpan.TicksPerSecond;
        return over == 0
            ? time.ToUniversalTime()
            : new DateTimeOffset(time.UtcTicks - over + TimeSpan.TicksPerSecond, TimeSpan.Zero);
    }
}
