using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cms.Platform.Http.Answers;
using Npgsql;

namespace Cms.Platform.Http.Problems;

/// <summary>
/// Turns every refusal, every failure and every empty error answer of what stands behind it into problem details, so
/// that no client meets a bare status, a stack trace or an answer in another shape. Before it stand the middlewares
/// that every answer needs, errors too: request id, CORS headers, HEAD, the cache and compression.
/// </summary>
internal sealed class ErrorBoundary(RequestDelegate next, ILogger<ErrorBoundary> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            await ExplainBareStatusAsync(context);
        }
        catch (Refused refused)
        {
            if (
                context.GetEndpoint()?.Metadata.GetMetadata<RefusalMetadata>() is { } declared
                && !declared.Kinds.Contains(refused.Kind)
                && refused.Kind.Status is not (401 or 403)
                // Every answer with an entity tag has conditions.
                && refused.Kind != ProblemKinds.PreconditionFailed
            )
                log.LogError(
                    "{Endpoint} refused with {Code}, which it does not declare (request {TraceId}).",
                    context.GetEndpoint(),
                    refused.Kind.Code,
                    TraceIdOf(context)
                );
            await WriteAsync(context, refused);
        }
        catch (BadHttpRequestException e)
        {
            await WriteAsync(context, OfServer(e));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e) when (IsDatabaseAway(e))
        {
            // One line: while it is away every request says so.
            log.LogWarning(
                "The database cannot be reached: {Reason} (request {TraceId})",
                e.InnerException?.Message ?? e.Message,
                TraceIdOf(context)
            );
            await WriteAsync(context, DatabaseAway());
        }
