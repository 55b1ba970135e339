using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Cms.Platform.Http.Problems;

namespace Cms.Platform.Http.Load;

/// <summary>
/// The kinds of requests. Each has its own admission places, so that a crowd of readers keeps no editor from saving.
/// </summary>
internal enum Share
{
    /// <summary>Readers, in the database.</summary>
    Readers,

    /// <summary>The desk, in the database.</summary>
    Desk,

    /// <summary>Sync requests and event streams: a few places, since they are many and patient.</summary>
    Feed,

    /// <summary>Parsing of bodies, before they are written.</summary>
    Bodies,

    /// <summary>
    /// … and of large bodies, which take longer: they wait for each other, and nobody else waits for them.
    /// </summary>
    LargeBodies,

    /// <summary>
    /// Checking and storing of uploaded images. Those that wait have their file on disk, not in memory.
    /// </summary>
    Uploads,

    /// <summary>Making of renditions.</summary>
    Renditions,

    /// <summary>Loading of images from other servers.</summary>
    Fetches,

    /// <summary>Streams of the desk that begin, or catch up: few, so that saves do not wait for them.</summary>
    DeskStreams,

    /// <summary>
    /// Previews, in the database: two places, since each publishes something for as long as it is read, and whoever
    /// publishes the same waits for that.
    /// </summary>
    Previews,
}

