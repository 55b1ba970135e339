using System.Net;
using System.Text.Json.Nodes;
using Cms.Platform.Http.Load;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.IntegrationTests.Editorial;

/// <summary>They take all places for uploads, which other tests need.</summary>
[CollectionDefinition(nameof(UploadCrowd), DisableParallelization = true)]
public sealed class UploadCrowd;

/// <summary>What many uploads at once hold up, and what they do not.</summary>
[Collection(nameof(UploadCrowd))]
public sealed class UploadCrowdTests(CmsServer cms)
{
    private const int Photographs = 20;
    private const int TooMany = 3;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Uploads_that_wait_hold_no_place_of_the_desk_and_their_files_are_on_disk_only()
    {
        var draft = await cms.DraftAsync();
        var address = $"/v1/editorial/articles/{draft["id"]}";
        var admission = cms.Services.GetRequiredService<Admission>();
        var bounds = cms.Services.GetRequiredService<AdmissionBounds>();
        Assert.True(bounds.UploadsWaiting > bounds.Desk);
        var file = Pictures.Noise(500, 400);

        var gate = new List<IDisposable>();
        for (var i = 0; i < bounds.Uploads; i++)
            gate.Add(await admission.TakeAsync(Share.Uploads, Ct));
        List<Task<HttpResponseMessage>> uploads;
        try
        {
            uploads =
            [
                .. Enumerable
                    .Range(0, bounds.UploadsWaiting + TooMany)
                    .Select(_ => cms.Editor.UploadAsync(file)),
            ];
            await Wait.UntilAsync("the refusals", () => uploads.Count(u => u.IsCompleted) >= TooMany);
            foreach (var upload in uploads.Where(u => u.IsCompleted))
            {
                var refused = await upload;
                var problem = await refused.ReadAsync(HttpStatusCode.ServiceUnavailable);
                Assert.Equal("overloaded", (string)problem["code"]!);
                Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
            }

            await Wait.UntilAsync("the files on disk", () => Spooled(file) == bounds.UploadsWaiting);
            await SaveAsync(address, 1);
            Assert.Equal(bounds.UploadsWaiting, uploads.Count(u => !u.IsCompleted));
        }
        finally
        {
            gate.ForEach(place => place.Dispose());
        }

        var answers = await Task.WhenAll(uploads);
        Assert.Equal(bounds.UploadsWaiting, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        await Wait.UntilAsync("the end of the temporary files", () => Spooled(file) == 0);
    }

    [Fact]
    public async Task Twenty_photographs_at_once_are_all_taken_and_editors_save_beside_them()
    {
        var draft = await cms.DraftAsync();
        var address = $"/v1/editorial/articles/{draft["id"]}";
        var photograph = Pictures.Photograph(5_472, 3_648);

        var uploads = Enumerable
            .Range(1, Photographs)
            .Select(i => cms.Editor.UploadAsync(Pictures.WithResolution(photograph, i), $"{i}.jpg"))
            .ToArray();
        var (saves, beside) = (0, 0);
        while (uploads.Any(u => !u.IsCompleted))
        {
            await SaveAsync(address, ++saves);
            if (uploads.Any(u => !u.IsCompleted))
                beside++;
        }

        Assert.NotEqual(0, beside);
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (var upload in uploads)
        {
            var image = await (await upload).ReadAsync(HttpStatusCode.Created);
            Assert.Equal((5_472, 3_648), ((int)image["width"]!, (int)image["height"]!));
            Assert.NotNull(image["placeholder"]);
            files.Add((string)image["sha256"]!);
        }
        Assert.Equal(Photographs, files.Count);
    }

    private async Task SaveAsync(string address, int revision) =>
        await (
            await cms.Editor.SendPatchAsync(
                address,
                new JsonObject { ["kicker"] = $"Save {revision}" },
                $"\"{revision}\""
            )
        ).ReadAsync(HttpStatusCode.OK);

    // By how they begin: other programs have files in the same folder.
    private static int Spooled(byte[] file) =>
        Directory
            .EnumerateFiles(
                Environment.GetEnvironmentVariable("ASPNETCORE_TEMP") ?? Path.GetTempPath(),
                "ASPNETCORE_*"
            )
            .Count(path => Begins(path, file));

    private static bool Begins(string path, byte[] file)
    {
        var beginning = new byte[1_024];
        try
        {
            using var spooled = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            return spooled.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false)
                    == beginning.Length
                && beginning.AsSpan().SequenceEqual(file.AsSpan(0, beginning.Length));
        }
        catch (IOException)
        {
            // It has gone meanwhile.
            return false;
        }
    }
}
