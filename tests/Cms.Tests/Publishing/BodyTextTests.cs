using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Tests.Publishing;

/// <summary>The characters of a body: how they are counted, and in which form they are kept.</summary>
public sealed class BodyTextTests
{
    // Two UTF-16 code units, one code point.
    private const string Wide = "𝄞";

    [Fact]
    public void Limits_count_code_points_in_every_form()
    {
        var (text, longer) = (Wides(BodyLimits.Text), Wides(BodyLimits.Text + 1));
        foreach (var read in Forms(text))
            Assert.True(read.IsValid);
        foreach (var read in Forms(longer))
            Assert.Contains(
                read.Faults,
                fault =>
                    fault.Code == "too-long"
                    && fault.Detail.Contains("this has 100001.", StringComparison.Ordinal)
            );
    }

    [Fact]
    public void A_whole_body_is_counted_in_code_points_too()
    {
        var paragraphs = Enumerable
            .Repeat(new ParagraphBlock { Html = Wides(BodyLimits.Text) }, BodyLimits.Body / BodyLimits.Text)
            .ToArray();
        Assert.True(BodyReader.FromBlocks(paragraphs).IsValid);
        var more = new ParagraphBlock { Html = "a" };
        Assert.Equal("too-long", Assert.Single(BodyReader.FromBlocks([.. paragraphs, more]).Faults).Code);

        var markdown = string.Join("\n\n", Enumerable.Repeat(Wides(99_998), 10));
        Assert.True(BodyReader.FromMarkdown(markdown).IsValid);
        Assert.Equal("too-long", Assert.Single(BodyReader.FromMarkdown(markdown + Wides(3)).Faults).Code);
        var html = string.Concat(Enumerable.Repeat($"<p>{Wides(99_993)}</p>", 10));
        Assert.True(BodyReader.FromHtml(html).IsValid);
        Assert.Equal("too-long", Assert.Single(BodyReader.FromHtml(html + "aaa").Faults).Code);
    }

    [Theory]
    // An entity composes with the letter before it, also where what stood between them is not kept.
    [InlineData("<p>e&#x301;</p>", "<p>é</p>")]
    [InlineData("<p>e<wbr>&#769;</p>", "<p>é</p>")]
    [InlineData("<p>&#x1100;&#x1161;&#x11A8;</p>", "<p>각</p>")]
    [InlineData("<p>a&#x301;&#x323;</p>", "<p>ạ́</p>")]
    [InlineData("<p>&Aring; &#x212B; &#8486;</p>", "<p>Å Å Ω</p>")]
    [InlineData("<p>a &lt;&#x338; b</p>", "<p>a ≮ b</p>")]
    // Never with a tag.
    [InlineData("<p>a<strong>&#x338;b</strong></p>", "<p>a<strong>\u0338b</strong></p>")]
    [InlineData(
        "<p><a href=\"/x\" title=\"e&#x301;\">e&#x301;</a></p>",
        "<p><a href=\"/x\" title=\"é\">é</a></p>"
    )]
    [InlineData("<pre><code>e&#x301;\n</code></pre>", "<pre><code>é</code></pre>")]
    [InlineData("<table><tr><th>e&#x301;</th></tr><tr><td>e&#x301;</td></tr></table>", "é")]
    [InlineData("<dl><dt>e&#x301;</dt><dd>e&#x301;</dd></dl>", "é")]
    public void What_entities_stand_for_is_kept_in_NFC(string html, string kept)
    {
        var read = BodyReader.FromHtml(html);

        Assert.True(read.IsValid);
        var written = BodyWriter.ToHtml(read.Body, Bodies.Image);
        Assert.Contains(kept, written, StringComparison.Ordinal);
        Assert.DoesNotContain("e\u0301", written, StringComparison.Ordinal);
        // What was kept is read as what it is.
        Assert.Equal(read.Body.ToJson(), BodyReader.FromBlocks(read.Body.Blocks).Body?.ToJson());
    }

    [Fact]
    public void Entities_in_Markdown_and_in_blocks_are_kept_in_NFC_too()
    {
        var blocks = BodyReader.FromBlocks([new ParagraphBlock { Html = "e&#x301;" }]);
        var markdown = BodyReader.FromMarkdown("e&#x301;");

        Assert.Equal("é", Assert.IsType<ParagraphBlock>(Assert.Single(blocks.Body!.Blocks)).Html);
        Assert.Equal("é", Assert.IsType<ParagraphBlock>(Assert.Single(markdown.Body!.Blocks)).Html);
    }

    [Theory]
    // A sign that opens makes all that follow it cost more; alone, and behind a sign that made it look like code.
    [InlineData("*a ")]
    [InlineData("_a ")]
    [InlineData("` [a\n")]
    [InlineData("` *a\n")]
    [InlineData("` _a\n")]
    [InlineData("[ `a\n")]
    [InlineData("a<?")]
    public void Markdown_that_makes_work_is_refused_by_what_it_makes(string fragment)
    {
        var read = BodyReader.FromMarkdown(
            string.Concat(Enumerable.Repeat(fragment, 99_000 / fragment.Length))
        );

        Assert.Equal("too-complex", Assert.Single(read.Faults).Code);
    }

    [Fact]
    public void A_long_Markdown_table_with_emphasis_in_each_cell_is_read()
    {
        const int rows = 400;
        var table =
            "|a|b|c|d|e|\n|-|-|-|-|-|\n"
            + string.Concat(Enumerable.Repeat("|**a** b|**a** b|**a** b|**a** b|**a** b|\n", rows));

        var block = Assert.IsType<TableBlock>(Assert.Single(BodyReader.FromMarkdown(table).Body!.Blocks));

        Assert.Equal(rows, block.Rows.Count);
        Assert.Equal("<strong>a</strong> b", block.Rows[^1][^1]);
    }

    private static IEnumerable<BodyResult> Forms(string text) =>
        [
            BodyReader.FromBlocks([new ParagraphBlock { Html = text }]),
            BodyReader.FromBlocks([new CodeBlock { Code = text }]),
            BodyReader.FromMarkdown(text),
            BodyReader.FromHtml(text),
        ];

    private static string Wides(int count) => string.Concat(Enumerable.Repeat(Wide, count));
}
