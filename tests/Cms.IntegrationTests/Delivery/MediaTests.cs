using System.Net;
using System.Text;
using Cms.IntegrationTests.Http;
using NetVips;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Image files, as browsers load them.</summary>
public sealed class MediaTests(CmsServer cms)
{
    [Fact]
    public async Task A_file_comes_whole_as_what_it_is_and_may_be_kept_for_ever()
    {
        var (url, _) = await FileAsync(Pictures.Png());

        var response = await cms.Anonymous.AskAsync("GET", url);
        var file = await response.BytesAsync();

        Assert.Equal("image/png", response.Field("Content-Type"));
        Assert.Equal("nosniff", response.Field("X-Content-Type-Options"));
        Assert.Equal("public, max-age=31536000, immutable", response.Field("Cache-Control"));
        Assert.Equal("bytes", response.Field("Accept-Ranges"));
        Assert.Matches("^\"[0-9a-f]{64}\"$", response.Field("ETag"));
        Assert.NotNull(response.Field("Last-Modified"));
        Assert.Contains("sandbox", response.Field("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal(file.Length, response.Content.Headers.ContentLength);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], file[..4]);
        Assert.Null(response.Field("Content-Encoding"));
        Assert.Null(
            (await cms.Anonymous.AskAsync("GET", url, ("Accept-Encoding", "br, gzip"))).Field(
                "Content-Encoding"
            )
        );
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=10-", 10, -1)]
    [InlineData("bytes=-5", -5, 5)]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=5-999999999", 5, -1)]
    [InlineData("bytes=-999999999", 0, -1)]
    public async Task A_range_gives_that_part(string range, int from, int length)
    {
        var (url, _) = await FileAsync(Pictures.Png());
        var file = await (await cms.Anonymous.AskAsync("GET", url)).BytesAsync();
        from = from < 0 ? file.Length + from : from;
        length = length < 0 ? file.Length - from : length;

        var response = await cms.Anonymous.AskAsync("GET", url, ("Range", range));

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {from}-{from + length - 1}/{file.Length}", response.Field("Content-Range"));
        Assert.Equal(file[from..(from + length)], await response.BytesAsync());
        Assert.Equal("image/png", response.Field("Content-Type"));
    }

    [Fact]
    public async Task A_range_beyond_the_end_cannot_be_had()
    {
        var (url, _) = await FileAsync(Pictures.Png());
        var length = (await cms.Anonymous.AskAsync("GET", url)).Content.Headers.ContentLength;

        var response = await cms.Anonymous.AskAsync("GET", url, ("Range", $"bytes={length}-"));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal($"bytes */{length}", response.Field("Content-Range"));
    }

    [Theory]
    [InlineData("bytes=9-5")]
    [InlineData("bytes=x-y")]
    [InlineData("lines=0-9")]
    [InlineData("bytes=0-1,4-5")]
    public async Task A_range_that_is_none_or_many_gives_the_whole(string range)
    {
        var (url, _) = await FileAsync(Pictures.Png());

        Assert.Equal(
            HttpStatusCode.OK,
            (await cms.Anonymous.AskAsync("GET", url, ("Range", range))).StatusCode
        );
    }

    [Fact]
    public async Task Conditions_are_met()
    {
        var (url, _) = await FileAsync(Pictures.Png());
        var first = await cms.Anonymous.AskAsync("GET", url);
        var tag = first.Field("ETag")!;

        foreach (
            var header in new[]
            {
                ("If-None-Match", tag),
                ("If-None-Match", "*"),
                ("If-None-Match", $"\"x\", W/{tag}"),
                ("If-Modified-Since", first.Field("Last-Modified")!),
            }
        )
        {
            var fresh = await cms.Anonymous.AskAsync("GET", url, header);
            Assert.Equal(HttpStatusCode.NotModified, fresh.StatusCode);
            Assert.Empty(await fresh.BytesAsync());
            Assert.Equal(tag, fresh.Field("ETag"));
            Assert.Equal(first.Field("Cache-Control"), fresh.Field("Cache-Control"));
        }
        Assert.Equal(
            HttpStatusCode.OK,
            (await cms.Anonymous.AskAsync("GET", url, ("If-None-Match", "\"x\""))).StatusCode
        );
        // A part only of the file that the client has.
        Assert.Equal(
            HttpStatusCode.PartialContent,
            (await cms.Anonymous.AskAsync("GET", url, ("Range", "bytes=0-1"), ("If-Range", tag))).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await cms.Anonymous.AskAsync("GET", url, ("Range", "bytes=0-1"), ("If-Range", "\"x\""))
            ).StatusCode
        );
    }

    [Fact]
    public async Task HEAD_and_the_other_methods_are_as_everywhere()
    {
        var (url, _) = await FileAsync(Pictures.Png());
        var get = await cms.Anonymous.AskAsync("GET", url);

        var head = await cms.Anonymous.AskAsync("HEAD", url);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.BytesAsync());
        foreach (
            var field in new[] { "Content-Length", "Content-Type", "ETag", "Last-Modified", "Cache-Control" }
        )
            Assert.Equal(get.Field(field), head.Field(field));
        Assert.Equal("GET, HEAD, OPTIONS", (await cms.Anonymous.AskAsync("OPTIONS", url)).Field("Allow"));
        await (await cms.Editor.AskAsync("DELETE", url)).ProblemAsync(
            HttpStatusCode.MethodNotAllowed,
            "method-not-allowed"
        );
        Assert.Equal(
            "*",
            (await cms.Anonymous.AskAsync("GET", url, ("Origin", "https://anyone.example"))).Field(
                "Access-Control-Allow-Origin"
            )
        );
    }

    [Fact]
    public async Task A_refusal_is_not_kept_for_ever()
    {
        foreach (
            var url in new[]
            {
                "/media/00000000-0000-7000-8000-000000000000/original",
                "/media/x/original",
                "/media/00000000-0000-7000-8000-000000000000/original?width=100",
            }
        )
        {
            var response = await cms.Anonymous.AskAsync("GET", url);
            Assert.InRange((int)response.StatusCode, 400, 404);
            Assert.Equal("no-store", response.Field("Cache-Control"));
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task The_file_does_not_tell_where_it_was_taken()
    {
        const string secret = "59,20.0415N";
        var xmp = Encoding.UTF8.GetBytes(
            $"""
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/"
              xmlns:dc="http://purl.org/dc/elements/1.1/"
              exif:GPSLatitude="{secret}" dc:format="image/jpeg"/></rdf:RDF></x:xmpmeta>
            """
        );
        Cms.Images.Files.Libvips.Prepare();
        using var plain = Image.Black(31, 17, bands: 3);
        using var marked = plain.Mutate(m => m.Set(GValue.BlobType, "xmp-data", xmp));
        var photo = marked.JpegsaveBuffer();
        Assert.Contains(secret, Encoding.Latin1.GetString(photo), StringComparison.Ordinal);

        var (url, _) = await FileAsync(photo);
        var response = await cms.Anonymous.AskAsync("GET", url);

        Assert.Equal("image/jpeg", response.Field("Content-Type"));
        Assert.DoesNotContain(
            secret,
            Encoding.Latin1.GetString(await response.BytesAsync()),
            StringComparison.Ordinal
        );
    }

    private async Task<(string Url, string Id)> FileAsync(byte[] file)
    {
        var image = await (await cms.Editor.UploadAsync(file)).ReadAsync(HttpStatusCode.Created);
        return ($"/media/{image["id"]}/original", (string)image["id"]!);
    }
}
