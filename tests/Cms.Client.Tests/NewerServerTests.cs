using System.Text.Json;
using Cms.Client.Tests.Support;

namespace Cms.Client.Tests;

/// <summary>An app that was installed last year meets a server of today.</summary>
public sealed class NewerServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<Article> ReadAsync(string json)
    {
        await using var server = await FakeServer.StartAsync(Answers.Json(json));
        using var client = server.Client();
        return await client.GetArticleAsync("a", cancellationToken: Ct);
    }

    private static Task<Article> WithBlocksAsync(string blocks) =>
        ReadAsync(
            Answers
                .Article()
                .Replace(
                    "\"body\":null",
                    $$"""
                    "body":{"blocks":[{{blocks}}]}
                    """,
                    StringComparison.Ordinal
                )
        );

    [Fact]
    public async Task Members_that_the_client_does_not_know_are_passed_over()
    {
        var article = await ReadAsync(Answers.Article("Known", ""","mood":{"tone":["grave"]}"""));

        Assert.Equal("Known", article.Headline);
    }

    [Fact]
    public async Task A_kind_of_access_that_the_client_does_not_know_survives()
    {
        var article = await ReadAsync(
            Answers.Article().Replace("\"public\"", "\"patron\"", StringComparison.Ordinal)
        );

        Assert.Equal(new ArticleAccess("patron"), article.Access);
        Assert.NotEqual(ArticleAccess.Public, article.Access);
        Assert.Equal("patron", article.Access.ToString());
    }

    [Fact]
    public async Task A_block_that_the_client_does_not_know_comes_as_it_is_among_those_it_knows()
    {
        var article = await WithBlocksAsync(
            """
            {"type":"paragraph","html":"One","mood":"grave"},
            {"type":"map","centre":[1,2]},
            {"centre":[3,4],"type":"map"},
            {"type":"divider"}
            """
        );

        Assert.Collection(
            article.Body!.Blocks!,
            block => Assert.Equal("One", Assert.IsType<ParagraphBlock>(block).Html),
            block =>
            {
                var map = Assert.IsType<UnknownBlock>(block);
                Assert.Equal("map", map.Type);
                Assert.Equal(2, map.Json.GetProperty("centre")[1].GetInt32());
            },
            block => Assert.Equal("map", Assert.IsType<UnknownBlock>(block).Type),
            block => Assert.IsType<DividerBlock>(block)
        );
    }

    [Fact]
    public async Task A_known_block_in_a_new_shape_comes_as_an_unknown_one()
    {
        var article = await WithBlocksAsync("""{"type":"heading","depth":"two","html":"H"}""");

        Assert.Equal("heading", Assert.IsType<UnknownBlock>(Assert.Single(article.Body!.Blocks!)).Type);
    }

    [Fact]
    public async Task An_alignment_that_the_client_does_not_know_survives()
    {
        var article = await WithBlocksAsync(
            """{"type":"table","header":null,"rows":[["1"]],"alignments":["decimal"],"caption":null}"""
        );

        var table = Assert.IsType<TableBlock>(Assert.Single(article.Body!.Blocks!));
        Assert.Equal("decimal", Assert.Single(table.Alignments!).Value);
    }

    [Fact]
    public async Task A_numbering_that_the_client_does_not_know_survives()
    {
        var article = await WithBlocksAsync(
            """{"type":"list","ordered":true,"start":null,"reversed":"""
                + """true,"numbering":"lowerGreek","items":[{"html":"a","value":2,"list":null}]}"""
        );

        var list = Assert.IsType<ListBlock>(Assert.Single(article.Body!.Blocks!));
        Assert.True(list.Reversed);
        Assert.Equal(new ListNumbering("lowerGreek"), list.Numbering);
        Assert.NotEqual(ListNumbering.LowerAlpha, list.Numbering);
        Assert.Equal(2, Assert.Single(list.Items).Value);
    }

    [Theory]
    [InlineData("""{"html":"no type"}""")]
    [InlineData("""{"type":7}""")]
    [InlineData("\"text\"")]
    public async Task What_is_no_block_at_all_is_an_answer_that_cannot_be_read(string block) =>
        await Assert.ThrowsAsync<CmsFormatException>(() => WithBlocksAsync(block));

    [Fact]
    public void Blocks_are_written_as_they_were_read()
    {
        const string Blocks = """
            [{"type":"paragraph","html":"<em>One</em>"},{"type":"heading","level":2,"html":"H"},
            {"type":"list","ordered":true,"start":3,"reversed":true,"numbering":"lowerAlpha","items":[{"html":"a",
            "value":9,"list":{"ordered":false,"start":null,"reversed":null,"numbering":null,"items":[{"html":"b",
            "value":null,"list":null}]}}]},
            {"type":"quote","paragraphs":["Q"],"attribution":null},
            {"type":"image","image":{"id":"01981f5e-0000-7000-8000-000000000001","alt":"A","caption":null,
            "credit":"C","url":"/m","width":1,"height":2,"focalPoint":{"x":0.5,"y":1},
            "dominantColor":null,"thumbHash":null,"placeholder":null},
            "href":"https://a.example/","rel":"sponsored"},
            {"type":"embed","url":"https://example.com/","title":null},{"type":"code","code":"x","language":"c"},
            {"type":"table","header":["H"],"rows":[["1"]],"alignments":["right"],"caption":null},{"type":"divider"},
            {"type":"html","html":"<dl></dl>"},{"type":"map","centre":[1]}]
            """;

        var body = JsonSerializer.Deserialize($"{{\"blocks\":{Blocks}}}", CmsJson.Default.Body)!;
        var again = JsonSerializer.Serialize(body, CmsJson.Default.Body);

        Assert.Equal(10, body.Blocks!.Count(b => b is not UnknownBlock));
        Assert.True(
            JsonElement.DeepEquals(JsonElement.Parse(Blocks), JsonElement.Parse(again).GetProperty("blocks")),
            again
        );
    }
}
