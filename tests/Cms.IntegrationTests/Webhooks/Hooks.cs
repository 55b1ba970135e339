using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Webhooks;

/// <summary>
/// A webhook is told of what other tests do too: those that count what arrives have the newsroom to themselves.
/// </summary>
[CollectionDefinition(nameof(AllEvents), DisableParallelization = true)]
public sealed class AllEvents;

/// <summary>What an administrator does with webhooks.</summary>
internal static class Hooks
{
    public const string Address = "/v1/editorial/webhooks";

    public static Task<JsonObject> HookAsync(this CmsServer cms, string url, params string[] events) =>
        cms.Admin.PostAsync(
            Address,
            new JsonObject { ["url"] = url, ["events"] = new JsonArray([.. events.Select(e => (JsonNode)e)]) }
        );

    public static Task<JsonObject> ReadHookAsync(this CmsServer cms, JsonObject hook) =>
        cms.Admin.GetJsonAsync($"{Address}/{hook["id"]}");

    public static async Task<JsonArray> DeliveriesAsync(
        this CmsServer cms,
        JsonObject hook,
        string query = ""
    ) =>
        (await cms.Admin.GetJsonAsync($"{Address}/{hook["id"]}/deliveries?limit=100{query}"))[
            "data"
        ]!.AsArray();

    /// <summary>The log of the only delivery that a webhook has.</summary>
    public static async Task<JsonObject> OnlyDeliveryAsync(this CmsServer cms, JsonObject hook) =>
        await cms.Admin.GetJsonAsync(
            $"{Address}/{hook["id"]}/deliveries/{Assert.Single(await cms.DeliveriesAsync(hook))!["id"]}"
        );

    /// <summary>Waits until a webhook has so many deliveries with a status.</summary>
    public static Task HasAsync(this CmsServer cms, JsonObject hook, int count, string status) =>
        Wait.UntilAsync(
            $"{count} {status}",
            async () => (await cms.DeliveriesAsync(hook, $"&status={status}")).Count == count
        );

    /// <summary>Changes a published article's deck, and publishes it again.</summary>
    public static async Task RepublishAsync(this CmsServer cms, JsonNode article)
    {
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/articles/{article["id"]}",
            new JsonObject { ["deck"] = Names.Unique("deck") }
        );
        await cms.Editor.ActAsync($"/v1/editorial/articles/{article["id"]}/publish");
    }

    public static Task UnpublishAsync(this CmsServer cms, JsonNode article) =>
        cms.Editor.ActAsync($"/v1/editorial/articles/{article["id"]}/unpublish");

    public static Task<JsonObject> PauseAsync(this CmsServer cms, JsonObject hook, bool paused) =>
        cms.Admin.ChangeAsync($"{Address}/{hook["id"]}", new JsonObject { ["paused"] = paused });

    public static async Task<JsonObject> PingAsync(this CmsServer cms, JsonObject hook) =>
        await cms.Admin.PostAsync($"{Address}/{hook["id"]}/ping", expected: HttpStatusCode.OK);
}
