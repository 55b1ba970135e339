using System.Net;
using System.Text.Json.Nodes;
using Cms.Platform.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Delivery;

/// <summary>A tag that very many articles carry.</summary>
[Collection(nameof(WholeNewsroom))]
public sealed class LargeTagTests(CmsServer cms)
{
    [Fact]
    public async Task It_is_not_merged_since_all_publications_would_wait()
    {
        var (from, into) = (Names.Unique("from"), Names.Unique("into"));
        var article = await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(from) });
        await cms.Editor.PostAsync("/v1/editorial/tags", new JsonObject { ["name"] = into });
        await ExecuteAsync(Copy, article);

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/editorial/tags/{from}/merge")
        {
            Content = new StringContent(
                new JsonObject { ["into"] = into }.ToJsonString(),
                System.Text.Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var response = await cms.Editor.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = await response.ReadAsync(HttpStatusCode.UnprocessableEntity);
        await ExecuteAsync(RemoveCopies, article);

        Assert.Equal([" too-many"], problem.Faults());
        Assert.Equal(1, (int)(await cms.Anonymous.GetJsonAsync($"/v1/tags/{from}"))["articleCount"]!);
    }

    private Task ExecuteAsync(string sql, JsonObject article) =>
        cms
            .Services.GetRequiredService<NpgsqlDataSource>()
            .ExecuteAsync(sql, new { Id = (Guid)article["id"]! }, TestContext.Current.CancellationToken);

    // Of one article 501, which is quicker than to publish as many.
    private const string Copy = """
        create temporary table copies as
            select p.* from published_articles p, generate_series(1, 500) n where p.id = @Id;
        update copies set id = gen_random_uuid(), slug = @Id::text || '-' || gen_random_uuid();
        insert into published_articles select * from copies;
        insert into published_article_tags (tag_id, article_id, published_at, updated_at, sort_headline)
        select tag_ids[1], id, published_at, updated_at, sort_headline from copies;
        drop table copies
        """;

    private const string RemoveCopies = "delete from published_articles where slug like @Id::text || '-%'";
}
