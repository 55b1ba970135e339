using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cms.ModelTests;

/// <summary>The people of a play, each with a key of its own, and the two sections.</summary>
internal sealed class Stage(
    IReadOnlyDictionary<Who, HttpClient> clients,
    HttpClient reader,
    string a,
    string b
)
{
    public HttpClient Reader => reader;
    public string A => a;
    public string B => b;

    public HttpClient this[Who who] => clients[who];

    public string? Slug(Place place) =>
        place switch
        {
            Place.A => a,
            Place.B => b,
            _ => null,
        };

    public static async Task<Stage> SetAsync(CmsServer cms)
    {
        var (a, b) = (await cms.SectionAsync(), await cms.SectionAsync());
        var roles = new Dictionary<Who, (Access.Role Role, string[]? Sections)>
        {
            [Who.Writer] = (Access.Role.Contributor, null),
            [Who.OtherWriter] = (Access.Role.Contributor, null),
            [Who.Viewer] = (Access.Role.Viewer, null),
            [Who.Editor] = (Access.Role.Editor, null),
            [Who.EditorOfA] = (Access.Role.Editor, [a]),
            [Who.Admin] = (Access.Role.Admin, null),
        };
        var clients = new Dictionary<Who, HttpClient>();
        foreach (var (who, (role, sections)) in roles)
            clients[who] = Client(cms, (await cms.NewKeyAsync(role, sections)).Token);
        return new(clients, Client(cms, token: null), a, b);
    }

    // Not the clients of other tests: holding every answer against the contract takes as long as the answer.
    private static HttpClient Client(CmsServer cms, string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = cms.Address,
        };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}

/// <summary>One life on the server and in the model, side by side.</summary>
internal sealed class Play(Life life, Stage stage, TimeProvider clock)
{
    private readonly StringBuilder _story = new();
    private readonly string _name = Names.Unique("life");
    private ModelArticle _model = null!;
    private string _url = "";

    public Life Life => life;
    public int Length => life.Acts.Count;
    public string Id { get; private set; } = "";

    /// <summary>What went otherwise than in the model, and what had happened until then; null: nothing.</summary>
    public string? Failure { get; private set; }

    /// <summary>The headline that readers see; null: they see nothing.</summary>
    public string? Seen => _model.Seen is { } seen ? Headline(seen) : null;

