using System.Net;
using Cms.Images.Renditions;
using Cms.IntegrationTests.Editorial;
using Cms.IntegrationTests.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.IntegrationTests.Images;

/// <summary>Many who ask for renditions at once.</summary>
[Collection(nameof(UploadCrowd))]
public sealed class RenditionCrowdTests(CmsServer cms)
{
    [Fact]
    public async Task Those_who_ask_for_the_same_one_at_once_share_the_work()
    {
        var file = Pictures.Photograph(2000, 1500);
        var id = (string)
            (await (await cms.Editor.UploadAsync(file)).ReadAsync(HttpStatusCode.Created))["id"]!;
        var library = cms.Services.GetRequiredService<RenditionLibrary>();
        var before = library.Made;

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(_ => cms.Anonymous.AskAsync("GET", $"/media/{id}/w1200-webp"))
        );

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Single(answers.Select(a => a.Field("ETag")).Distinct());
        Assert.Equal(1, library.Made - before);
    }

    [Fact]
    public async Task Beyond_what_may_wait_the_answer_is_503_and_readers_are_served()
    {
        var file = Pictures.Photograph(640, 480);
        var id = (string)
            (await (await cms.Editor.UploadAsync(file)).ReadAsync(HttpStatusCode.Created))["id"]!;
        string[] names =
        [
            .. from width in new[] { 16, 32, 48, 64, 96, 128, 200, 256, 320, 384, 400, 480, 600, 640 }
            from crop in new[] { "", "-16x9", "-4x3", "-3x2", "-1x1", "-9x16" }
            from quality in new[] { "-q30", "-q40", "-q50", "-q60", "-q70", "-q75", "-q80" }
            select $"w{width}{crop}-webp{quality}",
        ];
        Assert.True(names.Length > 500);

        var all = names.Select(name => cms.Anonymous.AskAsync("GET", $"/media/{id}/{name}")).ToArray();
        Assert.Equal(
            HttpStatusCode.OK,
            (await cms.Anonymous.AskAsync("GET", "/v1/articles?limit=1")).StatusCode
        );
        var answers = await Task.WhenAll(all);

        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.OK);
        var refused = answers.Where(a => a.StatusCode != HttpStatusCode.OK).ToArray();
        Assert.NotEmpty(refused);
        foreach (var answer in refused)
        {
            Assert.Equal("5", answer.Field("Retry-After"));
            Assert.DoesNotContain("immutable", answer.Field("Cache-Control") ?? "", StringComparison.Ordinal);
            await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable, "overloaded");
        }
    }
}
