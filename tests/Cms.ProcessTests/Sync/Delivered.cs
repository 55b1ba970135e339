using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;

namespace Cms.ProcessTests.Sync;

/// <summary>
/// What delivery answers, once nothing changes any more: what every copy is held against, entity by entity.
/// </summary>
internal sealed class Delivered
{
    private readonly HttpClient _anonymous;
    private readonly HttpClient _reader;
    private readonly ConcurrentDictionary<(string Id, string Body, bool HasKey), JsonObject> _articles =
        new();
    private readonly Dictionary<string, JsonObject> _sections = [];
    private readonly Dictionary<string, JsonObject> _authors = [];
    private readonly Dictionary<string, JsonObject> _tags = [];
    private readonly Dictionary<string, JsonObject> _images = [];

    // Of the images, those that are not behind the wall only.
    private readonly HashSet<string> _open = [];
    private readonly Dictionary<string, string> _tagIds = [];
    private readonly List<string> _ids = [];

    private Delivered(HttpClient anonymous, HttpClient reader) => (_anonymous, _reader) = (anonymous, reader);

    public int Articles => _ids.Count;

    public string Summary =>
        $"{_ids.Count} articles, {_sections.Count} sections, {_authors.Count} authors, {_tags.Count} "
        + $"tags, {_images.Count} images";

    public static async Task<Delivered> ReadAsync(HttpClient anonymous, HttpClient reader)
    {
        var delivered = new Delivered(anonymous, reader);
        foreach (var section in await ListAsync(anonymous, "/v1/sections?limit=100"))
        {
            section["parent"] = section["parent"]?["id"]?.DeepClone();
            delivered._sections.Add((string)section["id"]!, section);
        }
        foreach (var author in await ListAsync(anonymous, "/v1/authors?limit=100"))
        {
            if (author["avatar"] is { } avatar)
                await delivered.AddImageAsync((string)avatar["id"]!);
            author["avatar"] = author["avatar"]?["id"]?.DeepClone();
            delivered._authors.Add((string)author["id"]!, author);
        }
        foreach (var tag in await ListAsync(anonymous, "/v1/tags?limit=100"))
        {
            delivered._tags.Add((string)tag["id"]!, tag);
            delivered._tagIds.Add((string)tag["slug"]!, (string)tag["id"]!);
        }
        delivered._ids.AddRange(await IdsAsync(anonymous, "/v1/articles?limit=100"));
        foreach (var id in delivered._ids)
        foreach (var image in LocalCopy.ImagesOf(await delivered.ArticleAsync(id, "blocks", hasKey: true)))
            await delivered.AddImageAsync(image);
        return delivered;
    }

    /// <summary>Holds a copy against what is delivered. Returns what differs; empty where nothing does.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync(Habits habits, LocalCopy copy)
    {
        var faults = new List<string>();
        var ids = habits.Sections.Length == 0 ? [.. _ids] : new HashSet<string>();
        foreach (var section in habits.Sections)
            ids.UnionWith(
                await IdsAsync(_anonymous, $"/v1/articles?limit=100&section={_sections[section]["slug"]}")
            );

        // What its articles need, seen with whole bodies.
        var needs = new LocalCopy();
        foreach (var id in ids)
            Put(needs, "article", await ArticleAsync(id, "blocks", hasKey: true));
        var articles = needs["article"].Values.ToList();
        var isScoped = habits.Sections.Length > 0;
        var authors = isScoped
            ? articles.SelectMany(a => LocalCopy.Ids(a["authors"])).ToHashSet()
            : [.. _authors.Keys];
        var images = articles
            .SelectMany(LocalCopy.ImagesOf)
            .Concat(authors.Select(id => (string?)_authors[id]["avatar"]).OfType<string>())
            .Where(id => habits.HasKey || _open.Contains(id))
            .ToHashSet();
        var tags = articles.SelectMany(a => LocalCopy.Ids(a["tags"])).ToHashSet();
        if (!isScoped)
            Compare("tag in use", tags, _tags.Keys.ToHashSet());

        var expected = new Dictionary<string, Dictionary<string, JsonObject>>
        {
            ["section"] = _sections,
            ["author"] = authors.ToDictionary(id => id, id => _authors[id]),
            ["tag"] = tags.ToDictionary(id => id, id => _tags[id]),
            ["image"] = images.ToDictionary(id => id, id => _images[id]),
            ["article"] = [],
        };
        if (habits.Types.Contains("article"))
            foreach (var id in ids)
            {
                var article = (await ArticleAsync(id, habits.Body, habits.HasKey)).DeepClone().AsObject();
                if (isScoped)
                    article["related"] = new JsonArray([
                        .. LocalCopy
                            .Ids(article["related"])
                            .Where(ids.Contains)
                            .Select(r => JsonValue.Create(r)),
                    ]);
                expected["article"].Add(id, article);
            }
        foreach (var type in LocalCopy.Order)
        {
            var wanted = habits.Types.Contains(type) ? expected[type] : [];
            Compare(type, copy[type].Keys.ToHashSet(), wanted.Keys.ToHashSet());
            foreach (var (id, thing) in wanted)
                if (copy[type].TryGetValue(id, out var held) && !JsonNode.DeepEquals(held, thing))
                    faults.Add(
                        $"{type} {id}\n    held      {held.ToJsonString()}\n    delivered {thing.ToJsonString()}"
                    );
        }
        return faults;

        void Compare(string what, HashSet<string> held, HashSet<string> wanted)
        {
            faults.AddRange(wanted.Except(held).Select(id => $"{what} {id} is missing"));
            faults.AddRange(held.Except(wanted).Select(id => $"{what} {id} is held, and not delivered"));
        }
    }

