using System.Net;
using System.Net.Http.Headers;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>The files of images on disk and in S3: written whole, verified, moved.</summary>
/// <remarks>The tests of S3 need a server that speaks it: <c>scripts/s3</c> starts one.</remarks>
public sealed class ImageFileTests(Newsrooms newsrooms)
{
    /// <summary>The address of a server that speaks S3, with the bucket <c>pictures</c>.</summary>
    private const string EndpointVariable = "CMS_S3_ENDPOINT";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_that_are_missing_or_corrupt_or_of_no_image_are_found()
    {
        var data = await newsrooms.SeededAsync();
        (await VerifyAsync(data)).Done();
        var files = Directory
            .EnumerateFiles(Path.Combine(data, "media"), "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .ToArray();
        File.Delete(files[0]);
        var bytes = await File.ReadAllBytesAsync(files[1], Ct);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(files[1], bytes, Ct);
        var orphan = new string('a', 64);
        var folder = Directory.CreateDirectory(Path.Combine(data, "media", "aa", "aa"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, orphan), "x", Ct);
        File.SetLastWriteTimeUtc(
            Path.Combine(folder.FullName, orphan),
            new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)
        );

        var found = await VerifyAsync(data, "--repair");

        Assert.Equal(1, found.ExitCode);
        Assert.Contains(
            found.Output,
            l => l.StartsWith($"missing {Path.GetFileName(files[0])} of ", StringComparison.Ordinal)
        );
        Assert.Contains(
            found.Output,
            l => l.StartsWith($"corrupt {Path.GetFileName(files[1])} of ", StringComparison.Ordinal)
        );
        Assert.Contains($"removed {orphan}", found.Output);
        Assert.False(File.Exists(Path.Combine(folder.FullName, orphan)));
    }

    [Fact]
    public async Task After_a_kill_amid_uploads_every_file_is_whole()
    {
        var data = await newsrooms.SeededAsync();
        await UploadAndKillAsync(data, environment: null);
        (await VerifyAsync(data)).Done();
        // What was half written is gone with the next start.
        await using (await CmsProcess.ServeAsync(data)) { }
        Assert.Empty(Directory.GetFiles(Path.Combine(data, "media", ".incoming")));
        (await VerifyAsync(data)).Done();
    }

    [Fact]
    public async Task In_S3_pictures_are_kept_served_in_parts_and_whole_after_a_kill()
    {
        var environment = S3();
        var data = await newsrooms.SeededAsync();
        await using (var server = await CmsProcess.ServeAsync(data, environment))
        {
            using var admin = server.Admin();
            // Nine megabytes go in parts.
            foreach (var file in (byte[][])[Pictures.Png(), Pictures.Noise(3_200, 3_000)])
            {
                var image = await admin.UploadedAsync(file);
                var url = (string)image["url"]!;
                Assert.False(File.Exists(PathOf(data, (string)image["sha256"]!)));
                Assert.Equal((long)image["bytes"]!, (await admin.GetByteArrayAsync(url, Ct)).Length);
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                request.Headers.Range = new RangeHeaderValue(10, 29);
                using var part = await admin.SendAsync(request, Ct);
                Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
                Assert.Equal(
                    (await admin.GetByteArrayAsync(url, Ct))[10..30],
                    await part.Content.ReadAsByteArrayAsync(Ct)
                );
                using var rendition = await admin.GetAsync(
                    url.Replace("original", "w16", StringComparison.Ordinal),
                    Ct
                );
                Assert.Equal(HttpStatusCode.OK, rendition.StatusCode);
            }
        }
        await UploadAndKillAsync(data, environment);
        (await VerifyAsync(data, environment)).Done();
    }