#pragma warning disable CA1031 // the last one who could answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogError(
                e,
                "{Method} {Path} failed (request {TraceId}).",
                context.Request.Method,
                Named(context.Request.Path),
                TraceIdOf(context)
            );
            if (context.Response.HasStarted)
                context.Abort();
            else
                await WriteAsync(
                    context,
                    new Refused(ProblemKinds.InternalError, "The server failed; the cause is in its log.")
                );
        }
    }

    /// <summary>
    /// What the log and the answer call the request: its trace where somebody traces, otherwise its
    /// <c>X-Request-Id</c>.
    /// </summary>
    private static string TraceIdOf(HttpContext context) =>
        Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    public static Refused DatabaseAway() =>
        new(ProblemKinds.Unavailable, "The database cannot be reached at the moment.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };

    /// <summary>Writes the refusal as problem details. The header is cleared of what a success had put there.</summary>
    public static async Task WriteAsync(HttpContext context, Refused refused)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }
        if (context.Features.Get<DocumentRequest>() is { } request)
        {
            // Whoever asked for the answer writes this too: others may be waiting for it, and this client may be slow.
            refused.TraceId = TraceIdOf(context);
            request.Refusal = refused;
            return;
        }
        response.StatusCode = refused.Kind.Status;
        // The rest of the body may still come, and is not the next request.
        if (refused.Kind == ProblemKinds.RequestTimeout)
            response.Headers.Connection = "close";
        response.Headers.Remove("Last-Modified");
        response.Headers.Remove("Cache-Tag");
        if (refused.Kind.Status >= 500 || !response.Headers.ContainsKey("Cache-Control"))
            response.Headers.CacheControl = "no-store";
        response.Headers.ETag = refused.CurrentRevision is { } revision ? $"\"{revision}\"" : default;
        if (refused.RetryAfter is { } wait)
            response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (refused.Kind == ProblemKinds.Unauthenticated)
            response.Headers.WWWAuthenticate =
                context.Request.Headers.Authorization.Count == 0
                    ? "Bearer realm=\"cms\""
                    : "Bearer realm=\"cms\", error=\"invalid_token\"";

        // The accepted types (RFC 5789 for PATCH, the W3C's Linked Data Platform for POST).
        if (
            refused.Kind == ProblemKinds.UnsupportedMediaType
            && context.GetEndpoint()?.Metadata.GetMetadata<BodyMetadata>() is { } body
        )
            response.Headers[HttpMethods.IsPatch(context.Request.Method) ? "Accept-Patch" : "Accept-Post"] =
                string.Join(", ", body.MediaTypes);

        var problem = ProblemOf(context, refused);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(problem, Json.Options);
        response.ContentType = Problem.ContentType;
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, CancellationToken.None);
    }

    /// <summary>The refusal as problem details.</summary>
    public static Problem ProblemOf(HttpContext context, Refused refused) =>
        new()
        {
            Type = refused.Kind.Type,
            Title = refused.Kind.Title,
            Status = refused.Kind.Status,
            Detail = Fault.Cut(refused.Message),
            Instance = context.Request.PathBase.Add(context.Request.Path).ToUriComponent(),
            Code = refused.Kind.Code,
            TraceId = refused.TraceId ?? TraceIdOf(context),
            Errors = refused.Errors,
            MoreErrors = refused.MoreErrors > 0 ? refused.MoreErrors : null,
            CurrentRevision = refused.CurrentRevision,
            ChangedBy = refused.ChangedBy,
            ChangedAt = refused.ChangedAt,
            Changed = refused.Changed,
            Conflicts = refused.Conflicts,
            Acts = refused
                .Acts?.Select(a => new ActProblem { Act = a.Act, Problem = ProblemOf(context, a.Refused) })
                .ToArray(),
            UsedBy = refused.UsedBy,
            Allowed = refused.Allowed,
            Restart = refused.Restart,
            Notice = refused.Notice,
        };

    private static async Task ExplainBareStatusAsync(HttpContext context)
    {
        var response = context.Response;
        // A file that cannot be sent as asked (412, 416) has the file's type, but no body.
        var isFile = response.StatusCode is 412 or 416;
        if (response.HasStarted || response.StatusCode < 400 || (response.ContentType is not null && !isFile))
            return;
        if (isFile)
            response.Headers.CacheControl = "no-store";
        if (response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            AllowWhatIsServed(response);
        if (
            response.StatusCode == StatusCodes.Status405MethodNotAllowed
            && HttpMethods.IsOptions(context.Request.Method)
        )
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        await WriteAsync(
            context,
            response.StatusCode switch
            {
                401 => new(ProblemKinds.Unauthenticated, "This address needs an API key."),
                403 => new(
                    ProblemKinds.Forbidden,
                    "The role of this key may not do this, or not while it is limited to sections."
                ),
                404 => new(ProblemKinds.NotFound, "Nothing is at this address."),
                405 => new(
                    ProblemKinds.MethodNotAllowed,
                    $"This address has {response.Headers.Allow}, not {context.Request.Method}."
                ),
                406 => new(ProblemKinds.NotAcceptable, "None of the media types in Accept can be had here."),
                412 => new(
                    ProblemKinds.PreconditionFailed,
                    "The present content does not match If-Match, or has changed since If-Unmodified-Since."
                ),
                413 => new(ProblemKinds.TooLarge, "The body is too large for this address."),
                415 => new(ProblemKinds.UnsupportedMediaType, "This address does not read this media type."),
                416 => new(
                    ProblemKinds.RangeNotSatisfiable,
                    "The file ends before the part that Range asks for."
                ),
                429 => new(
                    ProblemKinds.TooManyRequests,
                    "Too many requests; wait as long as Retry-After says."
                ),
                503 => DatabaseAway(),
                < 500 => new(ProblemKinds.MalformedRequest, "The request cannot be read."),
                _ => new(ProblemKinds.InternalError, "The server failed; the cause is in its log."),
            }
        );
    }

    /// <summary>
    /// HEAD is wherever GET is, and OPTIONS everywhere; routing knows only of the methods that have a handler.
    /// </summary>
    private static void AllowWhatIsServed(HttpResponse response)
    {
        var methods = response
            .Headers.Allow.ToString()
            .Split(", ", StringSplitOptions.RemoveEmptyEntries)
            .ToList();
        if (methods.Contains("GET"))
            methods.Add("HEAD");
        methods.Add("OPTIONS");
        response.Headers.Allow = string.Join(
            ", ",
            methods.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
    }

    private static Refused OfServer(BadHttpRequestException e) =>
        e.StatusCode switch
        {
            413 => new(ProblemKinds.TooLarge, "The body is too large for this address."),
            408 => new(ProblemKinds.RequestTimeout, "The body did not arrive completely in time."),
            _ => new(ProblemKinds.MalformedRequest, "The request cannot be read: " + e.Message),
        };

    private static bool IsDatabaseAway(Exception e) =>
        e switch
        {
            // 08: connection; 53: out of connections, memory, disk; 57P0x: shutting down or starting; 25006: read-only
            // standby; 40: gave way to other writers again and again
            PostgresException p => p.SqlState.StartsWith("08", StringComparison.Ordinal)
                || p.SqlState.StartsWith("53", StringComparison.Ordinal)
                || p.SqlState.StartsWith("57P", StringComparison.Ordinal)
                || p.SqlState.StartsWith("40", StringComparison.Ordinal)
                || p.SqlState == "25006",
            NpgsqlException => true,
            TimeoutException => true,
            // An Npgsql connection that broke between two statements.
            ObjectDisposedException or InvalidOperationException when e.Source == "Npgsql" => true,
            _ => false,
        };

    /// <summary>The path as the log has it: the token of a preview is a secret.</summary>
    private static string Named(PathString path) =>
        path.StartsWithSegments("/v1/previews", StringComparison.OrdinalIgnoreCase)
            ? "/v1/previews/…"
            : path.ToString();
}
