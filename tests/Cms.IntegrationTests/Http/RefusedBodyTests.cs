using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Http;

/// <summary>
/// A refusal reaches whoever is still sending. These clients send everything before they read anything, as many do:
/// were the connection closed meanwhile, they would find it broken, and not the answer.
/// </summary>
public sealed class RefusedBodyTests(CmsServer cms)
{
    private const int Megabyte = 1024 * 1024;

    public static TheoryData<string, string, string?, string?, int> Refusals =>
        new()
        {
            // path, content type, role, what is wrong, status
            { "/v1/editorial/articles", "application/json", null, null, 401 },
            { "/v1/editorial/images", "multipart/form-data; boundary=x", null, null, 401 },
            { "/v1/editorial/articles", "application/json", "viewer", null, 403 },
            { "/v1/editorial/images", "multipart/form-data; boundary=x", "viewer", null, 403 },
            { "/v1/editorial/nothing", "application/json", "editor", null, 404 },
            { "/v1/articles", "application/json", null, null, 405 },
            { "/v1/editorial/articles", "application/json", "editor", null, 413 },
            { "/v1/editorial/images", "multipart/form-data; boundary=x", "editor", null, 413 },
            { "/v1/editorial/articles", "text/plain", "editor", null, 415 },
            { "/v1/editorial/articles", "application/json", "editor", "Content-Encoding: gzip", 415 },
            // Faults of parameters come together with those of the body, which is too large to be read.
            { "/v1/editorial/articles?unknown=1", "application/json", "editor", null, 413 },
            { "/v1/editorial/articles", "application/json", "bad", null, 401 },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_reaches_who_sends_the_whole_body_first(
        string path,
        string type,
        string? role,
        string? wrong,
        int status
    )
    {
        foreach (var chunked in (bool[])[false, true])
        {
            await using var connection = await RawConnection.OpenAsync(cms.Address);
            // More than any address takes, and more than all buffers between here and there.
            const int Size = 32 * Megabyte;
            await connection.SendAsync(
                $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {type}\r\n"
                    + (role is null ? "" : $"Authorization: {KeyOf(role)}\r\n")
                    + (wrong is null ? "" : $"{wrong}\r\n")
                    + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {Size}\r\n\r\n")
            );
            await connection.SendAsync(
                type.StartsWith("multipart", StringComparison.Ordinal)
                    ? Piece(Form, chunked)
                    : Piece("[", chunked)
            );
            var sent = Form.Length * (type.StartsWith("multipart", StringComparison.Ordinal) ? 1 : 0);
            sent = sent == 0 ? 1 : sent;
            var piece = new string(' ', 64 * 1024);
            for (; sent + piece.Length <= Size; sent += piece.Length)
                await connection.SendAsync(Piece(piece, chunked));
            await connection.SendAsync(Piece(new string(' ', Size - sent), chunked));
            if (chunked)
                await connection.SendAsync("0\r\n\r\n");

            var (head, body) = await connection.ReadAnswerAsync();

            Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
            Assert.Equal(status, (int?)JsonNode.Parse(body)!["status"]);
        }
    }

    [Fact]
    public async Task A_small_body_that_was_not_read_ends_no_connection()
    {
        await using var connection = await RawConnection.OpenAsync(cms.Address);
        for (var time = 0; time < 3; time++)
        {
            await connection.SendAsync(
                "POST /v1/editorial/articles HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + $"Content-Length: {Megabyte}\r\n\r\n"
            );
            await connection.SendAsync(new string(' ', Megabyte));

            var (head, _) = await connection.ReadAnswerAsync();

            Assert.StartsWith("HTTP/1.1 401 ", head, StringComparison.Ordinal);
            Assert.DoesNotContain("Connection: close", head, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("Content-Length: 1000000")]
    [InlineData("Content-Length: 100000000")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task Whoever_waits_to_be_asked_for_the_body_is_refused_without_it(string length)
    {
        await using var connection = await RawConnection.OpenAsync(cms.Address);
        await connection.SendAsync(
            "POST /v1/editorial/articles HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + $"Expect: 100-continue\r\n{length}\r\n\r\n"
        );

        var (head, _) = await connection.ReadAnswerAsync();

        Assert.StartsWith("HTTP/1.1 401 ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_body_in_a_content_coding_is_refused_with_what_can_be_sent()
    {
        foreach (
            var (method, path) in new[]
            {
                ("POST", "/v1/editorial/articles"),
                ("POST", "/v1/editorial/images"),
                ("PATCH", "/v1/editorial/sections/x"),
                ("POST", "/v1/editorial/articles/x/publish"),
            }
        )
        foreach (var coding in (string[])["gzip", "br", "deflate", "zstd", "gzip, br", "x-unheard-of"])
        {
            using var request = new HttpRequestMessage(new(method), path)
            {
                Content = new ByteArrayContent(new byte[10]),
            };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);

            var answer = await cms.Editor.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal("identity", answer.Field("Accept-Encoding"));
            await answer.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        }
        using var plain = new HttpRequestMessage(HttpMethod.Post, "/v1/editorial/tags")
        {
            Content = new StringContent(
                $$"""{"name":"{{Names.Unique("tag")}}"}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        plain.Content.Headers.TryAddWithoutValidation("Content-Encoding", "identity");
        Assert.Equal(
            HttpStatusCode.Created,
            (await cms.Editor.SendAsync(plain, TestContext.Current.CancellationToken)).StatusCode
        );
    }

    private const string Form =
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";

    private static string Piece(string text, bool chunked) =>
        chunked
            ? text.Length == 0
                ? ""
                : $"{text.Length:x}\r\n{text}\r\n"
            : text;

    private string KeyOf(string role) =>
        role == "bad"
            ? $"Bearer cms_{new string('0', 64)}"
            : cms.As(role).DefaultRequestHeaders.Authorization!.ToString();
}