    [Fact]
    public async Task A_library_is_moved_to_S3_while_the_server_runs()
    {
        var environment = S3();
        var data = await newsrooms.SeededAsync();
        var place = environment["Cms__MediaStore"];
        var before = new Dictionary<string, string>(environment);
        before.Remove("Cms__MediaStore");
        string late;
        await using (var server = await CmsProcess.ServeAsync(data, before))
        {
            var copied = (await RunAsync(data, before, "move", "--to", place)).Done();
            Assert.Contains("files copied", copied.Said, StringComparison.Ordinal);
            using var admin = server.Admin();
            late = (string)(await admin.UploadedAsync(Pictures.Png()))["url"]!;
        }
        await using (var server = await CmsProcess.ServeAsync(data, environment))
        {
            using var admin = server.Admin();
            // It is still where it was.
            Assert.NotEmpty(await admin.GetByteArrayAsync(late, Ct));
            var moved = (await RunAsync(data, environment, "move", "--to", place)).Done();
            Assert.Contains($"files moved to {place}", moved.Said, StringComparison.Ordinal);
            Assert.Empty(
                Directory.EnumerateFiles(Path.Combine(data, "media"), "*", SearchOption.AllDirectories)
            );
            Assert.NotEmpty(await admin.GetByteArrayAsync(late, Ct));
            (await VerifyAsync(data, environment)).Done();
        }
    }

    [Fact]
    public async Task A_wrong_secret_is_told_and_is_no_missing_file()
    {
        var environment = S3();
        environment["Cms__S3SecretKey"] = "wrong";
        var data = await newsrooms.SeededAsync();
        var refusal = (await VerifyAsync(data, environment)).Refusal();
        Assert.Contains("does not answer as it should", refusal, StringComparison.Ordinal);
    }

    /// <summary>Uploads pictures until the server is killed in the middle of it.</summary>
    private static async Task UploadAndKillAsync(
        string data,
        IReadOnlyDictionary<string, string>? environment
    )
    {
        await using var server = await CmsProcess.ServeAsync(data, environment);
        using var admin = server.Admin();
        var done = 0;
        var uploads = Enumerable
            .Range(0, 4)
            .Select(async _ =>
            {
                try
                {
                    while (true)
                    {
                        await admin.UploadedAsync(Pictures.Noise(500, 400));
                        Interlocked.Increment(ref done);
                    }
                }
                catch (HttpRequestException)
                {
                    // The server is gone.
                }
            })
            .ToArray();
        await Wait.UntilAsync("some uploads", () => Volatile.Read(ref done) >= 8);
        await server.KillAsync();
        await Task.WhenAll(uploads);
    }

    private static Task<CmsResult> VerifyAsync(string data, params string[] more) =>
        RunAsync(data, null, ["verify", .. more]);

    private static Task<CmsResult> VerifyAsync(
        string data,
        IReadOnlyDictionary<string, string> environment
    ) => RunAsync(data, environment, "verify");

    private static Task<CmsResult> RunAsync(
        string data,
        IReadOnlyDictionary<string, string>? environment,
        params string[] command
    ) => CmsProcess.RunAsync(["images", .. command], environment, data);

    private static string PathOf(string data, string sha256) =>
        Path.Combine(data, "media", sha256[..2], sha256[2..4], sha256);

    /// <summary>A place of its own in S3.</summary>
    private static Dictionary<string, string> S3()
    {
        var endpoint = Environment.GetEnvironmentVariable(EndpointVariable);
        Assert.SkipWhen(
            endpoint is null,
            $"It needs a server that speaks S3 at {EndpointVariable}: scripts/s3 starts one."
        );
        var prefix = Guid.NewGuid().ToString("N");
        return new()
        {
            ["Cms__MediaStore"] = $"s3://pictures/{prefix}/originals",
            ["Cms__RenditionStore"] = $"s3://pictures/{prefix}/renditions",
            ["Cms__S3Endpoint"] = endpoint!,
            ["Cms__S3AccessKey"] = "S3RVER",
            ["Cms__S3SecretKey"] = "S3RVER",
            ["Cms__S3PathStyle"] = "true",
        };
    }
}
