using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace Cms.Client.Http;

/// <summary>A question to the server.</summary>
/// <param name="Address">What to get.</param>
/// <param name="ETag">The entity tag of what is already here.</param>
/// <param name="ETagOf">The address that gave <paramref name="ETag"/>: no other is asked with it.</param>
/// <param name="Wait">How much longer than usual the server may take to answer.</param>
/// <param name="IsShrinkable">What takes too long is not asked for again as it is: the caller asks for less.</param>
internal sealed record Question(
    Uri Address,
    string? ETag = null,
    Uri? ETagOf = null,
    TimeSpan Wait = default,
    bool IsShrinkable = false
)
{
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>Makes what is sent, for each try anew; null: nothing is.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>What the answer should be.</summary>
    public string MediaType { get; init; } = "application/json";

    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>For messages.</summary>
    public override string ToString() => $"{Method} {Address.PathAndQuery}";
}

/// <summary>How often something was asked.</summary>
internal sealed class Tries
{
    public int Count { get; set; }
}

/// <summary>Asks, follows redirects within the server, and asks again where that may help.</summary>
internal sealed class Transport
{
    private const int MaxRedirects = 5;

    private static readonly ProductInfoHeaderValue Product = new(
        "Cms.Client",
        typeof(Transport).Assembly.GetName().Version!.ToString(3)
    );

    private readonly HttpClient _http;
    private readonly CmsClientOptions _options;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly ResiliencePipeline<Answer> _pipeline;
    private readonly ResiliencePipeline<Answer> _shrinkable;

    public Transport(HttpClient http, CmsClientOptions options)
    {
        _http = http;
        _options = options;
        _authorization = options.ApiKey is { } key ? new AuthenticationHeaderValue("Bearer", key) : null;
        _pipeline = Build(options, failure => failure is CmsConnectionException);
        _shrinkable = Build(
            options,
            failure => failure is CmsConnectionException { InnerException: not TimeoutException }
        );
    }

    /// <summary>As whom it asks.</summary>
    public string? Authorization => (_authorization ?? _http.DefaultRequestHeaders.Authorization)?.ToString();

    private static ResiliencePipeline<Answer> Build(CmsClientOptions options, Predicate<Exception?> mayPass)
    {
        if (options.MaxRetries == 0)
            return ResiliencePipeline<Answer>.Empty;
        var builder = new ResiliencePipelineBuilder<Answer> { TimeProvider = options.TimeProvider };
        return builder
            .AddRetry(
                new RetryStrategyOptions<Answer>
                {
                    MaxRetryAttempts = options.MaxRetries,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = options.RetryDelay,
                    MaxDelay = options.MaxRetryDelay,
                    ShouldHandle = retry =>
                        ValueTask.FromResult(
                            mayPass(retry.Outcome.Exception)
                                || (
                                    retry.Outcome.Result is { IsTransient: true } answer
                                    && !(answer.RetryAfter > options.MaxRetryDelay)
                                )
                        ),
                    // Null: as the options above have it.
                    DelayGenerator = retry =>
                        ValueTask.FromResult(
                            Backoff.AtLeast(
                                retry.Outcome.Result?.RetryAfter,
                                retry.AttemptNumber,
                                options.RetryDelay,
                                options.MaxRetryDelay
                            )
                        ),
                }
            )
            .Build();
    }

    /// <summary>The answer, whatever its status.</summary>
    /// <exception cref="CmsConnectionException">There was none, at the last try either.</exception>
    public async Task<Answer> AskAsync(Question question, CancellationToken ct) =>
        await (question.IsShrinkable ? _shrinkable : _pipeline).ExecuteAsync(
            static async (state, token) =>
            {
                state.Tries.Count++;
                var answer = await state.Self.TryAsync(state.Question, token);
                return answer with { Tries = state.Tries.Count };
            },
            (Self: this, Question: question, Tries: new Tries()),
            ct
        );

