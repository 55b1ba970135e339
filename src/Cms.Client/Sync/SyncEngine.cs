using System.Globalization;
using System.Text.Json;
using Cms.Client.Http;
using Polly;
using Polly.Retry;

namespace Cms.Client.Sync;

/// <summary>
/// Keeps a local copy of a newsroom: loads it once, then only what changes. Each page of changes goes into the store
/// with its cursor in one transaction, so a crash at any moment costs at most one page to be fetched again. When the
/// server no longer knows the changes since then (<c>sync-expired</c>), or the store holds another scope, everything is
/// loaded anew beside what is there, which stays readable until the new copy is complete.
/// </summary>
/// <remarks>
/// Several engines, also of several processes, may share a store if they keep the same scope: a page that another one
/// was faster with is dropped. The scope is the server, whether there is a key, and <see cref="SyncOptions"/>' types,
/// sections and body forms.
/// </remarks>
public sealed class SyncEngine
{
    private const int MaxRestarts = 3;

    /// <summary>So many pages come in time before larger ones are asked for again.</summary>
    private const int PagesBeforeMore = 4;

    // For a server that answers at once where it was asked to hold: not to ask it all the time.
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    private readonly CmsClient _client;
    private readonly ILocalStore _store;
    private readonly SyncOptions _options;
    private readonly TimeProvider _clock;
    private readonly string _scope;
    private readonly string _types;
    private readonly ResiliencePipeline<Step> _retries;

    // Smaller for a while where a page did not come in time: over a slow line it never would.
    private volatile int _pageSize;

    // Pages that came since the last that did not.
    private volatile int _inTime;

    // The entity tag of an empty answer, which is not worth a write to the store.
    private volatile Idle? _idle;

