using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.IntegrationTests.Contract;

/// <summary>The document: that it is whole, that its own examples keep to it, and where people find it.</summary>
public sealed class OpenApiTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private JsonObject Document => cms.Contract.Document;

    [Fact]
    public void Every_endpoint_is_in_the_document()
    {
        var routed = cms
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(s => s.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<FastEndpoints.EndpointDefinition>() is not null)
            .SelectMany(e =>
                e.Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Select(m => $"{m} /{e.RoutePattern.RawText!.TrimStart('/')}")
            )
            .Order(StringComparer.Ordinal);

        Assert.Equal(
            routed,
            Operations().Select(o => $"{o.Method.ToUpperInvariant()} {o.Path}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Every_operation_explains_itself()
    {
        // Not the newest patch: generators and linters look the version up in a list.
        Assert.Equal("3.1.1", (string?)Document["openapi"]);
        Assert.NotEmpty(Operations());
        Assert.All(
            Operations(),
            o =>
            {
                Assert.False(string.IsNullOrWhiteSpace((string?)o.Operation["summary"]), o.Path);
                Assert.False(string.IsNullOrWhiteSpace((string?)o.Operation["description"]), o.Path);
                Assert.False(string.IsNullOrWhiteSpace((string?)o.Operation["operationId"]), o.Path);
                Assert.All(
                    o.Operation["parameters"]?.AsArray() ?? [],
                    p =>
                        Assert.False(
                            string.IsNullOrWhiteSpace((string?)p!["description"]),
                            $"{o.Path} {p["name"]}"
                        )
                );
            }
        );
        Assert.Equal(
            Operations().Count(),
            Operations().Select(o => (string?)o.Operation["operationId"]).Distinct().Count()
        );
    }

    [Fact]
    public void Every_example_keeps_to_its_schema()
    {
        var media = Operations()
            .SelectMany(o =>
                (o.Operation["responses"]!.AsObject().Select(r => (o.Path, Holder: r.Value!))).Append(
                    (o.Path, Holder: o.Operation["requestBody"] ?? new JsonObject())
                )
            )
            .Select(h => (h.Path, Holder: SchemaCheck.Resolve(Document, h.Holder)))
            .SelectMany(h => (h.Holder["content"]?.AsObject() ?? []).Select(c => (h.Path, Media: c.Value!)))
            .ToList();
        var examples = media
            .SelectMany(m =>
                (m.Media["examples"]?.AsObject() ?? [])
                    .Select(e => SchemaCheck.Resolve(Document, e.Value!)["value"])
                    .Append(m.Media["example"])
                    .Where(e => e is not null)
                    .Select(e => (m.Path, Schema: m.Media["schema"]!, Example: e))
            )
            .ToList();

        Assert.True(examples.Count > 20);
        Assert.All(
            examples,
            e =>
                Assert.True(
                    SchemaCheck.Faults(Document, e.Schema, e.Example) is [],
                    Told(e.Path, e.Schema, e.Example)
                )
        );
    }

    [Fact]
    public void Every_example_beside_a_schema_keeps_to_it()
    {
        var examples = Objects(Document)
            .SelectMany(o =>
                o.Node["schema"] is { } schema
                    ? [(o.At, schema, o.Node["example"])]
                    : (o.Node["examples"] as JsonArray ?? []).Select(e => (o.At, Schema: (JsonNode)o.Node, e))
            )
            .Where(e => e.Item3 is not null)
            .ToList();

        Assert.True(examples.Count > 100);
        Assert.Empty(
            examples.SelectMany(e =>
                SchemaCheck.Faults(Document, e.Item2, e.Item3).Select(f => $"{e.At}: {f} (in {e.Item3})")
            )
        );
    }

    [Fact]
    public void Every_operation_says_whether_it_needs_a_key()
    {
        Assert.All(
            Operations(),
            o =>
                Assert.Equal(
                    o.Path.StartsWith("/v1/editorial/", StringComparison.Ordinal) ? """[{"bearer":[]}]"""
                        : o.Path.StartsWith("/v1/", StringComparison.Ordinal) ? """[{},{"bearer":[]}]"""
                        : "[]",
                    o.Operation["security"]?.ToJsonString() ?? "nothing is said"
                )
        );
    }

    [Fact]
    public void Every_placeholder_in_a_path_has_an_example_and_images_are_named_by_id()
    {
        var placeholders = Parameters().Where(p => (string?)p.Parameter["in"] == "path").ToList();

        Assert.NotEmpty(placeholders);
        Assert.Empty(placeholders.Where(p => p.Parameter["example"] is null).Select(p => p.Path));
        Assert.Empty(
            placeholders
                .Where(p =>
                    p.Path.Contains("images/", StringComparison.Ordinal)
                    && (string?)p.Parameter["name"] == "slugOrId"
                )
                .Select(p => p.Path)
        );
    }

    [Fact]
    public void Every_choice_has_a_name_that_generators_can_use()
    {
        var schemas = Document["components"]!["schemas"]!.AsObject();
        var choices = Objects(Document).Where(o => o.Node["enum"] is JsonArray).Select(o => o.At).ToList();

        Assert.NotEmpty(choices);
        Assert.Equal(
            schemas
                .Where(s => s.Value!["enum"] is not null)
                .Select(s => $"/components/schemas/{s.Key}")
                .Order(),
            choices.Order()
        );
    }

    [Fact]
    public void An_answer_cut_by_fields_has_a_schema_of_its_own_that_the_whole_one_fits_too()
    {
        var cut = Operations()
            .Where(o => Parameters(o.Operation).Any(p => (string?)p["name"] == "fields"))
            .Select(o => (o.Path, Media: o.Operation["responses"]!["200"]!["content"]!["application/json"]!))
            .ToList();

        Assert.True(cut.Count > 10);
        Assert.All(
            cut,
            o =>
            {
                var partial = SchemaCheck.Resolve(Document, o.Media["x-with-fields"]!);
                var whole = SchemaCheck.Resolve(Document, o.Media["schema"]!);
                Assert.Equal(
                    whole["properties"]!.AsObject().Select(p => p.Key),
                    partial["properties"]!.AsObject().Select(p => p.Key)
                );
                // Only the items of a list are cut.
                Assert.Equal(
                    whole["properties"]!["data"] is null ? null : whole["required"]!.ToJsonString(),
                    partial["required"]?.ToJsonString()
                );
                if (o.Media["example"] is { } example)
                    Assert.Empty(SchemaCheck.Faults(Document, partial, example));
            }
        );
    }

    [Fact]
    public async Task The_document_is_served_and_can_be_kept()
    {
        var response = await cms.Anonymous.GetAsync("/openapi/v1.json", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("public, max-age=300", response.Headers.CacheControl!.ToString());
        Assert.Equal(
            Document.ToJsonString(),
            JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!.ToJsonString()
        );
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        again.Headers.TryAddWithoutValidation("If-None-Match", response.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, (await cms.Anonymous.SendAsync(again, Ct)).StatusCode);
    }

    [Fact]
    public async Task The_page_is_where_people_look_first_and_loads_nothing_from_elsewhere()
    {
        var root = await cms.Anonymous.GetAsync("/", Ct);
        Assert.Equal("/docs", root.Headers.Location!.ToString());

        var page = await cms.Anonymous.GetAsync("/docs/api/index.html", Ct);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.StartsWith(
            "default-src 'self'",
            page.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("http", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_an_image_can_be_had_but_none_beyond_its_end()
    {
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var url = (string)image["url"]!;

        Assert.Equal(HttpStatusCode.PartialContent, (await RangeAsync(url, "bytes=0-9")).StatusCode);
        var beyond = await RangeAsync(url, "bytes=99999999-");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        Assert.Equal(
            "range-not-satisfiable",
            (string?)JsonNode.Parse(await beyond.Content.ReadAsStringAsync(Ct))!["code"]
        );
        Assert.Equal("no-store", beyond.Headers.CacheControl!.ToString());
        using var other = new HttpRequestMessage(HttpMethod.Get, url);
        other.Headers.TryAddWithoutValidation("If-Match", "\"other\"");
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            (await cms.Anonymous.SendAsync(other, Ct)).StatusCode
        );
    }

    [Theory]
    [InlineData("image/*", HttpStatusCode.OK)]
    [InlineData("application/json", HttpStatusCode.NotAcceptable)]
    public async Task An_image_is_served_to_those_who_accept_images(string accept, HttpStatusCode expected)
    {
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        using var request = new HttpRequestMessage(HttpMethod.Get, (string)image["url"]!);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        Assert.Equal(expected, (await cms.Anonymous.SendAsync(request, Ct)).StatusCode);
    }

    private async Task<HttpResponseMessage> RangeAsync(string url, string range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Range", range);
        return await cms.Anonymous.SendAsync(request, Ct);
    }

    private string Told(string path, JsonNode schema, JsonNode? example) =>
        $"{path}: {string.Join("; ", SchemaCheck.Faults(Document, schema, example))} in {example}";

    private IEnumerable<(string Path, JsonNode Parameter)> Parameters() =>
        Operations().SelectMany(o => Parameters(o.Operation).Select(p => (o.Path, p)));

    private static IEnumerable<JsonNode> Parameters(JsonObject operation) =>
        (operation["parameters"]?.AsArray() ?? []).Select(p => p!);

    /// <summary>Every object of the document, but for those in examples, with where it is.</summary>
    private static IEnumerable<(string At, JsonObject Node)> Objects(JsonNode? node, string at = "")
    {
        if (node is JsonObject whole)
            yield return (at, whole);
        var below = node switch
        {
            JsonObject o => o.Where(m => m.Key is not ("example" or "examples"))
                .Select(m => (m.Key, m.Value)),
            JsonArray a => a.Select((item, i) => ($"{i}", item)),
            _ => [],
        };
        foreach (var found in below.SelectMany(m => Objects(m.Item2, $"{at}/{m.Item1}")))
            yield return found;
    }

    private IEnumerable<(string Path, string Method, JsonObject Operation)> Operations() =>
        Document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => (p.Key, o.Key, o.Value!.AsObject())));

    [Fact]
    public async Task The_page_of_the_documentation_loads_what_it_does_beyond_Swagger_UI()
    {
        using var page = await cms.Anonymous.GetAsync("/docs/api/index.html", Ct);
        Assert.Contains(
            "src='/docs/api/cms.js'",
            await page.Content.ReadAsStringAsync(Ct),
            StringComparison.Ordinal
        );

        using var script = await cms.Anonymous.GetAsync("/docs/api/cms.js", Ct);
        Assert.Equal("text/javascript", script.Content.Headers.ContentType?.MediaType);
        var text = await script.Content.ReadAsStringAsync(Ct);
        Assert.Contains("isAuthorized", text, StringComparison.Ordinal);
        Assert.Contains("/v1/events", text, StringComparison.Ordinal);
    }
}
