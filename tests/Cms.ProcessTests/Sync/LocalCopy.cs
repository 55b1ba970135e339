using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cms.ProcessTests.Sync;

/// <summary>
/// What a client has on its device: things by type and id. A change is applied as the contract says, and held against
/// it.
/// </summary>
internal sealed partial class LocalCopy
{
    public static readonly string[] Order = ["section", "image", "author", "tag", "article"];

    // A copy is looked over after every sync, and its articles seldom change.
    private static readonly ConditionalWeakTable<JsonObject, IReadOnlyList<string>> KnownImages = [];

    private readonly Dictionary<string, Dictionary<string, JsonObject>> _things;

    public LocalCopy() => _things = Order.ToDictionary(t => t, _ => new Dictionary<string, JsonObject>());

    private LocalCopy(LocalCopy other) =>
        _things = other._things.ToDictionary(t => t.Key, t => new Dictionary<string, JsonObject>(t.Value));

    /// <summary>Of one type, by id.</summary>
    public IReadOnlyDictionary<string, JsonObject> this[string type] => _things[type];

    public LocalCopy Clone() => new(this);

    public void Apply(JsonObject change)
    {
        var (type, id) = ((string)change["type"]!, (string)change["id"]!);
        Assert.Equal(["type", "id", "op", "reason", "data"], change.Select(m => m.Key));
        switch ((string)change["op"]!)
        {
            case "upsert":
                Assert.Null(change["reason"]);
                Assert.Equal(id, (string?)change["data"]!["id"]);
                _things[type][id] = change["data"]!.AsObject();
                break;
            case "delete":
                Assert.Null(change["data"]);
                Assert.Contains((string?)change["reason"], (string[])["unpublished", "deleted", "moved"]);
                _things[type].Remove(id);
                break;
            case var op:
                Assert.Fail($"An op '{op}'.");
                break;
        }
    }

    /// <summary>References that lead nowhere, of a copy that holds all types; empty where there is none.</summary>
    public IEnumerable<string> Dangling()
    {
        foreach (var (id, section) in this["section"])
            if (section["parent"] is { } parent)
                foreach (var fault in Missing("section", [(string)parent!], $"parent of section {id}"))
                    yield return fault;
        foreach (var (id, author) in this["author"])
            if (author["avatar"] is { } avatar)
                foreach (var fault in Missing("image", [(string)avatar!], $"avatar of author {id}"))
                    yield return fault;
        foreach (var (id, article) in this["article"])
        foreach (
            var fault in Missing("section", [(string)article["section"]!], $"section of {id}")
                .Concat(Missing("author", Ids(article["authors"]), $"author of {id}"))
                .Concat(Missing("tag", Ids(article["tags"]), $"tag of {id}"))
                .Concat(Missing("article", Ids(article["related"]), $"related to {id}"))
                .Concat(Missing("image", ImagesOf(article), $"image of {id}"))
        )
            yield return fault;
    }

    /// <summary>
    /// What is held although no article here needs it: of a copy of sections, and (for images and tags) of a whole one.
    /// </summary>
    /// <param name="isScoped">Whether authors come only with their articles too.</param>
    public IEnumerable<string> Idle(bool isScoped)
    {
        var articles = this["article"].Values.ToList();
        var tags = articles.SelectMany(a => Ids(a["tags"])).ToHashSet();
        var authors = articles.SelectMany(a => Ids(a["authors"])).ToHashSet();
        var avatars = this["author"].Values.Select(a => (string?)a["avatar"]).OfType<string>();
        var images = articles.SelectMany(ImagesOf).Concat(avatars).ToHashSet();
        return this["tag"]
            .Keys.Except(tags)
            .Select(id => $"tag {id}")
            .Concat(this["image"].Keys.Except(images).Select(id => $"image {id}"))
            .Concat(isScoped ? this["author"].Keys.Except(authors).Select(id => $"author {id}") : []);
    }

    /// <summary>The images that an article shows, so far as its body is there.</summary>
    public static IReadOnlyList<string> ImagesOf(JsonObject article) =>
        KnownImages.GetValue(article, static a => [.. FindImages(a)]);

    private static IEnumerable<string> FindImages(JsonObject article)
    {
        if (article["heroImage"] is { } hero)
            yield return (string)hero["id"]!;
        if (article["body"] is { } body)
            foreach (Match image in ImageAddress().Matches(body.ToJsonString()))
                yield return image.Groups["id"].Value;
    }

    public static IEnumerable<string> Ids(JsonNode? list) => list!.AsArray().Select(id => (string)id!);

    private IEnumerable<string> Missing(string type, IEnumerable<string> ids, string what) =>
        ids.Where(id => !_things[type].ContainsKey(id)).Select(id => $"{what}: there is no {type} {id}");

    [GeneratedRegex("/media/(?<id>[0-9a-f-]{36})/", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ImageAddress();
}
