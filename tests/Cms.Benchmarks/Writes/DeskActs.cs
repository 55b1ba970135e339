using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Writes;

/// <summary>
/// What the desk does with several articles, at a time, or again: schedules, releases, batches, merges and replays. One
/// connection; there is nothing by hand to hold it against.
/// </summary>
internal static class DeskActs
{
    private const int ReleaseSize = 50;
    private const int BatchSize = 200;

    public static async Task RunAsync(WritesStage stage, CancellationToken ct)
    {
        await using var office = await Office.ServerAsync(stage.Newsrooms, stage.Articles, ct);
        using var desk = new DeskClient(office.Node!.Address, office.Newsroom.Key, stage.Manuscripts);
        (string Name, int Articles, Func<CancellationToken, Task<double>> Act)[] acts =
        [
            ("schedule", 1, desk.ScheduleAsync),
            ("merge (Prefer: merge)", 1, desk.MergeAsync),
            ("replay by Idempotency-Key", 1, desk.ReplayAsync),
            ($"release of {ReleaseSize}", ReleaseSize, stop => desk.ReleaseAsync(ReleaseSize, stop)),
            ($"batch: create {BatchSize}", BatchSize, stop => desk.CreateAsync(BatchSize, stop)),
            ($"batch: publish {ReleaseSize}", ReleaseSize, stop => desk.PublishAsync(ReleaseSize, stop)),
        ];
        Report.Progress("desk: warming up");
        foreach (var (_, _, act) in acts)
            await act(ct);
        var loads = acts.ToDictionary(a => a.Name, _ => new List<Load>(), StringComparer.Ordinal);
        for (var round = 0; round < stage.Pace.Rounds; round++)
            foreach (var (name, _, act) in acts)
            {
                Report.Progress($"desk: round {round + 1} of {stage.Pace.Rounds}, {name}");
                await office.SettleAsync(ct);
                loads[name].Add(await MeasureAsync(act, stage.Time, ct));
            }

        stage.Report.Heading("Several articles, at a time, or again");
        stage.Report.Say(
            """
            The same articles, by one connection. What an act needs is made before and not measured: drafts for a
            schedule or a release, a newer revision for a merge, a first request for a replay.
            """
        );
        stage.Report.Table(
            ["", "per s", "p50, ms", "p99, ms", "ms for each article"],
            acts.Select(a =>
                new[]
                {
                    a.Name,
                    Spread.Of(loads[a.Name].Select(l => l.PerSecond)).ToString(),
                    Spread.Of(loads[a.Name].Select(l => l.P50)).ToString(),
                    Spread.Of(loads[a.Name].Select(l => l.P99)).ToString(),
                    Spread.Of(loads[a.Name].Select(l => l.P50 / a.Articles)).ToString(),
                }
            )
        );
    }

    /// <summary>Again and again until time is up, at least once.</summary>
    private static async Task<Load> MeasureAsync(
        Func<CancellationToken, Task<double>> act,
        TimeSpan time,
        CancellationToken ct
    )
    {
        var done = new List<double[]>();
        var start = Stopwatch.GetTimestamp();
        do done.Add([await act(ct)]);
        while (Stopwatch.GetElapsedTime(start) < time);
        // Only the acts count, not what was made for them.
        return new Shift(TimeSpan.FromMilliseconds(done.Sum(d => d[0])), done).ToLoad();
    }
}

/// <summary>An editor's tool: each act says how many milliseconds it took.</summary>
internal sealed class DeskClient : IDisposable
{
    private const string Articles = "/v1/editorial/articles";
    private readonly HttpClient _http;
    private readonly Manuscripts _manuscripts;

    public DeskClient(Uri server, string key, Manuscripts manuscripts)
    {
        _http = new() { BaseAddress = server };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _manuscripts = manuscripts;
    }

    public async Task<double> ScheduleAsync(CancellationToken ct)
    {
        var (id, _) = await DraftAsync(ct);
        var at = new JsonObject { ["at"] = DateTimeOffset.UtcNow.AddDays(1).ToString("O") };
        return (await SendAsync(HttpMethod.Post, $"{Articles}/{id}/publish", at, ct)).Ms;
    }

