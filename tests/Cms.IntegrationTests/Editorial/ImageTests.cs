using System.Buffers.Binary;
using System.Net;
using System.Text.Json.Nodes;
using NetVips;

namespace Cms.IntegrationTests.Editorial;

public sealed class ImageTests(CmsServer cms)
{
    private const string Images = "/v1/editorial/images";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("jpeg", "image/jpeg")]
    [InlineData("png", "image/png")]
    [InlineData("webp", "image/webp")]
    [InlineData("gif", "image/gif")]
    [InlineData("avif", "image/avif")]
    public async Task A_picture_is_known_by_its_bytes_and_not_by_its_name(string format, string mediaType)
    {
        using var response = await cms.Editor.UploadAsync(
            Draw(format),
            "holiday.pdf",
            ("alt", "A <b> & “c”"),
            ("focalX", "0.25"),
            ("focalY", "1")
        );
        var image = await response.ReadAsync(HttpStatusCode.Created);
        Assert.Equal($"{Images}/{image["id"]}", response.Headers.Location?.ToString());
        Assert.Equal("\"1\"", response.Headers.ETag?.ToString());
        Assert.Equal(
            (mediaType, "holiday.pdf", "A <b> & “c”"),
            ((string)image["mediaType"]!, (string)image["fileName"]!, (string)image["alt"]!)
        );
        Assert.Equal((60, 45), ((int)image["width"]!, (int)image["height"]!));
        Assert.Equal("""{"x":0.25,"y":1}""", image["focalPoint"]!.ToJsonString());

        using var media = await cms.Anonymous.GetAsync((string)image["url"]!, Ct);
        Assert.Equal(
            (HttpStatusCode.OK, mediaType),
            (media.StatusCode, media.Content.Headers.ContentType?.MediaType)
        );
        Assert.Equal((long)image["bytes"]!, (await media.Content.ReadAsByteArrayAsync(Ct)).Length);
        Assert.True(JsonNode.DeepEquals(image, await cms.Viewer.GetJsonAsync($"{Images}/{image["id"]}")));
    }

    public static TheoryData<string, byte[], int> NoPictures =>
        new()
        {
            {
                "SVG",
                (
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><script>alert(1)"u8
                    + "</script></svg>"u8
                ).ToArray(),
                415
            },
            { "PDF", "%PDF-1.7\n%âãÏÓ\n1 0 obj"u8.ToArray(), 415 },
            { "HTML", "<!doctype html><script>alert(1)</script>"u8.ToArray(), 415 },
            { "text", "just words"u8.ToArray(), 415 },
            { "a GIF's first words and a script", "GIF89a/*<script>alert(1)</script>*/"u8.ToArray(), 422 },
            { "a PNG's signature", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], 422 },
            { "zeros", new byte[1000], 415 },
        };

    [Theory]
    [MemberData(nameof(NoPictures))]
    public async Task What_is_no_picture_is_refused(string what, byte[] bytes, int status)
    {
        using var response = await cms.Editor.UploadAsync(bytes, "picture.png");
        Assert.True(
            (int)response.StatusCode == status,
            $"{what}: {await response.Content.ReadAsStringAsync(Ct)}"
        );
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("gif")]
    [InlineData("avif")]
    public async Task A_picture_that_breaks_off_is_damaged(string format)
    {
        var whole = Draw(format);
        using var response = await cms.Editor.UploadAsync(whole[..(whole.Length * 2 / 3)]);
        var problem = await response.ReadAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal("/file", (string?)problem["errors"]![0]!["pointer"]);
    }

    [Fact]
    public async Task A_form_has_one_file_and_fields_that_are_known()
    {
        async Task<(int Status, string Faults)> SendAsync(
            params (string Name, byte[]? File, string Text)[] parts
        )
        {
            using var form = new MultipartFormDataContent();
            foreach (var (name, file, text) in parts)
                if (file is null)
                    form.Add(new StringContent(text), name);
                else
                    form.Add(new ByteArrayContent(file), name, "x.png");
            using var response = await cms.Editor.PostAsync(Images, form, Ct);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!.AsObject();
            return (
                (int)response.StatusCode,
                answer["errors"] is null ? "" : string.Join(", ", answer.Faults())
            );
        }
        var file = Pictures.Png();

        Assert.Equal((422, "/file missing"), await SendAsync(("alt", null, "x")));
        Assert.Equal((422, "/file missing"), await SendAsync(("file", null, "text")));
        Assert.Equal(
            (422, "/colour unknown-member"),
            await SendAsync(("file", file, ""), ("colour", null, "red"))
        );
        Assert.Equal((422, "/a~1b unknown-member"), await SendAsync(("file", file, ""), ("a/b", null, "x")));
        Assert.Equal(
            (400, "/file duplicate-member"),
            await SendAsync(("file", file, ""), ("file", file, ""))
        );
        Assert.Equal(
            (400, "/alt duplicate-member"),
            await SendAsync(("file", file, ""), ("alt", null, "x"), ("alt", null, "y"))
        );
        Assert.Equal((422, "/alt wrong-type"), await SendAsync(("file", file, ""), ("alt", file, "")));
        Assert.Equal(
            (422, "/focalY contradiction"),
            await SendAsync(("file", file, ""), ("focalX", null, "0.5"))
        );
        Assert.Equal(
            (422, "/focalY contradiction"),
            await SendAsync(("file", file, ""), ("focalY", null, "0.5"))
        );
        Assert.Equal(
            (422, "/focalX out-of-range"),
            await SendAsync(("file", file, ""), ("focalX", null, "1.01"), ("focalY", null, "0"))
        );
        Assert.Equal(
            (422, "/focalX wrong-type"),
            await SendAsync(("file", file, ""), ("focalX", null, "NaN"))
        );
        Assert.Equal(
            (422, "/alt too-long"),
            await SendAsync(("file", file, ""), ("alt", null, new string('x', 1001)))
        );
        Assert.Equal(
            (422, "/alt invalid-character"),
            await SendAsync(("file", file, ""), ("alt", null, "a\0b"))
        );
        Assert.Equal((201, ""), await SendAsync(("file", file, ""), ("alt", null, new string('x', 1000))));
        var empty = await SendAsync(("file", [], ""));
        Assert.True(empty.Status is 415 or 422, $"{empty}");
    }

    [Fact]
    public async Task What_is_no_form_is_refused()
    {
        Assert.Equal(422, await cms.Editor.SendTextAsync(HttpMethod.Post, Images, "{}").StatusAsync());
        Assert.Equal(
            415,
            await cms.Editor.SendTextAsync(HttpMethod.Post, Images, "a", "image/png").StatusAsync()
        );
        Assert.Equal(415, await cms.Editor.SendTextAsync(HttpMethod.Post, Images, null).StatusAsync());
        Assert.Equal(
            400,
            await cms.Editor.SendTextAsync(HttpMethod.Post, Images, "x", "multipart/form-data").StatusAsync()
        );
        Assert.Equal(
            400,
            await cms
                .Editor.SendTextAsync(
                    HttpMethod.Post,
                    Images,
                    "--b\r\nContent-Disp",
                    "multipart/form-data; boundary=b"
                )
                .StatusAsync()
        );
    }

    [Fact]
    public async Task A_picture_of_one_pixel_by_a_hundred_million_is_refused_with_the_limit()
    {
        // A header is enough: it has to be known before anything is decoded.
        var header = (byte[])Pictures.Png().Clone();
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(16), 1);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(20), 100_000_000);

        var response = await cms.Editor.UploadAsync(header, "line.png");

        var fault = (await response.ReadAsync(HttpStatusCode.UnprocessableEntity))["errors"]![0]!;
        Assert.Equal(("/file", "image-too-large"), ((string?)fault["pointer"], (string?)fault["code"]));
        Assert.Contains("32767", (string?)fault["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((25 << 20) + 1)]
    [InlineData(27 << 20)]
    public async Task More_than_25_mebibytes_are_too_large(int size)
    {
        var file = new byte[size];
        Draw("jpeg").CopyTo(file, 0);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", "x.jpg" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, Images) { Content = form };
        request.Headers.ExpectContinue = true;
        using var response = await cms.Editor.SendAsync(request, Ct);
        await response.ReadAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task The_same_file_twice_is_two_images_and_one_file_until_the_last_is_deleted()
    {
        var bytes = Pictures.Png();
        var one = await (await cms.Editor.UploadAsync(bytes, "a.png", ("alt", "One"))).ReadAsync(
            HttpStatusCode.Created
        );
        var two = await (await cms.Editor.UploadAsync(bytes, "b.png", ("alt", "Two"))).ReadAsync(
            HttpStatusCode.Created
        );
        Assert.NotEqual((string?)one["id"], (string?)two["id"]);
        Assert.Equal((string?)one["sha256"], (string?)two["sha256"]);
        Assert.Equal((1, true), (await FileRowsAsync(one), await ServesAsync(two)));

        Assert.Equal(428, await cms.Editor.SendDeleteAsync($"{Images}/{one["id"]}", null).StatusAsync());
        Assert.Equal(412, await cms.Editor.SendDeleteAsync($"{Images}/{one["id"]}", "\"2\"").StatusAsync());
        Assert.Equal(204, await cms.Editor.SendDeleteAsync($"{Images}/{one["id"]}", "\"1\"").StatusAsync());
        Assert.Equal(
            (1, false, true),
            (await FileRowsAsync(two), await ServesAsync(one), await ServesAsync(two))
        );
        Assert.Equal(204, await cms.Editor.SendDeleteAsync($"{Images}/{two["id"]}", "*").StatusAsync());
        Assert.Equal((0, false), (await FileRowsAsync(two), await ServesAsync(two)));
        Assert.Equal(404, await cms.Editor.SendDeleteAsync($"{Images}/{two["id"]}", "*").StatusAsync());
    }

    [Fact]
    public async Task Uploads_and_deletions_of_the_same_bytes_never_lose_the_file()
    {
        for (var round = 0; round < 10; round++)
        {
            var bytes = Pictures.Png();
            var first = await (await cms.Editor.UploadAsync(bytes)).ReadAsync(HttpStatusCode.Created);
            var answers = await RawRequests.TogetherAsync([
                () => cms.Editor.SendDeleteAsync($"{Images}/{first["id"]}", "*"),
                () => cms.Editor.UploadAsync(bytes),
                () => cms.Editor.UploadAsync(bytes),
            ]);
            Assert.Equal([204, 201, 201], answers.Select(a => (int)a.StatusCode));
            foreach (var answer in answers[1..])
                Assert.True(await ServesAsync(await answer.ReadAsync(HttpStatusCode.Created)));
        }
    }

    [Fact]
    public async Task The_words_of_an_image_change_by_a_patch_and_its_file_never()
    {
        var image = await (
            await cms.Editor.UploadAsync(
                Pictures.Png(),
                "a.png",
                ("alt", "Old"),
                ("credit", "Me"),
                ("focalX", "0"),
                ("focalY", "0")
            )
        ).ReadAsync(HttpStatusCode.Created);
        var url = $"{Images}/{image["id"]}";
        var changed = await cms.Editor.ChangeAsync(
            url,
            JsonNode.Parse("{\"alt\":null,\"caption\":\"<script>\",\"focalPoint\":{\"x\":1}}")!
        );
        Assert.Null(changed["alt"]);
        Assert.Equal(
            ("<script>", "Me", 2),
            ((string)changed["caption"]!, (string)changed["credit"]!, (int)changed["revision"]!)
        );
        Assert.Equal("""{"x":1,"y":0}""", changed["focalPoint"]!.ToJsonString());
        foreach (
            var (patch, fault) in new[]
            {
                ("{\"sha256\":\"0\"}", "/sha256 unknown-member"),
                ("{\"focalPoint\":{\"x\":2}}", "/focalPoint/x out-of-range"),
                ("{\"focalPoint\":{\"x\":null}}", "/focalPoint/x missing"),
            }
        )
            Assert.Equal(
                [fault],
                (
                    await cms.Editor.ChangeAsync(
                        url,
                        JsonNode.Parse(patch)!,
                        HttpStatusCode.UnprocessableEntity
                    )
                ).Faults()
            );
        Assert.Null(
            (await cms.Editor.ChangeAsync(url, JsonNode.Parse("{\"focalPoint\":null}")!))["focalPoint"]
        );
    }

    private Task<int> FileRowsAsync(JsonObject image) =>
        cms.ScalarAsync<int>(
            "select count(*)::int from image_files where sha256 = decode(@hash, 'hex')",
            new { hash = (string)image["sha256"]! }
        );

    private async Task<bool> ServesAsync(JsonObject image)
    {
        using var response = await cms.Anonymous.GetAsync((string)image["url"]!, Ct);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>A picture with enough in it that two thirds of its file are not all of it.</summary>
    private static byte[] Draw(string format)
    {
        Cms.Images.Files.Libvips.Prepare();
        using var noise = Image.Gaussnoise(60, 45, sigma: 60, mean: 128);
        using var image = noise
            .Bandjoin(noise, noise)
            .Cast(Enums.BandFormat.Uchar)
            .Copy(interpretation: Enums.Interpretation.Srgb);
        return format switch
        {
            "jpeg" => image.JpegsaveBuffer(),
            "png" => image.PngsaveBuffer(),
            "webp" => image.WebpsaveBuffer(),
            "gif" => image.GifsaveBuffer(),
            _ => image.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1),
        };
    }
}
