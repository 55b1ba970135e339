using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.Client.Tests.Support;

namespace Cms.Client.Tests;

/// <summary>
/// The client and the real server: what the desk publishes is what an app gets. Every answer is held against the
/// contract on the way.
/// </summary>
[Collection(ReadmeTests.OneByOne)]
public sealed class DeliveryTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CmsClient Anonymous => new(cms.Anonymous, new CmsClientOptions());

    private static Task<Article> GetAsync(CmsClient client, JsonObject article) =>
        client.GetArticleAsync((string)article["slug"]!, cancellationToken: Ct);

    private async Task<JsonObject> ImageAsync(string alt) =>
        await (
            await cms.Editor.UploadAsync(
                Pictures.Png(),
                fields: [("alt", alt), ("caption", "A caption"), ("credit", "A credit")]
            )
        ).ReadAsync(HttpStatusCode.Created);

    [Fact]
    public async Task An_article_comes_with_all_that_its_page_shows()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/authors/{author}",
            new JsonObject
            {
                ["jobTitle"] = "Reporter",
                ["bio"] = "Writes.",
                ["social"] = new JsonObject { ["mastodon"] = "@a@example.com" },
            }
        );
        var image = await ImageAsync("The bridge");
        var related = await cms.PublishedAsync();
        var tag = Names.Unique("tag");
        var written = await cms.PublishedAsync(
            new JsonObject
            {
                ["kicker"] = "Transport",
                ["headline"] = "The bridge is closed",
                ["deck"] = "For good.",
                ["excerpt"] = "It was old.",
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag),
                ["heroImage"] = new JsonObject { ["id"] = (string)image["id"]!, ["caption"] = "In 1931" },
                ["related"] = new JsonArray((string)related["id"]!),
                ["disclosure"] = "We own the bridge.",
                ["corrections"] = new JsonArray(
                    new JsonObject { ["at"] = "2026-10-01T08:00:00Z", ["text"] = "It was not 1932." }
                ),
                ["seo"] = new JsonObject { ["title"] = "Bridge" },
            }
        );
        using var client = Anonymous;

        var article = await GetAsync(client, written);

        Assert.Equal((string)written["id"]!, article.Id.ToString());
        Assert.Equal($"/v1/articles/{article.Slug}", article.Url);
        Assert.Equal(
            ("Transport", "The bridge is closed", "For good.", "It was old."),
            (article.Kicker, article.Headline, article.Deck, article.Excerpt)
        );
        Assert.Equal(ArticleAccess.Public, article.Access);
        Assert.Equal(DateTimeOffset.Parse((string)written["publishedAt"]!, null), article.PublishedAt);
        Assert.Equal((3, 1), (article.WordCount, article.ReadingMinutes));
        Assert.Equal((section, section), (article.Section.Slug, article.Section.Name));
        var byline = Assert.Single(article.Authors);
        Assert.Equal((author, "Reporter", "Writes."), (byline.Slug, byline.JobTitle, byline.Bio));
        Assert.Equal("@a@example.com", byline.Social["mastodon"]);
        Assert.Equal(
            ("The bridge", "In 1931", "A credit", 40, 30),
            (
                article.HeroImage!.Alt,
                article.HeroImage.Caption,
                article.HeroImage.Credit,
                article.HeroImage.Width,
                article.HeroImage.Height
            )
        );
        Assert.Equal(tag, Assert.Single(article.Tags).Name);
        Assert.Equal(["One.", "Two.", "Three."], Paragraphs(article.Body));
        Assert.False(article.BodyTruncated);
        Assert.Equal("We own the bridge.", article.Disclosure);
        Assert.Equal("It was not 1932.", Assert.Single(article.Corrections).Text);
        Assert.Equal("Bridge", article.Seo!.Title);
        Assert.Equal((string)related["slug"]!, Assert.Single(article.Related).Slug);

        using var files = new HttpClient();
        var file = await files.GetByteArrayAsync(client.Absolute(article.HeroImage.Url), Ct);
        Assert.NotEmpty(file);
    }

    [Fact]
    public async Task Every_kind_of_block_comes_as_its_type()
    {
        var image = await ImageAsync("In the body");
        var written = await cms.PublishedAsync(
            new JsonObject
            {
                ["body"] = new JsonObject
                {
                    ["blocks"] = JsonNode.Parse(
                        $$$"""
                        [{"type":"paragraph","html":"An <em>old</em> bridge"},{"type":"heading","level":2,
                        "html":"Next"},
                        {"type":"list","ordered":true,"start":4,"items":[{"html":"a","list":{"ordered":false,
                        "items":[{"html":"b"}]}}]},
                        {"type":"quote","paragraphs":["Never."],"attribution":"Ana"},
                        {"type":"image","image":{"id":"{{{image["id"]}}}","caption":"Here"}},
                        {"type":"embed","url":"https://example.com/v","title":"The speech"},
                        {"type":"code","code":"x = 1","language":"python"},
                        {"type":"table","header":["Year"],"rows":[["2021"]],"alignments":["right"],"caption":"Votes"},
                        {"type":"divider"},{"type":"html","html":"<dl><dt>VAT</dt><dd>A tax.</dd></dl>"}]
                        """
                    ),
                },
            }
        );
        using var client = Anonymous;

        var blocks = (await GetAsync(client, written)).Body!.Blocks!;

        Assert.DoesNotContain(blocks, b => b is UnknownBlock);
        Assert.Equal("An <em>old</em> bridge", blocks.OfType<ParagraphBlock>().Single().Html);
        Assert.Equal(2, blocks.OfType<HeadingBlock>().Single().Level);
        var list = blocks.OfType<ListBlock>().Single();
        Assert.Equal((true, 4, "b"), (list.Ordered, list.Start, list.Items[0].List!.Items[0].Html));
        Assert.Equal("Ana", blocks.OfType<QuoteBlock>().Single().Attribution);
        var use = blocks.OfType<ImageBlock>().Single().Image;
        Assert.Equal(("In the body", "Here", 40), (use.Alt, use.Caption, use.Width));
        Assert.NotNull(use.Url);
        Assert.Equal("https://example.com/v", blocks.OfType<EmbedBlock>().Single().Url);
        Assert.Equal("python", blocks.OfType<CodeBlock>().Single().Language);
        var table = blocks.OfType<TableBlock>().Single();
        Assert.Equal(("2021", ColumnAlignment.Right), (table.Rows[0][0], table.Alignments![0]));
        Assert.Single(blocks.OfType<DividerBlock>());
        Assert.StartsWith("<dl>", blocks.OfType<HtmlBlock>().Single().Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BodyForms.None, false, false, false, false)]
    [InlineData(BodyForms.Html | BodyForms.Text, false, true, false, true)]
    [InlineData(BodyForms.Blocks | BodyForms.Markdown, true, false, true, false)]
    public async Task A_body_comes_in_the_forms_that_were_asked_for(
        BodyForms forms,
        bool blocks,
        bool html,
        bool markdown,
        bool text
    )
    {
        var slug = (string)(await cms.PublishedAsync())["slug"]!;
        using var client = Anonymous;

        var body = (await client.GetArticleAsync(slug, forms, Ct)).Body;

        Assert.Equal(forms == BodyForms.None, body is null);
        Assert.Equal(
            (blocks, html, markdown, text),
            (
                body?.Blocks is not null,
                body?.Html is not null,
                body?.Markdown is not null,
                body?.Text is not null
            )
        );
    }

    [Fact]
    public async Task A_former_slug_leads_to_the_article()
    {
        var written = await cms.PublishedAsync();
        var now = Names.Unique("renamed");
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/articles/{written["id"]}",
            new JsonObject { ["slug"] = now }
        );
        await cms.Editor.ActAsync($"/v1/editorial/articles/{written["id"]}/publish");
        using var client = Anonymous;

        Assert.Equal(now, (await GetAsync(client, written)).Slug);
        Assert.Equal(now, (await GetAsync(client, written)).Slug);
        Assert.Equal(now, (await client.GetArticleAsync((string)written["id"]!, cancellationToken: Ct)).Slug);
    }

    [Fact]
    public async Task A_former_slug_leads_to_the_section_or_author()
    {
        var (section, author) = (await cms.SectionAsync(), await cms.AuthorAsync());
        foreach (var address in new[] { $"sections/{section}", $"authors/{author}" })
            await cms.Editor.ChangeAsync(
                $"/v1/editorial/{address}",
                new JsonObject { ["slug"] = $"{address.Split('/')[1]}-now" }
            );
        using var client = Anonymous;

        Assert.Equal($"{section}-now", (await client.GetSectionAsync(section, Ct)).Slug);
        Assert.Equal($"{author}-now", (await client.GetAuthorAsync(author, Ct)).Slug);
    }

    [Fact]
    public async Task What_was_withdrawn_says_so_and_what_never_was_says_that()
    {
        var written = await cms.PublishedAsync();
        var slug = (string)written["slug"]!;
        using var client = Anonymous;
        await GetAsync(client, written);
        await cms.Editor.ActAsync($"/v1/editorial/articles/{written["id"]}/unpublish");

        var withdrawn = await Assert.ThrowsAsync<CmsProblemException>(() => GetAsync(client, written));
        var missing = await Assert.ThrowsAsync<CmsProblemException>(() =>
            client.GetArticleAsync("never-was", cancellationToken: Ct)
        );

        Assert.Equal((HttpStatusCode.Gone, ProblemCodes.Withdrawn), (withdrawn.Status, withdrawn.Code));
        Assert.Equal((HttpStatusCode.NotFound, ProblemCodes.NotFound), (missing.Status, missing.Code));
        Assert.NotEmpty(missing.TraceId!);
        Assert.Null(await client.FindArticleAsync(slug, cancellationToken: Ct));
        Assert.Null(await client.FindArticleAsync("never-was", cancellationToken: Ct));
        Assert.Null(await client.FindSectionAsync("never-was", Ct));
        Assert.Null(await client.FindAuthorAsync("never-was", Ct));
        Assert.Null(await client.FindImageAsync(Guid.Empty, Ct));
    }

    [Fact]
    public async Task A_fault_of_the_request_is_named()
    {
        using var client = Anonymous;

        var size = await Assert.ThrowsAsync<CmsProblemException>(() =>
            client.GetArticlePageAsync(new ArticleQuery { PageSize = 1000 }, cancellationToken: Ct)
        );
        var cursor = await Assert.ThrowsAsync<CmsProblemException>(() =>
            client.GetArticlePageAsync(cursor: "made-up", cancellationToken: Ct)
        );

        Assert.Equal(ProblemCodes.InvalidParameter, size.Code);
        Assert.Equal("limit", Assert.Single(size.Errors).Parameter);
        Assert.Equal(ProblemCodes.InvalidCursor, cursor.Code);
    }

    [Fact]
    public async Task A_list_is_walked_to_its_end_over_its_pages()
    {
        var section = await cms.SectionAsync();
        var slugs = new List<string>();
        for (var i = 0; i < 5; i++)
            slugs.Insert(
                0,
                (string)(await cms.PublishedAsync(new JsonObject { ["section"] = section }))["slug"]!
            );
        var query = new ArticleQuery
        {
            Sections = [section],
            PageSize = 2,
            Total = TotalCount.Exact,
        };
        using var client = Anonymous;

        var walked = await client.ListArticlesAsync(query, Ct).Select(a => a.Slug).ToListAsync(Ct);
        var first = await client.GetArticlePageAsync(query, cancellationToken: Ct);
        var second = await client.GetArticlePageAsync(query, first.Next, Ct);
        var estimated = await client.GetArticlePageAsync(
            query with
            {
                Total = TotalCount.Estimated,
            },
            cancellationToken: Ct
        );
        var back = await client.GetArticlePageAsync(query, second.Previous, Ct);

        Assert.Equal(slugs, walked);
        Assert.Equal((2, 5L, null), (first.Limit, first.Total, first.Previous));
        Assert.Equal((5L, true), (estimated.Total, estimated.TotalIsExact));
        Assert.Equal(slugs[2..4], second.Items.Select(a => a.Slug));
        Assert.Equal(slugs[..2], back.Items.Select(a => a.Slug));
    }

    [Fact]
    public async Task Only_the_pages_that_are_read_are_fetched()
    {
        var section = await cms.SectionAsync();
        for (var i = 0; i < 3; i++)
            await cms.PublishedAsync(new JsonObject { ["section"] = section });
        using var watch = new Watch(new HttpClientHandler());
        using var http = new HttpClient(watch) { BaseAddress = cms.Address };
        using var client = new CmsClient(http, new CmsClientOptions());

        await client
            .ListArticlesAsync(new ArticleQuery { Sections = [section], PageSize = 1 }, Ct)
            .FirstAsync(Ct);

        Assert.Single(watch.Statuses);
    }

    [Fact]
    public async Task Filters_and_sorts_reach_the_server()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var tag = Names.Unique("tag");
        var plain = await cms.PublishedAsync(
            new JsonObject { ["section"] = section, ["headline"] = "B plain" }
        );
        var special = await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = section,
                ["headline"] = "A special",
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag),
                ["access"] = "subscriber",
            }
        );
        using var client = Anonymous;
        var all = new ArticleQuery { Sections = [section, await cms.SectionAsync()] };

        Assert.Equal(["A special", "B plain"], await HeadlinesAsync(all));
        Assert.Equal(
            ["B plain", "A special"],
            await HeadlinesAsync(all with { Sort = ArticleSort.OldestFirst })
        );
        Assert.Equal(
            ["A special", "B plain"],
            await HeadlinesAsync(all with { Sort = ArticleSort.LastUpdatedFirst })
        );
        Assert.Equal(
            ["B plain", "A special"],
            await HeadlinesAsync(all with { Sort = ArticleSort.FirstUpdatedFirst })
        );
        Assert.Equal(
            ["A special", "B plain"],
            await HeadlinesAsync(all with { Sort = ArticleSort.Headline })
        );
        Assert.Equal(["A special"], await HeadlinesAsync(all with { Authors = [author] }));
        Assert.Equal(["A special"], await HeadlinesAsync(new ArticleQuery { Tags = [tag] }));
        Assert.Equal(["A special"], await HeadlinesAsync(all with { Access = [ArticleAccess.Subscriber] }));
        var between = DateTimeOffset.Parse((string)plain["publishedAt"]!, null);
        Assert.Equal(["A special"], await HeadlinesAsync(all with { PublishedAfter = between }));
        Assert.Equal(
            ["B plain"],
            await HeadlinesAsync(
                all with
                {
                    PublishedBefore = DateTimeOffset.Parse((string)special["publishedAt"]!, null),
                }
            )
        );
        var withBody = await client
            .ListArticlesAsync(all with { Body = BodyForms.Text, Access = [ArticleAccess.Public] }, Ct)
            .SingleAsync(Ct);
        Assert.Contains("Two.", withBody.Body!.Text, StringComparison.Ordinal);

        async Task<List<string>> HeadlinesAsync(ArticleQuery query) =>
            await client.ListArticlesAsync(query, Ct).Select(a => a.Headline).ToListAsync(Ct);
    }

    [Fact]
    public async Task Sections_authors_tags_and_images_come_one_by_one_and_as_lists()
    {
        var parent = await cms.SectionAsync();
        var section = await cms.SectionAsync(parent);
        var author = await cms.AuthorAsync();
        var portrait = await ImageAsync("A portrait");
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/authors/{author}",
            new JsonObject { ["avatar"] = (string)portrait["id"]! }
        );
        var tag = Names.Unique("tag");
        await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag),
            }
        );
        using var client = Anonymous;
        var paged = new ListQuery { PageSize = 1 };

        Assert.Equal(parent, (await client.GetSectionAsync(section, Ct)).Parent!.Slug);
        Assert.Equal("A portrait", (await client.GetAuthorAsync(author, Ct)).Avatar!.Alt);
        Assert.Equal("A portrait", (await client.GetImageAsync(Guid.Parse((string)portrait["id"]!), Ct)).Alt);
        Assert.Contains(
            section,
            await client.ListSectionsAsync(paged, Ct).Select(s => s.Slug).ToListAsync(Ct)
        );
        Assert.Contains(author, await client.ListAuthorsAsync(paged, Ct).Select(a => a.Slug).ToListAsync(Ct));
        Assert.Contains(tag, await client.ListTagsAsync(paged, Ct).Select(t => t.Slug).ToListAsync(Ct));
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again_and_what_has_is()
    {
        var written = await cms.PublishedAsync();
        using var watch = new Watch(new HttpClientHandler());
        using var http = new HttpClient(watch) { BaseAddress = cms.Address };
        using var client = new CmsClient(http, new CmsClientOptions());

        var first = await GetAsync(client, written);
        var again = await GetAsync(client, written);
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/articles/{written["id"]}",
            new JsonObject { ["headline"] = "Another" }
        );
        await cms.Editor.ActAsync($"/v1/editorial/articles/{written["id"]}/publish");
        var changed = await GetAsync(client, written);

        Assert.Same(first, again);
        Assert.Equal("Another", changed.Headline);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotModified, HttpStatusCode.OK], watch.Statuses);
    }

    [Fact]
    public async Task A_key_opens_the_wall()
    {
        var written = await cms.PublishedAsync(new JsonObject { ["access"] = "subscriber" });
        var key = (await cms.NewKeyAsync(Role.Reader)).Token;
        using var anonymous = new CmsClient(cms.Address);
        using var keyed = new CmsClient(new CmsClientOptions { BaseAddress = cms.Address, ApiKey = key });

        var teaser = await GetAsync(anonymous, written);
        var whole = await GetAsync(keyed, written);

        Assert.True(teaser.BodyTruncated);
        Assert.Equal(["One.", "Two."], Paragraphs(teaser.Body));
        Assert.False(whole.BodyTruncated);
        Assert.Equal(["One.", "Two.", "Three."], Paragraphs(whole.Body));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_goes_along_with_a_redirect(bool byHandler)
    {
        var written = await cms.PublishedAsync(new JsonObject { ["access"] = "subscriber" });
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/articles/{written["id"]}",
            new JsonObject { ["slug"] = Names.Unique("renamed") }
        );
        await cms.Editor.ActAsync($"/v1/editorial/articles/{written["id"]}/publish");
        // A handler that follows redirects by itself, as HttpClient's own does, drops the key on the way.
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = byHandler });
        using var client = new CmsClient(
            http,
            new CmsClientOptions
            {
                BaseAddress = cms.Address,
                ApiKey = (await cms.NewKeyAsync(Role.Reader)).Token,
            }
        );

        Assert.False((await GetAsync(client, written)).BodyTruncated);
        Assert.False((await GetAsync(client, written)).BodyTruncated);
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused()
    {
        using var client = new CmsClient(
            new CmsClientOptions { BaseAddress = cms.Address, ApiKey = "cms_nonsense" }
        );

        var refusal = await Assert.ThrowsAsync<CmsProblemException>(() =>
            client.GetArticlePageAsync(cancellationToken: Ct)
        );

        Assert.Equal(ProblemCodes.Unauthenticated, refusal.Code);
        Assert.DoesNotContain("nonsense", refusal.ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Paragraphs(Body? body) =>
        body!.Blocks!.OfType<ParagraphBlock>().Select(p => p.Html);
}