    public async Task<double> MergeAsync(CancellationToken ct)
    {
        var (id, _) = await DraftAsync(ct);
        await ChangeAsync(id, "deck", merges: false, ct);
        return await ChangeAsync(id, "kicker", merges: true, ct);
    }

    public async Task<double> ReplayAsync(CancellationToken ct)
    {
        var key = ("Idempotency-Key", Guid.CreateVersion7().ToString());
        var article = JsonNode.Parse(_manuscripts.Next().ToJson())!;
        await SendAsync(HttpMethod.Post, Articles, article, ct, key);
        return (await SendAsync(HttpMethod.Post, Articles, article, ct, key)).Ms;
    }

    public async Task<double> ReleaseAsync(int size, CancellationToken ct)
    {
        var (ids, _) = await DraftsAsync(size, ct);
        var release = new JsonObject
        {
            ["name"] = "Election night",
            ["items"] = new JsonArray([
                .. ids.Select(id => new JsonObject { ["article"] = id, ["act"] = "publish" }),
            ]),
        };
        var made = await SendAsync(HttpMethod.Post, "/v1/editorial/releases", release, ct);
        return (
            await SendAsync(
                HttpMethod.Post,
                $"/v1/editorial/releases/{made.Answer["id"]}/publish",
                body: null,
                ct
            )
        ).Ms;
    }

    public async Task<double> CreateAsync(int size, CancellationToken ct) => (await DraftsAsync(size, ct)).Ms;

    public async Task<double> PublishAsync(int size, CancellationToken ct)
    {
        var (ids, _) = await DraftsAsync(size, ct);
        return (
            await BatchAsync(ids.Select(id => new JsonObject { ["act"] = "publish", ["slugOrId"] = id }), ct)
        ).Ms;
    }

    public void Dispose() => _http.Dispose();

    private async Task<(string Id, double Ms)> DraftAsync(CancellationToken ct)
    {
        var article = JsonNode.Parse(_manuscripts.Next().ToJson());
        var (made, ms) = await SendAsync(HttpMethod.Post, Articles, article, ct);
        return ((string)made["id"]!, ms);
    }

    private async Task<(IReadOnlyList<string> Ids, double Ms)> DraftsAsync(int size, CancellationToken ct)
    {
        var acts = Enumerable
            .Range(0, size)
            .Select(_ => new JsonObject
            {
                ["act"] = "create",
                ["article"] = JsonNode.Parse(_manuscripts.Next().ToJson()),
            })
            .ToList();
        var (made, ms) = await BatchAsync(acts, ct);
        return ([.. made["results"]!.AsArray().Select(r => (string)r!["article"]!["id"]!)], ms);
    }

    private Task<(JsonNode Answer, double Ms)> BatchAsync(
        IEnumerable<JsonObject> acts,
        CancellationToken ct
    ) =>
        SendAsync(
            HttpMethod.Post,
            "/v1/editorial/batch",
            new JsonObject { ["acts"] = new JsonArray([.. acts]) },
            ct
        );

    private async Task<double> ChangeAsync(string id, string member, bool merges, CancellationToken ct)
    {
        (string, string)[] headers = merges
            ? [("If-Match", "\"1\""), ("Prefer", "merge")]
            : [("If-Match", "\"1\"")];
        var patch = new JsonObject { [member] = "Another line" };
        return (await SendAsync(HttpMethod.Patch, $"{Articles}/{id}", patch, ct, headers)).Ms;
    }

    private async Task<(JsonNode Answer, double Ms)> SendAsync(
        HttpMethod method,
        string target,
        JsonNode? body,
        CancellationToken ct,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, target);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var start = Stopwatch.GetTimestamp();
        using var response = await _http.SendAsync(request, ct);
        var answer = await response.Content.ReadAsStringAsync(ct);
        var ms = Figure.MsSince(start);
        return response.IsSuccessStatusCode
            ? (JsonNode.Parse(answer)!, ms)
            : throw new InvalidOperationException($"{method} {target}: {answer}");
    }
}
