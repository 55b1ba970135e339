using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests.Sync;

/// <summary>
/// Editors who do what comes to their minds, by a seed. They look at what is there before they act, and take it well
/// when somebody was faster. Words that are only saved and not meant for readers all have <see cref="Unseen"/> in them.
/// </summary>
internal sealed class Writers
{
    /// <summary>Never to be seen by a reader.</summary>
    public const string Unseen = "NotForReaders";

    private const string Articles = "/v1/editorial/articles";
    private const string Sections = "/v1/editorial/sections";
    private const string Authors = "/v1/editorial/authors";
    private const string Images = "/v1/editorial/images";
    private const string Tags = "/v1/editorial/tags";

    private const int MostImages = 40;
    private const int MostSpareSections = 8;
    private const int MostTags = 25;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private readonly ConcurrentDictionary<string, int> _done = new();
    private readonly ConcurrentDictionary<int, int> _refused = new();
    private int _names;

    public required World World { get; init; }
    public required Nodes Nodes { get; init; }
    public required ActClock Clock { get; init; }
    public required int MostArticles { get; init; }

    /// <summary>Whether servers and database are killed while they work.</summary>
    public required bool Outages { get; init; }

    /// <summary>How often each act was done, and each refusal met.</summary>
    public string Summary =>
        string.Join(", ", _done.OrderBy(d => d.Key).Select(d => $"{d.Key} {d.Value}"))
        + "; refused: "
        + string.Join(", ", _refused.OrderBy(r => r.Key).Select(r => $"{r.Key} × {r.Value}"));

    public static void RefuseUnseen(string text, string who) =>
        Assert.False(
            text.Contains(Unseen, StringComparison.OrdinalIgnoreCase),
            $"{who} was sent what is not for readers: {text}"
        );

    /// <summary>What there is before the work begins.</summary>
    public async Task OpenAsync(Random random, int sections, int authors, int images, int articles)
    {
        var desk = new Editor(this, random, isAdmin: true);
        for (var i = 0; i < images; i++)
            await desk.UploadAsync();
        // One that would lie too deep is refused.
        while (World.Sections.Count < sections)
            await desk.MakeSectionAsync(World.Sections);
        for (var i = 0; i < authors; i++)
            await desk.MakeAuthorAsync();
        for (var i = 0; i < articles; i++)
            await desk.WriteAsync();
    }

    /// <summary>Works until enough has been done.</summary>
    public async Task WorkAsync(Random random, bool isAdmin)
    {
        var editor = new Editor(this, random, isAdmin);
        while (!Clock.IsEnough)
        {
            try
            {
                await editor.ActAsync();
            }
            catch (Exception e) when (Outages && Nodes.IsOutage(e))
            {
                _done.AddOrUpdate("(outage)", 1, (_, n) => n + 1);
                await Nodes.ReadyAsync();
            }
        }
    }

    /// <summary>
    /// Last of all, new words for every image: articles that show them are told of by the change of the image alone,
    /// since nobody publishes them again.
    /// </summary>
    public async Task CaptionAllAsync()
    {
        var desk = Nodes.At(0, Nodes.Editor);
        foreach (var image in World.Images.All())
        {
            var url = $"{Images}/{image}";
            using var response = await desk.GetAsync(url, Ct);
            if (response.StatusCode == HttpStatusCode.NotFound)
                continue;
            var now = await response.ReadAsync(HttpStatusCode.OK);
            var patch = new JsonObject
            {
                ["alt"] = $"Last alt {image}",
                ["caption"] = $"Last caption {image}",
            };
            World.Kept(url, await desk.PatchAsync(url, patch, (int)now["revision"]!));
            Clock.Tick();
        }
    }