/// <summary>How many requests may be at work in the database at once.</summary>
/// <param name="Readers">… of readers.</param>
/// <param name="Desk">… of the desk.</param>
/// <param name="Feed">… of the change feed's readers.</param>
/// <param name="Waiting">How many more of each may wait for a place.</param>
/// <param name="MaxWait">How long each of them may.</param>
internal sealed record AdmissionBounds(int Readers, int Desk, int Feed, int Waiting, TimeSpan MaxWait)
{
    /// <summary>Bodies that may be parsed at once: parsing only uses processors.</summary>
    public int Bodies { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>… and large ones. They leave half of the processors to everybody else.</summary>
    public int LargeBodies { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How many large bodies may wait, each with some MB of memory.</summary>
    public int LargeBodiesWaiting { get; init; } = 8;

    /// <summary>
    /// Uploads that are checked and stored at once. Each has its file in memory several times, and decoding uses a
    /// processor: half of the processors are left to everybody else.
    /// </summary>
    public int Uploads { get; init; } = DecodersOn(Environment.ProcessorCount);

    /// <summary>How many more uploads may wait, each with at most 26 MiB on disk.</summary>
    public int UploadsWaiting { get; init; } = 64;

    /// <summary>Images that are loaded from other servers at once.</summary>
    public int Fetches { get; init; } = 8;

    /// <summary>How long each of them may: whoever sent 25 MiB would rather wait than send them again.</summary>
    public TimeSpan MaxUploadWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Renditions that are made at once, at low priority.</summary>
    public int Renditions { get; init; } = DecodersOn(Environment.ProcessorCount);

    /// <summary>
    /// How many more may wait. A page has some twenty pictures, and each takes a tenth of a second to a second.
    /// </summary>
    public int RenditionsWaiting { get; init; } = 64 * Environment.ProcessorCount;

    /// <summary>How long each of them may wait.</summary>
    public TimeSpan MaxRenditionWait { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Previews that are read at once. Their connections are of those that are not for requests.</summary>
    public int Previews { get; init; } = 2;

    /// <summary>
    /// How many pictures of the same kind are decoded at once: half of the processors are left to everybody else. Each
    /// may need hundreds of megabytes, so there are never more than three, however many processors there are.
    /// </summary>
    public static int DecodersOn(int processors) => Math.Clamp(processors / 2, 1, 3);

    /// <summary>
    /// Streams of the desk that may read at once. Those that are up to date read nothing themselves.
    /// </summary>
    public int DeskStreams { get; init; } = 2;

    /// <summary>
    /// What fits a pool of connections: five eighths for readers, of which the change feed gets a few; a quarter for
    /// the desk; and the rest for what is not a request (the listener for changes, webhooks, health), so that nobody
    /// who was let in waits for a connection. Ten times as many may wait: while the database is quick a queue of that
    /// length is gone in a moment; when it is not, <paramref name="longestWait"/> bounds the wait.
    /// </summary>
    public static AdmissionBounds Of(
        int pool,
        int readers,
        int desk,
        int feed,
        int waiting,
        TimeSpan longestWait
    )
    {
        feed = feed > 0 ? feed : Math.Max(1, pool / 20);
        readers = readers > 0 ? readers : Math.Max(1, (pool * 5 / 8) - feed);
        return new(
            readers,
            desk > 0 ? desk : Math.Max(1, pool / 4),
            feed,
            waiting > 0 ? waiting : 10 * readers,
            longestWait
        );
    }
}

/// <summary>
/// The bound on requests that work in the database, in front of it and behind the memory of answers. More than the pool
/// has connections would only wait there, without limit; so those beyond wait here, few and not for long, and the
/// others are told at once to come back. A place is held for the work, and not while a body is read or an answer is
/// sent: a slow client holds nothing that another one needs.
/// </summary>
internal sealed class Admission : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryUploadAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrencyLimiter[] _lanes;
    private readonly int _mostWaiting;
    private readonly TimeSpan _maxWait;
    private readonly TimeSpan _maxUploadWait;
    private readonly TimeSpan _maxRenditionWait;
    private readonly TimeProvider _clock;
    private readonly Meter _meter;
    private readonly Counter<long> _refused;

    public Admission(AdmissionBounds bounds, TimeProvider clock, IMeterFactory meters)
    {
        _lanes =
        [
            Lane(bounds.Readers, bounds.Waiting),
            Lane(bounds.Desk, bounds.Waiting),
            Lane(bounds.Feed, bounds.Waiting),
            Lane(bounds.Bodies, bounds.Waiting),
            Lane(bounds.LargeBodies, bounds.LargeBodiesWaiting),
            Lane(bounds.Uploads, bounds.UploadsWaiting),
            Lane(bounds.Renditions, bounds.RenditionsWaiting),
            Lane(bounds.Fetches, bounds.UploadsWaiting),
            Lane(bounds.DeskStreams, bounds.Waiting),
            Lane(bounds.Previews, bounds.Waiting),
        ];
        (_mostWaiting, _clock) = (bounds.Waiting, clock);
        (_maxWait, _maxUploadWait) = (bounds.MaxWait, bounds.MaxUploadWait);
        _maxRenditionWait = bounds.MaxRenditionWait;
        _meter = meters.Create("Cms.Admission");
        _refused = _meter.CreateCounter<long>(
            "cms.admission.refused",
            description: "Requests that were turned away because too many others were at work."
        );
        _meter.CreateObservableGauge(
            "cms.admission.waiting",
            () => Observe(s => s.CurrentQueuedCount),
            description: "Requests that wait for a place."
        );
        _meter.CreateObservableGauge(
            "cms.admission.places",
            () => Observe(s => s.CurrentAvailablePermits),
            description: "Places that are free."
        );

        ConcurrencyLimiter Lane(int places, int waiting) =>
            new(
                new()
                {
                    PermitLimit = places,
                    QueueLimit = waiting,
                    QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
                }
            );
    }

    /// <summary>
    /// Takes a place for this request's work, unless it has one. It is given back when the answer begins to be sent,
    /// when the request ends, or by <see cref="Leave"/>.
    /// </summary>
    /// <exception cref="Refused">503: there is none.</exception>
    public async ValueTask EnterAsync(HttpContext context, CancellationToken ct)
    {
        if (context.Features.Get<Place>() is not { } place)
        {
            place = new Place();
            context.Features.Set(place);
            context.Response.OnStarting(
                static taken =>
                {
                    ((Place)taken).Dispose();
                    return Task.CompletedTask;
                },
                place
            );
            context.Response.RegisterForDispose(place);
        }
        if (!place.IsHeld)
            place.Hold(await TakeAsync(ShareOf(context.Request.Path), ct));
    }

    /// <summary>Gives the request's place back, before it waits for something else than the database.</summary>
    public static void Leave(HttpContext context) => context.Features.Get<Place>()?.Dispose();

    /// <summary>Takes a place until it is disposed of.</summary>
    /// <exception cref="Refused">503: there is none.</exception>
    public async ValueTask<IDisposable> TakeAsync(Share share, CancellationToken ct)
    {
        var lane = _lanes[(int)share];
        var lease = lane.AttemptAcquire();
        if (lease.IsAcquired)
            return lease;
        lease.Dispose();
        using var deadline = new CancellationTokenSource(
            share switch
            {
                Share.Uploads or Share.Fetches => _maxUploadWait,
                Share.Renditions => _maxRenditionWait,
                _ => _maxWait,
            },
            _clock
        );
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            lease = await lane.AcquireAsync(1, either.Token);
            if (lease.IsAcquired)
                return lease;
            lease.Dispose();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It has waited long enough.
        }
        throw Overloaded(share);
    }

    /// <summary>Takes a place for an answer that has begun. It can no longer be refused, so it waits.</summary>
    public async ValueTask<IDisposable> TakePatientlyAsync(Share share, CancellationToken ct)
    {
        while (true)
        {
            var lease = await _lanes[(int)share].AcquireAsync(1, ct);
            if (lease.IsAcquired)
                return lease;
            // The queue is full.
            lease.Dispose();
            await Task.Delay(RetryAfter, _clock, ct);
        }
    }

    /// <summary>
    /// Turns away who only reads and would find neither a place nor room to wait, before anything is bound. To refuse
    /// must cost little, or a crowd that comes back at once takes from those who are served: thrown from where the work
    /// is done, a refusal costs twice as much.
    /// </summary>
    public static Task TurnAway(HttpContext context, RequestDelegate next)
    {
        if (
            !HttpMethods.IsGet(context.Request.Method)
            || context.GetEndpoint()?.Metadata.GetMetadata<AdmittedForItsWork>() is null
        )
            return next(context);
        var admission = context.RequestServices.GetRequiredService<Admission>();
        var share = ShareOf(context.Request.Path);
        return admission.IsFull(share)
            ? ErrorBoundary.WriteAsync(context, admission.Overloaded(share))
            : next(context);
    }

    private bool IsFull(Share share)
    {
        var now = _lanes[(int)share].GetStatistics()!;
        return now.CurrentAvailablePermits == 0 && now.CurrentQueuedCount >= _mostWaiting;
    }

    private Refused Overloaded(Share share)
    {
        _refused.Add(1, Label(share));
        return new Refused(
            ProblemKinds.Overloaded,
            "The server has as many requests at work as it takes; nothing was done for this one."
        )
        {
            RetryAfter = share is Share.Uploads or Share.Renditions or Share.Fetches
                ? RetryUploadAfter
                : RetryAfter,
        };
    }

    public void Dispose()
    {
        _meter.Dispose();
        foreach (var lane in _lanes)
            lane.Dispose();
    }

    private static Share ShareOf(PathString path) =>
        path.StartsWithSegments("/v1/editorial", StringComparison.OrdinalIgnoreCase) ? Share.Desk
        : path.StartsWithSegments("/v1/sync", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/v1/events", StringComparison.OrdinalIgnoreCase)
            ? Share.Feed
        : path.StartsWithSegments("/v1/previews", StringComparison.OrdinalIgnoreCase) ? Share.Previews
        : Share.Readers;

    private IEnumerable<Measurement<long>> Observe(Func<RateLimiterStatistics, long> figure) =>
        Enum.GetValues<Share>()
            .Select(share => new Measurement<long>(
                figure(_lanes[(int)share].GetStatistics()!),
                Label(share)
            ));

    private static KeyValuePair<string, object?> Label(Share share) =>
        new(
            "share",
            share switch
            {
                Share.Readers => "readers",
                Share.Desk => "desk",
                Share.Feed => "feed",
                Share.Bodies => "bodies",
                Share.LargeBodies => "large-bodies",
                Share.Uploads => "uploads",
                Share.Renditions => "renditions",
                Share.Fetches => "fetches",
                Share.DeskStreams => "desk-streams",
                _ => "previews",
            }
        );

    private sealed class Place : IDisposable
    {
        private IDisposable? _lease;

        public bool IsHeld => Volatile.Read(ref _lease) is not null;

        public void Hold(IDisposable lease) => Volatile.Write(ref _lease, lease);

        public void Dispose() => Interlocked.Exchange(ref _lease, null)?.Dispose();
    }
}
