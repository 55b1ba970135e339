using System.Globalization;
using System.Runtime.CompilerServices;
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
/// <para>A key that is limited to sections is told only of acts on articles that were in these. `event: gone` says that
/// one has left them: its `article` and the time, `at`. Drop it from your lists. Acts on keys, people and webhooks are
/// for those who manage them.</para>
/// <para>The stream ends with an event `event: end`, whose `data` is a problem: `unauthenticated` when its key or token
/// ends, `sync-expired` when the database was restored or restarted. A key or person has at most 20 streams open on
/// each server (429, `too-many-streams`).</para>
/// </remarks>
internal sealed class StreamDesk(LiveDesk desk) : Slice<StreamDeskRequest>
{
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
        HttpContext.Response.RegisterForDispose(desk.Places.Take(caller));
        HttpContext.Response.RegisterForDispose(desk.Watch.Follow());
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
        private IReadOnlyList<OpenArticle>? _seen;

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
                // Before what has happened is read: what comes after that ends this.
                var (moment, next) = desk.Watch.Now;
                if (moment is not null)
                {
                    await foreach (var text in ReadAsync(moment, client.End))
                    {
                        await CheckAndSendAsync(text);
                        sentAt = desk.Clock.GetTimestamp();
                    }
                }
                var left = desk.Heartbeat.Every - desk.Clock.GetElapsedTime(sentAt);
                if (left <= TimeSpan.Zero)
                {
                    await CheckAndSendAsync($"id: {desk.Feed.Write(_at)}\n: \n\n");
                    sentAt = desk.Clock.GetTimestamp();
                    continue;
                }
                using var over = CancellationTokenSource.CreateLinkedTokenSource(client.End, key.Ended);
                await next.WaitAsync(key.Within(left), desk.Clock, over.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                client.End.ThrowIfCancellationRequested();
                key.Require();
            }

            // What was read before the key ended is not sent after it.
            async Task CheckAndSendAsync(string text)
            {
                await desk.Keys.CheckAsync();
                key.Require();
                await SendAsync(client, text);
            }
        }

        /// <summary>What has happened up to a look, and who has which article open.</summary>
        /// <exception cref="Refused">410: the database was restored, or restarted.</exception>
        private async IAsyncEnumerable<string> ReadAsync(
            DeskMoment moment,
            [EnumeratorCancellation] CancellationToken ct
        )
        {
            if (moment.Reached.Epoch != _at.Epoch)
                throw DeskFeed.Lost();
            IEnumerable<DeskRecord>? records;
            while ((records = moment.RecordsAfter(_at)) is null)
            {
                var page = await desk.Feed.ReadAsync(_at, ct);
                var older = TextOf(page.Records);
                _at = page.Next;
                if (older.Length > 0)
                    yield return older;
            }
            var text = TextOf(records) + TextOf(moment.Open);
            if (_at.IsBefore(moment.Reached))
                _at = moment.Reached;
            if (text.Length > 0)
                yield return text;
        }

        private string TextOf(IEnumerable<DeskRecord> records)
        {
            var text = new StringBuilder();
            var now = desk.Clock.GetUtcNow();
            foreach (var record in records)
            {
                if (record.For(key.Caller!) is not var (type, data))
                    continue;
                var id = desk.Feed.Write(record.Position(_at.Epoch, now));
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"event: {type}\nid: {id}\ndata: {Json.WriteText(data)}\n\n"
                );
            }
            return text.ToString();
        }

        private string TextOf(IReadOnlyList<OpenArticle> all)
        {
            // Nothing has changed: streams outnumber changes by far.
            if (ReferenceEquals(all, _seen))
                return "";
            _seen = all;
            var text = new StringBuilder();
            var open = all.Where(o => key.Caller!.Reaches(o.Sections)).ToDictionary(o => o.ArticleId);
            foreach (var closed in _open.Keys.Where(id => !open.ContainsKey(id)).ToList())
            {
                _open.Remove(closed);
                Add(closed, "[]");
            }
            foreach (var (id, article) in open)
            {
                if (_open.GetValueOrDefault(id) == article.OpenBy)
                    continue;
                _open[id] = article.OpenBy;
                Add(id, article.OpenBy);
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
    DeskWatch Watch,
    DeskPlaces Places,
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
