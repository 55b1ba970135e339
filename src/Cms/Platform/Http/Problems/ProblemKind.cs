namespace Cms.Platform.Http.Problems;

/// <summary>
/// A way to be refused: its stable code, the status it travels with, its title, and the explanation that
/// <c>/problems/{code}</c> shows. A code, once released, never changes its meaning.
/// </summary>
internal sealed record ProblemKind(string Code, int Status, string Title, string Explanation)
{
    public string Type => $"/problems/{Code}";
}

/// <summary>The catalogue of refusals.</summary>
internal static class ProblemKinds
{
    public static readonly ProblemKind MalformedRequest = new(
        "malformed-request",
        400,
        "Malformed request",
        "The request cannot be read: the body is not valid JSON (or not valid multipart/form-data), has "
            + "a repeated member, is nested too deeply, or is empty where one is needed. Nothing was changed. "
            + "`detail` says where reading stopped."
    );
    public static readonly ProblemKind InvalidParameter = new(
        "invalid-parameter",
        400,
        "Invalid parameter",
        "A query, path or header parameter is unknown, has a wrong value, or has several values where "
            + "one is allowed; or a filter names a section, an author or a kind of article that does not exist "
            + "(`unknown-section`, `unknown-author`, `unknown-kind`). `errors` lists every fault. "
            + "Nothing is ignored silently, so that a misspelt filter cannot return the wrong list."
    );
    public static readonly ProblemKind InvalidCursor = new(
        "invalid-cursor",
        400,
        "Invalid cursor",
        "The cursor was not made by this newsroom, or was made for a list with another filter or sort. "
            + "Take cursors from `page.next` and `page.previous` as they are, with the same parameters, and "
            + "start again without one."
    );
    public static readonly ProblemKind Unauthenticated = new(
        "unauthenticated",
        401,
        "No valid key or token",
        "The request needs an API key or a token, or the one it carries is not valid; `detail` says why. Send "
            + "`Authorization: Bearer cms_…`, or `Bearer` and a token of the newsroom's OpenID Connect provider."
    );
    public static readonly ProblemKind Forbidden = new(
        "forbidden",
        403,
        "Not allowed",
        "The key or token is valid, but its role may not do this, or it is limited to other sections, or the "
            + "article belongs to somebody else. `detail` says which."
    );
    public static readonly ProblemKind NotFound = new(
        "not-found",
        404,
        "Not found",
        "There is nothing at this address: the resource never existed, was never published, or is out "
            + "of the key's reach."
    );
    public static readonly ProblemKind MethodNotAllowed = new(
        "method-not-allowed",
        405,
        "Method not allowed",
        "The address exists, but not for this method. `Allow` lists those that it has."
    );
    public static readonly ProblemKind NotAcceptable = new(
        "not-acceptable",
        406,
        "Not acceptable",
        "The `Accept` header rules out every form that this resource has."
    );
    public static readonly ProblemKind SlugTaken = new(
        "slug-taken",
        409,
        "Slug taken",
        "Another resource has this slug, or an article was once published under it and keeps it, so "
            + "that links still work. Choose another slug, or leave it out to get a free one."
    );
    public static readonly ProblemKind NameTaken = new(
        "name-taken",
        409,
        "Name taken",
        "Another tag has this name, or one that looks the same: case, Unicode form, white space and "
            + "invisible characters make no difference. `detail` names it."
    );
    public static readonly ProblemKind RequestInProgress = new(
        "request-in-progress",
        409,
        "Request in progress",
        "The first request with this `Idempotency-Key` is still under way. Send the same request again "
            + "after `Retry-After`: it then gets the first answer."
    );
    public static readonly ProblemKind IdempotencyKeyReused = new(
        "idempotency-key-reused",
        422,
        "Idempotency key reused",
        "This `Idempotency-Key` was sent within the last 24 hours with another request to the same "
            + "address: another body, query, `If-Match`, `Prefer` or `Revision-Note`. Nothing was done. Make a new "
            + "key for each request that is not a retry."
    );
    public static readonly ProblemKind PreviewImpossible = new(
        "preview-impossible",
        409,
        "Preview not possible",
        "The article cannot be published as it is, so there is nothing to show: it lacks a section or a "
            + "body, is in the trash, or refers to something that was deleted. `errors` says what is missing. "
            + "The preview shows it as soon as that is mended."
    );
    public static readonly ProblemKind InUse = new(
        "in-use",
        409,
        "Still in use",
        "What is to be deleted is still used. `usedBy` names what uses it (the first of them, if there "
            + "are many); change those first."
    );
    public static readonly ProblemKind WrongStatus = new(
        "wrong-status",
        409,
        "Wrong status",
        "The article's status does not allow this: an article in the trash cannot be changed or "
            + "published, one that is not published cannot be unpublished. `detail` names the status, "
            + "`allowed` what your key may do with the article instead."
    );
    public static readonly ProblemKind BatchRefused = new(
        "batch-refused",
        422,
        "Batch refused",
        "At least one act of the batch cannot be done, so none was. `acts` lists those that cannot, with the problem "
            + "that each would have been answered with by itself; `errors` has their faults, with pointers into the "
            + "batch."
    );
    public static readonly ProblemKind Withdrawn = new(
        "withdrawn",
        410,
        "Withdrawn",
        "This was published once and has been withdrawn. Remove links to it and copies of it. `notice`, where there is "
            + "one, is for its readers."
    );
    public static readonly ProblemKind RightsEnded = new(
        "rights-ended",
        410,
        "Rights ended",
        "The newsroom's right to show this picture has ended. Remove the picture from pages and copies."
    );
    public static readonly ProblemKind SyncExpired = new(
        "sync-expired",
        410,
        "Sync expired",
        "What was deleted since this cursor is no longer known: it is older than the server remembers, "
            + "or belongs to another database, to one that has been restored or set back since, or to a "
            + "reader with other rights. Drop what you hold, once you have the new, and start again at "
            + "`restart`."
    );
    public static readonly ProblemKind RevisionChanged = new(
        "revision-changed",
        412,
        "Changed by somebody else",
        "The resource is no longer at the revision that `If-Match` names: somebody saved in the "
            + "meantime. Nothing was overwritten. `currentRevision` and `ETag` name the present one. For an "
            + "article, `changedBy` and `changedAt` say who saved it and when, and `changed` names the "
            + "members that differ from yours. Fetch it, merge, and send again."
    );
    public static readonly ProblemKind MergeConflict = new(
        "merge-conflict",
        412,
        "Merge conflict",
        "The edit was to be merged (`Prefer: merge`), but it touches what somebody else has touched "
            + "since the revision that `If-Match` names. `conflicts` lists these members and blocks. Nothing "
            + "was overwritten. Fetch the present revision, let the editor decide, and send again."
    );
    public static readonly ProblemKind PreconditionFailed = new(
        "precondition-failed",
        412,
        "Precondition failed",
        "The present content does not match `If-Match`, has changed since `If-Unmodified-Since`, or "
            + "matches `If-None-Match`. Nothing was done. Ask again without the condition to see the present "
            + "content."
    );
    public static readonly ProblemKind TooLarge = new(
        "too-large",
        413,
        "Too large",
        "The request's body is larger than this address takes: 2 MiB for JSON, 25 MiB for an image file."
    );
    public static readonly ProblemKind UnsupportedMediaType = new(
        "unsupported-media-type",
        415,
        "Unsupported media type",
        "The `Content-Type` is missing or not accepted here: send `application/json` (for PATCH also "
            + "`application/merge-patch+json`), or `multipart/form-data` for an image. Compressed bodies "
            + "(`Content-Encoding`) are not accepted either. `Accept-Post` and `Accept-Patch` list the types."
    );
    public static readonly ProblemKind RequestTimeout = new(
        "request-timeout",
        408,
        "Request timeout",
        "The request did not arrive completely in time: the header must arrive within ten seconds, the "
            + "body at 240 bytes a second or faster. Send it again."
    );
    public static readonly ProblemKind AddressTooLong = new(
        "address-too-long",
        414,
        "Address too long",
        "The request line is longer than 32 KiB."
    );
    public static readonly ProblemKind HeaderTooLarge = new(
        "header-too-large",
        431,
        "Header too large",
        "The request's header has more than 100 fields, or is larger than 32 KiB in total. Cookies of "
            + "other servers are often the cause; none is needed here."
    );
    public static readonly ProblemKind RangeNotSatisfiable = new(
        "range-not-satisfiable",
        416,
        "Range not satisfiable",
        "The file ends before the part that `Range` asks for. `Content-Range` says how long it is."
    );
    public static readonly ProblemKind Invalid = new(
        "invalid",
        422,
        "Invalid content",
        "The request can be read, but what it says cannot be accepted. `errors` lists every fault with "
            + "a JSON pointer to it. Nothing was changed."
    );
    public static readonly ProblemKind RevisionRequired = new(
        "revision-required",
        428,
        "If-Match required",
        "A change must say which revision it starts from: send `If-Match` with the `ETag` of the "
            + "resource as you last read it. So no edit is overwritten in silence."
    );
    public static readonly ProblemKind TooManyRequests = new(
        "too-many-requests",
        429,
        "Too many requests",
        "This key (or, without one, this address) sent more requests than the server was set to take. "
            + "Wait for as many seconds as `Retry-After` says."
    );
    public static readonly ProblemKind TooManyStreams = new(
        "too-many-streams",
        429,
        "Too many streams",
        "This client address, key or person has reached its limit of open event streams and sync requests. Close "
            + "one, or share one stream among your pages. If a proxy connects for many readers from one public "
            + "address, raise `Cms__MaxStreamsPerAddress`."
    );
    public static readonly ProblemKind TooManyOpenArticles = new(
        "too-many-open-articles",
        429,
        "Too many open articles",
        "This key or person has as many articles open (`PUT …/presence`) as it may. Close some with "
            + "`DELETE …/presence`, or wait: each ends by itself a minute after it was last renewed. Nothing else "
            + "is limited by this, and articles can be read and saved without it."
    );
    public static readonly ProblemKind InternalError = new(
        "internal-error",
        500,
        "Internal error",
        "The server failed. It is not the request's fault; `traceId` finds the cause in the server's log."
    );
    public static readonly ProblemKind Unavailable = new(
        "unavailable",
        503,
        "Unavailable",
        "The database cannot be reached at the moment. Try again after as many seconds as `Retry-After` "
            + "says. A write that got this answer may or may not have been done: read before you repeat it."
    );

    public static readonly ProblemKind Overloaded = new(
        "overloaded",
        503,
        "Overloaded",
        "The server has as many requests at work as it takes, and as many waiting. Nothing was done for "
            + "this one, a write included. Try again after as many seconds as `Retry-After` says."
    );

    /// <summary>All kinds, by code.</summary>
    public static readonly IReadOnlyDictionary<string, ProblemKind> All = typeof(ProblemKinds)
        .GetFields()
        .Select(f => f.GetValue(null))
        .OfType<ProblemKind>()
        .ToDictionary(k => k.Code, StringComparer.Ordinal);
}
