using System.IO.Pipelines;
using Cms.Platform.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Cms.Hosting.Connections;

/// <summary>
/// Makes a refusal reach a client that is still sending. A connection that is closed with unread bytes is reset, and
/// the client loses the answer. So the rest is read and discarded before the connection is closed, up to a limit.
/// </summary>
internal static class Lingering
{
    /// <summary>The limits: more than any real upload, and little enough not to hurt the server.</summary>
    private const long MaxBytes = 256L * 1024 * 1024;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(5);

    private static readonly object Wanted = new();
    private static readonly object Way = new();

    /// <summary>
    /// Marks the connection of a request whose body has not been read and cannot be read by the server: it is larger
    /// than allowed, or of unknown length.
    /// </summary>
    public static Task WatchBody(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
            return next(context);
        context.Response.OnStarting(
            static state =>
            {
                Mark((HttpContext)state);
                return Task.CompletedTask;
            },
            context
        );
        return next(context);
    }

    private static void Mark(HttpContext context)
    {
        // HTTP/2 ends streams one by one, and can refuse a body by itself.
        if (
            !HttpProtocol.IsHttp11(context.Request.Protocol)
            && !HttpProtocol.IsHttp10(context.Request.Protocol)
        )
            return;
        var most = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        var isTooLong = context.Request.ContentLength > most;
        if (!isTooLong && context.Response.StatusCode < 400)
            return;
        Items(context.Features)?.TryAdd(Wanted, Wanted);
        // Kestrel itself reads bodies of a known and allowed length. A client that waits for 100 Continue sends
        // nothing.
        if (isTooLong || context.Request.ContentLength is null || context.Request.Headers.Expect.Count > 0)
            context.Response.Headers.Connection = "close";
    }

    /// <summary>
    /// Has these bytes be sent instead of what the server answers, and the connection be read to its end after them.
    /// </summary>
    public static void AnswerInstead(IFeatureCollection features, byte[] answer)
    {
        // Under TLS the way out takes only what is encrypted.
        if (
            features.Get<ITlsConnectionFeature>() is not null
            || Items(features) is not { } items
            || items[Way] is not SilencedOutput output
        )
            return;
        items[Wanted] = Wanted;
        output.SayInstead(answer);
    }

    public static ConnectionDelegate Use(ConnectionDelegate next) =>
        async connection =>
        {
            var input = new ClientInput(
                connection.Transport.Input,
                connection.Features.Get<IConnectionSocketFeature>()?.Socket
            );
            var output = new SilencedOutput(connection.Transport.Output);
            connection.Transport = new ClientPipe(input, output);
            connection.Features.Set<IRequestThread>(input);
            connection.Items[Way] = output;
            await next(connection);
            if (!connection.Items.ContainsKey(Wanted) || connection.ConnectionClosed.IsCancellationRequested)
                return;
            await input.LeaveIoAsync();
            try
            {
                await output.EndAsync();
                await DrainAsync(connection);
            }
            catch (Exception e)
                when (e is IOException or OperationCanceledException or InvalidOperationException)
            {
                // The client has left, or its time is over.
            }
        };

    private static async Task DrainAsync(ConnectionContext connection)
    {
        var stopping =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            ?? CancellationToken.None;
        using var time = CancellationTokenSource.CreateLinkedTokenSource(
            stopping,
            connection.ConnectionClosed
        );
        time.CancelAfter(MaxTime);
        var input = connection.Transport.Input;
        for (var left = MaxBytes; left > 0; )
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(time.Token);
            silence.CancelAfter(MaxSilence);
            var read = await input.ReadAsync(silence.Token);
            left -= read.Buffer.Length;
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    private sealed record ClientPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private static IDictionary<object, object?>? Items(IFeatureCollection features) =>
        features.Get<IConnectionItemsFeature>()?.Items;
}
