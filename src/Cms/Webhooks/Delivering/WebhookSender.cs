using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Cms.Platform.Outbound;

namespace Cms.Webhooks.Delivering;

/// <summary>
/// Sends one request to an address that somebody else has chosen: to the public internet only, which is decided by the
/// address that is connected to, after its name was resolved and for each connection anew, so that a name which changes
/// its meaning gains nothing. No redirects, no proxy, no cookies; bounded in time and in what is read.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    /// <summary>What is kept of an answer.</summary>
    public const int AnswerBytes = 2 * 1024;

    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(8);

    private readonly WebhookPolicy _policy;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;

    public WebhookSender(WebhookPolicy policy, TimeProvider clock)
        : this(policy, clock, Dns.GetHostAddressesAsync) { }

    /// <param name="resolve">What a name resolves to: the system's answer, or a test's.</param>
    internal WebhookSender(
        WebhookPolicy policy,
        TimeProvider clock,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve
    )
    {
        (_policy, _clock) = (policy, clock);
        _http = new HttpMessageInvoker(OutboundConnections.Handler(policy.Outbound, resolve));
    }

    public async Task<Attempt> SendAsync(Message message, CancellationToken ct)
    {
        var at = _clock.GetUtcNow();
        var timestamp = at.ToUnixTimeSeconds();
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["content-type"] = "application/json",
            ["user-agent"] = "Cms-Webhooks",
            ["webhook-id"] = message.EventId.ToString(),
            ["webhook-timestamp"] = timestamp.ToString(CultureInfo.InvariantCulture),
            ["webhook-signature"] = WebhookSecret.Sign(
                message.Secrets,
                message.EventId.ToString(),
                timestamp,
                message.Body
            ),
        };
        var answer = await AnswerAsync(message, headers, ct);
        return new Attempt
        {
            At = at,
            Duration = _clock.GetUtcNow() - at is var took && took > TimeSpan.Zero ? took : TimeSpan.Zero,
            Url = message.Url,
            Headers = headers,
            Status = answer.Status,
            Answer = answer.Text,
            Error = answer.Error,
            RetryAfter = answer.RetryAfter,
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer> AnswerAsync(
        Message message,
        Dictionary<string, string> headers,
        CancellationToken ct
    )
    {
        // The settings may have become stricter since it was written.
        if (PublicAddress.FindFault(message.Url, _policy.Outbound, WebhookPolicy.Example) is { } fault)
            return new(null, null, fault.Detail, null);
        using var request = new HttpRequestMessage(HttpMethod.Post, message.Url)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(message.Body)),
        };
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);

        using var deadline = new CancellationTokenSource(_policy.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            var status = (int)response.StatusCode;
            var text = await ReadBeginningAsync(response.Content, either.Token, ct);
            return new(status, text, Explain(response), RetryAfterOf(response));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return new(
                null,
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"There was no answer within {_policy.Timeout.TotalSeconds:0.###} seconds."
                ),
                null
            );
        }
        catch (HttpRequestException e)
        {
            return new(null, null, OutboundConnections.Explain(e), null);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            return new(null, null, $"The connection broke: {e.Message}", null);
        }
    }

    /// <summary>
    /// What the answer begins with. Once the status is there the answer counts: a body that never comes takes nothing
    /// from it.
    /// </summary>
    private static async Task<string> ReadBeginningAsync(
        HttpContent content,
        CancellationToken either,
        CancellationToken ct
    )
    {
        var bytes = new byte[AnswerBytes];
        var length = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(either);
            while (length < bytes.Length)
            {
                var read = await stream.ReadAsync(bytes.AsMemory(length), either);
                if (read == 0)
                    break;
                length += read;
            }
        }
        catch (Exception e)
            when (!ct.IsCancellationRequested
                && e is OperationCanceledException or IOException or HttpRequestException
            ) { }
        // PostgreSQL's text holds no NUL, and nobody wants to read the others.
        return string.Concat(
            Encoding
                .UTF8.GetString(bytes, 0, length)
                .Select(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t') ? '\uFFFD' : c)
        );
    }

    private static string? Explain(HttpResponseMessage response) =>
        (int)response.StatusCode switch
        {
            >= 200 and <= 299 => null,
            >= 300 and <= 399 => "Redirects are not followed: give the address that answers itself.",
            var status => string.Create(CultureInfo.InvariantCulture, $"The receiver answered {status}."),
        };

    /// <summary>
    /// What 429 and 503 ask for (RFC 9110, 10.2.3), as seconds or as a time; a receiver may ask for hours, not for
    /// ever.
    /// </summary>
    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        if (
            response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            || response.Headers.RetryAfter is not { } asked
        )
            return null;
        var wait = asked.Delta ?? (asked.Date - _clock.GetUtcNow()) ?? TimeSpan.Zero;
        return wait < TimeSpan.Zero ? TimeSpan.Zero
            : wait > MaxRetryAfter ? MaxRetryAfter
            : wait;
    }

    private sealed record Answer(int? Status, string? Text, string? Error, TimeSpan? RetryAfter);
}