    /// <summary>
    /// An article with its references by id, as a sync has it; what stands in place of them there is held against the
    /// things themselves.
    /// </summary>
    private async Task<JsonObject> ArticleAsync(string id, string body, bool hasKey)
    {
        if (_articles.TryGetValue((id, body, hasKey), out var known))
            return known;
        var article = await (hasKey ? _reader : _anonymous).GetJsonAsync($"/v1/articles/{id}?body={body}");
        WithoutRenditions(article);
        var section = article["section"]!.AsObject();
        Same(section, _sections[(string)section["id"]!]);
        article["section"] = section["id"]!.DeepClone();
        foreach (var author in article["authors"]!.AsArray())
        {
            author!["avatar"] = author["avatar"]?["id"]?.DeepClone();
            Same(author.AsObject(), _authors[(string)author["id"]!]);
        }
        article["authors"] = Ids(article["authors"]!.AsArray().Select(a => (string)a!["id"]!));
        foreach (var tag in article["tags"]!.AsArray())
            Same(tag!.AsObject(), _tags[_tagIds[(string)tag!["slug"]!]]);
        article["tags"] = Ids(article["tags"]!.AsArray().Select(t => _tagIds[(string)t!["slug"]!]));
        article["related"] = Ids(article["related"]!.AsArray().Select(a => (string)a!["id"]!));
        if (article["heroImage"] is { } hero)
        {
            var image = await AddImageAsync((string)hero["id"]!);
            foreach (
                var member in (string[])
                    ["url", "width", "height", "focalPoint", "dominantColor", "thumbHash", "placeholder"]
            )
                Assert.True(JsonNode.DeepEquals(hero[member], image[member]), $"{member} of {image["id"]}");
            article["heroImage"] = new JsonObject(
                ((string[])["id", "alt", "caption", "credit"]).Select(m =>
                    KeyValuePair.Create(m, hero[m]?.DeepClone())
                )
            );
        }
        return _articles[(id, body, hasKey)] = article;
    }

    /// <summary>Copies have no addresses of renditions: they follow from the id.</summary>
    private static void WithoutRenditions(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                    WithoutRenditions(item);
                break;
            case JsonObject members:
                members.Remove("sources");
                members.Remove("crops");
                foreach (var (_, member) in members)
                    WithoutRenditions(member);
                break;
        }
    }

    private async Task<JsonObject> AddImageAsync(string id)
    {
        if (!_images.TryGetValue(id, out var image))
        {
            _images[id] = image = await _reader.GetJsonAsync($"/v1/images/{id}");
            // Of a picture, a sync tells what one cannot work out from the rest.
            image.Remove("sources");
            image.Remove("crops");
            using var answer = await _anonymous.GetAsync(
                $"/v1/images/{id}",
                TestContext.Current.CancellationToken
            );
            if (answer.IsSuccessStatusCode)
                _open.Add(id);
            else
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        return image;
    }

    /// <summary>Whatever a reference says of a thing, the thing says of itself.</summary>
    private static void Same(JsonObject reference, JsonObject thing)
    {
        foreach (var (member, value) in reference)
            Assert.True(JsonNode.DeepEquals(value, thing[member]), $"{reference} is not {thing}");
    }

    private static void Put(LocalCopy copy, string type, JsonObject thing) =>
        copy.Apply(
            new JsonObject
            {
                ["type"] = type,
                ["id"] = thing["id"]!.DeepClone(),
                ["op"] = "upsert",
                ["reason"] = null,
                ["data"] = thing.DeepClone(),
            }
        );

    private static JsonArray Ids(IEnumerable<string> ids) => new([.. ids.Select(id => JsonValue.Create(id))]);

    private static async Task<List<string>> IdsAsync(HttpClient client, string url) =>
        [.. (await ListAsync(client, url + "&fields=id")).Select(a => (string)a["id"]!)];

    private static async Task<List<JsonObject>> ListAsync(HttpClient client, string url)
    {
        var all = new List<JsonObject>();
        for (string? cursor = null; ; )
        {
            var page = await client.GetJsonAsync(cursor is null ? url : $"{url}&cursor={cursor}");
            all.AddRange(page["data"]!.AsArray().Select(d => d!.DeepClone().AsObject()));
            cursor = (string?)page["page"]!["next"];
            if (cursor is null)
                return all;
        }
    }
}
