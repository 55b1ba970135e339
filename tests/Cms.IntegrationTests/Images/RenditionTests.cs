using System.Net;
using System.Text.Json.Nodes;
using Cms.Editorial.Upkeep;
using Cms.Images.Renditions;
using Cms.IntegrationTests.Http;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace Cms.IntegrationTests.Images;

/// <summary>Renditions of images, as pages load them.</summary>
public sealed partial class RenditionTests(CmsServer cms)
{
    private const string Browser = "image/avif,image/webp,image/apng,image/*,*/*;q=0.8";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rendition_is_as_wide_as_its_name_says_and_may_be_kept_for_ever()
    {
        var id = await UploadAsync(Pictures.Photograph(1600, 1200));

        var response = await GetAsync($"{id}/w800");
        var bytes = await response.BytesAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("public, max-age=31536000, immutable", response.Field("Cache-Control"));
        Assert.Equal("nosniff", response.Field("X-Content-Type-Options"));
        Assert.Matches("^\"[0-9a-f]{64}\"$", response.Field("ETag"));
        Assert.Equal((800, 600), SizeOf(bytes));
        // From the file now, and in parts.
        Assert.Equal(bytes, await (await GetAsync($"{id}/w800")).BytesAsync());
        var part = await cms.Anonymous.AskAsync("GET", $"/media/{id}/w800", ("Range", "bytes=10-19"));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(bytes[10..20], await part.BytesAsync());
        var fresh = await cms.Anonymous.AskAsync(
            "GET",
            $"/media/{id}/w800",
            ("If-None-Match", response.Field("ETag")!)
        );
        Assert.Equal(HttpStatusCode.NotModified, fresh.StatusCode);
        var head = await cms.Anonymous.AskAsync("HEAD", $"/media/{id}/w800");
        Assert.Equal(bytes.Length, head.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("w800-16x9", 800, 450)]
    [InlineData("w800-4x3", 800, 600)]
    [InlineData("w800-3x2", 800, 533)]
    [InlineData("w800-1x1", 800, 800)]
    [InlineData("w800-9x16", 675, 1200)]
    [InlineData("w1200-h630-crop", 1200, 630)]
    // The original has 1600 × 1200.
    [InlineData("w3840", 1600, 1200)]
    [InlineData("w3840-1x1", 1200, 1200)]
    public async Task Crops_have_their_proportions_and_nothing_is_enlarged(string name, int width, int height)
    {
        var id = await UploadAsync(Pictures.Photograph(1600, 1200));

        Assert.Equal((width, height), SizeOf(await (await GetAsync($"{id}/{name}-jpeg")).BytesAsync()));
    }

    [Theory]
    [InlineData(null, "image/jpeg")]
    [InlineData("*/*", "image/jpeg")]
    [InlineData(Browser, "image/avif")]
    [InlineData("image/webp,*/*", "image/webp")]
    [InlineData("image/avif;q=0,image/webp,*/*", "image/webp")]
    [InlineData("image/png", "image/png")]
    public async Task Accept_decides_where_the_name_does_not(string? accept, string type)
    {
        var id = await UploadAsync(Pictures.Photograph(300, 200));

        var response = await GetAsync($"{id}/w128", accept);

        Assert.Equal(type, response.Field("Content-Type"));
        Assert.Contains("Accept", response.Field("Vary"), StringComparison.Ordinal);
        Assert.Equal((128, 85), SizeOf(await response.BytesAsync()));
    }

    [Theory]
    [InlineData("avif", "image/avif")]
    [InlineData("webp", "image/webp")]
    [InlineData("jpeg", "image/jpeg")]
    [InlineData("png", "image/png")]
    public async Task A_format_in_the_name_holds_whatever_is_accepted(string format, string type)
    {
        var id = await UploadAsync(Pictures.Photograph(300, 200));

        var response = await GetAsync($"{id}/w128-{format}", "image/gif,image/*;q=0.1");

        Assert.Equal(type, response.Field("Content-Type"));
        Assert.Null(response.Field("Vary"));
    }

    [Fact]
    public async Task Accept_that_rules_out_every_format_is_406()
    {
        var id = await UploadAsync(Pictures.Photograph(300, 200));

        await (await GetAsync($"{id}/w128", "text/html")).ProblemAsync(
            HttpStatusCode.NotAcceptable,
            "not-acceptable"
        );
    }

    [Theory]
    [InlineData("w800-jpg", "w800-jpeg")]
    [InlineData("1x1-w800", "w800-1x1")]
    [InlineData("W800", "w800")]
    [InlineData("w800-v7", "w800")]
    [InlineData("w800-h450-crop", "w800-16x9")]
    public async Task Another_spelling_redirects(string name, string spelling)
    {
        var id = await UploadAsync(Pictures.Png());

        var response = await GetAsync($"{id}/{name}");

        Assert.Equal(HttpStatusCode.PermanentRedirect, response.StatusCode);
        // Relative, so that it is right behind a CDN that serves from a path of its own.
        Assert.Equal(spelling, response.Field("Location"));
        Assert.DoesNotContain("immutable", response.Field("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_does_not_exist_yet_leads_to_the_present_one_and_is_not_kept()
    {
        var id = await UploadAsync(Pictures.Png());

        Assert.Equal("no-store", (await GetAsync($"{id}/w32-v2")).Field("Cache-Control"));
        Assert.Equal("public, max-age=3600", (await GetAsync($"{id}/W32")).Field("Cache-Control"));
    }

    [Fact]
    public async Task A_picture_that_is_too_high_for_a_format_is_narrower_and_the_sources_say_so()
    {
        var id = await UploadAsync(Pictures.Png(200, 20_000));

        foreach (var format in new[] { "webp", "avif", "png" })
        {
            var response = await GetAsync($"{id}/w200-{format}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal((163, 16_300), SizeOf(await response.BytesAsync()));
        }
    }

    [Fact]
    public async Task Addresses_that_show_the_same_picture_share_a_file()
    {
        var id = await UploadAsync(Pictures.Png(40, 40));

        foreach (
            var (one, other) in new[]
            {
                // The original has 40 × 40 pixels.
                ("w48-webp", "w3840-webp"),
                ("w48-webp", "w48-1x1-webp"),
                // It does not move, nor would it in these formats.
                ("w32-webp", "w32-still-webp"),
                ("w32-png", "w32-still-png"),
            }
        )
            Assert.Equal(await TagOfAsync(one), await TagOfAsync(other));
        Assert.NotEqual(await TagOfAsync("w32-webp"), await TagOfAsync("w32-webp-q80"));
        Assert.NotEqual(await TagOfAsync("w32-16x9-webp"), await TagOfAsync("w32-4x3-webp"));

        async Task<string?> TagOfAsync(string name) => (await GetAsync($"{id}/{name}")).Field("ETag");
    }

    [Fact]
    public async Task Another_size_is_refused_with_those_that_there_are()
    {
        var id = await UploadAsync(Pictures.Png());

        var problem = await (await GetAsync($"{id}/w801-q33")).ProblemAsync(
            HttpStatusCode.BadRequest,
            "invalid-parameter"
        );
        var faults = problem["errors"]!.AsArray();
        Assert.Equal(2, faults.Count);
        Assert.All(faults, f => Assert.Equal("rendition", (string?)f!["parameter"]));
        Assert.Contains("640, 750, 800, 828", (string?)faults[0]!["detail"], StringComparison.Ordinal);

        await (await GetAsync($"{id}/large")).ProblemAsync(HttpStatusCode.BadRequest, "invalid-parameter");
        await (await GetAsync($"{Guid.CreateVersion7()}/w800")).ProblemAsync(
            HttpStatusCode.NotFound,
            "not-found"
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Usual_renditions_made_ahead_are_those_that_readers_are_given(bool isTransparent)
    {
        var id = await UploadAsync(isTransparent ? Transparent() : Pictures.Photograph(700, 500));
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = Names.Unique("Warm"),
                ["section"] = await cms.SectionAsync(),
                ["heroImage"] = new JsonObject { ["id"] = id },
            }
        );
        var original = (
            await cms.Services.GetRequiredService<KnownOriginals>().FindAsync(Guid.Parse(id), 1, Ct)
        )!;
        var store = cms.Services.GetRequiredService<RenditionStore>();
        var keys = UsualRenditions.OrdersOf(original, hasCrops: false).Select(o => o.Key).ToHashSet();
        Assert.DoesNotContain(keys, store.Has);

        var at = await cms.ScalarAsync<long>(
            "select sequence from changes where entity_id = @Id",
            new { Id = Guid.Parse((string)article["id"]!) }
        );
        await cms.Services.GetRequiredService<HeroRenditions>().MakeAsync(at - 1, at, Ct);

        Assert.All(keys, key => Assert.True(store.Has(key)));
        var hero = (await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["slug"]}"))["heroImage"]!;
        var named = hero["sources"]!
            .AsArray()
            .SelectMany(s => ((string)s!["srcset"]!).Split(", "))
            .Select(s => s.Split(' ')[0])
            .ToArray();
        Assert.Equal(keys.Count, named.Length);
        foreach (var address in named)
        {
            var tag = (await cms.Anonymous.AskAsync("HEAD", address)).Field("ETag")!.Trim('"');
            Assert.Contains(tag, keys);
        }
    }

    [Fact]
    public void Renditions_made_together_are_those_that_are_made_one_by_one()
    {
        var file = Pictures.Photograph(700, 500);
        var original = new Original
        {
            Sha256 = new string('0', 64),
            Format = Cms.Images.Files.ImageFormat.Jpeg,
            Width = 700,
            Height = 500,
            FocalPoint = null,
            Version = 1,
            ChangedAt = DateTimeOffset.UnixEpoch,
            UsageUntil = null,
        };
        foreach (
            var alike in UsualRenditions.OrdersOf(original, hasCrops: true).GroupBy(o => o.Picture).Take(4)
        )
        {
            var together = RenditionMaker.Make(file, [.. alike], Ct);
            Assert.Equal(3, together.Length);
            foreach (var (order, made) in alike.Zip(together))
                Assert.Equal(RenditionMaker.Make(file, order, Ct), made);
        }
    }

    [Fact]
    public async Task A_signature_allows_any_size_and_only_the_one_that_it_was_made_for()
    {
        var id = await UploadAsync(Pictures.Photograph(900, 600));
        var signed = await cms.Viewer.GetJsonAsync(
            $"/v1/editorial/images/{id}/renditions/w801-h333-crop-q33-webp"
        );
        var address = (string)signed["url"]!;

        Assert.Matches($"^/media/{id}/w801-h333-crop-webp-q33-s[0-9a-f]{{32}}$", address);
        var file = await cms.Anonymous.AskAsync("GET", address);
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Contains("immutable", file.Field("Cache-Control"), StringComparison.Ordinal);
        Assert.Equal(((int)signed["width"]!, (int)signed["height"]!), SizeOf(await file.BytesAsync()));

        // There is one address for it, and none for others.
        var name = address[(address.LastIndexOf('/') + 1)..];
        var signature = name[name.LastIndexOf('-')..];
        Assert.Equal(name, (await GetAsync($"{id}/q33-w801-webp{signature}-crop-h333")).Field("Location"));
        foreach (
            var other in new[]
            {
                $"{id}/w802-h333-crop-webp-q33{signature}",
                $"{id}/w801-h333-crop-avif-q33{signature}",
                $"{id}/w801-h333-crop-webp{signature}",
                $"{id}/w801-h333-crop-webp-q33-s{new string('0', 32)}",
                $"{await UploadAsync(Pictures.Png())}/{name}",
            }
        )
        {
            var problem = await (await GetAsync(other)).ProblemAsync(
                HttpStatusCode.BadRequest,
                "invalid-parameter"
            );
            Assert.Equal("wrong-signature", (string?)problem["errors"]![0]!["code"]);
        }
        await (await GetAsync($"{id}/w801-s123")).ProblemAsync(
            HttpStatusCode.BadRequest,
            "invalid-parameter"
        );
    }

    [Fact]
    public async Task What_needs_no_signature_has_no_address_with_one()
    {
        var id = await UploadAsync(Pictures.Png());

        var address = (string)
            (await cms.Viewer.GetJsonAsync($"/v1/editorial/images/{id}/renditions/w48"))["url"]!;

        Assert.Equal($"/media/{id}/w48", address);
        Assert.Equal("w48", (await GetAsync($"{id}/w48-s{new string('0', 32)}")).Field("Location"));
    }

    [Fact]
    public async Task A_signature_holds_for_later_versions_of_the_picture()
    {
        var id = await UploadAsync(HalfRed(1200, 400), ("focalX", "0"), ("focalY", "0.5"));
        const string Rendition = "w333-h333-crop-png";
        var before = await AddressAsync();

        await (
            await cms.Editor.SendPatchAsync(
                $"/v1/editorial/images/{id}",
                new JsonObject
                {
                    ["focalPoint"] = new JsonObject { ["x"] = 1, ["y"] = 0.5 },
                },
                "\"1\""
            )
        ).ReadAsync(HttpStatusCode.OK);

        var after = await AddressAsync();
        Assert.Equal(before.Replace("-s", "-v2-s", StringComparison.Ordinal), after);
        Assert.False(IsRed(await (await cms.Anonymous.AskAsync("GET", after)).BytesAsync()));
        Assert.EndsWith(
            (await cms.Anonymous.AskAsync("GET", before)).Field("Location")!,
            after,
            StringComparison.Ordinal
        );

        async Task<string> AddressAsync() =>
            (string)
                (await cms.Viewer.GetJsonAsync($"/v1/editorial/images/{id}/renditions/{Rendition}"))["url"]!;
    }

    [Fact]
    public async Task A_new_focal_point_moves_the_crop_to_another_address()
    {
        var id = await UploadAsync(HalfRed(1200, 400), ("focalX", "0"), ("focalY", "0.5"));
        Assert.True(IsRed(await (await GetAsync($"{id}/w400-1x1-png")).BytesAsync()));

        await (
            await cms.Editor.SendPatchAsync(
                $"/v1/editorial/images/{id}",
                new JsonObject
                {
                    ["focalPoint"] = new JsonObject { ["x"] = 1, ["y"] = 0.5 },
                },
                "\"1\""
            )
        ).ReadAsync(HttpStatusCode.OK);

        // Readers are told of the new address at once, so it leads to the new picture.
        Assert.False(IsRed(await (await GetAsync($"{id}/w400-1x1-png-v2")).BytesAsync()));
        HttpResponseMessage moved = null!;
        await Wait.UntilAsync(
            "the new focal point is known",
            async () =>
                (moved = await GetAsync($"{id}/w400-1x1-png")).StatusCode == HttpStatusCode.PermanentRedirect
        );
        Assert.Equal("w400-1x1-png-v2", moved.Field("Location"));
        Assert.False(IsRed(await (await GetAsync($"{id}/w400-1x1-png-v2")).BytesAsync()));
    }

    [Fact]
    public async Task Words_do_not_change_the_address()
    {
        var id = await UploadAsync(Pictures.Png());
        await (
            await cms.Editor.SendPatchAsync(
                $"/v1/editorial/images/{id}",
                new JsonObject { ["alt"] = "A wall" },
                "\"1\""
            )
        ).ReadAsync(HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync($"{id}/w32")).StatusCode);
    }

    private Task<HttpResponseMessage> GetAsync(string path, string? accept = null) =>
        accept is null
            ? cms.Anonymous.AskAsync("GET", $"/media/{path}")
            : cms.Anonymous.AskAsync("GET", $"/media/{path}", ("Accept", accept));

    private async Task<string> UploadAsync(byte[] file, params (string, string)[] words) =>
        (string)
            (await (await cms.Editor.UploadAsync(file, fields: words)).ReadAsync(HttpStatusCode.Created))[
                "id"
            ]!;

    private static (int, int) SizeOf(byte[] file)
    {
        using var image = Image.NewFromBuffer(file);
        return (image.Width, image.Height);
    }
}
