using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests.Sync;

/// <summary>Servers over one database, of which each can be killed and started again while others ask.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly Dictionary<string, string> _environment;
    private readonly string _data;
    private readonly Node[] _nodes;
    private Task? _ready;
    private int _marks;

    private Nodes(Dictionary<string, string> environment, string data, int count)
    {
        (_environment, _data) = (environment, data);
        _nodes = [.. Enumerable.Range(0, count).Select(_ => new Node())];
    }

    /// <summary>Keys, by role.</summary>
    public string Admin { get; private set; } = "";
    public string Editor { get; private set; } = "";
    public string Reader { get; private set; } = "";

    public int Count => _nodes.Length;

    /// <summary>Starts servers over an empty newsroom, with a key for each role.</summary>
    /// <param name="token">The key of its administrator; without one, a key is made.</param>
    public static async Task<Nodes> StartAsync(string database, string data, int count, string? token = null)
    {
        var nodes = await ServeAsync(database, data, count);
        nodes.Admin =
            token
            ?? Assert.Single(
                (
                    await CmsProcess.RunAsync(
                        ["keys", "create", "Chief", "--role", "admin"],
                        nodes._environment,
                        data
                    )
                )
                    .Done()
                    .Output
            );
        using var chief = nodes._nodes[0].Process!.Client(nodes.Admin);
        nodes.Editor = await KeyAsync(chief, "editor");
        nodes.Reader = await KeyAsync(chief, "reader");
        return nodes;
    }

    /// <summary>Starts servers over a database that has been in use.</summary>
    public static async Task<Nodes> ServeAsync(string database, string data, int count, Nodes? keysOf = null)
    {
        var environment = new Dictionary<string, string>(Newsrooms.Using(database), StringComparer.Ordinal)
        {
            ["Cms__KeyRequestsPerMinute"] = "0",
        };
        var nodes = new Nodes(environment, data, count);
        // Keys are in the database: who serves a copy of that has them too.
        if (keysOf is not null)
            (nodes.Admin, nodes.Editor, nodes.Reader) = (keysOf.Admin, keysOf.Editor, keysOf.Reader);
        try
        {
            // One after the other: the first migrates.
            for (var node = 0; node < count; node++)
                await nodes.StartAsync(node);
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
        return nodes;
    }

    /// <summary>A client of this node; it belongs to the node.</summary>
    public HttpClient At(int node, string? key) => _nodes[node].Client(key);

    /// <summary>A client of any node that a balancer would choose.</summary>
    public HttpClient Any(Random random, string? key)
    {
        var up = _nodes.Where(n => n.IsUp).ToArray();
        return up.Length == 0 ? At(0, key) : up[random.Next(up.Length)].Client(key);
    }

    /// <param name="node">Which.</param>
    /// <param name="setting">A setting that it is to have beside the others.</param>
    public async Task StartAsync(int node, (string Name, string Value)? setting = null)
    {
        if (setting is { } given)
            _environment[given.Name] = given.Value;
        _nodes[node].Process = await CmsProcess.ServeAsync(_data, _environment);
        _nodes[node].IsUp = true;
    }

    /// <summary>Ends a node without any chance to tidy up.</summary>
    public async Task KillAsync(int node)
    {
        var process = _nodes[node].Process!;
        await process.KillAsync();
        _nodes[node].IsUp = false;
        await process.DisposeAsync();
    }

    /// <summary>Waits until some node has its database. However many wait, one asks.</summary>
    public Task ReadyAsync()
    {
        lock (_nodes)
            return _ready is { IsCompleted: false }
                ? _ready
                : _ready = Wait.UntilAsync(
                    "a node that is ready",
                    async () => (await AreReadyAsync()).Any(ready => ready)
                );
    }

    /// <summary>Waits until all have.</summary>
    public Task AllReadyAsync() =>
        Wait.UntilAsync("all nodes ready", async () => (await AreReadyAsync()).All(ready => ready));

    /// <summary>
    /// A last change by each node, and then until every node knows of all of them: from now on each answers with all
    /// that was written. Returns the id of the very last thing, a section.
    /// </summary>
    public async Task<string> SettleAsync()
    {
        await AllReadyAsync();
        var last = "";
        for (var node = 0; node < Count; node++)
        {
            var made = await At(node, Admin)
                .PostAsync(
                    "/v1/editorial/sections",
                    new JsonObject { ["name"] = $"Mark {Interlocked.Increment(ref _marks)}" }
                );
            last = (string)made["id"]!;
        }
        for (var node = 0; node < Count; node++)
        {
            var client = At(node, null);
            var url = "/v1/sync?types=section&limit=1000";
            await Wait.UntilAsync(
                "the last mark",
                async () =>
                {
                    var page = await client.GetJsonAsync(url);
                    url = $"/v1/sync?cursor={page["cursor"]}&limit=1000";
                    return page["changes"]!.AsArray().Any(c => (string)c!["id"]! == last);
                }
            );
        }
        return last;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private static async Task<string> KeyAsync(HttpClient chief, string role) =>
        (string)
            (
                await chief.PostAsync(
                    "/v1/editorial/keys",
                    new JsonObject { ["name"] = role, ["role"] = role }
                )
            )["token"]!;

    private async Task<bool[]> AreReadyAsync() =>
        await Task.WhenAll(
            Enumerable
                .Range(0, Count)
                .Select(async node =>
                {
                    try
                    {
                        using var response = await At(node, null).GetAsync("/health/ready", Ct);
                        return response.IsSuccessStatusCode;
                    }
                    catch (Exception e) when (IsOutage(e))
                    {
                        return false;
                    }
                })
        );

    /// <summary>
    /// What a client sees of a server that is killed. (HttpClient lets a socket's own exception through where it is
    /// killed in the moment between connecting and the first byte.)
    /// </summary>
    public static bool IsOutage(Exception e) =>
        e is HttpRequestException or IOException or System.Net.Sockets.SocketException
        || (e is OperationCanceledException && !Ct.IsCancellationRequested);

    private sealed class Node : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<(int Process, string? Key), HttpClient> _clients = new();
        private CmsProcess? _process;
        private int _id;

        public bool IsUp { get; set; }

        public CmsProcess? Process
        {
            get => _process;
            set => (_process, _id) = (value, value!.Id);
        }

        // Those of processes that have ended stay until the end: somebody may be holding one.
        public HttpClient Client(string? key) =>
            _clients.GetOrAdd(
                (_id, key),
                static (_, a) => a.Process.Client(a.Key),
                (Process: _process!, Key: key)
            );

        public async ValueTask DisposeAsync()
        {
            foreach (var client in _clients.Values)
                client.Dispose();
            if (_process is not null)
                await _process.DisposeAsync();
        }
    }
}