    /// <summary>Everything that was acknowledged is there.</summary>
    public async Task AllIsKeptAsync()
    {
        var desk = Nodes.At(0, Nodes.Admin);
        foreach (var (url, revision) in World.Revisions)
        {
            using var response = await desk.GetAsync(url, Ct);
            var isGone = World.Gone.TryGetValue(url, out var gone);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                Assert.True(isGone, $"{url} was lost.");
                continue;
            }
            var now = await response.ReadAsync(HttpStatusCode.OK);
            Assert.False(isGone && gone, $"{url} was deleted, and is there.");
            Assert.True((int)now["revision"]! >= revision, $"{url} was at {revision}, and is {now}");
        }
    }

    private sealed class Editor(Writers all, Random random, bool isAdmin)
    {
        private World World => all.World;

        public Task ActAsync()
        {
            var dice = random.Next(100);
            return dice switch
            {
                < 34 => EditAsync(),
                < 44 => WriteAsync(),
                < 50 => SaveUnseenAsync(),
                < 56 => UnpublishAsync(),
                < 62 => TrashAsync(),
                < 64 => EraseAsync(),
                < 71 => ChangeAuthorAsync(),
                < 72 => MakeAuthorAsync(),
                < 74 => DeleteAsync("author", Authors, World.Authors, keep: 3),
                < 80 => ChangeImageAsync(),
                < 82 => UploadAsync(),
                < 84 => DeleteAsync("image", Images, World.Images, keep: 5),
                < 88 => ChangeTagAsync(),
                < 90 => DeleteAsync("tag", Tags, World.Tags, keep: 0),
                < 94 => ChangeSectionAsync(),
                < 98 => MoveSectionAsync(),
                < 99 => MakeSectionAsync(World.SpareSections),
                _ => DeleteAsync("section", Sections, World.SpareSections, keep: 0),
            };
        }

        /// <summary>Opens an article, and publishes it.</summary>
        public async Task WriteAsync()
        {
            if (World.Articles.Count >= all.MostArticles)
            {
                await EditAsync();
                return;
            }
            var input = Words(everything: true);
            if (await SendAsync("open", HttpMethod.Post, Articles, input) is not { } article)
                return;
            var id = (string)article["id"]!;
            World.Kept($"{Articles}/{id}", article);
            World.Articles.Add(id);
            await PublishAsync(id, article);
        }

        /// <summary>Changes an article and publishes it; brings it back first if it lies in the trash.</summary>
        private async Task EditAsync()
        {
            if (await AnyAsync(Articles, World.Articles) is not ({ } id, { } article))
            {
                await WriteAsync();
                return;
            }
            var url = $"{Articles}/{id}";
            if ((string)article["status"]! == "trashed")
            {
                if (
                    await SendAsync("restore", HttpMethod.Post, $"{url}/restore", ifMatch: article)
                    is not { } back
                )
                    return;
                article = back;
            }
            // What was saved by one who did not mean it for readers goes out only when all of it is said anew.
            var isClean = !article.ToJsonString().Contains(Unseen, StringComparison.OrdinalIgnoreCase);
            if (!isClean || random.Next(10) > 0)
            {
                if (
                    await SendAsync("save", HttpMethod.Patch, url, Words(everything: !isClean), article)
                    is not { } saved
                )
                    return;
                World.Kept(url, saved);
                article = saved;
            }
            await PublishAsync(id, article);
        }

        private async Task PublishAsync(string id, JsonObject article)
        {
            if (
                await SendAsync("publish", HttpMethod.Post, $"{Articles}/{id}/publish", ifMatch: article) is
                { } live
            )
                World.Kept($"{Articles}/{id}", live);
        }

        /// <summary>Saves what readers must not see yet.</summary>
        private async Task SaveUnseenAsync()
        {
            if (await AnyAsync(Articles, World.Articles) is not ({ } id, { } article))
                return;
            var patch = new JsonObject
            {
                ["headline"] = $"{Unseen} {Name()}",
                ["kicker"] = Unseen,
                ["deck"] = Unseen,
                ["excerpt"] = Unseen,
                ["disclosure"] = Unseen,
                ["seo"] = new JsonObject { ["title"] = Unseen },
                ["tags"] = new JsonArray($"{Unseen} {random.Next(5)}"),
                ["body"] = new JsonObject { ["markdown"] = $"{Unseen}\n\n{Unseen}" },
                ["heroImage"] =
                    World.Images.Draw(random) is { } image && random.Next(2) == 0
                        ? new JsonObject { ["id"] = image, ["caption"] = Unseen }
                        : null,
                ["section"] = Section(),
            };
            if (random.Next(2) == 0)
                patch["slug"] = $"{Unseen}-{Name()}".ToLowerInvariant().Replace(' ', '-');
            if (
                await SendAsync("save unseen", HttpMethod.Patch, $"{Articles}/{id}", patch, article) is
                { } saved
            )
                World.Kept($"{Articles}/{id}", saved);
        }

        private async Task UnpublishAsync()
        {
            if (await AnyAsync(Articles, World.Articles) is ({ } id, { } article))
                await SendAsync("unpublish", HttpMethod.Post, $"{Articles}/{id}/unpublish", ifMatch: article);
        }

        private async Task TrashAsync()
        {
            if (await AnyAsync(Articles, World.Articles) is ({ } id, { } article))
                await SendAsync("trash", HttpMethod.Delete, $"{Articles}/{id}", ifMatch: article);
        }

        private async Task EraseAsync()
        {
            if (!isAdmin)
                await TrashAsync();
            else if (await AnyAsync(Articles, World.Articles) is ({ } id, { } article))
                await EraseAsync(
                    "erase",
                    $"{Articles}/{id}",
                    "?permanently=true",
                    World.Articles,
                    id,
                    article
                );
        }

        private async Task ChangeAuthorAsync()
        {
            if (await AnyAsync(Authors, World.Authors) is not ({ } id, { } author))
                return;
            var patch = new JsonObject();
            if (random.Next(2) == 0)
                patch["name"] = $"Author {Name()}";
            if (random.Next(4) == 0)
                patch["slug"] = $"author-{Name()}";
            if (random.Next(3) == 0)
                patch["avatar"] = random.Next(3) == 0 ? null : World.Images.Draw(random);
            if (random.Next(3) == 0)
                patch["bio"] = $"Bio {Name()}";
            if (random.Next(3) == 0)
                patch["social"] = new JsonObject { ["mastodon"] = $"@{Name()}" };
            if (
                await SendAsync("change author", HttpMethod.Patch, $"{Authors}/{id}", patch, author) is
                { } now
            )
                World.Kept($"{Authors}/{id}", now);
        }

        public async Task MakeAuthorAsync()
        {
            var input = new JsonObject
            {
                ["name"] = $"Author {Name()}",
                ["avatar"] = random.Next(2) == 0 ? World.Images.Draw(random) : null,
                ["email"] = $"{Unseen}@example.org",
            };
            await MakeAsync("make author", Authors, input, World.Authors);
        }

        private async Task ChangeImageAsync()
        {
            if (await AnyAsync(Images, World.Images) is not ({ } id, { } image))
                return;
            var patch = new JsonObject { ["caption"] = $"Caption {Name()}" };
            if (random.Next(3) == 0)
                patch["alt"] = random.Next(3) == 0 ? null : $"Alt {Name()}";
            if (random.Next(3) == 0)
                patch["focalPoint"] = new JsonObject { ["x"] = random.Next(100) / 100.0, ["y"] = 0.5 };
            if (await SendAsync("change image", HttpMethod.Patch, $"{Images}/{id}", patch, image) is { } now)
                World.Kept($"{Images}/{id}", now);
        }

        public async Task UploadAsync()
        {
            if (World.Images.Count >= MostImages)
            {
                await ChangeImageAsync();
                return;
            }
            using var form = new MultipartFormDataContent();
            var file = new ByteArrayContent(Pictures.Png());
            file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            form.Add(file, "file", $"{Unseen}.png");
            form.Add(new StringContent($"Alt {Name()}"), "alt");
            form.Add(new StringContent($"Caption {Name()}"), "caption");
            using var request = new HttpRequestMessage(HttpMethod.Post, Images) { Content = form };
            if (await SendAsync("upload", request) is not { } image)
                return;
            World.Kept($"{Images}/{image["id"]}", image);
            World.Images.Add((string)image["id"]!);
        }

        private async Task ChangeTagAsync()
        {
            // Articles make tags too.
            using var list = await Desk().GetAsync($"{Tags}?limit=100&fields=id,name", Ct);
            if (list.IsSuccessStatusCode)
                foreach (var known in (await list.ReadAsync(HttpStatusCode.OK))["data"]!.AsArray())
                    if (!((string)known!["name"]!).StartsWith(Unseen, StringComparison.Ordinal))
                        World.Tags.Add((string)known["id"]!);
            if (World.Tags.Count == 0 || random.Next(4) == 0)
            {
                await MakeAsync("make tag", Tags, new JsonObject { ["name"] = TagName() }, World.Tags);
                return;
            }
            if (await AnyAsync(Tags, World.Tags) is not ({ } id, { } tag))
                return;
            var patch = new JsonObject
            {
                ["name"] = random.Next(2) == 0 ? TagName() : $"Tag renamed {Name()}",
            };
            if (random.Next(2) == 0)
                patch["slug"] = $"tag-{Name()}";
            if (await SendAsync("change tag", HttpMethod.Patch, $"{Tags}/{id}", patch, tag) is { } now)
                World.Kept($"{Tags}/{id}", now);
        }

        private async Task ChangeSectionAsync()
        {
            if (await AnyAsync(Sections, AnySections()) is not ({ } id, { } section))
                return;
            var patch = new JsonObject { ["name"] = $"Section {Name()}", ["position"] = random.Next(20) };
            if (random.Next(2) == 0)
                patch["slug"] = $"section-{Name()}";
            if (random.Next(3) == 0)
                patch["description"] = random.Next(2) == 0 ? null : $"About {Name()}";
            if (
                await SendAsync("change section", HttpMethod.Patch, $"{Sections}/{id}", patch, section) is
                { } now
            )
                World.Kept($"{Sections}/{id}", now);
        }

        /// <summary>Puts a section under another, with all that is in it.</summary>
        private async Task MoveSectionAsync()
        {
            if (await AnyAsync(Sections, AnySections()) is not ({ } id, { } section))
                return;
            var patch = new JsonObject
            {
                ["parent"] = random.Next(3) == 0 ? null : World.Sections.Draw(random),
            };
            if (
                await SendAsync("move section", HttpMethod.Patch, $"{Sections}/{id}", patch, section) is
                { } now
            )
                World.Kept($"{Sections}/{id}", now);
        }

        public async Task MakeSectionAsync(Pool pool)
        {
            if (pool == World.SpareSections && pool.Count >= MostSpareSections)
            {
                await DeleteAsync("section", Sections, pool, keep: 0);
                return;
            }
            var input = new JsonObject
            {
                ["name"] = $"Section {Name()}",
                ["parent"] = random.Next(2) == 0 ? World.Sections.Draw(random) : null,
            };
            await MakeAsync("make section", Sections, input, pool);
        }

        private async Task MakeAsync(string act, string url, JsonObject input, Pool pool)
        {
            if (await SendAsync(act, HttpMethod.Post, url, input) is not { } made)
                return;
            World.Kept($"{url}/{made["id"]}", made);
            pool.Add((string)made["id"]!);
        }

        /// <summary>Deletes something, if nothing uses it.</summary>
        private async Task DeleteAsync(string what, string url, Pool pool, int keep)
        {
            if (pool.Count > keep && await AnyAsync(url, pool) is ({ } id, { } thing))
                await EraseAsync($"delete {what}", $"{url}/{id}", "", pool, id, thing);
        }

        private async Task EraseAsync(
            string act,
            string url,
            string query,
            Pool pool,
            string id,
            JsonObject ifMatch
        )
        {
            try
            {
                if (await SendAsync(act, HttpMethod.Delete, url + query, ifMatch: ifMatch) is null)
                    return;
            }
            catch (Exception e) when (Nodes.IsOutage(e))
            {
                World.Deleted(url, isKnown: false);
                throw;
            }
            World.Deleted(url, isKnown: true);
            pool.Remove(id);
        }

        /// <summary>All that is said of an article, or a part of it.</summary>
        private JsonObject Words(bool everything)
        {
            var words = new JsonObject();
            Say(2, "headline", () => $"Headline {Name()}");
            Say(4, "kicker", () => random.Next(2) == 0 ? null : $"Kicker {Name()}");
            Say(4, "deck", () => random.Next(2) == 0 ? null : $"Deck {Name()}");
            Say(6, "excerpt", () => random.Next(2) == 0 ? null : $"Excerpt {Name()}");
            Say(6, "disclosure", () => random.Next(2) == 0 ? null : $"Disclosure {Name()}");
            Say(6, "seo", () => random.Next(2) == 0 ? null : new JsonObject { ["title"] = $"Seo {Name()}" });
            Say(3, "access", () => ((string[])["public", "registered", "subscriber"])[random.Next(3)]);
            Say(3, "section", Section);
            Say(3, "authors", () => List(World.Authors.Draw(random, 3)));
            Say(3, "tags", () => List(Enumerable.Range(0, random.Next(4)).Select(_ => TagName()).Distinct()));
            Say(3, "related", () => List(World.Articles.Draw(random, 3)));
            Say(3, "body", Body);
            Say(4, "slug", () => $"story-{Name()}");
            Say(
                3,
                "heroImage",
                () =>
                    World.Images.Draw(random) is not { } image || random.Next(5) == 0
                        ? null
                        : new JsonObject
                        {
                            ["id"] = image,
                            ["alt"] = random.Next(2) == 0 ? null : $"Alt {Name()}",
                            ["caption"] = random.Next(2) == 0 ? null : $"Hero {Name()}",
                            ["credit"] = null,
                        }
            );
            Say(
                6,
                "corrections",
                () =>
                    new JsonArray(
                        new JsonObject { ["at"] = "2026-01-02T03:04:05Z", ["text"] = $"Correction {Name()}" }
                    )
            );
            return words;

            void Say(int oneIn, string member, Func<JsonNode?> what)
            {
                if (everything || random.Next(oneIn) == 0)
                    words[member] = what();
            }
        }

        private JsonObject Body()
        {
            var images = World.Images.Draw(random, 2);
            if (random.Next(2) == 0)
            {
                var text = new StringBuilder();
                for (var n = 0; n < 4; n++)
                {
                    text.Append(CultureInfo.InvariantCulture, $"Paragraph *{Name()}*.\n\n");
                    if (n < images.Length)
                        text.Append(CultureInfo.InvariantCulture, $"![](/media/{images[n]}/original)\n\n");
                }
                return new JsonObject { ["markdown"] = text.ToString() };
            }
            var blocks = new JsonArray();
            for (var n = 0; n < 3; n++)
                blocks.Add(
                    new JsonObject { ["type"] = "paragraph", ["html"] = $"Paragraph <em>{Name()}</em>." }
                );
            foreach (var image in images)
                blocks.Insert(
                    random.Next(blocks.Count + 1),
                    new JsonObject
                    {
                        ["type"] = "image",
                        ["image"] = new JsonObject
                        {
                            ["id"] = image,
                            ["caption"] = random.Next(2) == 0 ? null : $"In the text {Name()}",
                        },
                    }
                );
            return new JsonObject { ["blocks"] = blocks };
        }

        private JsonNode? Section() =>
            (random.Next(10) == 0 ? World.SpareSections.Draw(random) : null) ?? World.Sections.Draw(random);

        private Pool AnySections() => random.Next(4) == 0 ? World.SpareSections : World.Sections;

        /// <summary>Few, so that tags are shared, go and come again.</summary>
        private string TagName() => $"Tag {random.Next(MostTags)}";

        private string Name() =>
            string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref all._names)}");

        private static JsonArray List(IEnumerable<string> ids) =>
            new([.. ids.Select(id => JsonValue.Create(id))]);

        /// <summary>Something that is there, as it is now.</summary>
        private async Task<(string? Id, JsonObject? Thing)> AnyAsync(string url, Pool pool)
        {
            if (pool.Draw(random) is not { } id)
                return (null, null);
            using var response = await Desk().GetAsync($"{url}/{id}", Ct);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                pool.Remove(id);
                return (null, null);
            }
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                throw new HttpRequestException("The database is away.");
            return (id, await response.ReadAsync(HttpStatusCode.OK));
        }

        private async Task<JsonObject?> SendAsync(
            string act,
            HttpMethod method,
            string url,
            JsonObject? body = null,
            JsonObject? ifMatch = null
        )
        {
            using var request = new HttpRequestMessage(method, url);
            if (body is not null)
                request.Content = JsonContent.Create(
                    body,
                    new MediaTypeHeaderValue(
                        method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json"
                    )
                );
            if (ifMatch is not null)
                request.Headers.TryAddWithoutValidation("If-Match", $"\"{ifMatch["revision"]}\"");
            return await SendAsync(act, request);
        }

        /// <summary>
        /// Does it. Returns the answer (empty where there is none), or null where it was refused because others were
        /// faster.
        /// </summary>
        private async Task<JsonObject?> SendAsync(string act, HttpRequestMessage request)
        {
            using var response = await Desk().SendAsync(request, Ct);
            var text = await response.Content.ReadAsStringAsync(Ct);
            if (response.IsSuccessStatusCode)
            {
                all._done.AddOrUpdate(act, 1, (_, n) => n + 1);
                var answer = text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
                all.Clock.Tick();
                return answer;
            }
            all._refused.AddOrUpdate((int)response.StatusCode, 1, (_, n) => n + 1);
            // The database is away, and whether it was done is not known.
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                throw new HttpRequestException(text);
            Assert.True(
                response.StatusCode
                    is HttpStatusCode.NotFound
                        or HttpStatusCode.Conflict
                        or HttpStatusCode.PreconditionFailed
                        or HttpStatusCode.UnprocessableEntity,
                $"{act}, {request.Method} {request.RequestUri}: {(int)response.StatusCode} {text}"
            );
            return null;
        }

        private HttpClient Desk() => all.Nodes.Any(random, isAdmin ? all.Nodes.Admin : all.Nodes.Editor);
    }
}
