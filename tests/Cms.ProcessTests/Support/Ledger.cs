using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Sync;

namespace Cms.ProcessTests.Support;

/// <summary>
/// Editors at work, and what they were told: each write as it was acknowledged, and the one that each was waiting for
/// when the server went away.
/// </summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, Entry> _articles = new();
    private readonly ConcurrentDictionary<string, string> _uploads = new();
    private int _acknowledged;

    public int Acknowledged => _acknowledged;

    /// <summary>
    /// Writes until the server is gone or the writes are done; calls <paramref name="after"/> with the number of each
    /// acknowledged one.
    /// </summary>
    public Task WorkAsync(CmsProcess server, string round, int editors, int writes, Action<int> after)
    {
        var left = writes;
        bool Goes() => Interlocked.Decrement(ref left) >= 0;
        void Acknowledge() => after(Interlocked.Increment(ref _acknowledged));
        return Task.WhenAll(
            Enumerable
                .Range(0, editors)
                .Select(async editor =>
                {
                    using var desk = server.Admin();
                    try
                    {
                        for (var story = 0; ; story++)
                        {
                            if (
                                !await WriteStoryAsync(
                                    desk,
                                    $"{round}-{editor}-{story}",
                                    story,
                                    Goes,
                                    Acknowledge
                                )
                            )
                                return;
                        }
                    }
                    catch (Exception e) when (Nodes.IsOutage(e))
                    {
                        // The server is gone.
                    }
                })
        );
    }

    private async Task<bool> WriteStoryAsync(
        HttpClient desk,
        string name,
        int story,
        Func<bool> goes,
        Action acknowledge
    )
    {
        if (!goes())
            return false;
        var demo = Newsrooms.Demo();
        JsonNode Slug(string kind) => demo[kind]![story % demo[kind]!.AsArray().Count]!["slug"]!.DeepClone();
        var input = Words($"Story {name}");
        input["section"] = Slug("sections");
        input["authors"] = new JsonArray(Slug("authors"));
        input["tags"] = new JsonArray(Slug("tags"));
        var article = await desk.PostAsync("/v1/editorial/articles", input);
        var entry = _articles[(string)article["id"]!] = new Entry { Acknowledged = article };
        acknowledge();
        var url = $"/v1/editorial/articles/{article["id"]}";

        async Task<bool> WriteAsync(JsonObject expected, Func<Task<JsonObject>> write)
        {
            if (!goes())
                return false;
            entry.Attempted = expected;
            entry.Acknowledged = await write();
            entry.Attempted = null;
            acknowledge();
            return true;
        }
        Task<bool> PatchAsync(JsonObject patch, JsonObject expected)
        {
            expected["revision"] = entry.Revision + 1;
            return WriteAsync(expected, () => desk.PatchAsync(url, patch, entry.Revision));
        }
        Task<bool> ActAsync(string act, string status) =>
            WriteAsync(
                new JsonObject
                {
                    ["status"] = status,
                    ["publishedRevision"] = status == "published" ? entry.Revision : null,
                },
                () => desk.PostAsync($"{url}/{act}", expected: HttpStatusCode.OK)
            );

        var words = Words($"Story {name}, second edition");
        if (
            !await PatchAsync(words, new JsonObject { ["headline"] = words["headline"]!.DeepClone() })
            || !await ActAsync("publish", "published")
            || !goes()
        )
            return false;

        var picture = Pictures.Png();
        var image = await desk.UploadedAsync(picture);
        _uploads[(string)image["id"]!] = Convert.ToHexStringLower(SHA256.HashData(picture));
        acknowledge();
        var hero = new JsonObject { ["heroImage"] = new JsonObject { ["id"] = image["id"]!.DeepClone() } };
        return await PatchAsync(hero, [])
            && await ActAsync("publish", "published")
            && (story % 3 != 2 || await ActAsync("unpublish", "unpublished"));
    }

    /// <summary>
    /// Every acknowledged write is there as it was acknowledged; the one after it wholly or not at all.
    /// </summary>
    public async Task IsKeptAsync(CmsProcess server)
    {
        using var desk = server.Admin();
        using var reader = server.Client();
        foreach (var (id, entry) in _articles)
        {
            var now = await desk.GetJsonAsync($"/v1/editorial/articles/{id}");
            var asAcknowledged = JsonNode.DeepEquals(now, entry.Acknowledged);
            var asAttempted =
                entry.Attempted is { } attempted
                && attempted.All(member => JsonNode.DeepEquals(now[member.Key], member.Value));
            Assert.True(
                asAcknowledged || asAttempted,
                $"Acknowledged: {entry.Acknowledged}\nAttempted: {entry.Attempted}\nNow: {now}"
            );
            Assert.Contains(
                $"Body of {now["headline"]}",
                now["body"]!.ToJsonString(),
                StringComparison.Ordinal
            );
            (entry.Acknowledged, entry.Attempted) = (now, null);

            using var seen = await reader.GetAsync(
                $"/v1/articles/{now["slug"]}",
                TestContext.Current.CancellationToken
            );
            var expected = (string)now["status"]! switch
            {
                "published" => HttpStatusCode.OK,
                "unpublished" => HttpStatusCode.Gone,
                _ => HttpStatusCode.NotFound,
            };
            await seen.ReadAsync(expected);
        }
        foreach (var (id, sha256) in _uploads)
        {
            var bytes = await reader.GetByteArrayAsync(
                new Uri($"/media/{id}/original", UriKind.Relative),
                TestContext.Current.CancellationToken
            );
            Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    private static JsonObject Words(string headline) =>
        new()
        {
            ["headline"] = headline,
            ["body"] = new JsonObject { ["markdown"] = $"Body of {headline}.\n\nThe end." },
        };

    private sealed class Entry
    {
        public required JsonObject Acknowledged { get; set; }

        /// <summary>What the write that was under way would have made of it.</summary>
        public JsonObject? Attempted { get; set; }

        public int Revision => Acknowledged["revision"]!.GetValue<int>();
    }
}
