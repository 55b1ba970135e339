using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cms.Editorial.Images.Uploading;
using Cms.IntegrationTests.Webhooks;
using Cms.Platform.Http.Problems;

namespace Cms.IntegrationTests.Images;

/// <summary>Images that the server loads from an address.</summary>
public sealed class ImageFromUrlTests(CmsServer cms)
{
    private const string Images = "/v1/editorial/images";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_is_loaded_from_its_address_and_kept_as_one_that_was_uploaded()
    {
        var png = Pictures.Png(30, 20);
        await using var site = await SiteAsync(png);

        var image = await cms.Editor.PostAsync(
            Images,
            new JsonObject
            {
                ["url"] = $"{Origin(site)}/pictures/n%C3%A4chtlich.png?size=large",
                ["alt"] = "A harbour",
                ["focalPoint"] = new JsonObject { ["x"] = 0.5, ["y"] = 0.25 },
            }
        );

        Assert.Equal(
            ("nächtlich.png", "A harbour", 30, 20, 1),
            (
                (string)image["fileName"]!,
                (string)image["alt"]!,
                (int)image["width"]!,
                (int)image["height"]!,
                (int)image["revision"]!
            )
        );
        Assert.Equal("""{"x":0.5,"y":0.25}""", image["focalPoint"]!.ToJsonString());
        Assert.Equal(png, await cms.Anonymous.GetByteArrayAsync((string)image["url"]!, Ct));
        Assert.Single(site.All);
    }