    /// <summary>An engine; nothing happens before it is told to.</summary>
    /// <param name="client">Where from.</param>
    /// <param name="store">Where to.</param>
    /// <param name="options">What, and how; null: the whole newsroom.</param>
    public SyncEngine(CmsClient client, ILocalStore store, SyncOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(store);
        options ??= new SyncOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PageSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.PageSize, 1000, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Wait, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            options.Wait,
            TimeSpan.FromSeconds(60),
            nameof(options)
        );
        if (options.Types.Count == 0)
            throw new ArgumentException("There is nothing to keep a copy of.", nameof(options));
        _client = client;
        _store = store;
        _options = options;
        _clock = client.Options.TimeProvider;
        _types = string.Join(',', options.Types.Distinct().Order().Select(EntityTypes.Name));
        _scope =
            $"{client.BaseAddress} key={(client.HasKey ? "yes" : "no")} types={_types} "
            + $"section={Sections} body={Wire.Forms(options.Body)}";
        _pageSize = options.PageSize;
        _retries = Retries();
    }

    private string Sections => string.Join(',', _options.Sections.Distinct().Order(StringComparer.Ordinal));

    /// <summary>
    /// Fetches what has changed since the last time, all of it the first time, and returns when there is nothing more.
    /// </summary>
    /// <param name="cancellationToken">Gives up; the store then stands at the last page that was put in.</param>
    /// <exception cref="CmsException">The server could not be asked, also not after the client's retries. What came
    /// before is in the store; call again.</exception>
    public async Task<SyncResult> SyncOnceAsync(CancellationToken cancellationToken = default)
    {
        var tally = new Tally();
        Step step;
        do
        {
            step = await StepAsync(TimeSpan.Zero, tally, cancellationToken);
            await TellAsync(step, cancellationToken);
        } while (step.Goes == Goes.On);
        return new SyncResult
        {
            Pages = tally.Pages,
            Upserted = tally.Upserted,
            Deleted = tally.Deleted,
            StartedAnew = tally.StartedAnew,
        };
    }

    /// <summary>
    /// Keeps the copy as it is at the server until it is cancelled: the server holds each request until something
    /// changes. Failures that may pass (no connection, 429, 5xx, answers that are not the server's) are waited out, for
    /// ever; <see cref="SyncOptions.OnFailure"/> hears of them.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <remarks>What the store or a listener throws ends it too.</remarks>
    /// <exception cref="CmsProblemException">A refusal that will not pass: the key is not valid, a section does not
    /// exist.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var tally = new Tally();
        while (true)
        {
            var began = _clock.GetTimestamp();
            var step = await _retries.ExecuteAsync(
                static async (state, ct) =>
                    await state.Self.StepAsync(state.Self._options.Wait, state.Tally, ct),
                (Self: this, Tally: tally),
                cancellationToken
            );
            await TellAsync(step, cancellationToken);
            var pause = LeastPause - _clock.GetElapsedTime(began);
            if (step.Goes == Goes.Nowhere && pause > TimeSpan.Zero)
                await Task.Delay(pause, _clock, cancellationToken);
        }
    }

    private ResiliencePipeline<Step> Retries() =>
        new ResiliencePipelineBuilder<Step> { TimeProvider = _clock }
            .AddRetry(
                new RetryStrategyOptions<Step>
                {
                    MaxRetryAttempts = int.MaxValue,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = _options.RetryDelay,
                    MaxDelay = _options.MaxRetryDelay,
                    ShouldHandle = retry => ValueTask.FromResult(MayPass(retry.Outcome.Exception)),
                    DelayGenerator = retry =>
                        ValueTask.FromResult(
                            Backoff.AtLeast(
                                (retry.Outcome.Exception as CmsProblemException)?.RetryAfter,
                                retry.AttemptNumber,
                                _options.RetryDelay,
                                _options.MaxRetryDelay
                            )
                        ),
                    OnRetry = retry =>
                    {
                        _options.OnFailure?.Invoke((CmsException)retry.Outcome.Exception!, retry.RetryDelay);
                        return ValueTask.CompletedTask;
                    },
                }
            )
            .Build();

    private static bool MayPass(Exception? failure) =>
        failure is CmsConnectionException or CmsFormatException
        // The server's own refusals have a code: without one it was something in between, such as the page of a hotel's
        // network.
        || failure is CmsProblemException { IsTransient: true } or CmsProblemException { Code: null }
        || failure is CmsProblemException { Code: ProblemCodes.SyncExpired or ProblemCodes.InvalidCursor };

    /// <summary>One request, and one write to the store.</summary>
    private async Task<Step> StepAsync(TimeSpan wait, Tally tally, CancellationToken ct)
    {
        var position = await _store.ReadPositionAsync(ct);
        if (position is null || position.Scope != _scope)
        {
            await BeginAsync(tally, ct);
            return new Step(Goes.On);
        }

        Answer answer;
        try
        {
            answer = await _client.AskAsync(
                Question(position, wait),
                ETagAt(position),
                position.Cursor is null ? TimeSpan.Zero : wait,
                ct
            );
        }
        catch (CmsProblemException e)
            when (position.Cursor is not null
                && e.Code is ProblemCodes.SyncExpired or ProblemCodes.InvalidCursor
                && tally.Restarts < MaxRestarts
            )
        {
            // A cursor that the server cannot read will not get better either: it was restored from a backup, or is
            // another one.
            tally.Restarts++;
            await BeginAsync(tally, ct);
            return new Step(Goes.On);
        }
        catch (CmsProblemException)
        {
            tally.Restarts = 0;
            throw;
        }
        catch (CmsConnectionException e) when (e.InnerException is TimeoutException)
        {
            // Half as much may arrive in time. That it took so long was pause enough.
            var isLess = _pageSize > 1;
            _pageSize = Math.Max(1, _pageSize / 2);
            _inTime = 0;
            if (isLess && ++tally.Late <= _client.Options.MaxRetries)
                return new Step(Goes.On);
            tally.Late = 0;
            throw;
        }
        tally.Late = 0;
        if (answer.IsNotModified)
            return new Step(Goes.Nowhere);

        var page = Read(answer, out var changes);
        if (page.HasMore && page.Cursor == position.Cursor)
            throw new CmsFormatException("A page of changes promises more, and leads back to itself.");
        if (changes.Count == 0 && page.Cursor == position.Cursor && position.IsComplete)
        {
            _idle = answer.ETag is { } etag ? new Idle(page.Cursor, etag) : null;
            return new Step(Goes.Nowhere);
        }
        return await ApplyAsync(position, page, changes, answer.ETag, tally, ct);
    }

    private async Task<Step> ApplyAsync(
        StorePosition position,
        SyncPageBody page,
        IReadOnlyList<StoreChange> changes,
        string? etag,
        Tally tally,
        CancellationToken ct
    )
    {
        var applied = await _store.ApplyAsync(
            new StorePage
            {
                Scope = _scope,
                After = position.Cursor,
                Changes = changes,
                Cursor = page.Cursor,
                // Of a page with more after it, it would say nothing: there is something new for sure.
                ETag = page.HasMore ? null : etag,
                Completes = !page.HasMore,
            },
            ct
        );
        // Another engine was faster: on from where it has got to.
        if (!applied)
            return new Step(Goes.On);

        // What took too long a moment ago would again.
        _inTime = (_inTime + 1) % PagesBeforeMore;
        if (_inTime == 0)
            _pageSize = Math.Min(_options.PageSize, _pageSize * 2);
        tally.Pages++;
        tally.Upserted += changes.Count(c => c.Row is not null);
        tally.Deleted += changes.Count(c => c.Row is null);
        if (!page.HasMore)
            tally.Restarts = 0;
        return new Step(
            page.HasMore ? Goes.On
                : changes.Count == 0 ? Goes.Nowhere
                : Goes.ToTheEnd,
            position.IsVisible || !page.HasMore
                ? new AppliedPage
                {
                    Changes = changes,
                    IsReplaced = !position.IsVisible,
                    HasMore = page.HasMore,
                }
                : null
        );
    }

    /// <summary>Outside of what is tried again: what a listener throws is not the server's.</summary>
    private async Task TellAsync(Step step, CancellationToken ct)
    {
        if (step.Applied is { } page && _options.OnApplied is { } tell)
            await tell(page, ct);
    }

    private async Task BeginAsync(Tally tally, CancellationToken ct)
    {
        await _store.BeginAsync(_scope, ct);
        tally.StartedAnew = true;
    }

    private Address Question(StorePosition position, TimeSpan wait)
    {
        var address = new Address("v1/sync");
        // What to keep is bound into the cursor.
        if (position.Cursor is { } cursor)
            address.With("cursor", cursor);
        else
            address
                .With("types", _types)
                .With("section", Sections.Length == 0 ? null : Sections)
                .With("body", Wire.Forms(_options.Body));
        address.With("limit", _pageSize.ToString(CultureInfo.InvariantCulture));
        if (position.Cursor is not null && wait > TimeSpan.Zero)
            address.With("wait", ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        return address;
    }

    private string? ETagAt(StorePosition position) =>
        !position.IsComplete ? null
        : _idle is { } idle && idle.Cursor == position.Cursor ? idle.ETag
        : position.ETag;

    private static SyncPageBody Read(Answer answer, out IReadOnlyList<StoreChange> changes)
    {
        var page = Wire.Read(answer, CmsJson.Default.SyncPageBody);
        try
        {
            changes = page.ToStore();
            return page;
        }
        catch (JsonException e)
        {
            throw new CmsFormatException(e.Message, e);
        }
    }

    private enum Goes
    {
        /// <summary>There is more to do at once.</summary>
        On,

        /// <summary>The copy is as it is at the server; something changed on the way.</summary>
        ToTheEnd,

        /// <summary>The copy is as it is at the server, as it was before.</summary>
        Nowhere,
    }

    private sealed record Step(Goes Goes, AppliedPage? Applied = null);

    private sealed record Idle(string Cursor, string ETag);

    private sealed class Tally
    {
        public int Pages { get; set; }
        public int Upserted { get; set; }
        public int Deleted { get; set; }
        public bool StartedAnew { get; set; }

        /// <summary>How many answers in a row did not come in time.</summary>
        public int Late { get; set; }

        /// <summary>How often in a row everything had to be begun anew without getting to the end.</summary>
        public int Restarts { get; set; }
    }
}
