using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>Hosts of pictures and embeds, as configured in the environment.</summary>
public sealed class ExternalHostTests(Newsrooms newsrooms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pictures_and_embeds_come_from_the_hosts_that_are_allowed_and_what_is_stored_stays()
    {
        var data = await newsrooms.SeededAsync();
        string stored;
        const string picture = "<p>Words.</p><img src=\"https://stranger.example/a.png\" alt=\"A\">";
        await using (var server = await CmsProcess.ServeAsync(data))
        {
            using var admin = server.Admin();
            using var saved = await SaveAsync(admin, "html", picture);
            Assert.Equal(HttpStatusCode.Created, saved.StatusCode);
            stored = saved.Headers.Location!.ToString();
        }

        await using (
            var server = await CmsProcess.ServeAsync(
                data,
                new Dictionary<string, string>
                {
                    ["Cms__ExternalImageHosts__0"] = "*.agency.example",
                    ["Cms__ExternalImageHosts__1"] = "pictures.example",
                    ["Cms__EmbedHosts__0"] = "video.example",
                }
            )
        )
        {
            using var admin = server.Admin();
            foreach (
                var (form, text) in (IEnumerable<(string, string)>)
                    [
                        ("html", "<p>a</p><img src=https://cdn.agency.example/a.png>"),
                        ("html", "<p>a</p><img src=//PICTURES.example:8080/a.png>"),
                        ("markdown", "a\n\n![b](https://pictures.example/a.png)"),
                        ("html", "<p>a</p><img src=/pictures/a.png>"),
                        ("html", "<p>a</p><iframe src=https://video.example/1></iframe>"),
                    ]
            )
            {
                using var allowed = await SaveAsync(admin, form, text);
                Assert.True(
                    allowed.StatusCode == HttpStatusCode.Created,
                    $"{text}: {await allowed.Content.ReadAsStringAsync(Ct)}"
                );
            }

            foreach (
                var (form, text, pointer) in (IEnumerable<(string, string, string)>)
                    [
                        ("html", picture, "/body/html"),
                        ("html", "<p>a</p><img src=https://agency.example/a.png>", "/body/html"),
                        ("html", "<p>a</p><img src=https://notagency.example/a.png>", "/body/html"),
                        (
                            "html",
                            "<p>a</p><img src=https://pictures.example.evil.example/a.png>",
                            "/body/html"
                        ),
                        (
                            "html",
                            "<p>a</p><img src=https://pictures.example@evil.example/a.png>",
                            "/body/html"
                        ),
                        ("html", "<ul><li>a<img src='https://stranger.example/a.png'></ul>", "/body/html"),
                        ("markdown", "a\n\n![b](https://stranger.example/a.png)", "/body/markdown"),
                        ("markdown", "a\n\n<img src='https://stranger.example/a.png'>", "/body/markdown"),
                        ("html", "<p>a</p><iframe src=https://www.video.example/1></iframe>", "/body/html"),
                        (
                            "blocks",
                            """[{"type":"divider"},{"type":"embed","url":"https://other.example/1"}]""",
                            "/body/blocks/1/url"
                        ),
                        (
                            "blocks",
                            """[{"type":"html","html":"<p>a</p><img src='https://stranger.example/a.png'>"}]""",
                            "/body/blocks/0/html"
                        ),
                        (
                            "blocks",
                            """[{"type":"html","html":"<ul><li><iframe src='https://other.example/1'>"""
                                + """</iframe></ul>"}]""",
                            "/body/blocks/0/html"
                        ),
                    ]
            )
            {
                using var refused = await SaveAsync(admin, form, text);
                var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync(Ct))!;
                Assert.True(refused.StatusCode == HttpStatusCode.UnprocessableEntity, $"{text}: {problem}");
                var fault = Assert.Single(problem["errors"]!.AsArray())!;
                Assert.Equal("host-not-allowed", (string)fault["code"]!);
                Assert.Equal(pointer, (string)fault["pointer"]!);
                Assert.Contains(
                    pointer.EndsWith("url", StringComparison.Ordinal)
                    || text.Contains("iframe", StringComparison.Ordinal)
                        ? "video.example"
                        : "POST /v1/editorial/images",
                    (string)fault["detail"]!,
                    StringComparison.Ordinal
                );
            }

            // Read, and saved again as long as the body is not sent.
            using var read = await admin.GetAsync($"{stored}?body=html", Ct);
            Assert.Contains(
                "stranger.example",
                await read.Content.ReadAsStringAsync(Ct),
                StringComparison.Ordinal
            );
            using var patch = new HttpRequestMessage(HttpMethod.Patch, stored)
            {
                Content = JsonContent.Create(new JsonObject { ["kicker"] = "Now" }),
            };
            patch.Headers.TryAddWithoutValidation("If-Match", read.Headers.ETag!.ToString());
            using var changed = await admin.SendAsync(patch, Ct);
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        }
    }

    private static Task<HttpResponseMessage> SaveAsync(HttpClient client, string form, string text) =>
        client.PostAsync(
            Articles,
            JsonContent.Create(
                new JsonObject
                {
                    ["headline"] = "Pictures from elsewhere",
                    ["body"] = new JsonObject { [form] = form == "blocks" ? JsonNode.Parse(text) : text },
                }
            ),
            Ct
        );
}
