using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Publishing what is seldom written.</summary>
public sealed class PublishingOddTests(CmsServer cms)
{
    [Fact]
    public async Task A_long_headline_of_nothing_but_signs_can_be_published()
    {
        var article = await cms.PublishedAsync(
            new JsonObject { ["headline"] = "!" + string.Concat(Enumerable.Repeat("🎈", 120)) }
        );

        await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
    }

    [Fact]
    public async Task A_member_whose_name_is_half_a_surrogate_pair_is_refused_where_no_body_is_taken()
    {
        var draft = await cms.DraftAsync();

        var response = await cms.Editor.SendTextAsync(
            HttpMethod.Post,
            $"/v1/editorial/articles/{draft["id"]}/publish",
            """{"\ud800":1}"""
        );

        await response.ReadAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Images_behind_the_wall_are_not_named_in_the_header_of_the_teaser()
    {
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["access"] = "subscriber",
                ["body"] = new JsonObject
                {
                    ["markdown"] = $"One.\n\nTwo.\n\n![](/media/{image["id"]}/original)\n\nThree.",
                },
            }
        );
        var url = $"/v1/articles/{article["id"]}";
        var ct = TestContext.Current.CancellationToken;

        var teaser = await cms.Anonymous.GetAsync(url, ct);
        var whole = await cms.Reader.GetAsync(url, ct);

        Assert.DoesNotContain(
            (string)image["id"]!,
            string.Join(',', teaser.Headers.GetValues("Cache-Tag")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            (string)image["id"]!,
            string.Join(',', whole.Headers.GetValues("Cache-Tag")),
            StringComparison.Ordinal
        );
    }
}
