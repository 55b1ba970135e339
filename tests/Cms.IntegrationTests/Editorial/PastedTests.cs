using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Editorial;

/// <summary>What editors paste, from the request to what readers and apps get.</summary>
public sealed class PastedTests(CmsServer cms)
{
    [Fact]
    public async Task What_is_left_out_is_named_in_the_answer_that_saved_it_and_nowhere_else()
    {
        var created = await cms.Editor.PostAsync(
            "/v1/editorial/articles",
            new JsonObject
            {
                ["headline"] = Names.Unique("Pasted"),
                ["body"] = new JsonObject
                {
                    ["html"] =
                        "<p onclick='x()'>The <u>bridge</u> is closed.</p><script>x()</script><img "
                        + "src='file:///C:/bridge.png'>",
                },
            }
        );
        var address = $"/v1/editorial/articles/{created["id"]}";
        var read = await cms.Editor.GetJsonAsync(address);
        var patched = await cms.Editor.ChangeAsync(address, new JsonObject { ["kicker"] = "Traffic" });
        var again = await cms.Editor.ChangeAsync(
            address,
            new JsonObject
            {
                ["body"] = new JsonObject
                {
                    ["blocks"] = new JsonArray(
                        new JsonObject { ["type"] = "paragraph", ["html"] = "One" },
                        new JsonObject { ["type"] = "html", ["html"] = "<p>Two</p><style>p{}</style>" }
                    ),
                },
            }
        );

        Assert.Equal(
            [
                "/body/html removed-formatting u 1",
                "/body/html removed-handler  1",
                "/body/html removed-media img 1",
                "/body/html removed-script script 1",
            ],
            Told(created)
        );
        Assert.Contains(
            "file:///C:/bridge.png",
            created["warnings"]!.ToJsonString(),
            StringComparison.Ordinal
        );
        Assert.Empty(Told(read));
        Assert.Empty(Told(patched));
        Assert.Equal(["/body/blocks/1/html removed-style style 1"], Told(again));
    }

    [Fact]
    public async Task Numbers_links_of_pictures_and_players_reach_readers_and_apps_in_every_form()
    {
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = section,
                ["body"] = new JsonObject
                {
                    ["html"] =
                        "<ol start=\"3\" reversed type=\"a\"><li>Third</li><li value=\"9\">Ninth</li>"
                        + "</ol><a rel=\"sponsored\" href=\"https://a.example/\"><img "
                        + $"src=\"/media/{image["id"]}/original\"></a><video "
                        + "src=\"https://media.example/v.mp4\"></video>",
                },
            }
        );

        var whole = await cms.Anonymous.GetJsonAsync(
            $"/v1/articles/{article["id"]}?body=blocks,html,markdown,text&images=compact"
        );
        var sync = await (
            await cms.Anonymous.AskAsync(
                "GET",
                $"/v1/sync?section={section}&types=article&body=blocks,html,markdown,text"
            )
        ).TextAsync();

        var body = whole["body"]!;
        var list = body["blocks"]![0]!;
        Assert.Equal(
            """{"reversed":true,"numbering":"lowerAlpha","start":3,"value":9}""",
            new JsonObject
            {
                ["reversed"] = list["reversed"]!.DeepClone(),
                ["numbering"] = list["numbering"]!.DeepClone(),
                ["start"] = list["start"]!.DeepClone(),
                ["value"] = list["items"]![1]!["value"]!.DeepClone(),
            }.ToJsonString()
        );
        Assert.Equal("https://a.example/", (string?)body["blocks"]![1]!["href"]);
        Assert.Equal("sponsored", (string?)body["blocks"]![1]!["rel"]);
        Assert.Equal("https://media.example/v.mp4", (string?)body["blocks"]![2]!["url"]);
        foreach (var form in new[] { "html", "markdown" })
        {
            Assert.Contains(
                "start=\"3\" reversed=\"\" type=\"a\"",
                (string?)body[form],
                StringComparison.Ordinal
            );
            Assert.Contains(
                form == "html"
                    ? "<a href=\"https://a.example/\" rel=\"sponsored\"><picture>"
                    : "<a href=\"https://a.example/\" rel=\"sponsored\"><img",
                (string?)body[form],
                StringComparison.Ordinal
            );
            Assert.Contains("https://media.example/v.mp4", (string?)body[form], StringComparison.Ordinal);
        }
        Assert.StartsWith("c. Third\ni. Ninth", (string)body["text"]!, StringComparison.Ordinal);
        Assert.Equal(
            WithoutPlaceholders(body),
            WithoutPlaceholders(JsonNode.Parse(sync)!["changes"]!.AsArray().Single()!["data"]!["body"]!)
        );
    }

    // Copies always have them, since an app without a network has nothing else to show; compact images have not.
    private static string WithoutPlaceholders(JsonNode body)
    {
        foreach (var image in body["blocks"]!.AsArray().Select(b => b!["image"]).OfType<JsonObject>())
            image.Remove("placeholder");
        return body.ToJsonString();
    }

    [Fact]
    public async Task A_list_that_counts_wrongly_and_a_picture_that_leads_nowhere_are_refused()
    {
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var problem = await cms.Editor.PostAsync(
            "/v1/editorial/articles",
            new JsonObject
            {
                ["headline"] = Names.Unique("Refused"),
                ["body"] = new JsonObject
                {
                    ["blocks"] = new JsonArray(
                        new JsonObject
                        {
                            ["type"] = "list",
                            ["ordered"] = true,
                            ["items"] = new JsonArray(new JsonObject { ["html"] = "a", ["value"] = -1 }),
                        },
                        new JsonObject
                        {
                            ["type"] = "image",
                            ["image"] = new JsonObject { ["id"] = image["id"]!.DeepClone() },
                            ["href"] = "javascript:alert(1)",
                        }
                    ),
                },
            },
            HttpStatusCode.UnprocessableEntity
        );

        Assert.Equal(
            ["/body/blocks/0/items/0/value out-of-range", "/body/blocks/1/href invalid"],
            problem.Faults()
        );
    }

    private static string[] Told(JsonObject article) =>
        [
            .. article["warnings"]!
                .AsArray()
                .Select(w => $"{w!["pointer"]} {w["code"]} {w["element"]} {w["count"]}")
                .Order(StringComparer.Ordinal),
        ];
}