    public async Task OpenAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var first = new Content(0, 0, 0, Place.None, HasBody: false, Embargo: null).With(life.First, now);
        _model = new(life.By, first);
        var json = Json(life.First, now);
        json["slug"] = _name;
        using var answer = await SendAsync(
            life.By,
            HttpMethod.Post,
            "/v1/editorial/articles",
            json,
            null,
            null,
            ct
        );
        _story.AppendLine(CultureInfo.InvariantCulture, $"{life.By} opens it: {life.First}");
        var article = await ReadAsync(answer, ct);
        if ((int)answer.StatusCode != 201)
        {
            Fail($"could not be opened: {article}");
            return;
        }
        Id = (string)article!["id"]!;
        _url = $"/v1/editorial/articles/{Id}";
        Compare(article);
        await LookAsync(ct);
    }

    public async Task ActAsync(int n, CancellationToken ct)
    {
        if (Failure is not null || n >= Length)
            return;
        var act = life.Acts[n];
        var now = clock.GetUtcNow();
        _story.AppendLine(CultureInfo.InvariantCulture, $"{now:HH:mm} {n + 1}. {act}");
        if (act is Act.Wait)
            return;
        using var answer = await SendAsync(act, now, ct);
        var article = await ReadAsync(answer, ct);
        var refusals = _model.Try(act, now);
        var code = (int)answer.StatusCode < 400 ? null : (string?)article?["code"];
        var wanted =
            refusals.Count == 0 ? "done" : string.Join(" or ", refusals.Select(r => $"{r.Status} {r.Code}"));
        if (
            refusals.Count == 0
                ? code is not null
                : !refusals.Contains(new((int)answer.StatusCode, code ?? ""))
        )
        {
            Fail($"is {wanted} in the model; the server answers {(int)answer.StatusCode} {article}");
            return;
        }
        _story.AppendLine(
            CultureInfo.InvariantCulture,
            $"         {(int)answer.StatusCode} {code} -> {_model.Status} {_model.Revision}"
        );
        if (article is not null && code is null)
            Compare(article);
        else
            await LookAtDeskAsync(ct);
        await LookAsync(ct);
    }

    /// <summary>A minute has passed.</summary>
    public async Task PassAsync(CancellationToken ct)
    {
        if (Failure is not null || !_model.Pass(clock.GetUtcNow()))
            return;
        _story.AppendLine(CultureInfo.InvariantCulture, $"         the clock -> {_model.Status}");
        await LookAtDeskAsync(ct);
        // The server has written it, and may not have told its cache yet.
        for (var tries = 0; tries < 200; tries++)
        {
            if (await FindDifferenceAsync(ct) is null)
                return;
            await Task.Delay(5, ct);
        }
        await LookAsync(ct);
    }

    private async Task<HttpResponseMessage> SendAsync(Act act, DateTimeOffset now, CancellationToken ct)
    {
        var post = HttpMethod.Post;
        return act switch
        {
            Act.Change c => await SendAsync(
                c.By,
                HttpMethod.Patch,
                c.IsPublished ? $"{_url}?publish=true" : _url,
                Json(c.Patch, now),
                _model.RevisionOf(c.Start),
                c.Start == Start.OlderToMerge ? "merge" : null,
                ct
            ),
            Act.Submit => await SendAsync(act.By, post, $"{_url}/submit", null, null, null, ct),
            Act.Reject => await SendAsync(
                act.By,
                post,
                $"{_url}/reject",
                new JsonObject { ["note"] = "Not yet" },
                null,
                null,
                ct
            ),
            Act.Publish p => await SendAsync(
                p.By,
                post,
                $"{_url}/publish",
                Times(("at", p.At), ("until", p.Until)),
                p.Start == Start.Unsaid ? null : _model.RevisionOf(p.Start),
                null,
                ct
            ),
            Act.Unpublish u => await SendAsync(
                u.By,
                post,
                $"{_url}/unpublish",
                Times(("at", u.At)),
                null,
                null,
                ct
            ),
            Act.CancelSchedule => await SendAsync(
                act.By,
                post,
                $"{_url}/cancel-schedule",
                null,
                null,
                null,
                ct
            ),
            Act.Correct => await SendAsync(
                act.By,
                post,
                $"{_url}/corrections",
                new JsonObject { ["text"] = "It was otherwise." },
                null,
                null,
                ct
            ),
            Act.Trash t => await SendAsync(
                t.By,
                HttpMethod.Delete,
                _url,
                null,
                _model.RevisionOf(t.Start),
                null,
                ct
            ),
            Act.Restore => await SendAsync(act.By, post, $"{_url}/restore", null, null, null, ct),
            Act.Erase e => await SendAsync(
                e.By,
                HttpMethod.Delete,
                $"{_url}?permanently=true",
                null,
                _model.RevisionOf(e.Start),
                null,
                ct
            ),
            Act.RestoreRevision r => await SendAsync(
                r.By,
                post,
                $"{_url}/revisions/{r.Number}/restore",
                null,
                _model.RevisionOf(r.Start),
                null,
                ct
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "There is no such act."),
        };

        JsonObject? Times(params (string Name, int? Minutes)[] times) =>
            times.All(t => t.Minutes is null)
                ? null
                : new JsonObject(
                    times
                        .Where(t => t.Minutes is not null)
                        .Select(t =>
                            KeyValuePair.Create(t.Name, (JsonNode?)Text(now.AddMinutes(t.Minutes!.Value)))
                        )
                );
    }

    private async Task<HttpResponseMessage> SendAsync(
        Who by,
        HttpMethod method,
        string url,
        JsonObject? body,
        int? ifMatch,
        string? prefer,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        if (ifMatch is { } revision)
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{revision}\"");
        if (prefer is not null)
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        return await stage[by].SendAsync(request, ct);
    }

    private JsonObject Json(Patch patch, DateTimeOffset now)
    {
        var json = new JsonObject();
        if (patch.Headline is { } headline)
            json["headline"] = $"{headline} {_name}";
        if (patch.Kicker is { } kicker)
            json["kicker"] = kicker == 0 ? null : $"Kicker {kicker}";
        if (patch.Deck is { } deck)
            json["deck"] = deck == 0 ? null : $"Deck {deck}";
        if (patch.Section is { } section)
            json["section"] = stage.Slug(section);
        if (patch.Body is { } body)
            json["body"] = body ? new JsonObject { ["markdown"] = "Text." } : null;
        if (patch.Embargo is { } embargo)
            json["embargoedUntil"] = embargo == 0 ? null : Text(now.AddMinutes(embargo));
        return json;
    }

    private string Headline(Content content) => $"{content.Headline} {_name}";

    /// <summary>What the desk sees, when nothing was answered that shows it.</summary>
    private async Task LookAtDeskAsync(CancellationToken ct)
    {
        if (Failure is not null)
            return;
        using var answer = await stage[Who.Viewer].GetAsync(_url, ct);
        var article = await ReadAsync(answer, ct);
        if (answer.IsSuccessStatusCode && !_model.IsErased)
            Compare(article!);
        else if (answer.IsSuccessStatusCode == _model.IsErased)
            Fail($"is {(_model.IsErased ? "erased" : "there")} in the model; the desk sees {article}");
    }

    private void Compare(JsonObject article)
    {
        if (Failure is not null)
            return;
        var working = _model.Working;
        var planned = _model.Publication;
        var differences = new (string Name, object? Wanted, object? Found)[]
        {
            ("status", JsonName(_model.Status), (string?)article["status"]),
            ("revision", _model.Revision, (int?)article["revision"]),
            ("publishedRevision", _model.Live, (int?)article["publishedRevision"]),
            ("hasUnpublishedChanges", _model.HasUnpublishedChanges, (bool?)article["hasUnpublishedChanges"]),
            ("scheduledFor", planned?.At, Time("scheduledFor")),
            ("scheduledRevision", planned?.Revision, (int?)article["scheduledRevision"]),
            ("hasUnscheduledChanges", _model.HasUnscheduledChanges, (bool?)article["hasUnscheduledChanges"]),
            ("scheduledUntil", _model.Withdrawal, Time("scheduledUntil")),
            ("scheduleFailed", null, article["scheduleFailed"]?.ToJsonString()),
            ("rejection", _model.IsRejected, article["rejection"] is not null),
            ("embargoedUntil", working.Embargo, Time("embargoedUntil")),
            ("headline", Headline(working), (string?)article["headline"]),
            ("kicker", working.Kicker == 0 ? null : $"Kicker {working.Kicker}", (string?)article["kicker"]),
            ("deck", working.Deck == 0 ? null : $"Deck {working.Deck}", (string?)article["deck"]),
            ("section", stage.Slug(working.Section), (string?)article["section"]?["slug"]),
            (
                "corrections",
                working.Corrections.Count(c => c == ';'),
                article["corrections"]!.AsArray().Count
            ),
        }
            .Where(m => !Equals(m.Wanted, m.Found))
            .Select(m => $"{m.Name} is {m.Wanted ?? "null"} in the model and {m.Found ?? "null"} on the desk")
            .ToList();
        if (differences.Count > 0)
            Fail(string.Join("; ", differences));

        DateTimeOffset? Time(string member) => (DateTimeOffset?)article[member];
    }

    /// <summary>What readers see.</summary>
    private async Task LookAsync(CancellationToken ct)
    {
        if (Failure is null && await FindDifferenceAsync(ct) is { } difference)
            Fail(difference);
    }

    private async Task<string?> FindDifferenceAsync(CancellationToken ct)
    {
        using var answer = await stage.Reader.GetAsync($"/v1/articles/{Id}", ct);
        var article = await ReadAsync(answer, ct);
        var status =
            _model.Live is not null ? 200
            : _model.WasPublished ? 410
            : 404;
        if ((int)answer.StatusCode != status)
            return $"readers get {status} in the model; the server answers {(int)answer.StatusCode} {article}";
        if (_model.Seen is not { } seen)
            return null;
        var (wanted, found) = (
            (Headline(seen), stage.Slug(seen.Section), seen.Corrections.Count(c => c == ';')),
            (
                (string?)article!["headline"],
                (string?)article["section"]!["slug"],
                article["corrections"]!.AsArray().Count
            )
        );
        return wanted == found ? null : $"readers see {wanted} in the model; the server shows {found}";
    }

    private static async Task<JsonObject?> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        return text.Length == 0 ? null : JsonNode.Parse(text)!.AsObject();
    }

    public void Fail(string how) => Failure ??= $"{_story}It {how}";

    private static string JsonName(Status status) =>
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(status.ToString());

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
