using System.Net;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>Pictures on the command line, beside a server.</summary>
public sealed class ImagesCommandTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Usual_renditions_are_made_ahead_and_after_a_publication_and_signed_addresses_are_served()
    {
        var data = await newsrooms.SeededAsync();
        var settings = new Dictionary<string, string>
        {
            ["Cms__SigningSecrets__0"] = "a secret of this test and of no other",
        };
        await using var server = await CmsProcess.ServeAsync(data, settings);
        using var admin = server.Admin();
        var id = (string)(await admin.UploadedAsync(Pictures.Photograph(340, 200)))["id"]!;

        // Two widths in three formats.
        Assert.Equal(
            "Made 6 renditions of 1 images; all others were there.",
            (await CmsProcess.RunAsync(["images", "warm", id], settings, data)).Done().Output[^1]
        );
        Assert.Equal(6, Renditions(data));
        Assert.Equal(
            "Made 0 renditions of 1 images; all others were there.",
            (await CmsProcess.RunAsync(["images", "warm", id], settings, data)).Done().Output[^1]
        );

        var address = (await CmsProcess.RunAsync(["images", "sign", id, "w123-1x1-png"], settings))
            .Done()
            .Output[^1];
        using var reader = server.Client();
        using var signed = await reader.GetAsync(new Uri(address, UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.OK, signed.StatusCode);

        var hero = (string)(await admin.UploadedAsync(Pictures.Photograph(340, 200)))["id"]!;
        var slug = (string)Newsrooms.Demo()["sections"]![0]!["slug"]!;
        var article = await admin.PostAsync(
            "/v1/editorial/articles",
            new JsonObject
            {
                ["headline"] = "A picture",
                ["section"] = slug,
                ["heroImage"] = new JsonObject { ["id"] = hero },
                ["body"] = new JsonObject { ["markdown"] = "Shown." },
            },
            HttpStatusCode.Created
        );
        await admin.PostAsync(
            $"/v1/editorial/articles/{article["id"]}/publish",
            new JsonObject(),
            HttpStatusCode.OK
        );
        await Wait.UntilAsync("the renditions", () => Task.FromResult(Renditions(data) == 6 + 1 + 6));
    }

    private static int Renditions(string data) =>
        Directory
            .EnumerateFiles(Path.Combine(data, "renditions"), "*", SearchOption.AllDirectories)
            .Count(file => Path.GetFileName(file).Length == 64);
}
