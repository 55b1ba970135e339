using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Cms.Hosting.Connections;

/// <summary>
/// Sees to it that a refusal reaches whoever is still sending. A connection that is closed while bytes of it have not been read is reset, and the client then loses the answer
/// that it had been sent. So what still comes is read and thrown away before the connection is closed, up to a bound.
/// </summary>
internal static class Lingering
{
    /// <summary>The bounds: more than any upload that somebody means, and less than it costs to be held up by.</summary>
    private const long MaxBytes = 256L * 1024 * 1024;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(5);

    private static readonly object Wanted = new();
    private static readonly object Way = new();

    /// <summary>Marks the connection of a request whose body has not been read and cannot be read by the server: it is larger than allowed, or of unknown length.</summary>
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
        // Streams of HTTP/2 are ended one by one, and a body that is not wanted is told so.
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
        // What is of a known and allowed length the server reads by itself. Who waits to be asked for the body is not asked any more.
        if (isTooLong || context.Request.ContentLength is null || context.Request.Headers.Expect.Count > 0)
            context.Response.Headers.Connection = "close";
    }

    /// <summary>Has these bytes be sent instead of what the server answers, and the connection be read to its end after them.</summary>
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
            var output = new SilencedOutput(connection.Transport);
            connection.Transport = output;
            connection.Items[Way] = output;
            await next(connection);
            if (!connection.Items.ContainsKey(Wanted) || connection.ConnectionClosed.IsCancellationRequested)
                return;
            try
            {
                await output.EndAsync();
                await DrainAsync(connection);
            }
            catch (Exception e)
                when (e is IOException or OperationCanceledException or InvalidOperationException)
            {
                // The client has gone, or has had its time.
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

    private static IDictionary<object, object?>? Items(IFeatureCollection features) =>
        features.Get<IConnectionItemsFeature>()?.Items;
}
