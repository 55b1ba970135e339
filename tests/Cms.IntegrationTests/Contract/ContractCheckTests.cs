using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Contract;

/// <summary>The check that every test's answers go through notices what it is there for.</summary>
public sealed class ContractCheckTests
{
    private const string Sound =
        """{ "id": "01981f5e-0000-7000-8000-000000000000", "at": "2026-10-01T08:00:00Z", "size": """
        + """3, "parent": null, "parts": [ { "type": "word", "text": "a" } ] }""";

    private static readonly Testing.Contract Planted = new(
        """
        {
          "openapi": "3.1.1",
          "paths": {
            "/things/{id}": {
              "get": {
                "responses": {
                  "200": {
                    "description": "",
                    "headers": { "ETag": { "$ref": "#/components/headers/ETag" },
                    "Link": { "schema": { "type": "string" } } },
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" },
                    "x-with-fields": { "$ref": "#/components/schemas/ThingPartial" } } }
                  },
                  "304": { "description": "" },
                  "404": { "description": "",
                  "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } }
                }
              }
            },
            "/things/{id}/parts": { "post": { "responses": { "204": { "description": "" } } } }
          },
          "components": {
            "headers": { "ETag": { "required": true, "schema": { "type": "string" } } },
            "schemas": {
              "Thing": {
                "type": "object",
                "additionalProperties": false,
                "required": [ "id", "at", "size", "parent", "parts" ],
                "properties": {
                  "id": { "type": "string", "format": "uuid" },
                  "at": { "type": "string", "format": "date-time" },
                  "size": { "type": "integer", "minimum": 1, "maximum": 5 },
                  "color": { "type": "string", "enum": [ "red", "blue" ] },
                  "name": { "type": [ "string", "null" ], "pattern": "^[a-z]+$", "maxLength": 3,
                  "not": { "pattern": "^no$" } },
                  "words": { "type": "object", "additionalProperties": { "type": "string" },
                  "propertyNames": { "maxLength": 2 }, "minProperties": 1, "maxProperties": 2 },
                  "point": { "type": "object", "dependentRequired": { "x": [ "y" ] } },
                  "parent": { "oneOf": [ { "$ref": "#/components/schemas/Thing" }, { "type": "null" } ] },
                  "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Part" }, "minItems": 1 }
                }
              },
              "ThingPartial": { "type": "object", "additionalProperties": false,
              "properties": { "id": { "type": "string" } } },
              "Part": {
                "oneOf": [ { "$ref": "#/components/schemas/Word" }, { "$ref": "#/components/schemas/Line" } ],
                "discriminator": { "propertyName": "type", "mapping": { "word": "#/components/schemas/Word",
                "line": "#/components/schemas/Line" } }
              },
              "Word": {
                "type": "object", "additionalProperties": false, "required": [ "type", "text" ],
                "properties": { "type": { "type": "string", "const": "word" }, "text": { "type": "string" } }
              },
              "Line": {
                "type": "object", "additionalProperties": false, "required": [ "type" ],
                "properties": { "type": { "type": "string", "const": "line" } }
              },
              "Problem": { "type": "object", "required": [ "code" ], "properties": { "code": { "type": "string" } } }
            }
          }
        }
        """
    );

    [Fact]
    public void A_sound_answer_passes()
    {
        Assert.Empty(Faults(Sound));
        Assert.Empty(
            Faults(
                """{ "code": "not-found" }""",
                HttpStatusCode.NotFound,
                "application/problem+json",
                etag: null
            )
        );
        Assert.Empty(Faults(null, HttpStatusCode.NotModified, null, etag: null));
    }

