using System.Text.Json.Nodes;
using static Cms.IntegrationTests.Editorial.Releases.ReleaseDesk;

namespace Cms.IntegrationTests.Editorial.Releases;

/// <summary>What apps that keep a copy see of a release.</summary>
public sealed class ReleaseSyncTests(CmsServer cms)
{
    private const int Size = 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_has_all_of_a_release_or_nothing_whenever_nothing_is_waiting(bool ofSection)
    {
        var section = await cms.SectionAsync();
        var drafts = new List<JsonObject>();
        for (var i = 0; i < Size; i++)
            drafts.Add(await cms.DraftAsync(new JsonObject { ["section"] = section }));
        // Something is there before, so that the section is.
        await cms.PublishedAsync(new JsonObject { ["section"] = section });
        var release = await cms.ReleaseAsync([.. drafts.Select(d => Item(d))]);
        var released = drafts.Select(d => (string)d["id"]!).ToHashSet();
        var address = $"/v1/sync?types=article&body=none{(ofSection ? $"&section={section}" : "")}";
        var copy = new HashSet<string>();
        var pages = 0;
        var cursor = await ReadToEndAsync(address);
        Assert.Empty(released.Intersect(copy));

        var publication = cms.Editor.PostAsync(
            $"{release.Url()}/publish",
            expected: System.Net.HttpStatusCode.OK
        );
        await FollowAsync(until: Size, publication);
        var reverted = cms.Editor.PostAsync($"{release.Url()}/revert");
        await FollowAsync(until: 0, reverted);
        // It did come in pieces.
        Assert.True(pages > Size / 3);

        async Task FollowAsync(int until, Task<JsonObject> act)
        {
            do
            {
                cursor = await ReadToEndAsync($"/v1/sync?cursor={cursor}");
                Assert.Contains(released.Count(copy.Contains), new[] { 0, Size });
            } while (!act.IsCompleted);
            await act;
            cursor = await ReadToEndAsync($"/v1/sync?cursor={cursor}");
            Assert.Equal(until, released.Count(copy.Contains));
        }

        async Task<string> ReadToEndAsync(string from)
        {
            for (var next = $"{from}&limit=3"; ; )
            {
                var page = await cms.Anonymous.GetJsonAsync(next);
                pages++;
                foreach (var change in page["changes"]!.AsArray())
                    if ((string?)change!["op"] == "upsert")
                        copy.Add((string)change["id"]!);
                    else
                        copy.Remove((string)change["id"]!);
                if (!(bool)page["hasMore"]!)
                    return (string)page["cursor"]!;
                next = $"/v1/sync?cursor={page["cursor"]}&limit=3";
            }
        }
    }
}
