using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>What happens at the desk, as it happens.</summary>
public sealed class LiveDesk
{
    private readonly DeskConnection _desk;

    internal LiveDesk(DeskConnection desk) => _desk = desk;

    /// <summary>
    /// Follows every act of the desk and who has which article open, until it is cancelled. A connection that is lost
    /// is made again, <see cref="CmsClientOptions.MaxRetries"/> times in a row, and goes on where it was.
    /// </summary>
    /// <param name="after">The <see cref="DeskNews.Position"/> of what was received last; null: from now on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CmsProblemException">The server has refused or ended the stream. <c>sync-expired</c>: it cannot
    /// go on from there; read your lists again, and follow from now on.</exception>
    /// <exception cref="CmsConnectionException">The server cannot be reached.</exception>
    public async IAsyncEnumerable<DeskNews> FollowAsync(
        string? after = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var options = _desk.Server.Options;
        var position = after;
        for (var failures = 0; ; )
        {
            CmsException failure;
            TimeSpan? retryAfter = null;
            var (stream, refused) = await OpenAsync(position, cancellationToken);
            if (stream is null)
                (failure, retryAfter) = (refused!, (refused as CmsProblemException)?.RetryAfter);
            else
            {
                using var _ = stream;
                yield return new DeskConnected { Position = position };
                await using var events = EventsAsync(stream, cancellationToken)
                    .GetAsyncEnumerator(cancellationToken);
                while (true)
                {
                    var (read, lost) = await NextAsync(events, cancellationToken);
                    if (lost is not null)
                    {
                        failure = lost;
                        break;
                    }
                    failures = 0;
                    position = read!.Id ?? position;
                    if (NewsOf(read, position) is { } news)
                        yield return news;
                }
            }
            if (++failures > options.MaxRetries || retryAfter > options.MaxRetryDelay)
                throw failure;
            await PauseAsync(options, failures, retryAfter, cancellationToken);
        }
    }

    /// <summary>The stream, or why there is none for now.</summary>
    private async Task<(HttpResponseMessage?, CmsException?)> OpenAsync(
        string? position,
        CancellationToken ct
    )
    {
        var question = _desk.Ask(HttpMethod.Get, new Address("v1/editorial/events")) with
        {
            MediaType = "text/event-stream",
            Headers = position is null ? [] : [("Last-Event-ID", position)],
        };
        try
        {
            var (stream, refusal) = await _desk.Server.Transport.OpenAsync(question, ct);
            if (refusal is null)
                return (stream, null);
            var problem = DeskProblem.Read(refusal);
            return refusal.IsTransient ? (null, problem) : throw problem;
        }
        catch (CmsConnectionException e)
        {
            return (null, e);
        }
    }

    private static async Task<(ServerEvent? Read, CmsConnectionException? Lost)> NextAsync(
        IAsyncEnumerator<ServerEvent> events,
        CancellationToken ct
    )
    {
        try
        {
            return await events.MoveNextAsync()
                ? (events.Current, null)
                : (null, new("The desk's stream has ended.", new EndOfStreamException()));
        }
        catch (Exception e)
            when (e is IOException or HttpRequestException
                || (e is OperationCanceledException && !ct.IsCancellationRequested)
            )
        {
            return (null, new($"The desk's stream was lost: {e.Message}", e));
        }
    }

    /// <summary>
    /// The events of a stream. It is taken for lost when it is silent for as long as an answer may take.
    /// </summary>
    private async IAsyncEnumerable<ServerEvent> EventsAsync(
        HttpResponseMessage stream,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var options = _desk.Server.Options;
        using var silence = new CancellationTokenSource(options.Timeout, options.TimeProvider);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct, silence.Token);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(over.Token), Encoding.UTF8);
        var read = new ServerEvent(null, null, "");
        while (await lines.ReadLineAsync(over.Token) is { } line)
        {
            silence.CancelAfter(options.Timeout);
            if (line.Length == 0)
            {
                yield return read;
                read = new(null, null, "");
            }
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                read = read with { Type = line[7..] };
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
                read = read with { Id = line[4..] };
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                read = read with { Data = read.Data + line[6..] };
        }
    }

    private static DeskNews? NewsOf(ServerEvent read, string? position) =>
        read.Type switch
        {
            "act" => Read(read, DeskJson.Default.DeskAct) with { Position = position },
            "gone" => Read(read, DeskJson.Default.ArticleGone) with { Position = position },
            "presence" => Read(read, DeskJson.Default.PresenceChange) with { Position = position },
            "end" => throw DeskProblem.Read(
                new Answer
                {
                    Method = HttpMethod.Get,
                    Status = (HttpStatusCode)Read(read, DeskJson.Default.StreamEnd).Status,
                    Address = new Uri("https://desk.invalid/v1/editorial/events"),
                    Body = Encoding.UTF8.GetBytes(read.Data),
                    ETag = null,
                    RetryAfter = null,
                    MediaType = "application/problem+json",
                }
            ),
            _ => null,
        };

    private static T Read<T>(ServerEvent read, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(read.Data, type)
                ?? throw new JsonException("Expected an object.");
        }
        catch (JsonException e)
        {
            throw new CmsFormatException(
                $"The desk's stream has something else than the API promises: {e.Message}",
                e
            );
        }
    }

    private static Task PauseAsync(
        CmsClientOptions options,
        int failures,
        TimeSpan? retryAfter,
        CancellationToken ct
    )
    {
        var own = Math.Min(
            options.MaxRetryDelay.TotalSeconds,
            options.RetryDelay.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30))
        );
        var pause =
            Backoff.AtLeast(retryAfter, failures - 1, options.RetryDelay, options.MaxRetryDelay)
            // A crowd that was cut off at once does not come back at once.
            ?? TimeSpan.FromSeconds(own * (0.5 + (Random.Shared.NextDouble() / 2)));
        return Task.Delay(pause, options.TimeProvider, ct);
    }

    private sealed record ServerEvent(string? Type, string? Id, string Data);
}
