using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cms.Editorial.Upkeep;
using Cms.IntegrationTests.Http;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace Cms.IntegrationTests.Images;

/// <summary>What answers say of images, so that a page can show them.</summary>
public sealed class ImageViewTests(CmsServer cms)
{
    private static readonly string[] Crops = ["16x9", "1x1", "3x2", "4x3", "9x16"];

    [Fact]
    public async Task One_article_has_renditions_and_crops_whose_widths_are_true()
    {
        var (slug, _) = await PublishedAsync(Pictures.Photograph(1500, 1000));

        var article = await cms.Anonymous.GetJsonAsync($"/v1/articles/{slug}?body=blocks");
        var hero = article["heroImage"]!;

        Assert.Equal(
            ["image/avif", "image/webp", "image/jpeg"],
            hero["sources"]!.AsArray().Select(s => (string?)s!["type"])
        );
        Assert.Equal(Crops, hero["crops"]!.AsObject().Select(c => c.Key).Order(StringComparer.Ordinal));
        Assert.Equal(1500, (int?)hero["crops"]!["16x9"]!["width"]);
        Assert.Equal(844, (int?)hero["crops"]!["16x9"]!["height"]);
        var shown = article["body"]!["blocks"]!.AsArray().Single(b => (string?)b!["type"] == "image")!;
        Assert.Equal(3, shown["image"]!["sources"]!.AsArray().Count);
        // Each address leads straight to a picture of the width beside it.
        foreach (var source in new[] { hero["sources"]![1]!, hero["crops"]!["1x1"]!["sources"]![2]! })
        foreach (var (address, width) in Srcset(source))
        {
            var file = await cms.Anonymous.AskAsync("GET", address);
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            Assert.Equal((string?)source["type"], file.Field("Content-Type"));
            using var picture = Image.NewFromBuffer(await file.BytesAsync());
            Assert.Equal(width, picture.Width);
        }
    }

