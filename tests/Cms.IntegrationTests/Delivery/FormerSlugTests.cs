using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Sections and authors at addresses that they had before.</summary>
public sealed class FormerSlugTests(CmsServer cms)
{
    [Theory]
    [InlineData("sections")]
    [InlineData("authors")]
    public async Task A_former_slug_leads_to_the_present_one_in_one_step_and_keeps_the_query(string kind)
    {
        var (id, first) = await MakeAsync(kind);
        var (second, third) = (Names.Unique("second"), Names.Unique("third"));
        await RenameAsync(kind, first, second);
        await RenameAsync(kind, second, third);

        foreach (var former in new[] { first, second })
        foreach (var method in new[] { "GET", "HEAD" })
        {
            var moved = await cms.Anonymous.AskAsync(method, $"/v1/{kind}/{former}?fields=name%2Cslug");
            Assert.Equal(HttpStatusCode.PermanentRedirect, moved.StatusCode);
            Assert.Equal($"/v1/{kind}/{third}?fields=name%2Cslug", moved.Field("Location"));
            Assert.StartsWith("public, max-age=", moved.Field("Cache-Control"), StringComparison.Ordinal);
            Assert.Equal($"{kind[..^1]}:{id},{kind},all", moved.Field("Cache-Tag"));
            Assert.Null(moved.Field("ETag"));
            Assert.Empty(await moved.BytesAsync());
        }

        // And back to a slug that it had before.
        await RenameAsync(kind, third, first);
        Assert.Equal(id, (string?)(await cms.Anonymous.GetJsonAsync($"/v1/{kind}/{first}"))["id"]);
        Assert.Equal(
            $"/v1/{kind}/{first}",
            (await cms.Anonymous.AskAsync("GET", $"/v1/{kind}/{third}")).Field("Location")
        );
    }

    [Theory]
    [InlineData("sections")]
    [InlineData("authors")]
    public async Task A_slug_that_something_else_takes_is_that_and_its_redirect_is_purged(string kind)
    {
        var (id, slug) = await MakeAsync(kind);
        var now = Names.Unique("now");
        await RenameAsync(kind, slug, now);
        var redirect = await cms.Anonymous.AskAsync("GET", $"/v1/{kind}/{slug}");
        Assert.Equal($"/v1/{kind}/{now}", redirect.Field("Location"));
        var before = await LastEventAsync();

        var taker = await cms.Editor.PostAsync(
            $"/v1/editorial/{kind}",
            new JsonObject { ["slug"] = slug, ["name"] = slug }
        );

        Assert.Equal(
            (string?)taker["id"],
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/{kind}/{slug}"))["id"]
        );
        Assert.Equal(now, (string?)(await cms.Anonymous.GetJsonAsync($"/v1/{kind}/{id}"))["slug"]);
        Assert.True(
            await cms.ScalarAsync<bool>(
                """
                select exists (
                    select from events
                    where sequence > @before and type = 'content.invalidated' and data -> 'cacheTags' ?| @tags
                      and data -> 'cacheTags' ? @taken)
                """,
                new
                {
                    before,
                    tags = redirect.Field("Cache-Tag")!.Split(',').Except(["all"]).ToArray(),
                    taken = $"{kind[..^1]}:{taker["id"]}",
                }
            ),
            "What took the slug purges no tag of the redirect."
        );
    }

    [Theory]
    [InlineData("sections")]
    [InlineData("authors")]
    public async Task Where_nothing_is_and_what_was_deleted_is_not_found(string kind)
    {
        var (_, slug) = await MakeAsync(kind);
        var now = Names.Unique("now");
        await RenameAsync(kind, slug, now);
        (await cms.Editor.SendDeleteAsync($"/v1/editorial/{kind}/{now}", "*")).EnsureSuccessStatusCode();

        foreach (var gone in new[] { slug, now, Names.Unique("never") })
            Assert.Equal(
                "not-found",
                (string?)
                    (await cms.Anonymous.GetJsonAsync($"/v1/{kind}/{gone}", HttpStatusCode.NotFound))["code"]
            );
    }

    [Fact]
    public async Task A_section_and_an_author_do_not_share_their_former_slugs()
    {
        var (_, slug) = await MakeAsync("sections");
        await RenameAsync("sections", slug, Names.Unique("now"));

        await cms.Anonymous.GetJsonAsync($"/v1/authors/{slug}", HttpStatusCode.NotFound);
    }

    private async Task<(string Id, string Slug)> MakeAsync(string kind)
    {
        var slug = Names.Unique(kind[..^1]);
        var made = await cms.Editor.PostAsync(
            $"/v1/editorial/{kind}",
            new JsonObject { ["slug"] = slug, ["name"] = slug }
        );
        return ((string)made["id"]!, slug);
    }

    private Task RenameAsync(string kind, string slug, string now) =>
        cms.Editor.ChangeAsync($"/v1/editorial/{kind}/{slug}", new JsonObject { ["slug"] = now });

    private Task<long> LastEventAsync() =>
        cms.ScalarAsync<long>("select coalesce(max(sequence), 0) from events");
}
