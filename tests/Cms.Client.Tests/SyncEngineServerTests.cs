using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cms.Access;
using Cms.Changes;
using Cms.Client.Sync;
using Cms.Client.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using EntityType = Cms.Client.Sync.EntityType;

namespace Cms.Client.Tests;

/// <summary>
/// The sync engine and the real server: what is on the device is what the desk has published, and reads the same.
/// </summary>
[Collection(ReadmeTests.OneByOne)]
public sealed class SyncEngineServerTests(CmsServer cms) : IDisposable
{
    private readonly Stores _stores = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _stores.Dispose();

    private CmsClient Client(string? apiKey = null) =>
        new(cms.Client(apiKey), new CmsClientOptions { ApiKey = apiKey });

    /// <summary>Every section has its own tests' articles; other tests publish meanwhile.</summary>
    private static SyncOptions Of(string section) => new() { Sections = [section], PageSize = 3 };

    private async Task<JsonObject> ChangeAsync(JsonObject article, JsonObject patch)
    {
        await cms.Editor.ChangeAsync($"/v1/editorial/articles/{article["id"]}", patch);
        return await cms.Editor.ActAsync($"/v1/editorial/articles/{article["id"]}/publish");
    }

    private async Task<string> ImageAsync() =>
        (string)
            (
                await (
                    await cms.Editor.UploadAsync(
                        Pictures.Png(),
                        fields: [("alt", "Alt"), ("caption", "Caption")]
                    )
                ).ReadAsync(HttpStatusCode.Created)
            )["id"]!;

