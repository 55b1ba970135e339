using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Cms.ProcessTests.Sync;

/// <summary>How a client reads.</summary>
internal enum Wire
{
    Pages,
    LongPolls,
    Lines,
    Events,
}

/// <summary>One who syncs: what, how, and how well.</summary>
internal sealed record Habits(string Name)
{
    public string[] Types { get; init; } = LocalCopy.Order;

    /// <summary>Ids of sections; empty: the whole newsroom.</summary>
    public string[] Sections { get; init; } = [];

    public string Body { get; init; } = "blocks";

    /// <summary>Whether it comes with a key, and so reads on behind the wall.</summary>
    public bool HasKey { get; init; }

    public int Limit { get; init; } = 100;

    public Wire Wire { get; init; }

    /// <summary>How many acts it sleeps at most between two syncs.</summary>
    public int Sleep { get; init; } = 5;

    /// <summary>Of a hundred pages, how many it does not survive.</summary>
    public int Kills { get; init; } = 10;

    /// <summary>After how many pages it writes down what it has; what came since is lost when it is killed.</summary>
    public int KeepsEvery { get; init; } = 1;

    /// <summary>Of a hundred syncs, after how many it drops everything and starts anew.</summary>
    public int StartsAnew { get; init; }

    public bool HasAllTypes => Types.Length == LocalCopy.Order.Length;

    public string Start
    {
        get
        {
            var query = $"body={Body}";
            if (!HasAllTypes)
                query += $"&types={string.Join(',', Types)}";
            if (Sections.Length > 0)
                query += $"&section={string.Join(',', Sections)}";
            return query;
        }
    }
}

