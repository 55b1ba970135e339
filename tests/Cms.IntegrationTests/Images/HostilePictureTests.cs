using System.Net;
using System.Text;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Images;

/// <summary>Uploads that are not what they say.</summary>
public sealed class HostilePictureTests(CmsServer cms)
{
    [Fact]
    public async Task Each_is_refused_for_what_it_is_and_the_server_goes_on()
    {
        foreach (var (name, file, code) in HostilePictures.Refused())
        {
            var answer = await cms.Editor.UploadAsync(file, name);
            var isSupported = code != "unsupported-media-type";
            var problem = await answer.ProblemAsync(
                isSupported ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.UnsupportedMediaType,
                isSupported ? "invalid" : code
            );
            if (isSupported)
                Assert.Equal($"{name} {code}", $"{name} {problem["errors"]![0]!["code"]}");
        }

        var id = (string)
            (await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created))["id"]!;
        Assert.Equal(HttpStatusCode.OK, (await cms.Anonymous.AskAsync("GET", $"/media/{id}/w32")).StatusCode);
    }

    [Theory]
    [InlineData("drawing.jpg", "SVG", "may contain scripts")]
    [InlineData("phone.jpg", "HEIC", "Export it as JPEG")]
    [InlineData("page.jpg", "HTML", "Only JPEG")]
    [InlineData("scan.jpg", "TIFF", "Export it as")]
    public async Task A_format_that_is_not_taken_is_named(string name, string format, string advice)
    {
        var file = HostilePictures.Refused().First(f => f.Name == name).File;

        var problem = await (await cms.Editor.UploadAsync(file, name)).ProblemAsync(
            HttpStatusCode.UnsupportedMediaType,
            "unsupported-media-type"
        );

        Assert.Contains(format, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Contains(advice, (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_after_a_picture_reaches_nobody()
    {
        foreach (var (name, file) in HostilePictures.Polyglots())
        {
            var answer = await cms.Editor.UploadAsync(file, name);
            if (answer.StatusCode == HttpStatusCode.UnprocessableEntity)
                continue;
            var id = (string)(await answer.ReadAsync(HttpStatusCode.Created))["id"]!;
            foreach (var form in new[] { "original", "w32-jpeg" })
            {
                var served = await cms.Anonymous.AskAsync("GET", $"/media/{id}/{form}");
                Assert.DoesNotContain(
                    "<script>",
                    Encoding.Latin1.GetString(await served.BytesAsync()),
                    StringComparison.Ordinal
                );
                Assert.Equal("nosniff", served.Field("X-Content-Type-Options"));
            }
        }
    }
}
