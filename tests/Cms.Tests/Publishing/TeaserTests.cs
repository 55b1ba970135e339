using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;
using CsCheck;

namespace Cms.Tests.Publishing;

/// <summary>What stands before the wall.</summary>
public sealed class TeaserTests
{
    private const string Picture = "<img src=/media/01890a5d-ac96-774b-bcce-b302099a8057/original>";

    private static readonly string Sentences = string.Concat(
        Enumerable.Range(1, 60).Select(i => $"Sentence {i} has these words. ")
    );

    [Fact]
    public void It_ends_with_the_second_block_of_words()
    {
        var teaser = Read($"<p>one</p>{Picture}<h2>two</h2><hr><p>three</p>").Teaser();

        Assert.True(teaser.Truncated);
        Assert.Equal(
            [typeof(ParagraphBlock), typeof(ImageBlock), typeof(HeadingBlock)],
            teaser.Body.Blocks.Select(block => block.GetType())
        );
    }

    [Theory]
    [InlineData("<p>one</p><p>twelve</p>", "one")]
    [InlineData("<p>one</p><hr><p>two</p>", "one")]
    [InlineData("<p>one</p><p>two</p><hr>", "one")]
    [InlineData("<p>one</p><p>two</p>" + Picture, "one")]
    [InlineData("<h2>one</h2><p>two three four. Five six seven eight.</p>", "one\n\ntwo three four.")]
    [InlineData("<p>one two three four</p>", "one two…")]
    [InlineData("<p>word</p>", "")]
    [InlineData("<ul><li>one<li>two<li>three<li>four</ul>", "- one\n- two")]
    [InlineData("<blockquote><p>one<p>two<footer>Ana</footer></blockquote>", "one")]
    [InlineData("<pre>one\ntwo\nthree\nfour</pre>", "one\ntwo")]
    [InlineData("<table><tr><th>a<tr><td>b<tr><td>c<tr><td>d</table>", "a\nb")]
    [InlineData("<dl><dt>one<dd>two<dt>three<dd>four</dl>", "one two…")]
    [InlineData("<p>今日は晴れです。明日は雨です。</p>", "今日は晴れで…")]
    public void A_short_body_is_never_shown_whole(string html, string text)
    {
        var teaser = Read(html).Teaser();

        Assert.True(teaser.Truncated);
        Assert.Equal(text, BodyWriter.ToText(teaser.Body));
    }

    [Theory]
    [InlineData("<p>{0}</p>")]
    [InlineData("<p>{0}</p><p>{0}</p><p>{0}</p>")]
    [InlineData("<h2>Title</h2><p>{0}</p><p>{0}</p>")]
    [InlineData("<h2>{0}</h2><p>x</p>")]
    [InlineData("<ul><li>{0}<li>{0}</ul><p>x</p>")]
    [InlineData("<ul><li>a<ul><li>{0}</ul></ul><p>x</p>")]
    [InlineData("<blockquote><p>{0}<p>{0}</blockquote><p>x</p>")]
    [InlineData("<dl><dt>a<dd>{0}</dl><p>x</p>")]
    [InlineData("<p><a href='https://a.example'>{0}</a></p>")]
    public void A_long_block_ends_with_a_sentence_within_the_bound(string html)
    {
        var teaser = Read(html.Replace("{0}", Sentences, StringComparison.Ordinal)).Teaser();
        var text = BodyWriter.ToText(teaser.Body);

        Assert.True(teaser.Truncated);
        Assert.InRange(text.Length, 500, Teaser.MaxCharacters + 10);
        Assert.EndsWith("has these words.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_sentence_ends_a_word_does()
    {
        var text = BodyWriter.ToText(
            Read($"<p>{string.Concat(Enumerable.Repeat("words and ", 200))}</p>").Teaser().Body
        );

        Assert.InRange(text.Length, 500, Teaser.MaxCharacters);
        Assert.Matches("(words|and)…$", text);
    }

    [Fact]
    public void Tables_and_code_lose_whole_rows_and_lines()
    {
        var rows = string.Concat(Enumerable.Range(100, 300).Select(i => $"<tr><td>{i}<td>value"));
        var lines = string.Concat(Enumerable.Range(100, 300).Select(i => $"line {i}\n"));

        var table = (TableBlock)Read($"<table><tr><th>n<th>v{rows}</table>").Teaser().Body.Blocks.Single();
        var code = (CodeBlock)Read($"<pre>{lines}</pre>").Teaser().Body.Blocks.Single();

        Assert.Equal(["100", "value"], table.Rows[0]);
        Assert.InRange(table.Rows.Count, 60, 80);
        Assert.EndsWith("line 165", code.Code, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one", 0)]
    [InlineData("one,two", 1)]
    [InlineData("one,two,three,four", 2)]
    public void A_body_of_pictures_keeps_back_at_least_one(string pictures, int shown)
    {
        var teaser = Read(string.Concat(pictures.Split(',').Select(_ => Picture))).Teaser();

        Assert.True(teaser.Truncated);
        Assert.Equal(shown, teaser.Body.Blocks.Count);
    }

    [Fact]
    public void Pictures_from_elsewhere_and_long_captions_count_too()
    {
        var foreign = Read("<img src=https://i.example/a.png>").Teaser();
        var captioned = Read(
                $"<figure>{Picture}<figcaption>{Sentences}</figcaption></figure><p>a</p><p>b</p><p>c</p>"
            )
            .Teaser();

        Assert.Empty(foreign.Body.Blocks);
        Assert.True(foreign.Truncated);
        Assert.Empty(captioned.Body.Blocks);
        Assert.True(captioned.Truncated);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<hr>")]
    public void Where_there_is_nothing_nothing_is_held_back(string html) =>
        Assert.False(Read(html).Teaser().Truncated);

    [Fact]
    public void Of_any_body_something_stays_behind_the_wall_and_little_comes_before_it() =>
        Bodies.Canonical.Sample(
            body =>
            {
                var (teaser, truncated) = body.Teaser();
                Assert.Equal(body.Blocks.Any(block => block is not DividerBlock), truncated);
                if (truncated)
                    Assert.NotEqual(body.ToJson(), teaser.ToJson());
                Assert.True(
                    teaser.Blocks.Sum(block => BodyText.Pieces(block).Sum(text => text.Length))
                        <= Teaser.MaxCharacters
                );
                Assert.True(
                    teaser.Blocks.Count(block =>
                        block is not (ImageBlock or EmbedBlock or DividerBlock or HtmlBlock)
                    ) <= Teaser.MaxTextBlocks
                );
                var whole = body.Blocks.Sum(block => BodyText.Pieces(block).Sum(text => text.Length));
                var shown = teaser.Blocks.Sum(block => BodyText.Pieces(block).Sum(text => text.Length));
                Assert.True(whole == 0 || shown <= whole);
                Assert.Equal(teaser.ToJson(), BodyReader.FromBlocks(teaser.Blocks).Body?.ToJson());
            },
            iter: 1_000
        );

    private static Body Read(string html) => BodyReader.FromHtml(html).Body!;
}