    /// <summary>An article with everything, in a section.</summary>
    private async Task<JsonObject> RichAsync(string section, JsonObject? related = null) =>
        await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = section,
                ["kicker"] = "Kicker",
                ["deck"] = "Deck",
                ["authors"] = new JsonArray(await cms.AuthorAsync(), await cms.AuthorAsync()),
                ["tags"] = new JsonArray(Names.Unique("tag"), Names.Unique("tag")),
                ["heroImage"] = new JsonObject { ["id"] = await ImageAsync(), ["caption"] = "Here" },
                ["related"] = related is null ? [] : new JsonArray((string)related["id"]!),
                ["disclosure"] = "Ours.",
                ["corrections"] = new JsonArray(
                    new JsonObject { ["at"] = "2026-10-01T08:00:00Z", ["text"] = "Wrong." }
                ),
                ["seo"] = new JsonObject { ["title"] = "Seo" },
                ["body"] = new JsonObject
                {
                    ["blocks"] = new JsonArray(
                        new JsonObject { ["type"] = "paragraph", ["html"] = "One <em>two</em>." },
                        new JsonObject
                        {
                            ["type"] = "image",
                            ["image"] = new JsonObject { ["id"] = await ImageAsync(), ["credit"] = "Me" },
                        },
                        new JsonObject { ["type"] = "divider" }
                    ),
                },
            }
        );

    /// <summary>The copy has the articles that the server lists, in its order, and each reads the same.</summary>
    private static async Task AssertSameAsync(CmsClient client, ILocalStore store, string section)
    {
        var local = new LocalNewsroom(store);
        var query = new ArticleQuery { Sections = [section] };
        var there = await client.ListArticlesAsync(query, Ct).ToListAsync(Ct);
        var here = await local.ListArticlesAsync(section, Ct).ToListAsync(Ct);
        Assert.Equal(there.Select(Json), here.Select(Json));
        Assert.Equal(there.Count, await local.ListAsync<LocalArticle>(Ct).CountAsync(Ct));
        foreach (var slug in there.Select(a => a.Slug))
            Assert.Equal(
                Json(WithoutRenditions(await client.GetArticleAsync(slug, cancellationToken: Ct))),
                Json(await local.FindArticleAsync(slug, Ct))
            );

        // The server names their addresses. On a device there is no need for them.
        static Article WithoutRenditions(Article article) =>
            article with
            {
                HeroImage = article.HeroImage is { } hero ? hero with { Sources = null, Crops = null } : null,
                Body = article.Body is { Blocks: { } blocks } body
                    ? body with
                    {
                        Blocks =
                        [
                            .. blocks.Select(b =>
                                b is ImageBlock { Image: var use } image
                                    ? image with
                                    {
                                        Image = use with { Sources = null },
                                    }
                                    : b
                            ),
                        ],
                    }
                    : article.Body,
            };

        // Lists leave placeholders out, and a device has them.
        static string Json(object? value) =>
            Regex.Replace(
                JsonSerializer.Serialize(value, value!.GetType(), CmsJson.Default),
                "\"placeholder\":(null|\"[^\"]*\")",
                "",
                RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
            );
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task What_is_on_the_device_reads_as_what_is_on_the_server(string kind)
    {
        var section = await cms.SectionAsync();
        var below = await cms.SectionAsync(section);
        var first = await RichAsync(section);
        for (var i = 0; i < 4; i++)
            await RichAsync(i % 2 == 0 ? section : below, first);
        await cms.PublishedAsync();
        using var client = Client();
        var store = _stores.Open(kind);

        var result = await new SyncEngine(client, store, Of(section)).SyncOnceAsync(Ct);

        Assert.True(result.StartedAnew);
        Assert.True(result.Pages > 5, $"{result.Pages} pages");
        await AssertSameAsync(client, store, section);
        var local = new LocalNewsroom(store);
        Assert.Equal(section, (await local.FindBySlugAsync<LocalSection>(section, Ct))!.Name);
        Assert.Equal(10, await local.ListAsync<LocalAuthor>(Ct).CountAsync(Ct));
        Assert.Equal(10, await local.ListAsync<LocalTag>(Ct).CountAsync(Ct));
        Assert.Equal(10, await local.ListAsync<LocalImage>(Ct).CountAsync(Ct));
        Assert.Equal(2, await local.ListArticlesAsync(below, Ct).CountAsync(Ct));
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task Every_change_comes_and_what_goes_goes(string kind)
    {
        var section = await cms.SectionAsync();
        var below = await cms.SectionAsync(section);
        var elsewhere = await cms.SectionAsync();
        var kept = await RichAsync(section);
        var withdrawn = await RichAsync(section, kept);
        var moved = await RichAsync(below);
        using var client = Client();
        var store = _stores.Open(kind);
        var engine = new SyncEngine(client, store, Of(section));
        await engine.SyncOnceAsync(Ct);
        var reasons = new List<string?>();

        await ChangeAsync(
            kept,
            new JsonObject { ["headline"] = "Rewritten", ["slug"] = Names.Unique("renamed") }
        );
        await cms.Editor.ActAsync($"/v1/editorial/articles/{withdrawn["id"]}/unpublish");
        await ChangeAsync(moved, new JsonObject { ["section"] = elsewhere });
        await RichAsync(below, kept);
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/sections/{below}",
            new JsonObject { ["name"] = "Renamed" }
        );
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/authors/{(string)kept["authors"]![0]!["slug"]!}",
            new JsonObject { ["name"] = "Also renamed", ["bio"] = "New." }
        );
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/images/{(string)kept["heroImage"]!["id"]!}",
            new JsonObject { ["alt"] = "Another alt" }
        );
        var result = await new SyncEngine(
            client,
            store,
            Of(section) with
            {
                OnApplied = (page, _) =>
                {
                    reasons.AddRange(
                        page.Changes.Where(c => c.Row is null && c.Type == EntityType.Article)
                            .Select(c => c.Reason)
                    );
                    return Task.CompletedTask;
                },
            }
        ).SyncOnceAsync(Ct);

        Assert.False(result.StartedAnew);
        Assert.Equal(["moved", "unpublished"], reasons.Distinct().Order());
        await AssertSameAsync(client, store, section);
        var local = new LocalNewsroom(store);
        Assert.Equal("Rewritten", (await local.FindArticleAsync((string)kept["id"]!, Ct))!.Headline);
        Assert.Null(await local.FindArticleAsync((string)moved["id"]!, Ct));
    }

    [Fact]
    public async Task Where_nothing_changed_the_server_says_so_in_a_word()
    {
        var section = await cms.SectionAsync();
        await RichAsync(section);
        using var watch = new Watch(new HttpClientHandler());
        using var http = new HttpClient(watch) { BaseAddress = cms.Address };
        using var client = new CmsClient(http, new CmsClientOptions());
        var store = _stores.Open(Stores.Memory);
        await new SyncEngine(client, store, Of(section)).SyncOnceAsync(Ct);
        watch.Statuses.Clear();

        var engine = new SyncEngine(client, store, Of(section));
        await engine.SyncOnceAsync(Ct);
        await engine.SyncOnceAsync(Ct);

        Assert.Equal([HttpStatusCode.NotModified, HttpStatusCode.NotModified], watch.Statuses);
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task What_is_published_is_on_the_device_while_the_sync_runs(string kind)
    {
        var section = await cms.SectionAsync();
        await RichAsync(section);
        using var client = Client();
        var store = _stores.Open(kind);
        var news = new TaskCompletionSource<StoreChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var run = new SyncEngine(
            client,
            store,
            Of(section) with
            {
                PageSize = 1000,
                OnApplied = (page, _) =>
                {
                    if (
                        loaded.Task.IsCompleted
                        && page.Changes.FirstOrDefault(c => c.Type == EntityType.Article) is { } change
                    )
                        news.TrySetResult(change);
                    if (!page.HasMore)
                        loaded.TrySetResult();
                    return Task.CompletedTask;
                },
            }
        ).RunAsync(stop.Token);
        await loaded.Task.InTimeAsync();

        var published = await RichAsync(section);
        var change = await news.Task.InTimeAsync();
        Assert.Equal((string)published["id"]!, change.Id.ToString());
        Assert.NotNull(await new LocalNewsroom(store).FindArticleAsync((string)published["slug"]!, Ct));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Theory, InlineData(Stores.Memory), InlineData(Stores.Sqlite)]
    public async Task What_the_server_has_forgotten_is_loaded_anew(string kind)
    {
        var section = await cms.SectionAsync();
        var kept = await RichAsync(section);
        var gone = await RichAsync(section);
        using var client = Client();
        var store = _stores.Open(kind);
        var engine = new SyncEngine(client, store, Of(section));
        await engine.SyncOnceAsync(Ct);

        await cms.Editor.ActAsync($"/v1/editorial/articles/{gone["id"]}/unpublish");
        var later = TimeProvider.System.GetUtcNow().AddDays(1);
        await cms.Services.GetRequiredService<ChangeLog>().TrimAsync(later, later, Ct);
        var result = await engine.SyncOnceAsync(Ct);

        Assert.True(result.StartedAnew);
        await AssertSameAsync(client, store, section);
        var local = new LocalNewsroom(store);
        Assert.Equal(
            kept["id"]!.ToString(),
            (await local.ListArticlesAsync(section, Ct).SingleAsync(Ct)).Id.ToString()
        );
    }

    [Fact]
    public async Task A_reader_who_gets_a_key_gets_the_rest_of_the_bodies()
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(
            new JsonObject { ["section"] = section, ["access"] = "subscriber" }
        );
        var store = _stores.Open(Stores.Memory);
        var local = new LocalNewsroom(store);
        using var anonymous = Client();
        using var keyed = Client((await cms.NewKeyAsync(Role.Reader)).Token);
        // A key that is limited to another section opens nothing here: the server itself says that the cursor is of
        // other rights.
        using var limited = Client((await cms.NewKeyAsync(Role.Reader, [await cms.SectionAsync()])).Token);

        foreach (var (client, truncated) in new[] { (anonymous, true), (keyed, false), (limited, true) })
        {
            var result = await new SyncEngine(client, store, Of(section)).SyncOnceAsync(Ct);

            Assert.True(result.StartedAnew);
            var body = await local.FindArticleAsync((string)article["slug"]!, Ct);
            Assert.Equal(truncated, body!.BodyTruncated);
            Assert.Equal(truncated ? 2 : 3, body.Body!.Blocks!.Count);
        }
    }

    [Fact]
    public async Task Bodies_come_in_the_forms_that_were_asked_for()
    {
        var section = await cms.SectionAsync();
        var article = await RichAsync(section);
        var store = _stores.Open(Stores.Memory);
        using var client = Client();

        await new SyncEngine(
            client,
            store,
            Of(section) with
            {
                Body = BodyForms.Html | BodyForms.Text,
            }
        ).SyncOnceAsync(Ct);

        var here = await new LocalNewsroom(store).FindArticleAsync((string)article["slug"]!, Ct);
        var there = await client.GetArticleAsync(here!.Slug, BodyForms.Html | BodyForms.Text, Ct);
        Assert.Equal((there.Body!.Html, there.Body.Text), (here.Body!.Html, here.Body.Text));
        Assert.Null(here.Body.Blocks);
    }

    [Fact]
    public async Task Only_the_types_that_were_asked_for_come()
    {
        var section = await cms.SectionAsync();
        await RichAsync(section);
        var store = _stores.Open(Stores.Memory);
        using var client = Client();

        await new SyncEngine(client, store, Of(section) with { Types = [EntityType.Tag] }).SyncOnceAsync(Ct);

        var local = new LocalNewsroom(store);
        Assert.Equal(2, await local.ListAsync<LocalTag>(Ct).CountAsync(Ct));
        Assert.Equal(0, await local.ListAsync<LocalArticle>(Ct).CountAsync(Ct));
        Assert.Equal(0, await local.ListAsync<LocalSection>(Ct).CountAsync(Ct));
    }

    [Fact]
    public async Task A_section_that_there_is_not_ends_a_running_sync()
    {
        using var client = Client();

        var refusal = await Assert.ThrowsAsync<CmsProblemException>(() =>
            new SyncEngine(client, _stores.Open(Stores.Memory), Of("no-such-section")).RunAsync(Ct)
        );

        Assert.Equal("section", Assert.Single(refusal.Errors).Parameter);
    }

    [Fact]
    public async Task The_whole_newsroom_comes_while_it_is_being_written()
    {
        using var client = Client();
        var store = _stores.Open(Stores.Sqlite);
        var engine = new SyncEngine(client, store, new SyncOptions { PageSize = 7 });
        var articles = new List<JsonObject>();

        for (var i = 0; i < 5; i++)
        {
            articles.Add(await RichAsync(await cms.SectionAsync(), articles.LastOrDefault()));
            await engine.SyncOnceAsync(Ct);
        }

        var local = new LocalNewsroom(store);
        foreach (var article in articles)
            Assert.Equal(
                article["headline"]!.ToString(),
                (await local.FindArticleAsync((string)article["slug"]!, Ct))!.Headline
            );
    }
}