    [Fact]
    public async Task Sources_of_a_very_high_picture_say_how_wide_it_is()
    {
        var id = await UploadAsync(Pictures.Png(200, 20_000));
        await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = Names.Unique("High"),
                ["section"] = await cms.SectionAsync(),
                ["heroImage"] = new JsonObject { ["id"] = id },
            }
        );

        var image = await cms.Anonymous.GetJsonAsync($"/v1/images/{id}");

        Assert.EndsWith(
            "/w320-webp 163w",
            (string?)image["sources"]![1]!["srcset"],
            StringComparison.Ordinal
        );
        var crop = image["crops"]!["9x16"]!;
        Assert.Equal((200, 356), ((int?)crop["width"], (int?)crop["height"]));
    }

    [Fact]
    public async Task Readers_can_show_something_before_the_file_is_there()
    {
        var (slug, section) = await PublishedAsync(Pictures.Photograph(700, 500));

        var hero = (await cms.Anonymous.GetJsonAsync($"/v1/articles/{slug}"))["heroImage"]!;
        var listed = (await cms.Anonymous.GetJsonAsync($"/v1/articles?section={section}"))["data"]![0]![
            "heroImage"
        ]!;
        var desk = await cms.Viewer.GetJsonAsync($"/v1/editorial/images/{hero["id"]}");

        Assert.Matches("^#[0-9a-f]{6}$", (string?)hero["dominantColor"]);
        Assert.InRange(Convert.FromBase64String((string)hero["thumbHash"]!).Length, 15, 30);
        Assert.StartsWith("data:image/webp;base64,", (string?)hero["placeholder"], StringComparison.Ordinal);
        foreach (var member in new[] { "dominantColor", "thumbHash" })
        {
            Assert.Equal((string?)hero[member], (string?)listed[member]);
            Assert.Equal((string?)hero[member], (string?)desk[member]);
        }
        Assert.False(listed.AsObject().ContainsKey("placeholder"));
    }

    [Fact]
    public async Task Pictures_of_an_older_build_get_a_preview_later_and_readers_are_told()
    {
        var (slug, _) = await PublishedAsync(Pictures.Photograph(300, 200));
        var address = $"/v1/articles/{slug}";
        var before = (await cms.Anonymous.GetJsonAsync(address))["heroImage"]!;
        await cms.ExecuteAsync(
            """
            update image_files set thumb_hash = null, dominant_color = null, is_previewed = false
            where sha256 = (select sha256 from images where id = @Id)
            """,
            new { Id = Guid.Parse((string)before["id"]!) }
        );
        // The change was made behind the server's back.
        await cms
            .Services.GetRequiredService<Cms.Changes.ChangeLog>()
            .InTransactionAsync(
                (_, announcement) =>
                {
                    announcement.Everything();
                    return Task.FromResult(0);
                },
                TestContext.Current.CancellationToken
            );
        Assert.Null((await cms.Anonymous.GetJsonAsync(address))["heroImage"]!["thumbHash"]);

        await cms
            .Services.GetRequiredService<PicturePreviews>()
            .MakeAsync(TestContext.Current.CancellationToken);

        var after = (await cms.Anonymous.GetJsonAsync(address))["heroImage"]!;
        Assert.Equal((string?)before["thumbHash"], (string?)after["thumbHash"]);
        Assert.Equal((string?)before["dominantColor"], (string?)after["dominantColor"]);
    }

    [Theory]
    [InlineData(333, 201)]
    [InlineData(201, 333)]
    [InlineData(1300, 40)]
    public async Task The_size_of_a_crop_is_that_of_its_largest_file(int width, int height)
    {
        var id = await UploadAsync(Pictures.Photograph(width, height));
        await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = Names.Unique("Crops"),
                ["section"] = await cms.SectionAsync(),
                ["heroImage"] = new JsonObject { ["id"] = id },
            }
        );

        var crops = (await cms.Anonymous.GetJsonAsync($"/v1/images/{id}"))["crops"]!.AsObject();

        Assert.Equal(Crops.Length, crops.Count);
        foreach (var (_, crop) in crops)
        {
            var (address, wide) = Srcset(crop!["sources"]![1]!).Last();
            using var file = Image.NewFromBuffer(
                await (await cms.Anonymous.AskAsync("GET", address)).BytesAsync()
            );
            Assert.Equal(((int)crop["width"]!, (int)crop["height"]!), (file.Width, file.Height));
            Assert.Equal(wide, file.Width);
        }
    }

    [Fact]
    public async Task Lists_leave_them_out_unless_they_are_asked_for()
    {
        var (slug, section) = await PublishedAsync(Pictures.Png());
        var list = $"/v1/articles?section={section}";

        var compact = (await cms.Anonymous.GetJsonAsync(list))["data"]![0]!["heroImage"]!.AsObject();
        var full = (await cms.Anonymous.GetJsonAsync($"{list}&images=full"))["data"]![0]!["heroImage"]!;
        var one = await cms.Anonymous.GetJsonAsync($"/v1/articles/{slug}?images=compact");

        Assert.False(compact.ContainsKey("sources") || compact.ContainsKey("crops"));
        Assert.NotNull(full["sources"]);
        Assert.False(one["heroImage"]!.AsObject().ContainsKey("crops"));
        await (
            await cms.Anonymous.GetAsync($"{list}&images=all", TestContext.Current.CancellationToken)
        ).ProblemAsync(HttpStatusCode.BadRequest, "invalid-parameter");
    }

    [Fact]
    public async Task A_list_of_twenty_articles_with_pictures_has_less_than_25_kilobytes()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        for (var i = 0; i < 20; i++)
            await cms.PublishedAsync(
                new JsonObject
                {
                    ["headline"] = "The valley that bet its water and its power on a chip factory",
                    ["kicker"] = "Enterprise",
                    ["deck"] =
                        "A town of nine thousand gave away its river. Five years on, it counts what came back.",
                    ["section"] = section,
                    ["authors"] = new JsonArray(author),
                    ["heroImage"] = new JsonObject
                    {
                        ["id"] = await UploadAsync(Pictures.Photograph(300, 200)),
                    },
                }
            );

        var list = await cms.Anonymous.GetStringAsync(
            $"/v1/articles?section={section}",
            TestContext.Current.CancellationToken
        );

        Assert.InRange(Encoding.UTF8.GetByteCount(list), 10_000, 25_000);
    }

    [Fact]
    public async Task The_HTML_form_has_pictures_with_sources_and_comes_back_as_the_same_block()
    {
        var (slug, section) = await PublishedAsync(Pictures.Photograph(700, 500));

        var html = (string)
            (await cms.Anonymous.GetJsonAsync($"/v1/articles/{slug}?body=html"))["body"]!["html"]!;

        Assert.Contains(
            "<picture><source type=\"image/avif\" srcset=\"/media/",
            html,
            StringComparison.Ordinal
        );
        Assert.Contains(
            " width=\"700\" height=\"500\" loading=\"lazy\" decoding=\"async\">",
            html,
            StringComparison.Ordinal
        );
        var copy = await cms.Editor.PostAsync(
            "/v1/editorial/articles",
            new JsonObject
            {
                ["headline"] = "A copy",
                ["section"] = section,
                ["body"] = new JsonObject { ["html"] = html },
            }
        );
        Assert.Equal("[]", copy["warnings"]!.ToJsonString());
        Assert.Equal(1, copy["body"]!["blocks"]!.AsArray().Count(b => (string?)b!["type"] == "image"));
    }

    [Fact]
    public async Task A_new_focal_point_changes_the_addresses_that_readers_get()
    {
        var (slug, _) = await PublishedAsync(Pictures.Png(400, 300));
        var before = await cms.Anonymous.GetJsonAsync($"/v1/articles/{slug}");
        var id = (string)before["heroImage"]!["id"]!;

        await (
            await cms.Editor.SendPatchAsync(
                $"/v1/editorial/images/{id}",
                new JsonObject
                {
                    ["focalPoint"] = new JsonObject { ["x"] = 0.1, ["y"] = 0.1 },
                },
                "\"1\""
            )
        ).ReadAsync(HttpStatusCode.OK);

        var after = await cms.Anonymous.GetJsonAsync($"/v1/articles/{slug}");
        Assert.DoesNotContain("-v2", before["heroImage"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(
            "-v2 ",
            (string?)after["heroImage"]!["sources"]![0]!["srcset"],
            StringComparison.Ordinal
        );
        Assert.Contains(
            "-v2 ",
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/images/{id}"))["sources"]![0]!["srcset"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_byline_has_the_pictures_of_its_authors_and_follows_their_words()
    {
        var avatar = await UploadAsync(Pictures.Png(300, 300));
        var author = await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject { ["name"] = Names.Unique("Ada"), ["avatar"] = avatar }
        );
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = Names.Unique("By Ada"),
                ["section"] = await cms.SectionAsync(),
                ["authors"] = new JsonArray((string)author["slug"]!),
            }
        );
        var address = $"/v1/articles/{article["slug"]}";
        Assert.Equal(avatar, (string?)(await Byline(cms.Anonymous, address))["id"]);
        Assert.Equal(
            avatar,
            (string?)(await Byline(cms.Editor, $"/v1/editorial/articles/{article["id"]}"))["id"]
        );

        await (
            await cms.Editor.SendPatchAsync(
                $"/v1/editorial/images/{avatar}",
                new JsonObject { ["alt"] = "Ada laughing" },
                "\"1\""
            )
        ).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("Ada laughing", (string?)(await Byline(cms.Anonymous, address))["alt"]);
        var crops = (await cms.Anonymous.GetJsonAsync($"/v1/authors/{author["slug"]}"))["avatar"]!["crops"];
        Assert.Equal(300, (int?)crops!["1x1"]!["width"]);

        static async Task<JsonNode> Byline(HttpClient client, string address) =>
            (await client.GetJsonAsync(address))["authors"]![0]!["avatar"]!;
    }

    [Fact]
    public async Task What_may_be_animated_has_no_source_in_which_it_would_stand_still()
    {
        Cms.Images.Files.Libvips.Prepare();
        using var image = Image.NewFromBuffer(Pictures.Png());
        var (slug, _) = await PublishedAsync(image.GifsaveBuffer());

        var hero = (await cms.Anonymous.GetJsonAsync($"/v1/articles/{slug}"))["heroImage"]!;

        Assert.Equal(["image/webp"], hero["sources"]!.AsArray().Select(s => (string?)s!["type"]));
    }

    private static IEnumerable<(string Address, int Width)> Srcset(JsonNode source) =>
        ((string)source["srcset"]!)
            .Split(", ")
            .Select(part => part.Split(' '))
            .Select(part =>
                (part[0], int.Parse(part[1].TrimEnd('w'), System.Globalization.CultureInfo.InvariantCulture))
            );

    private async Task<string> UploadAsync(byte[] file) =>
        (string)(await (await cms.Editor.UploadAsync(file)).ReadAsync(HttpStatusCode.Created))["id"]!;

    /// <summary>An article with the picture on top and in its body.</summary>
    private async Task<(string Slug, string Section)> PublishedAsync(byte[] file)
    {
        var id = await UploadAsync(file);
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = Names.Unique("Picture"),
                ["section"] = section,
                ["heroImage"] = new JsonObject { ["id"] = id },
                ["body"] = new JsonObject
                {
                    ["markdown"] = $"One.\n\n![A wall](/media/{id}/original)\n\nTwo.\n\nThree.",
                },
            }
        );
        return ((string)article["slug"]!, section);
    }
}