    [Theory]
    [InlineData("extra", "1", "/extra: is not declared")]
    [InlineData("id", "7", "/id: 7 is not string")]
    [InlineData("id", "\"7\"", "'7' is no uuid")]
    [InlineData("at", "\"2026-10-01 08:00\"", "is no date-time")]
    [InlineData("size", "1.5", "1.5 is not integer")]
    [InlineData("size", "6", "against maximum 5")]
    [InlineData("color", "\"green\"", "is none of")]
    [InlineData("name", "\"A\"", "does not match")]
    [InlineData("name", "\"abcd\"", "more than 3")]
    [InlineData("name", "\"no\"", "fits what it must not fit")]
    [InlineData("name", "\"a\\n\"", "does not match")]
    [InlineData("words", "{ \"a\": 1 }", "/words/a: 1 is not string")]
    [InlineData("words", "{ \"abc\": \"\" }", "/words/abc: has 3 characters")]
    [InlineData("words", "{}", "fewer than 1")]
    [InlineData("words", "{ \"a\": \"\", \"b\": \"\", \"c\": \"\" }", "more than 2")]
    [InlineData("point", "{ \"x\": 1 }", "/point/y: is missing beside x")]
    [InlineData("parent", "{}", "/parent/id: is missing")]
    [InlineData("parts", "[]", "fewer than 1")]
    [InlineData("parts", "[ { \"type\": \"word\" } ]", "/parts/0/text: is missing")]
    [InlineData("parts", "[ { \"type\": \"line\", \"text\": \"a\" } ]", "/parts/0/text: is not declared")]
    [InlineData("parts", "[ { \"type\": \"tune\" } ]", "fits 0 of the 2 choices")]
    [InlineData("parts", "null", "/parts: null is not array")]
    public void A_planted_fault_is_found(string member, string value, string fault)
    {
        var thing = JsonNode.Parse(Sound)!.AsObject();
        thing[member] = JsonNode.Parse(value);
        Assert.Contains(Faults(thing.ToJsonString()), f => f.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_member_is_found_unless_fields_were_asked_for()
    {
        var thing = JsonNode.Parse(Sound)!.AsObject();
        thing.Remove("size");
        Assert.Equal(["/size: is missing"], Faults(thing.ToJsonString()));
        const string part = """{ "id": "7" }""";
        Assert.Empty(Faults(part, query: "?fields=id"));
        Assert.NotEmpty(Faults("""{ "id": 7 }""", query: "?fields=id"));
    }

    [Fact]
    public void What_is_not_declared_is_found()
    {
        Assert.Equal(["the status 418 is not declared"], Faults("{}", (HttpStatusCode)418));
        Assert.Equal(["the media type text/plain is not declared"], Faults(Sound, type: "text/plain"));
        Assert.Equal(["the header ETag is missing"], Faults(Sound, etag: null));
        Assert.NotEmpty(Faults("{}", HttpStatusCode.NotModified));
        Assert.Contains(
            "the header X-Extra is not declared",
            Assert.Single(Faults(Sound, extra: "X-Extra")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "405",
            Assert.Single(Faults(Sound, method: HttpMethod.Put)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Outside_the_document_an_error_is_a_problem_all_the_same()
    {
        Assert.Empty(Faults("hello", path: "/elsewhere", type: "text/html"));
        Assert.Empty(
            Faults(
                """{ "code": "not-found" }""",
                HttpStatusCode.NotFound,
                "application/problem+json",
                path: "/elsewhere"
            )
        );
        Assert.NotEmpty(Faults("oh", HttpStatusCode.NotFound, "text/html", path: "/elsewhere"));
    }

    [Fact]
    public void A_keyword_that_the_check_does_not_know_is_not_passed_over() =>
        Assert.Throws<NotSupportedException>(() =>
            SchemaCheck.Faults([], JsonNode.Parse("""{ "patternProperties": {} }""")!, null)
        );

    [Fact]
    public void A_body_is_unpacked()
    {
        using var packed = new MemoryStream();
        using (
            var brotli = new System.IO.Compression.BrotliStream(
                packed,
                System.IO.Compression.CompressionMode.Compress
            )
        )
            brotli.Write("{}"u8);
        Assert.Equal("{}"u8.ToArray(), Testing.Contract.Decode(packed.ToArray(), ["br"]));
    }

    private static IReadOnlyList<string> Faults(
        string? body,
        HttpStatusCode status = HttpStatusCode.OK,
        string? type = "application/json",
        string? etag = "\"1\"",
        string path = "/things/7",
        string query = "",
        HttpMethod? method = null,
        string? extra = null
    )
    {
        using var request = new HttpRequestMessage(
            method ?? HttpMethod.Get,
            new Uri($"http://localhost{path}{query}")
        );
        using var response = new HttpResponseMessage(status);
        var bytes = body is null ? [] : Encoding.UTF8.GetBytes(body);
        response.Content = new ByteArrayContent(bytes);
        if (type is not null)
            response.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (etag is not null)
            response.Headers.TryAddWithoutValidation("ETag", etag);
        if (extra is not null)
            response.Headers.TryAddWithoutValidation(extra, "1");
        return Planted.Faults(request, response, bytes);
    }
}