    /// <summary>
    /// Asks once for an answer that goes on, and that the caller disposes of. What is no success has been read to its
    /// end.
    /// </summary>
    /// <exception cref="CmsConnectionException">There was none.</exception>
    public async Task<(HttpResponseMessage? Stream, Answer? Refusal)> OpenAsync(
        Question question,
        CancellationToken ct
    )
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        HttpResponseMessage? response = null;
        try
        {
            using var request = RequestOf(question, question.Address);
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.IsSuccessStatusCode)
                return (response, null);
            var refusal = await AnswerAsync(question, question.Address, response, either.Token);
            response.Dispose();
            return (null, refusal);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            response?.Dispose();
            throw new CmsConnectionException(
                $"{question} was not answered in time.",
                new TimeoutException(e.Message, e)
            );
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            response?.Dispose();
            throw new CmsConnectionException($"{question} failed: {e.Message}", e);
        }
    }

    private async Task<Answer> TryAsync(Question question, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(
            _options.Timeout == Timeout.InfiniteTimeSpan
                ? _options.Timeout
                : _options.Timeout + question.Wait,
            _options.TimeProvider
        );
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await FollowAsync(question, either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new CmsConnectionException(
                $"{question} was not answered in time.",
                e.InnerException as TimeoutException ?? new TimeoutException(e.Message, e)
            );
        }
        catch (Exception e) when (e is HttpRequestException or IOException || IsBadCompression(e))
        {
            throw new CmsConnectionException($"{question} failed: {e.Message}", e);
        }
    }

    /// <summary>
    /// Something on the way has said that it compressed what it did not. Each decoder says so in its own way.
    /// </summary>
    private static bool IsBadCompression(Exception failure) =>
        failure
            is InvalidDataException
                or InvalidOperationException { Source: "System.IO.Compression.Brotli" };

    private async Task<Answer> FollowAsync(Question question, CancellationToken ct)
    {
        var address = question.Address;
        for (var redirects = 0; ; redirects++)
        {
            using var request = RequestOf(question, address);
            var hadKey = request.Headers.Authorization is not null;

            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
            if (redirects < MaxRedirects && Next(address, request, response, hadKey) is { } next)
            {
                address = next;
                continue;
            }
            return await AnswerAsync(question, request.RequestUri ?? address, response, ct);
        }
    }

    private HttpRequestMessage RequestOf(Question question, Uri address)
    {
        var request = new HttpRequestMessage(question.Method, address)
        {
            Content = question.Content?.Invoke(),
        };
        request.Headers.UserAgent.Add(Product);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(question.MediaType));
        request.Headers.Authorization = _authorization ?? _http.DefaultRequestHeaders.Authorization;
        if (question.ETag is { } etag && address == question.ETagOf)
            request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        foreach (var (name, value) in question.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private async Task<Answer> AnswerAsync(
        Question question,
        Uri address,
        HttpResponseMessage response,
        CancellationToken ct
    ) =>
        new()
        {
            Method = question.Method,
            Status = response.StatusCode,
            Address = address,
            Body = await response.Content.ReadAsByteArrayAsync(ct),
            ETag = response.Headers.ETag?.ToString(),
            RetryAfter = RetryAfter(response),
            MediaType = response.Content.Headers.ContentType?.MediaType,
        };

    /// <summary>Where to ask instead; null if this is the answer.</summary>
    private static Uri? Next(Uri asked, HttpRequestMessage request, HttpResponseMessage response, bool hadKey)
    {
        // An HttpClient that follows redirects by itself leaves the key behind: ask again at the end of the way, with
        // the key.
        if (hadKey && request.RequestUri is { } end && end != asked)
            return SameServer(end, asked) ? end : null;
        var leadsOn = response.StatusCode switch
        {
            HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect => true,
            // Browsers turn a POST into a GET here.
            HttpStatusCode.MovedPermanently or HttpStatusCode.Found => request.Method == HttpMethod.Get,
            _ => false,
        };
        if (!leadsOn || response.Headers.Location is not { } location)
            return null;
        var next = new Uri(asked, location);
        // A key is for one server.
        return SameServer(next, asked) ? next : null;
    }

    private static bool SameServer(Uri a, Uri b) =>
        Uri.Compare(
            a,
            b,
            UriComponents.SchemeAndServer,
            UriFormat.UriEscaped,
            StringComparison.OrdinalIgnoreCase
        ) == 0;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is not { } retryAfter)
            return null;
        if (retryAfter.Delta is { } delta)
            return delta;
        // Against the server's own clock, where it tells it: this device's may be wrong.
        var now = response.Headers.Date ?? _options.TimeProvider.GetUtcNow();
        return retryAfter.Date is { } date ? (date > now ? date - now : TimeSpan.Zero) : null;
    }
}
