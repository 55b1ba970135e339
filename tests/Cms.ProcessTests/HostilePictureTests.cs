using System.Globalization;
using System.Net;
using Cms.ProcessTests.Support;
using NetVips;

namespace Cms.ProcessTests;

/// <summary>What pictures cost that were made to cost much.</summary>
public sealed class HostilePictureTests(Newsrooms newsrooms)
{
    private const int MaxMegabytes = 1_500;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crowd_of_them_takes_bounded_memory_and_the_server_goes_on()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("CMS_DEEP_TESTS") == "1",
            "It uploads hundreds of files: set CMS_DEEP_TESTS to 1."
        );
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var admin = server.Admin();
        using var reader = server.Client();

        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .SelectMany(_ => HostilePictures.Refused())
                .Select(async hostile =>
                {
                    using var answer = await admin.UploadAsync(hostile.File, hostile.Name);
                    Assert.InRange((int)answer.StatusCode, 400, 503);
                })
        );

        // What is taken, at the limits.
        Cms.Images.Files.Libvips.Prepare();
        using var large = Image.Black(10_000, 10_000, bands: 3);
        var id = (string)(await admin.UploadedAsync(large.PngsaveBuffer()))["id"]!;
        var moves = (string)
            (await admin.UploadedAsync(FlatGif.Of(220, 220, 2_000, drawnWidth: 50, drawnHeight: 50)))["id"]!;
        string[] names =
        [
            $"{id}/w3840-avif",
            $"{id}/w1200-1x1-png",
            $"{moves}/w200-16x9",
            $"{moves}/w128-still",
        ];
        foreach (var name in names)
        {
            using var made = await reader.GetAsync(new Uri($"/media/{name}", UriKind.Relative), Ct);
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        }

        var peak = File.ReadLines($"/proc/{server.Id.ToString(CultureInfo.InvariantCulture)}/status")
            .First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kilobytes = long.Parse(
            string.Concat(peak.Where(char.IsAsciiDigit)),
            CultureInfo.InvariantCulture
        );
        Assert.InRange(kilobytes / 1024, 50, MaxMegabytes);
        await reader.GetJsonAsync("/v1/articles?limit=1");
    }
}
