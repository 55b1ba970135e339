using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Sync;

namespace Cms.IntegrationTests.Contract;

/// <summary>
/// Schemas are as strict as the server: what a schema refuses the server refuses, and what a schema allows the server
/// takes, unless it refuses for a reason that no schema can give (<see cref="BeyondSchemas"/>).
/// </summary>
public sealed class SchemaAgreementTests(CmsServer cms)
{
    private static readonly HashSet<string> BeyondSchemas =
    [
        // What there is, and what time it is.
        "unknown-reference",
        "unknown-section",
        "unknown-author",
        "unknown-kind",
        "repeated",
        "in-the-past",
        "in-the-future",
        "too-far-ahead",
        "unknown-revision",
        "required-to-publish",
        "unknown-block",
        "revision-changed",
        "wrong-status",
        "required-to-publish",
        "not-found",
        "ended",
        "cannot-write",
        "out-of-reach",
        // What belongs together.
        "ragged",
        "contradiction",
        "bound-to-cursor",
        // What only this server can read.
        "invalid-cursor",
        "unknown-field",
        "private-address",
        "forbidden-port",
        // What another server answers.
        "unreachable",
        "too-slow",
        "too-long-sanitised",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private JsonObject Document => cms.Contract.Document;

    [Fact]
    public Task The_server_and_the_schemas_of_bodies_agree_at_every_limit() =>
        AgreeAsync(trial => SchemaSamples.Limits(Document, trial.Schema, trial.Sample), cheap: 200);

    [Fact]
    public Task The_server_and_the_schemas_of_bodies_agree_on_values_of_every_kind() =>
        AgreeAsync(trial => SchemaSamples.Odd(Document, trial.Schema, trial.Sample), cheap: 100);

    /// <summary>
    /// Tries every change of every body with <c>CMS_DEEP_TESTS</c>; otherwise so many, evenly spread.
    /// </summary>
    private async Task AgreeAsync(Func<Trial, IEnumerable<SchemaSamples.Change>> changes, int cheap)
    {
        var disagreements = new List<string>();
        var places = (await TrialsAsync())
            .SelectMany(trial => changes(trial).Select(change => (Trial: trial, Change: change)))
            .ToArray();
        Assert.True(places.Length > 500);

        var step =
            Environment.GetEnvironmentVariable("CMS_DEEP_TESTS") == "1"
                ? 1
                : Math.Max(places.Length / cheap, 1);
        for (var at = 0; at < places.Length; at += step)
            await TryAsync(places[at].Trial, places[at].Change, disagreements);

        Assert.Equal("", string.Join('\n', disagreements.Distinct().Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task The_server_and_the_schemas_of_parameters_agree_and_a_fault_names_the_parameter_as_it_is_written()
    {
        var disagreements = new List<string>();
        var tried = 0;
        foreach (var (path, item) in Document["paths"]!.AsObject())
        {
            // A stream has no end, and a wait takes its time.
            if (item!["get"] is not { } operation || path == "/v1/events")
                continue;
            var parameters = operation["parameters"]?.AsArray() ?? [];
            foreach (var parameter in parameters.Where(p => (string)p!["in"]! == "query"))
            foreach (var (text, value) in SchemaSamples.ParameterValues(Document, parameter!["schema"]!))
            {
                var name = (string)parameter["name"]!;
                if (name == "wait" && text.Length < 3)
                    continue;
                tried++;
                var others = parameters
                    .Where(p =>
                        (bool?)p!["required"] == true && (string)p["in"]! == "query" && p != parameter
                    )
                    .Select(p => $"{p!["name"]}=word");
                var address =
                    Fill(path, parameters)
                    + "?"
                    + string.Join('&', others.Append($"{name}={Uri.EscapeDataString(text)}"));
                using var response = await cms.Admin.GetAsync(address, Ct);
                var faults = await FaultsAsync(response, HttpStatusCode.BadRequest);
                var refused = faults.Count > 0;
                var allowed =
                    SchemaCheck.Faults(Document, parameter["schema"]!, SchemaSamples.AsRead(value)) is [];
                if (allowed && refused && !faults.All(IsBeyondSchemas))
                    disagreements.Add(
                        $"{address}: the schema allows it, and the server does not: {Told(faults)}"
                    );
                if (!allowed && !faults.Any(f => (string?)f["parameter"] == name))
                    disagreements.Add(
                        $"{address}: the schema does not allow it, and the server does not name "
                            + $"'{name}': {(int)response.StatusCode} {Told(faults)}"
                    );
            }
        }
        Assert.True(tried > 300);
        Assert.Equal("", string.Join('\n', disagreements));
    }

    [Theory]
    [InlineData("focalX", "0.5", "focalY", "0.5")]
    [InlineData("focalX", "0.5", null, null)]
    [InlineData("focalY", "0.5", null, null)]
    [InlineData("focalX", "1.01", "focalY", "0.5")]
    [InlineData("focalX", "-0.01", "focalY", "0.5")]
    [InlineData("title", "x", null, null)]
    [InlineData("headline", "x", null, null)]
    public async Task The_server_and_the_schema_of_the_upload_agree(
        string name,
        string value,
        string? other,
        string? otherValue
    )
    {
        var fields = new[] { (Name: name, Value: value), (Name: other, Value: otherValue) }
            .Where(f => f.Name is not null)
            .Select(f => (Name: f.Name!, Value: f.Value!))
            .ToArray();
        var form = new JsonObject { ["file"] = "" };
        foreach (var field in fields)
            form[field.Name] = double.TryParse(field.Value, CultureInfo.InvariantCulture, out var number)
                ? number
                : field.Value;
        var schema = Document["paths"]!["/v1/editorial/images"]!["post"]!["requestBody"]!["content"]![
            "multipart/form-data"
        ]!["schema"]!;

        using var response = await cms.Editor.UploadAsync(Pictures.Png(), fields: fields);

        Assert.Equal(
            SchemaCheck.Faults(Document, schema, SchemaSamples.AsRead(form)) is []
                ? HttpStatusCode.Created
                : HttpStatusCode.UnprocessableEntity,
            response.StatusCode
        );
    }

    private async Task TryAsync(Trial trial, SchemaSamples.Change change, List<string> disagreements)
    {
        var body = change.ApplyTo(trial.Sample.DeepClone());
        var allowed = SchemaCheck.Faults(Document, trial.Schema, SchemaSamples.AsRead(body));
        using var request = new HttpRequestMessage(trial.Method, trial.Address)
        {
            Content = new StringContent(body?.ToJsonString() ?? "null", Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var response = await cms.Admin.SendAsync(request, Ct);
        var faults = await FaultsAsync(response, HttpStatusCode.UnprocessableEntity);
        // A merge patch adds members to those that are there.
        var adds = trial.Method == HttpMethod.Patch && change.Value is JsonObject;
        var refusedByRule = faults.Any(f =>
            !IsBeyondSchemas(f) && !(adds && (string?)f["code"] == "too-many")
        );
        if ((int)response.StatusCode >= 500)
            disagreements.Add($"{trial.Method} {trial.Address} {change}: {Told(faults)}");
        // An empty text is none to the server. The schema asks clients to send null.
        else if (
            allowed is [] == refusedByRule
            && !(allowed is not [] && (faults.Count > 0 || (string?)(change.Value as JsonValue) == ""))
        )
            disagreements.Add(
                $"{trial.Method} {trial.Address} {change}: "
                    + (
                        allowed is []
                            ? $"the schema allows it, and the server does not: {Told(faults)}"
                            : $"the server takes it, and the schema does not: {string.Join("; ", allowed.Take(3))}"
                    )
            );
    }

    // Whether inline HTML has a character that one can see, and whether a text has a word, is not for a schema to say.
    private static bool IsBeyondSchemas(JsonObject fault) =>
        BeyondSchemas.Contains((string)fault["code"]!)
        || (
            (string)fault["code"]! == "empty"
            && (
                ((string?)fault["pointer"])?.Contains("/body/", StringComparison.Ordinal) == true
                || (string?)fault["parameter"] == "q"
            )
        );

    /// <summary>
    /// The faults of a refusal; none for what was taken, or would have been but for something that has the name
    /// already.
    /// </summary>
    private static async Task<IReadOnlyList<JsonObject>> FaultsAsync(
        HttpResponseMessage response,
        HttpStatusCode refusal
    )
    {
        if (
            (int)response.StatusCode < 400
            || response.StatusCode
                is HttpStatusCode.Conflict
                    or HttpStatusCode.Gone
                    or HttpStatusCode.NotFound
        )
            return [];
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!.AsObject();
        if (response.StatusCode != refusal && (string?)problem["code"] != "invalid-cursor")
            return [new JsonObject { ["code"] = $"{(int)response.StatusCode} {problem["code"]}" }];
        return problem["errors"] is JsonArray errors
            ? [.. errors.Select(e => e!.AsObject())]
            : [new JsonObject { ["code"] = (string)problem["code"]!, ["parameter"] = "cursor" }];
    }

    private static string Told(IReadOnlyList<JsonObject> faults) =>
        string.Join("; ", faults.Select(f => $"{f["pointer"] ?? f["parameter"]} {f["code"]}"));

    /// <summary>
    /// Every operation that takes JSON, with something to try it on and a body that has every member.
    /// </summary>
    private async Task<IReadOnlyList<Trial>> TrialsAsync()
    {
        var samples = new SchemaSamples(Document, await KnownAsync());
        var webhook = await cms.Admin.PostAsync(
            "/v1/editorial/webhooks",
            new JsonObject
            {
                ["url"] = "https://site.example/hooks",
                ["events"] = new JsonArray("*"),
                ["paused"] = true,
            }
        );
        var trials = new List<Trial>();
        foreach (var (path, item) in Document["paths"]!.AsObject())
        foreach (var (method, operation) in item!.AsObject())
        {
            if (operation!["requestBody"]?["content"]?["application/json"]?["schema"] is not { } schema)
                continue;
            var kind = path.Split('/')[3];
            var address = path.Contains('{', StringComparison.Ordinal)
                ? path.Replace(
                    path.Split('/').First(s => s.StartsWith('{')),
                    kind switch
                    {
                        "articles" => (string)(await cms.DraftAsync())["id"]!,
                        "sections" => await IdAsync("sections", await cms.SectionAsync()),
                        "authors" => await IdAsync("authors", await cms.AuthorAsync()),
                        "tags" => (string)
                            (
                                await cms.Editor.PostAsync(
                                    "/v1/editorial/tags",
                                    new JsonObject { ["name"] = Names.Unique("tag") }
                                )
                            )["id"]!,
                        "images" => (string)(await cms.ImageAsync("A picture"))["id"]!,
                        "webhooks" => (string)webhook["id"]!,
                        "releases" => (string)
                            (
                                await cms.Editor.PostAsync(
                                    "/v1/editorial/releases",
                                    new JsonObject { ["name"] = Names.Unique("release") }
                                )
                            )["id"]!,
                        _ => throw new NotSupportedException($"Say here what {path} can be tried on."),
                    },
                    StringComparison.Ordinal
                )
                : path;
            if (address.Contains("{noteId}", StringComparison.Ordinal))
            {
                var notes = address[..address.IndexOf("/{noteId}", StringComparison.Ordinal)];
                var note = await cms.Editor.PostAsync(notes, new JsonObject { ["text"] = "A note" });
                address = address.Replace("{noteId}", (string)note["id"]!, StringComparison.Ordinal);
            }
            trials.Add(
                new(
                    new HttpMethod(method.ToUpperInvariant()),
                    address,
                    schema,
                    SchemaSamples.AsRead(samples.Of(schema, kind))!
                )
            );
        }
        return trials;
    }

    /// <summary>Members that must name something that is there, or lie in the right time.</summary>
    private async Task<Dictionary<string, JsonNode?>> KnownAsync()
    {
        var image = (string)(await cms.ImageAsync("A picture"))["id"]!;
        var section = await cms.SectionAsync();
        return new(StringComparer.Ordinal)
        {
            ["slug"] = null,
            ["section"] = section,
            // Otherwise what is wrong is no refusal.
            ["dryRun"] = false,
            ["slugOrId"] = (string)(await cms.DraftAsync())["id"]!,
            ["article"] = (string)(await cms.DraftAsync())["id"]!,
            ["parent"] = section,
            ["sections"] = new JsonArray(section),
            ["authors"] = new JsonArray(await cms.AuthorAsync()),
            ["related"] = new JsonArray((string)(await cms.DraftAsync())["id"]!),
            ["avatar"] = image,
            ["id"] = image,
            ["url"] = "https://site.example/hooks",
            ["publishedAt"] = "2020-01-01T00:00:00Z",
            ["expiresAt"] = "2099-01-01T00:00:00Z",
            ["to"] = "2099-01-01T00:00:00Z",
        };
    }

    // By id: a trial may give it another slug.
    private async Task<string> IdAsync(string kind, string slug) =>
        (string)(await cms.Editor.GetJsonAsync($"/v1/editorial/{kind}/{slug}"))["id"]!;

    private static string Fill(string path, JsonArray parameters)
    {
        foreach (var parameter in parameters.Where(p => (string)p!["in"]! == "path"))
            path = path.Replace(
                $"{{{parameter!["name"]}}}",
                Uri.EscapeDataString($"{parameter["example"]}"),
                StringComparison.Ordinal
            );
        return path;
    }

    private sealed record Trial(HttpMethod Method, string Address, JsonNode Schema, JsonNode Sample);
}
