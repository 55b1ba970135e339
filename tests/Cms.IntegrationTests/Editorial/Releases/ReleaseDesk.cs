using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial.Releases;

/// <summary>What an editor's tool does with releases.</summary>
internal static class ReleaseDesk
{
    public const string Address = "/v1/editorial/releases";
    public const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static JsonObject Item(JsonNode article, string act = "publish", int? revision = null)
    {
        var item = new JsonObject { ["article"] = (string)article["id"]!, ["act"] = act };
        if (revision is not null)
            item["revision"] = revision;
        return item;
    }

    public static JsonObject Input(DateTimeOffset? at, params JsonObject[] items)
    {
        var input = new JsonObject
        {
            ["name"] = Names.Unique("release"),
            ["items"] = new JsonArray([.. items]),
        };
        if (at is not null)
            input["at"] = Text(at.Value);
        return input;
    }

    public static Task<JsonObject> ReleaseAsync(this CmsServer cms, params JsonObject[] items) =>
        cms.Editor.PostAsync(Address, Input(at: null, items));

    public static Task<JsonObject> ReleaseAsync(
        this CmsServer cms,
        DateTimeOffset at,
        params JsonObject[] items
    ) => cms.Editor.PostAsync(Address, Input(at, items));

    public static string Url(this JsonObject release) => $"{Address}/{release["id"]}";

    public static async Task<bool> IsSeenAsync(this CmsServer cms, JsonObject article) =>
        (await cms.Anonymous.GetAsync($"/v1/articles/{article["id"]}", Ct)).StatusCode == HttpStatusCode.OK;

    public static async Task<string?> KickerAsync(this CmsServer cms, JsonObject article) =>
        (string?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))["kicker"];

    public static Task<JsonObject> KickAsync(this CmsServer cms, JsonObject article, string kicker) =>
        cms.Editor.ChangeAsync($"{Articles}/{article["id"]}", new JsonObject { ["kicker"] = kicker });

    public static async Task<JsonArray> RecordsAsync(this CmsServer cms, JsonNode thing, string act) =>
        (await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={thing["id"]}&act={act}"))[
            "data"
        ]!.AsArray();

    public static async Task<IReadOnlyList<string>> EventsAsync(
        this CmsServer cms,
        JsonObject thing,
        string type
    ) =>
        (
            await cms.ScalarAsync<string[]>(
                "select array(select data::text from events where entity_id = @id::uuid and type = @type)",
                new { id = (string)thing["id"]!, type }
            )
        )!;

    /// <summary>What was found, as <c>/items/0 code</c>.</summary>
    public static IEnumerable<string> Findings(this JsonNode? findings) =>
        findings!.AsArray().Select(f => $"{f!["pointer"]} {f["code"]}");

    public static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
