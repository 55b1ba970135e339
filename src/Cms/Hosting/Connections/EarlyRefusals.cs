using System.Diagnostics;
using System.Text;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Cms.Hosting.Connections;

/// <summary>
/// Kestrel answers unreadable, too long and incomplete request headers with a bare status, after a diagnostic event. On
/// that event this class sends a problem instead. With TLS in this server and on HTTP/2 the bare status remains.
/// </summary>
internal sealed class EarlyRefusals(DiagnosticListener server, TimeProvider clock)
    : IObserver<KeyValuePair<string, object?>>,
        IHostedService,
        IDisposable
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = server.Subscribe(this, static (name, _, _) => name == BadRequest);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _subscription?.Dispose();

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (
            value.Value is not IFeatureCollection features
            || features.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException error
            || features.Get<IHttpResponseFeature>() is not { HasStarted: false }
            // A stream of HTTP/2 has frames, and no end of its own to write to.
            || features.Get<IHttp2StreamIdFeature>() is not null
        )
            return;
        var kind = KindOf(error);
        var request = features.Get<IHttpRequestFeature>();
        var id = features.Get<IHttpRequestIdentifierFeature>()?.TraceIdentifier ?? "";
        // What there is of a path may be what cannot be read.
        var path = request?.Path is { Length: > 0 } known ? new PathString(known) : new PathString("/");
        var problem = Json.Write(
            new Problem
            {
                Type = kind.Type,
                Title = kind.Title,
                Status = kind.Status,
                Detail = "The request cannot be read: " + error.Message,
                Instance = path.ToUriComponent(),
                Code = kind.Code,
                TraceId = id,
            }
        );
        string[] lines =
        [
            $"HTTP/1.1 {kind.Status} {ReasonPhrases.GetReasonPhrase(kind.Status)}",
            $"Content-Length: {problem.Length}",
            $"Content-Type: {Problem.ContentType}",
            "Connection: close",
            $"Date: {HeaderUtilities.FormatDate(clock.GetUtcNow())}",
            "Cache-Control: no-store",
            $"X-Request-Id: {id}",
            "X-Content-Type-Options: nosniff",
            .. Pipeline.IsOpen(path) ? ["Access-Control-Allow-Origin: *"] : Array.Empty<string>(),
            "",
            "",
        ];
        var head = Encoding.ASCII.GetBytes(string.Join("\r\n", lines));
        Lingering.AnswerInstead(features, request?.Method == HttpMethods.Head ? head : [.. head, .. problem]);
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    private static ProblemKind KindOf(BadHttpRequestException error) =>
        error.StatusCode switch
        {
            408 => ProblemKinds.RequestTimeout,
            413 => ProblemKinds.TooLarge,
            414 => ProblemKinds.AddressTooLong,
            431 => ProblemKinds.HeaderTooLarge,
            // And a method, version or target that it knows nothing of.
            _ => ProblemKinds.MalformedRequest,
        };
}
