using Cms.Access;
using Cms.Platform;
using Cms.Platform.OpenApi;

namespace Cms.Hosting;

/// <summary>
/// What the OpenAPI document says of the capabilities that Platform does not know: how they are grouped, and who may
/// use them.
/// </summary>
internal static class ContractText
{
    public static readonly ContractOptions Options = new()
    {
        LowestRole = permission => Permission.LowestFor(permission).ToString().ToLowerInvariant(),
        Tags =
        [
            new("v1/articles", "Articles", "Published articles, as a site shows them.")
            {
                Examples = Named(("slugOrId", "the-valley-that-bet-on-halden")),
            },
            new(
                "v1/sections",
                "Sections",
                "The sections of the newsroom, as a tree, in the order of a navigation."
            )
            {
                Examples = Named(("slugOrId", "politics")),
            },
            new("v1/authors", "Authors", "Who writes.") { Examples = Named(("slugOrId", "mara-lindqvist")) },
            new("v1/tags", "Tags", "What published articles are about.")
            {
                Examples = Named(("slugOrId", "chips")),
            },
            new("v1/images", "Images", "Texts and sizes of published images.")
            {
                Examples = Named(("id", ExampleIds.Image)),
            },
            new("v1/search", "Search", "Finds published articles by their words."),
            new("v1/sync", "Sync", "For apps that keep a copy, and pages that update themselves."),
            new("v1/events", "Sync", "For apps that keep a copy, and pages that update themselves."),
            new(
                "v1/previews/{token}/articles",
                "Previews",
                "Drafts as readers will see them, for those who have the address."
            )
            {
                Examples = Named(
                    ("token", ExampleIds.ReleaseToken),
                    ("slugOrId", "draft-review-of-the-year-in-outages")
                ),
            },
            new("v1/previews", "Previews", "Drafts as readers will see them, for those who have the address.")
            {
                Examples = Named(("token", ExampleIds.PreviewToken)),
            },
            new(
                "media/",
                "Media",
                "Image files and their renditions, at addresses that always show the same picture."
            )
            {
                Examples = Named(("imageId", ExampleIds.Image), ("rendition", "w800-16x9"), ("version", "1")),
            },
            new("v1/editorial/articles", "Desk: articles", "Drafts, revisions, and what readers see of them.")
            {
                Examples = Named(
                    ("slugOrId", "draft-interview-achterholt"),
                    ("number", "1"),
                    ("other", "1"),
                    ("previewId", ExampleIds.Preview),
                    ("noteId", ExampleIds.Note)
                ),
            },
            new("v1/editorial/batch", "Desk: batch", "Several acts on articles, all or none."),
            new("v1/editorial/releases", "Desk: releases", "Articles that go live together, or not at all.")
            {
                Examples = Named(("releaseId", ExampleIds.Release), ("previewId", ExampleIds.ReleasePreview)),
            },
            new("v1/editorial/sections", "Desk: sections", "Opens, changes and deletes sections.")
            {
                Examples = Named(("slugOrId", "politics")),
            },
            new("v1/editorial/authors", "Desk: authors", "Adds, changes and deletes authors.")
            {
                Examples = Named(("slugOrId", "mara-lindqvist")),
            },
            new("v1/editorial/tags", "Desk: tags", "Adds, changes, merges and deletes tags.")
            {
                Examples = Named(("slugOrId", "chips")),
            },
            new("v1/editorial/images", "Desk: images", "The image library: upload, texts, focal points.")
            {
                Examples = Named(("id", ExampleIds.Image), ("rendition", "w800-16x9")),
            },
            new("v1/editorial/me", "Desk: me", "Who you are and what you may do."),
            new("v1/editorial/events", "Desk: events", "What happens at the desk, as it happens."),
            new("v1/editorial/actors", "Desk: people", "Who works at the desk."),
            new("v1/editorial/people", "Desk: people", "Who works at the desk.")
            {
                Examples = Named(("id", ExampleIds.Person)),
            },
            new("v1/editorial/audit", "Desk: audit", "Who did what, and when."),
            new("v1/editorial/keys", "Desk: keys", "API keys: who may do what.")
            {
                Examples = Named(("id", ExampleIds.Key)),
            },
            new(
                "v1/editorial/webhooks",
                "Desk: webhooks",
                "Subscriptions to events, and the log of their deliveries."
            )
            {
                Examples = Named(("id", ExampleIds.Webhook), ("deliveryId", ExampleIds.Delivery)),
            },
            new("health/", "Operations", "For the platform that runs the server."),
            new("metrics", "Operations", "For the platform that runs the server."),
            new("problems/", "Operations", "For the platform that runs the server.")
            {
                Examples = Named(("code", "revision-changed")),
            },
        ],
    };

    private static Dictionary<string, string> Named(params (string Name, string Example)[] examples) =>
        examples.ToDictionary(e => e.Name, e => e.Example, StringComparer.Ordinal);
}