    [Fact]
    public async Task A_retry_with_the_same_key_does_not_load_the_picture_again()
    {
        await using var site = await SiteAsync(Pictures.Png());
        async Task<HttpResponseMessage> SendAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Images)
            {
                Content = JsonContent.Create(new JsonObject { ["url"] = $"{Origin(site)}/a.png" }),
            };
            request.Headers.Add("Idempotency-Key", site.Url);
            return await cms.Editor.SendAsync(request, Ct);
        }

        using var first = await SendAsync();
        using var second = await SendAsync();

        var image = await first.ReadAsync(HttpStatusCode.Created);
        Assert.True(JsonNode.DeepEquals(image, await second.ReadAsync(HttpStatusCode.Created)));
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Single(site.All);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_followed(int status)
    {
        await using var site = await SiteAsync(
            Pictures.Png(),
            path => path == "/old" ? (status, "/new.png#top") : null
        );
        Assert.Equal(
            "new.png",
            (string?)
                (await cms.Editor.PostAsync(Images, new JsonObject { ["url"] = $"{Origin(site)}/old" }))[
                    "fileName"
                ]
        );
    }

    [Theory]
    [InlineData("/gone", 404, null, "unreachable")]
    [InlineData("/round", 302, "/round", "unreachable")]
    [InlineData("/file", 302, "file:///etc/passwd", "wrong-form")]
    [InlineData("/mail", 302, "http://127.0.0.1:25/", "forbidden-port")]
    [InlineData("/nothing", 302, "http://127.0.0.1:1025/", "unreachable")]
    [InlineData("/odd", 302, "//[", "unreachable")]
    [InlineData("/odder", 302, "http://[", "unreachable")]
    public async Task What_cannot_be_loaded_is_refused_with_the_reason(
        string path,
        int status,
        string? to,
        string code
    )
    {
        await using var site = await SiteAsync(Pictures.Png(), p => p == path ? (status, to) : null);
        Assert.Equal([$"/url {code}"], await RefuseAsync($"{Origin(site)}{path}"));
    }

    [Fact]
    public async Task What_is_no_picture_is_refused_and_the_answer_says_what_came()
    {
        await using var site = await SiteAsync("<!doctype html>"u8.ToArray());
        var problem = await cms.Editor.PostAsync(
            Images,
            new JsonObject { ["url"] = $"{Origin(site)}/" },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/url unsupported-image"], problem.Faults());
        Assert.Contains("The address sent image/png.", (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_beyond_the_limit_is_refused_whether_its_length_is_told_or_not(bool told)
    {
        const int Length = (25 * 1024 * 1024) + 1;
        await using var site = await Receiver.StartAsync(
            async (context, _) =>
            {
                if (told)
                    context.Response.ContentLength = Length;
                var block = new byte[1024 * 1024];
                try
                {
                    for (var sent = 0; sent < Length; sent += block.Length)
                        await context.Response.Body.WriteAsync(
                            block.AsMemory(0, Math.Min(block.Length, Length - sent)),
                            context.RequestAborted
                        );
                }
                catch (Exception e) when (e is OperationCanceledException or IOException)
                {
                    // The server has heard enough.
                }
            }
        );
        Assert.Equal(["/url file-too-large"], await RefuseAsync(site.Url));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://pictures.example:{0}/")]
    public async Task An_address_that_leads_inside_is_not_loaded(string address)
    {
        await using var site = await SiteAsync(Pictures.Png());
        Assert.Equal("private-address", await FaultAsync(address, site));
        Assert.Empty(site.All);
    }

    [Fact]
    public async Task A_redirect_that_leads_inside_is_not_followed()
    {
        // This machine stands for the outside: the rules are those of the connection that follows.
        await using var inside = await SiteAsync(Pictures.Png());
        await using var site = await SiteAsync(
            Pictures.Png(),
            _ => (302, $"http://inside.example:{new Uri(inside.Url).Port}/")
        );
        using var fetch = new ImageFetch(
            new ImageFetchPolicy { AllowPrivate = true },
            TimeProvider.System,
            (name, _) => Task.FromResult<IPAddress[]>(name == "inside.example" ? [] : [IPAddress.Loopback])
        );
        var refused = await Assert.ThrowsAsync<Refused>(() =>
            fetch.FetchAsync($"http://outside.example:{new Uri(site.Url).Port}/a.png", Ct)
        );
        Assert.Equal("private-address", refused.Errors!.Single().Code);
        Assert.Empty(inside.All);
    }

    [Fact]
    public async Task A_file_that_does_not_come_to_its_end_is_not_waited_for()
    {
        var release = new TaskCompletionSource();
        await using var site = await Receiver.StartAsync(
            async (context, _) =>
            {
                await context.Response.Body.WriteAsync(Pictures.Png().AsMemory(0, 20), Ct);
                await context.Response.Body.FlushAsync(Ct);
                await release.Task;
            }
        );
        var fault = await SlowAsync(site);
        release.SetResult();
        Assert.Equal("too-slow", fault);
    }

    [Fact]
    public async Task A_file_that_this_server_cannot_write_is_not_told_as_a_fault_of_the_other()
    {
        await using var site = await SiteAsync(Pictures.Png());
        using var fetch = new ImageFetch(
            new ImageFetchPolicy
            {
                AllowPrivate = true,
                Folder = Path.Combine(Path.GetTempPath(), $"none-{Guid.NewGuid()}"),
            },
            TimeProvider.System
        );
        var refused = await Assert.ThrowsAsync<Refused>(() => fetch.FetchAsync(site.Url, Ct));
        Assert.Equal(ProblemKinds.Unavailable, refused.Kind);
    }

    [Fact]
    public async Task Other_types_than_a_form_and_JSON_are_refused_by_name()
    {
        using var response = await cms.Editor.PostAsync(
            Images,
            new StringContent("a.png", mediaType: "text/plain", encoding: null),
            Ct
        );
        var problem = await response.ReadAsync(HttpStatusCode.UnsupportedMediaType);
        Assert.StartsWith(
            "Send multipart/form-data or application/json, not text/plain",
            (string)problem["detail"]!,
            StringComparison.Ordinal
        );
        Assert.Equal(
            "multipart/form-data, application/json",
            response.Headers.GetValues("Accept-Post").Single()
        );
    }

    [Fact]
    public async Task Faults_of_the_address_and_of_the_words_come_together()
    {
        var problem = await cms.Editor.PostAsync(
            Images,
            new JsonObject
            {
                ["url"] = "ftp://pictures.example/a.png",
                ["credit"] = new string('x', 301),
                ["focalPoint"] = new JsonObject { ["x"] = 2, ["y"] = 0 },
                ["file"] = "a",
            },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(
            ["/credit too-long", "/file unknown-member", "/focalPoint/x out-of-range", "/url wrong-form"],
            problem.Faults().Order(StringComparer.Ordinal)
        );
    }

    private async Task<string[]> RefuseAsync(string url) =>
        [
            .. (
                await cms.Editor.PostAsync(
                    Images,
                    new JsonObject { ["url"] = url },
                    HttpStatusCode.UnprocessableEntity
                )
            ).Faults(),
        ];

    /// <summary>With the rules of a newsroom, of which this machine is the inside.</summary>
    private static async Task<string> FaultAsync(string address, Receiver site)
    {
        using var fetch = new ImageFetch(
            new ImageFetchPolicy(),
            TimeProvider.System,
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback])
        );
        var url = string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            address,
            new Uri(site.Url).Port
        );
        var refused = await Assert.ThrowsAsync<Refused>(() => fetch.FetchAsync(url, Ct));
        return refused.Errors!.Single().Code;
    }

    private static async Task<string> SlowAsync(Receiver site)
    {
        using var fetch = new ImageFetch(
            new ImageFetchPolicy { AllowPrivate = true, Timeout = TimeSpan.FromMilliseconds(300) },
            TimeProvider.System
        );
        var refused = await Assert.ThrowsAsync<Refused>(() => fetch.FetchAsync(site.Url, Ct));
        return refused.Errors!.Single().Code;
    }

    private static string Origin(Receiver site) => new Uri(site.Url).GetLeftPart(UriPartial.Authority);

    /// <summary>A site that has this file at every address, or sends elsewhere.</summary>
    private static Task<Receiver> SiteAsync(
        byte[] file,
        Func<string, (int Status, string? To)?>? sends = null
    ) =>
        Receiver.StartAsync(
            async (context, _) =>
            {
                if (sends?.Invoke(context.Request.Path) is { } other)
                {
                    context.Response.StatusCode = other.Status;
                    if (other.To is not null)
                        context.Response.Headers.Location = other.To;
                    return;
                }
                context.Response.ContentType = "image/png";
                await context.Response.Body.WriteAsync(file, Ct);
            }
        );
}