/// <summary>
/// A client that keeps a copy in step, in plain JSON, of any node. It is killed at random, between the answer and the
/// moment when it has written it down, and in the middle of an answer; then it goes on from what it had written down.
/// </summary>
internal sealed class SyncClient(Habits habits, Nodes home, ActClock clock, Random random)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Nodes _nodes = home;

    // What is in memory, and what is on the disk of the device.
    private State _now = State.Nothing();
    private State _kept = State.Nothing();
    private int _pagesSinceKept;
    private string? _entityTag;
    private string _start = habits.Start;
    private int _changes;
    private int _pages;
    private int _ends;
    private int _notModified;
    private int _killed;
    private int _outages;

    public Habits Habits => habits;
    public LocalCopy Copy => _now.Copy;
    public string? Cursor => _now.Cursor;

    /// <summary>What it went through.</summary>
    public string Summary =>
        $"{habits.Name}: {_changes} changes on {_pages} pages, {_ends} times at the end, {_notModified} "
        + $"times 304, {_killed} times killed, {_outages} times without an answer";

    /// <summary>Follows until all is over.</summary>
    public async Task FollowAsync()
    {
        while (!clock.IsOver)
        {
            try
            {
                if (random.Next(100) < habits.StartsAnew)
                    (_now, _kept, _entityTag) = (State.Nothing(), State.Nothing(), null);
                await (habits.Wire == Wire.Events ? ListenAsync(until: null) : SyncAsync(mayDie: true));
            }
            catch (Exception e) when (Nodes.IsOutage(e))
            {
                _outages++;
                Die();
                await _nodes.ReadyAsync();
            }
            await clock.PassAsync(random.Next(habits.Sleep + 1));
        }
    }

    /// <summary>Syncs once more, to the end.</summary>
    /// <param name="last">The last thing that was made, a section: whoever has it has everything.</param>
    public async Task FinishAsync(string last)
    {
        if (habits.Wire == Wire.Events)
            await ListenAsync(last);
        else
            await SyncAsync(mayDie: false);
        if (habits.Types.Contains("section"))
            Assert.True(Copy["section"].ContainsKey(last), $"{habits.Name}: the last change is not there.");
    }

    /// <summary>From now on it asks these.</summary>
    public SyncClient At(Nodes others)
    {
        _nodes = others;
        return this;
    }

    /// <summary>Reads the first page, and no further.</summary>
    public async Task BeginAsync() => Assert.True(await ReadPageAsync(mayDie: false));

    /// <summary>
    /// Is told that its cursor is no longer good, however it asks; then starts again where it was told to.
    /// </summary>
    public async Task StartAgainAsync(HttpClient node)
    {
        var restart = await IsExpiredAsync(node);
        var parts = restart.Split('?', 2);
        Assert.Equal("/v1/sync", parts[0]);
        (_now, _kept, _entityTag) = (State.Nothing(), State.Nothing(), null);
        _start = parts.Length == 2 ? parts[1] : "";
        await SyncAsync(mayDie: false);
    }

    /// <summary>
    /// Is told that its cursor is no longer good, however it asks. Returns where it is to start again.
    /// </summary>
    public async Task<string> IsExpiredAsync(HttpClient node)
    {
        var restart = await ExpiredAsync(node, $"/v1/sync?cursor={Cursor}", "application/json");
        Assert.Equal(restart, await ExpiredAsync(node, $"/v1/sync?cursor={Cursor}", "application/x-ndjson"));
        Assert.Equal(restart, await ExpiredAsync(node, $"/v1/events?cursor={Cursor}", "text/event-stream"));
        return restart;
    }

    public async Task<bool> HasExpiredAsync(HttpClient node)
    {
        using var response = await node.GetAsync($"/v1/sync?cursor={Cursor}", Ct);
        return response.StatusCode == HttpStatusCode.Gone;
    }

    private static async Task<string> ExpiredAsync(HttpClient node, string url, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd(accept);
        using var response = await node.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.True(response.StatusCode == HttpStatusCode.Gone, $"{url}: {(int)response.StatusCode}");
        var problem = await response.ReadAsync(HttpStatusCode.Gone);
        Assert.Equal("sync-expired", (string?)problem["code"]);
        return (string)problem["restart"]!;
    }

    /// <summary>Reads until there is nothing more.</summary>
    public async Task SyncAsync(bool mayDie)
    {
        while (true)
        {
            var hasMore =
                habits.Wire == Wire.Lines ? await ReadLinesAsync(mayDie) : await ReadPageAsync(mayDie);
            if (hasMore is null)
                Die();
            else if (hasMore is false)
                return;
        }
    }

    /// <summary>Reads a page. Returns whether there is more; null when it was killed over it.</summary>
    private async Task<bool?> ReadPageAsync(bool mayDie)
    {
        var node = _nodes.Any(random, habits.HasKey ? _nodes.Reader : null);
        // Waiting makes sense at the end only, and the last sync has nothing to wait for.
        var wait = habits.Wire == Wire.LongPolls && mayDie && _now.IsInStep ? 2 : 0;
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            string.Create(
                CultureInfo.InvariantCulture,
                $"/v1/sync?{Place()}&limit={habits.Limit}&wait={wait}"
            )
        );
        if (_entityTag is not null && random.Next(2) == 0)
            request.Headers.TryAddWithoutValidation("If-None-Match", _entityTag);
        using var response = await SendAsync(node, request, HttpCompletionOption.ResponseContentRead);
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            _notModified++;
            return false;
        }
        var text = await response.Content.ReadAsStringAsync(Ct);
        Writers.RefuseUnseen(text, habits.Name);
        var page = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(["changes", "cursor", "hasMore"], page.Select(m => m.Key));
        var changes = page["changes"]!.AsArray();
        Assert.InRange(changes.Count, 0, habits.Limit);
        if (mayDie && random.Next(100) < habits.Kills)
            return null;

        Take(changes.Select(c => c!.AsObject()));
        var hasMore = (bool)page["hasMore"]!;
        Keep((string)page["cursor"]!, hasMore);
        _entityTag = response.Headers.ETag!.ToString();
        return hasMore;
    }

    /// <summary>Reads all pages in one answer, keeping each when its mark comes.</summary>
    private async Task<bool?> ReadLinesAsync(bool mayDie)
    {
        var node = _nodes.Any(random, habits.HasKey ? _nodes.Reader : null);
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            string.Create(CultureInfo.InvariantCulture, $"/v1/sync?{Place()}&limit={habits.Limit}")
        );
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var response = await SendAsync(node, request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        var changes = new List<JsonObject>();
        while (await reader.ReadLineAsync(Ct) is { } line)
        {
            Writers.RefuseUnseen(line, habits.Name);
            var entry = JsonNode.Parse(line)!.AsObject();
            if (mayDie && random.Next(100 * 10) < habits.Kills)
                return null;
            if (!entry.ContainsKey("hasMore"))
            {
                changes.Add(entry);
                continue;
            }
            Take(changes);
            changes.Clear();
            var hasMore = (bool)entry["hasMore"]!;
            Keep((string)entry["cursor"]!, hasMore);
            if (!hasMore)
            {
                Assert.Null(await reader.ReadLineAsync(Ct));
                return false;
            }
        }
        // The answer broke off: what was kept is kept.
        throw new IOException("The answer ended before its end.");
    }

    /// <summary>Listens for events, after a sync; until it has heard of a thing, or is killed.</summary>
    private async Task ListenAsync(string? until)
    {
        if (!_now.IsInStep)
            await SyncAsync(mayDie: false);
        var node = _nodes.Any(random, habits.HasKey ? _nodes.Reader : null);
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            random.Next(2) == 0 ? $"/v1/events?cursor={_now.Cursor}" : "/v1/events"
        );
        if (!request.RequestUri!.OriginalString.Contains("cursor", StringComparison.Ordinal))
            request.Headers.Add("Last-Event-ID", _now.Cursor);
        using var response = await SendAsync(node, request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        over.CancelAfter(Wait.Deadline);

        var batch = new List<JsonObject>();
        var (id, data) = ((string?)null, (string?)null);
        while (until is null || !Copy["section"].ContainsKey(until))
        {
            // While it listens to silence all may have ended.
            var next = reader.ReadLineAsync(over.Token).AsTask();
            if (until is null && await Task.WhenAny(next, clock.Over) != next)
            {
                await over.CancelAsync();
                await next.ContinueWith(
                    t => t.Exception,
                    Ct,
                    TaskContinuationOptions.None,
                    TaskScheduler.Default
                );
                return;
            }
            var line = await next ?? throw new IOException("The stream ended.");
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = line[6..];
            else if (line.Length == 0)
            {
                if (data is not null)
                {
                    Writers.RefuseUnseen(data, habits.Name);
                    batch.Add(JsonNode.Parse(data)!.AsObject());
                }
                if (id is not null)
                {
                    if (until is null && batch.Count > 0 && random.Next(100) < habits.Kills)
                    {
                        Die();
                        return;
                    }
                    var isFull = batch.Count == 100;
                    Take(batch);
                    Keep(id, hasMore: isFull);
                    batch.Clear();
                }
                (id, data) = (null, null);
            }
            else
                Assert.True(line[0] == ':' || line == "retry: 3000", line);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpClient node,
        HttpRequestMessage request,
        HttpCompletionOption until
    )
    {
        var response = await node.SendAsync(request, until, Ct);
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotModified)
            return response;
        var problem = await response.Content.ReadAsStringAsync(Ct);
        var status = response.StatusCode;
        response.Dispose();
        // A database that is away.
        if (status == HttpStatusCode.ServiceUnavailable)
            throw new HttpRequestException(problem);
        Assert.Fail($"{habits.Name}, {request.RequestUri}: {(int)status} {problem}");
        throw new System.Diagnostics.UnreachableException();
    }

    private string Place() => _now.Cursor is { } cursor ? $"cursor={cursor}" : _start;

    private void Take(IEnumerable<JsonObject> changes)
    {
        var rank = -1;
        foreach (var change in changes)
        {
            _changes++;
            var type = (string)change["type"]!;
            Assert.Contains(type, habits.Types);
            if (_now.IsInStep)
            {
                // What is needed comes first.
                Assert.True(Array.IndexOf(LocalCopy.Order, type) >= rank, $"{habits.Name}: order in a page");
                rank = Array.IndexOf(LocalCopy.Order, type);
            }
            _now.Copy.Apply(change);
        }
    }

    private void Keep(string cursor, bool hasMore)
    {
        _pages++;
        _now = _now with { Cursor = cursor, IsInStep = _now.IsInStep || !hasMore };
        if (!hasMore)
        {
            _ends++;
            Verify();
        }
        if (++_pagesSinceKept < habits.KeepsEvery)
            return;
        _pagesSinceKept = 0;
        _kept = _now with { Copy = _now.Copy.Clone() };
    }

    /// <summary>At the end of a sync nothing dangles, and nothing is held that nobody needs.</summary>
    private void Verify()
    {
        if (!habits.HasAllTypes)
            return;
        var faults = Copy.Dangling().ToList();
        // A body that is cut, or only text, does not say which images it has.
        if (habits.HasKey && habits.Body is not "text")
            faults.AddRange(Copy.Idle(habits.Sections.Length > 0));
        Assert.True(
            faults.Count == 0,
            $"{habits.Name}, after {_pages} pages: {string.Join("; ", faults.Take(10))}"
        );
    }

    private void Die()
    {
        _killed++;
        _now = _kept with { Copy = _kept.Copy.Clone() };
        _pagesSinceKept = 0;
        _entityTag = null;
    }

    /// <param name="Copy">What it holds.</param>
    /// <param name="Cursor">Where to read on.</param>
    /// <param name="IsInStep">Whether the first sync is through.</param>
    private sealed record State(LocalCopy Copy, string? Cursor, bool IsInStep)
    {
        public static State Nothing() => new(new LocalCopy(), null, false);
    }
}
