using System.Globalization;
using System.Text;
using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Streams;
using Cms.Platform.Http.Validation;
using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.Features;

namespace Cms.Editorial.Live;

/// <summary>Streams what happens at the desk</summary>
/// <remarks>
/// <para>Server-Sent Events for tools that show a live desk. `event: act` is an act that was done, in the order of the
/// commits and within about a second: `id`, `at`, `act` as the audit log names it, `entity`, `entityId`,
/// `fromRevision`, `toRevision`, `actor`. `event: presence` says who has an article open now: `article` and `openBy`;
/// it comes whenever that changes, and at the beginning for all articles that somebody has open.</para>
/// <para>Each act has an `id`. A client that reconnects sends the last one as `Last-Event-ID` by itself, and misses
/// nothing. After a day, and when the database was restored or restarted, it is 410 (`sync-expired`): read your lists
/// again, and connect without it.</para>
/// <para>A key that is limited to sections is told only of articles in these. Acts on keys, people and webhooks are for
/// those who manage them. The stream ends with an event `event: end`, whose `data` is a problem, when its key or token
/// ends.</para>
/// </remarks>
internal sealed class StreamDesk(LiveDesk desk) : Slice<StreamDeskRequest>
{
    /// <summary>How often it looks. There are as many streams as editors, and a look is a range of an index.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    protected override Admitted Admitted => Admitted.ForEachRead;

    public override void Configure()
    {
        Get("/v1/editorial/events");
        Permissions(Permission.ReadDesk);
        Answers<DeskEvents>(
            200,
            ProblemKinds.InvalidCursor,
            ProblemKinds.SyncExpired,
            ProblemKinds.TooManyStreams
        );
        Options(b => b.WithMetadata(new ContentMetadata("text/event-stream")));
    }

    public override async Task<IResult> ExecuteAsync(StreamDeskRequest request, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        HttpContext.Response.RegisterForDispose(desk.Places.Take(HttpContext.Connection.RemoteIpAddress));
        var key = desk.Keys.Watch(caller);
        HttpContext.Response.RegisterForDispose(key);
        // What cannot be resumed is refused with a status, while there still is one.
        var from = await desk.Feed.BeginAsync(request.LastEventId, ct);
        return new Stream(desk, from, key);
    }

    private sealed class Stream(LiveDesk desk, DeskPosition from, WatchedKey key) : IResult
    {
        private readonly Dictionary<Guid, string> _open = [];
        private DeskPosition _at = from;

        public async Task ExecuteAsync(HttpContext context)
        {
            var response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
            if (context.IsHead())
                return;
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            using var client = new SlowClient(context, desk.Clock, desk.Lifetime.ApplicationStopping);
            try
            {
                await SendAsync(client, $"retry: 3000\nid: {desk.Feed.Write(_at)}\n: listening\n\n");
                await RunAsync(client);
            }
            catch (OperationCanceledException)
                when (desk.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // The client connects again, to a node that stays.
            }
            catch (Refused refused)
            {
                // It is too late for a status code.
                var problem = Json.WriteText(ErrorBoundary.ProblemOf(context, refused));
                await SendAsync(client, $"event: end\ndata: {problem}\n\n");
            }
        }

        private async Task RunAsync(SlowClient client)
        {
            var sentAt = desk.Clock.GetTimestamp();
            while (true)
            {
                var look = await desk.Feed.LookAsync(_at, key.Caller!, client.End);
                var text = TextOf(look);
                _at = look.Next;
                if (text.Length > 0 || desk.Clock.GetElapsedTime(sentAt) >= desk.Heartbeat.Every)
                {
                    // What was read before the key ended is not sent after it.
                    await desk.Keys.CheckAsync();
                    key.Require();
                    await SendAsync(client, text.Length > 0 ? text : $"id: {desk.Feed.Write(_at)}\n: \n\n");
                    sentAt = desk.Clock.GetTimestamp();
                }
                if (look.HasMore)
                    continue;
                using var over = CancellationTokenSource.CreateLinkedTokenSource(client.End, key.Ended);
                await Task.Delay(key.Within(BetweenLooks), desk.Clock, over.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                client.End.ThrowIfCancellationRequested();
                key.Require();
            }
        }

        private string TextOf(DeskLook look)
        {
            var text = new StringBuilder();
            foreach (var act in look.Acts)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"event: act\nid: {desk.Feed.Write(act.Position)}\ndata: {Json.WriteText(act.Event)}\n\n"
                );
            foreach (var closed in _open.Keys.Except(look.Open.Select(o => o.ArticleId)).ToList())
            {
                _open.Remove(closed);
                Add(closed, "[]");
            }
            foreach (var open in look.Open)
            {
                if (_open.GetValueOrDefault(open.ArticleId) == open.OpenBy)
                    continue;
                _open[open.ArticleId] = open.OpenBy;
                Add(open.ArticleId, open.OpenBy);
            }
            return text.ToString();

            void Add(Guid article, string openBy) =>
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"event: presence\ndata: {{\"article\":\"{article}\",\"openBy\":{openBy}}}\n\n"
                );
        }

        private static Task SendAsync(SlowClient client, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return client.SendAsync([bytes], bytes.Length);
        }
    }
}

/// <summary>What every stream of the desk works with.</summary>
internal sealed record LiveDesk(
    DeskFeed Feed,
    FeedPlaces Places,
    KeyWatch Keys,
    Heartbeat Heartbeat,
    TimeProvider Clock,
    IHostApplicationLifetime Lifetime
);

internal sealed record StreamDeskRequest
{
    /// <summary>The `id` of the last act that was received.</summary>
    [FromHeader("Last-Event-ID", IsRequired = false)]
    public string? LastEventId { get; init; }
}

internal sealed class StreamDeskRules : AbstractValidator<StreamDeskRequest>
{
    public StreamDeskRules() => RuleFor(r => r.LastEventId).HasAtMost(2_000);
}

/// <summary>Events, each with an act or with who has an article open as its data.</summary>
internal sealed record DeskEvents;
