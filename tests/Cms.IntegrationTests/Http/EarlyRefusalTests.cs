using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Http;

/// <summary>What the server refuses before there is a request is a problem too.</summary>
public sealed class EarlyRefusalTests(CmsServer cms)
{
    public static TheoryData<string, int, string> Requests =>
        new()
        {
            { "NONSENSE\r\n\r\n", 400, "malformed-request" },
            { "GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed-request" },
            { "GET /v1/tags HTTP/1.1\r\n\r\n", 400, "malformed-request" },
            { "GET /v1/tags HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "malformed-request" },
            { "GET /v1/tags HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400, "malformed-request" },
            { "GET /v1/tags HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n", 400, "malformed-request" },
            { "GET /v1/tags HTTP/3.7\r\nHost: x\r\n\r\n", 400, "malformed-request" },
            { "GET /v1/%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed-request" },
            {
                "POST /v1/editorial/tags HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
                400,
                "malformed-request"
            },
            {
                "POST /v1/editorial/tags HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: other\r\n\r\n",
                400,
                "malformed-request"
            },
            { $"GET /{new string('a', 40_000)} HTTP/1.1\r\nHost: x\r\n\r\n", 414, "address-too-long" },
            {
                $"GET /v1/tags HTTP/1.1\r\nHost: x\r\nCookie: {new string('a', 200_000)}\r\n\r\n",
                431,
                "header-too-large"
            },
            {
                "GET /v1/tags HTTP/1.1\r\nHost: x\r\n"
                    + $"{string.Concat(Enumerable.Range(0, 200).Select(n => $"A{n}: b\r\n"))}\r\n",
                431,
                "header-too-large"
            },
        };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task What_cannot_be_read_is_refused_as_a_problem(string request, int status, string code)
    {
        await using var connection = await RawConnection.OpenAsync(cms.Address);
        await connection.SendAsync(request);

        var (head, body) = await connection.ReadAnswerAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/problem+json\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", head, StringComparison.Ordinal);
        var problem = JsonNode.Parse(body)!.AsObject();
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal(status, (int?)problem["status"]);
        Assert.Contains($"\r\nX-Request-Id: {problem["traceId"]}\r\n", head, StringComparison.Ordinal);
        Assert.Empty(
            SchemaCheck.Faults(
                cms.Contract.Document,
                new JsonObject { ["$ref"] = "#/components/schemas/Problem" },
                problem
            )
        );
    }

    [Theory]
    [InlineData("GET /v1/tags HTTP/1.1\r\nHost: x\r\nAccept")]
    [InlineData(
        "POST /v1/editorial/tags HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
    )]
    public async Task What_does_not_arrive_in_time_is_408_and_a_problem(string beginning)
    {
        await using var connection = await RawConnection.OpenAsync(cms.Address);
        await connection.SendAsync(
            beginning.Replace(
                "{key}",
                $"{cms.Editor.DefaultRequestHeaders.Authorization}",
                StringComparison.Ordinal
            )
        );

        var (head, body) = await connection.ReadAnswerAsync();

        Assert.StartsWith("HTTP/1.1 408 ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", head, StringComparison.Ordinal);
        var problem = JsonNode.Parse(body)!.AsObject();
        Assert.Equal("request-timeout", (string?)problem["code"]);
        Assert.Equal(408, (int?)problem["status"]);
    }

    [Fact]
    public async Task Good_requests_before_a_bad_one_are_answered_and_HEAD_gets_no_body()
    {
        await using var connection = await RawConnection.OpenAsync(cms.Address);
        await connection.SendAsync(
            "GET /v1/tags?limit=2 HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/tags?limit=1 HTTP/1.1\r\n"
                + "Host: x\r\n\r\nHEAD /v1/tags HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n"
        );

        Assert.StartsWith(
            "HTTP/1.1 200 ",
            (await connection.ReadAnswerAsync()).Head,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "HTTP/1.1 200 ",
            (await connection.ReadAnswerAsync()).Head,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "HTTP/1.1 400 ",
            (await connection.ReadAnswerAsync(hasBody: false)).Head,
            StringComparison.Ordinal
        );
        Assert.Equal("", await connection.ReadToEndAsync());
    }
}
