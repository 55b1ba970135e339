using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;
using CsCheck;

namespace Cms.Tests.Publishing;

public sealed class BodyTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("one two", 2)]
    [InlineData("won't don’t", 2)]
    [InlineData("1,204.5 jobs", 2)]
    [InlineData("well-known — yes…", 3)]
    [InlineData("会议今天举行", 3)]
    [InlineData("日本語 text", 3)]
    [InlineData("สวัสดีครับ", 2)]
    [InlineData("안녕하세요 세계", 2)]
    [InlineData("नमस्ते दुनिया", 2)]
    [InlineData("🎉 … !", 0)]
    public void Words_are_counted_in_any_script(string text, int words) =>
        Assert.Equal(words, Words.Count(text));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(238, 1)]
    [InlineData(500, 2)]
    [InlineData(2380, 10)]
    public void Reading_takes_a_minute_for_238_words(int words, int minutes) =>
        Assert.Equal(minutes, Body.MinutesFor(words));

    [Fact]
    public void An_excerpt_fits_and_ends_with_a_word()
    {
        var body = Read("<p>The old bridge is <b>closed</b>.</p><p>Two.</p><p>Three.</p>");

        Assert.Equal("The old bridge is…", body.Excerpt(20, walled: false));
        Assert.Equal("The old bridge is closed. Two.", body.Excerpt(100, walled: false));
        Assert.Equal("…", Read("<p>👩‍👩‍👧👩‍👩‍👧</p>").Excerpt(5, walled: false));
        Assert.Equal("👩‍👩‍👧…", Read("<p>👩‍👩‍👧👩‍👩‍👧</p>").Excerpt(10, walled: false));
    }

    [Theory]
    [InlineData("# The Title\n\nFirst sentence of the story.", "First sentence of the story.")]
    [InlineData("- one\n- two\n\n1. three\n\nThe story.", "The story.")]
    [InlineData("https://video.example/watch?v=1\n\nThe story.", "The story.")]
    [InlineData("Read it at https://a.example/b, then vote.", "Read it at, then vote.")]
    [InlineData(
        "The bridge<sup>1</sup> of 40 m<sup>2</sup> is closed.<sup>[2]</sup>",
        "The bridge of 40 m2 is closed."
    )]
    [InlineData(
        "It is closed.<sup><a href='#n3'>3</a></sup> Since May[^4].\n\n[^4]: The fourth.",
        "It is closed. Since May."
    )]
    [InlineData("```\nlet x = 1\n```\n\n| a |\n|---|\n| b |\n\nThe story.", "The story.")]
    [InlineData(
        "<figure><img src=/media/01890a5d-ac96-774b-bcce-b302099a8057/original><figcaption>The "
            + "caption</figcaption></figure>\n\nThe story.",
        "The story."
    )]
    [InlineData("<iframe src='https://v.example/1' title='The film'></iframe>\n\nThe story.", "The story.")]
    [InlineData("<dl><dt>VAT<dd>A tax.</dl>\n\nThe story.", "The story.")]
    [InlineData("> We never gave up.\n\nThe story.", "We never gave up. The story.")]
    [InlineData("# Only a title\n\n- and a list", "")]
    public void An_excerpt_is_made_of_running_text_only(string markdown, string excerpt) =>
        Assert.Equal(excerpt, BodyReader.FromMarkdown(markdown).Body!.Excerpt(280, walled: false));

    [Fact]
    public void An_excerpt_never_splits_a_character_nor_tells_more_than_the_teaser() =>
        Gen.Select(Bodies.Canonical, Gen.Int[1, 60])
            .Sample(
                (body, most) =>
                {
                    var excerpt = body.Excerpt(most, walled: false);
                    Assert.True(excerpt.Length <= most);
                    Assert.Equal(excerpt, Plain.Clean(excerpt));
                    Assert.Equal(
                        body.Excerpt(most, walled: true),
                        body.Teaser().Body.Excerpt(most, walled: false)
                    );
                }
            );

    [Fact]
    public void Images_are_found_also_within_free_HTML() =>
        Assert.Equal(
            [Bodies.Bridge],
            Read(
                $"<ul><li>a<img src=/media/{Bodies.Bridge}/original></ul><img src=/media/{Bodies.Bridge}/original>"
            ).ImageIds
        );

    [Fact]
    public void JSON_from_the_database_may_name_the_type_last() =>
        Assert.IsType<ParagraphBlock>(
            Body.Parse("""{"blocks":[{"html":"a","type":"paragraph"}]}""").Blocks[0]
        );

    [Fact]
    public void An_image_inherits_again_what_it_was_shown_with()
    {
        var own = new BodyImage
        {
            Id = Bodies.Bridge,
            Url = "https://cdn.example/b.jpg",
            Alt = "A bridge",
            Caption = "The bridge",
            Credit = "Ana",
            Width = 10,
            Height = 20,
        };
        var body = BodyReader
            .FromBlocks([
                new ImageBlock
                {
                    Image = new ImageUse { Id = own.Id, Caption = "Here" },
                },
            ])
            .Body!;

        var html = BodyWriter.ToHtml(body, _ => own);

        Assert.Equal(
            "<figure><img src=\"https://cdn.example/b.jpg\" alt=\"A bridge\" width=\"10\" "
                + $"height=\"20\" data-image=\"{own.Id}\" loading=\"lazy\"><figcaption>Here <cite>Ana</cite>"
                + "</figcaption></figure>",
            html
        );
        var again = BodyReader.FromHtml(html).Body!;
        Assert.Equal("Ana", ((ImageBlock)again.Blocks[0]).Image.Credit);
        Assert.Equal(body, again.InheritFrom(_ => own));
        Assert.Equal(
            body,
            BodyReader.FromMarkdown(BodyWriter.ToMarkdown(body, _ => own)).Body!.InheritFrom(_ => own)
        );
        Assert.Equal("", BodyWriter.ToHtml(body, _ => null));
    }

    [Fact]
    public void Text_reads_like_a_page()
    {
        var body = Read(
            "<p>a &amp; b</p><ol start=3><li>c<ul><li>d</ul></ol><blockquote>e<footer>F</footer>"
                + "</blockquote><img alt=no src=/media/01890a5d-ac96-774b-bcce-b302099a8057/original><table>"
                + "<tr><td>g<td>h</table>"
        );

        Assert.Equal("a & b\n\n3. c\n   - d\n\ne\n— F\n\ng\th", BodyWriter.ToText(body));
    }

    private static Body Read(string html) => BodyReader.FromHtml(html).Body!;
}
