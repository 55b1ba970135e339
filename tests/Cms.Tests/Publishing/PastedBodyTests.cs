using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Tests.Publishing;

/// <summary>What editors paste, in the shapes that their programs put on the clipboard.</summary>
public sealed class PastedBodyTests
{
    private const string Nbsp = "\u00A0\u00A0\u00A0";

    [Theory]
    // Google Docs
    [InlineData(
        "<meta charset='utf-8'><b style=\"font-weight:normal;\" id=\"docs-internal-guid-0a\"><p "
            + "dir=\"ltr\" style=\"line-height:1.38\"><span style=\"font-size:11pt;font-weight:400\">The "
            + "bridge is </span><span style=\"font-weight:700;color:#ff0000\">closed</span><span "
            + "style=\"font-style:italic\"> for now</span><span style=\"text-decoration:line-through\"> "
            + "today</span></p></b><br class=\"Apple-interchange-newline\">",
        "<p>The bridge is <strong>closed</strong> <em>for now</em> <s>today</s></p>"
    )]
    [InlineData(
        "<p>H<span style=\"font-size:0.6em;vertical-align:sub\">2</span>O, 40 m<span "
            + "style=\"font-size:0.6em;vertical-align:super\">2</span></p>",
        "<p>H<sub>2</sub>O, 40 m<sup>2</sup></p>"
    )]
    [InlineData(
        "<h2 dir=\"ltr\"><span style=\"font-size:16pt;font-weight:400\">What comes next</span></h2>",
        "<h2>What comes next</h2>"
    )]
    [InlineData(
        "<ul><li dir=\"ltr\" style=\"list-style-type:disc;font-weight:700\" aria-level=\"1\"><p "
            + "role=\"presentation\"><span style=\"font-weight:400\">Bread</span></p></li><ul><li "
            + "aria-level=\"2\"><p><span>Rye</span></p></li></ul><li aria-level=\"1\"><p><span>Fruit</span>"
            + "</p></li></ul>",
        "<ul><li>Bread<ul><li>Rye</li></ul></li><li>Fruit</li></ul>"
    )]
    [InlineData(
        "<ol start=\"3\"><li style=\"list-style-type:lower-alpha\"><p><span>Third</span></p></li></ol>",
        "<ol start=\"3\" type=\"a\"><li>Third</li></ol>"
    )]
    [InlineData(
        "<p><a href=\"https://www.google.com/url?q=https://council.example/minutes?a%3D1&amp;sa=D&amp;"
            + "source=editors&amp;ust=1\" style=\"text-decoration:none\"><span "
            + "style=\"text-decoration:underline\">Minutes</span></a></p>",
        "<p><a href=\"https://council.example/minutes?a=1\">Minutes</a></p>"
    )]
    [InlineData(
        "<div dir=\"ltr\" align=\"left\"><table><colgroup><col width=\"100\"/></colgroup><tbody><tr><td>"
            + "<p><span style=\"font-weight:700\">Year</span></p></td><td><p><span>Votes</span></p></td></tr>"
            + "</tbody></table></div>",
        "<table><tbody><tr><td><strong>Year</strong></td><td>Votes</td></tr></tbody></table>"
    )]
    [InlineData(
        "<ul><li role=\"checkbox\" aria-checked=\"true\"><img src=\"data:image/png;base64,AAAA\" "
            + "aria-roledescription=\"checkbox checked\"><p role=\"presentation\"><span>Call the mayor</span>"
            + "</p></li><li role=\"checkbox\" aria-checked=\"false\"><p>Call again</p></li></ul>",
        "<ul><li>☑ Call the mayor</li><li>☐ Call again</li></ul>"
    )]
    // Word and Outlook
    [InlineData(
        "<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l0 level1 lfo1'><![if "
            + "!supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span "
            + "style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>First"
            + "<o:p></o:p></p>\n<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span "
            + "style='mso-list:Ignore'>o<span>&nbsp;&nbsp;</span></span>Below</p><p "
            + "class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·"
            + "<span>&nbsp;</span></span>Second</p><p class=MsoNormal>After</p>",
        "<ul><li>First<ul><li>Below</li></ul></li><li>Second</li></ul>\n<p>After</p>"
    )]
    [InlineData(
        "<p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>3.<span>&nbsp;</span>"
            + "</span>Third</p><p style='mso-list:l1 level2 lfo2'><span style='mso-list:Ignore'>a)<span>&nbsp;"
            + "</span></span>Letter</p><p style='mso-list:l1 level2 lfo2'><span style='mso-list:Ignore'>b)"
            + "<span>&nbsp;</span></span>Another</p><p style='mso-list:l1 level3 lfo2'><span "
            + "style='mso-list:Ignore'>i.</span>Roman</p><p style='mso-list:l1 level1 lfo2'><span "
            + "style='mso-list:Ignore'>4.</span>Fourth</p>",
        "<ol start=\"3\"><li>Third<ol type=\"a\"><li>Letter</li><li>Another<ol type=\"i\"><li>Roman</li>"
            + "</ol></li></ol></li><li>Fourth</li></ol>"
    )]
    [InlineData(
        "<p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.</span>One</p><p>Between</p>"
            + "<p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2.</span>Two</p>",
        "<ol><li>One</li></ol>\n<p>Between</p>\n<ol start=\"2\"><li>Two</li></ol>"
    )]
    [InlineData(
        "<p class=\"MsoListParagraph\" style=\"margin-left:0.5in\"><span style=\"font-family:Symbol\">·"
            + Nbsp
            + "</span>First</p><p class=\"MsoListParagraph\" style=\"margin-left:1.0in\">o"
            + Nbsp
            + "Below</p>",
        "<ul><li>First<ul><li>Below</li></ul></li></ul>"
    )]
    [InlineData(
        "<p class=MsoTitle>The Title<o:p></o:p></p><p class=MsoQuote>We never gave up.</p><p "
            + "class=MsoIntenseQuote>Never.</p><p class=MsoNormal>In <st1:place w:st=\"on\">Calder</st1:place>"
            + " it rained.</p>",
        "<h2>The Title</h2>\n<blockquote><p>We never gave up.</p><p>Never.</p></blockquote>\n"
            + "<p>In Calder it rained.</p>"
    )]
    [InlineData(
        "<p class=MsoNormal>It is closed.<a style='mso-footnote-id:ftn1' href=\"#_ftn1\" "
            + "name=\"_ftnref1\"><span class=MsoFootnoteReference>[1]</span></a></p><div "
            + "style='mso-element:footnote-list'><hr><div style='mso-element:footnote' id=ftn1><p "
            + "class=MsoFootnoteText><a href=\"#_ftnref1\">[1]</a> Since May.</p></div></div>",
        "<p>It is closed.<sup>[1]</sup></p>\n<hr>\n<p><sup>[1]</sup> Since May.</p>"
    )]
    [InlineData(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><style><!-- p.MsoNormal "
            + "{margin:0in} @list l0:level1 {mso-level-number-format:bullet} --></style><!--[if gte mso "
            + "9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--></head><body>"
            + "<!--StartFragment--><p class=MsoNormal><b>Bold<o:p></o:p></b></p><!--EndFragment--></body>"
            + "</html>",
        "<p><strong>Bold</strong></p>"
    )]
    // Word on the web
    [InlineData(
        "<div class=\"ListContainerWrapper\"><ul><li data-aria-level=\"1\"><p>One</p></li></ul></div>"
            + "<div class=\"ListContainerWrapper\"><ul><li data-aria-level=\"1\"><p>Two</p></li></ul></div>",
        "<ul><li>One</li></ul>\n<ul><li>Two</li></ul>"
    )]
    [InlineData(
        "<ol><li data-aria-level=\"1\">One</li></ol><ul><li data-aria-level=\"2\">Below</li></ul><ol "
            + "start=\"2\"><li data-aria-level=\"1\">Two</li></ol>",
        "<ol><li>One<ul><li>Below</li></ul></li><li>Two</li></ol>"
    )]
    [InlineData(
        "<p><a href=\"https://eur01.safelinks.protection.outlook.com/?url="
            + "https%3A%2F%2Fcouncil.example%2Fa&amp;data=05\">Read</a></p>",
        "<p><a href=\"https://council.example/a\">Read</a></p>"
    )]
    // Pages, Apple Mail, LibreOffice
    [InlineData(
        "<style>span.s1 {font-weight: bold} p.p1 {margin: 0}</style><p class=\"p1\"><span "
            + "class=\"s1\">Bold</span> and not</p>",
        "<p><strong>Bold</strong> and not</p>"
    )]
    [InlineData(
        "<div>One</div><div><br class=\"webkit-block-placeholder\"></div><div>Two</div>",
        "<p>One</p>\n<p>Two</p>"
    )]
    [InlineData(
        "<p style=\"margin-bottom: 0in\">Text<a class=\"sdfootnoteanc\" href=\"#sdfootnote1sym\"><sup>1</sup></a></p>",
        "<p>Text<sup>1</sup></p>"
    )]
    // Notion, Gmail
    [InlineData(
        "<ul><li><input type=\"checkbox\" checked> Done</li></ul><aside>A note</aside>",
        "<ul><li>☑ Done</li></ul>\n<p>A note</p>"
    )]
    [InlineData(
        "<div dir=\"ltr\">Good <img data-emoji=\"😀\" alt=\"😀\" src=\"cid:1\"> morning<wbr></div>",
        "<p>Good 😀 morning</p>"
    )]
    // Sheets and Excel
    [InlineData(
        "<google-sheets-html-origin><style>td {border: 1px}</style><table><tbody><tr "
            + "style=\"height:21px\"><td style=\"font-weight:bold\" data-sheets-value=\"x\">Year</td><td "
            + "style=\"text-align:right\">1,204</td></tr></tbody></table></google-sheets-html-origin>",
        "<table><tbody><tr><td><strong>Year</strong></td><td align=\"right\">1,204</td></tr></tbody></table>"
    )]
    [InlineData(
        "<style>.xl65 {mso-style-parent:style0;font-weight:700}</style><table><tr><td "
            + "class=xl65>Year</td><td>2021</td></tr></table>",
        "<table><tbody><tr><td><strong>Year</strong></td><td>2021</td></tr></tbody></table>"
    )]
    // Other systems
    [InlineData(
        "<figure class=\"wp-block-embed is-type-video\"><div class=\"wp-block-embed__wrapper\">\n"
            + "https://www.youtube.com/watch?v=abc\n</div><figcaption>The speech</figcaption></figure>",
        "<figure data-block=\"embed\"><a href=\"https://www.youtube.com/watch?v=abc\">The speech</a></figure>"
    )]
    [InlineData(
        "<figure class=\"wp-block-pullquote\"><blockquote><p>We never gave up.</p><cite>Ana Silva</cite>"
            + "</blockquote></figure>",
        "<figure><blockquote><p>We never gave up.</p></blockquote><figcaption>Ana Silva</figcaption></figure>"
    )]
    [InlineData(
        "<div class=\"wp-caption\"><a href=\"https://a.example\"><img "
            + "src=\"/media/01890a5d-ac96-774b-bcce-b302099a8057/original\"></a><p class=\"wp-caption-text\">"
            + "The bridge</p></div>",
        "<figure><a href=\"https://a.example\"><img "
            + "src=\"https://cms.example/media/01890a5d-ac96-774b-bcce-b302099a8057/original\" alt=\"\" "
            + "width=\"1200\" height=\"800\" loading=\"lazy\"></a><figcaption>The bridge</figcaption></figure>"
    )]
    [InlineData("<p>漢<ruby>字<rt>ji</rt></ruby></p>", "<p>漢字(ji)</p>")]
    [InlineData(
        "<p>a <math><mi>x</mi><mo>=</mo><mn>1</mn><annotation>tex</annotation></math> b</p>",
        "<p>a x=1 b</p>"
    )]
    [InlineData(
        "<canvas><p>Shown instead</p></canvas><dialog open>Open</dialog><noscript><p>Plain</p></noscript>",
        "<p>Shown instead</p>\n<p>Open</p>\n<p>Plain</p>"
    )]
    public void What_is_pasted_reads_as_it_was_meant(string html, string right) =>
        Assert.Equal(right, Html(html));

    [Theory]
    [InlineData(
        "<p>a</p><video src=\"https://media.example/v.mp4\" title=\"The speech\" controls></video>",
        "embed https://media.example/v.mp4 The speech"
    )]
    [InlineData(
        "<audio controls><source src=\"https://media.example/a.mp3\" type=\"audio/mpeg\"></audio>",
        "embed https://media.example/a.mp3 "
    )]
    [InlineData(
        "<figure><video src=\"https://media.example/v.mp4\"></video><figcaption>The speech</figcaption></figure>",
        "embed https://media.example/v.mp4 The speech"
    )]
    [InlineData(
        "<object data=\"https://media.example/a.pdf\" type=\"application/pdf\"></object>",
        "embed https://media.example/a.pdf "
    )]
    [InlineData(
        "<object><param name=\"movie\" value=\"https://media.example/m\"></object>",
        "embed https://media.example/m "
    )]
    [InlineData("<embed src=\"https://media.example/e\">", "embed https://media.example/e ")]
    [InlineData("<iframe src=\"//media.example/f\"></iframe>", "embed https://media.example/f ")]
    [InlineData("<iframe src=\"http://media.example/f\"></iframe>", "embed http://media.example/f ")]
    public void Players_and_frames_become_embeds(string html, string embed)
    {
        var block = Assert.IsType<EmbedBlock>(Read(html).Body!.Blocks[^1]);

        Assert.Equal(embed, $"embed {block.Url} {block.Title}");
    }

    [Fact]
    public void A_file_of_this_site_becomes_a_link() =>
        Assert.Equal(
            "<p><a href=\"/files/v.mp4\">/files/v.mp4</a></p>",
            Html("<video src=\"/files/v.mp4\"></video>")
        );

    [Theory]
    [InlineData(
        "<blockquote>I saw it in <cite>Hamlet</cite></blockquote>",
        "<blockquote><p>I saw it in Hamlet</p></blockquote>"
    )]
    [InlineData(
        "<blockquote><p>First.</p><p>As in <cite>Hamlet</cite></p></blockquote>",
        "<blockquote><p>First.</p><p>As in Hamlet</p></blockquote>"
    )]
    [InlineData(
        "<blockquote><cite>Hamlet</cite> is long, says <cite>The Post</cite></blockquote>",
        "<blockquote><p>Hamlet is long, says The Post</p></blockquote>"
    )]
    [InlineData("<blockquote><cite>Hamlet</cite></blockquote>", "<blockquote><p>Hamlet</p></blockquote>")]
    [InlineData(
        "<blockquote><p>Words.</p><cite>Ana</cite></blockquote>",
        "<figure><blockquote><p>Words.</p></blockquote><figcaption>Ana</figcaption></figure>"
    )]
    [InlineData(
        "<blockquote>Words.<br><cite>Ana</cite></blockquote>",
        "<figure><blockquote><p>Words.</p></blockquote><figcaption>Ana</figcaption></figure>"
    )]
    [InlineData(
        "<blockquote><p>Words.<br><cite>— Ana</cite></p></blockquote>",
        "<figure><blockquote><p>Words.</p></blockquote><figcaption>Ana</figcaption></figure>"
    )]
    [InlineData(
        "<blockquote><p>Words.</p><p><cite>Ana</cite></p></blockquote>",
        "<figure><blockquote><p>Words.</p></blockquote><figcaption>Ana</figcaption></figure>"
    )]
    [InlineData(
        "<blockquote><p>Words.</p><footer>— Ana, in <cite>Hamlet</cite></footer></blockquote>",
        "<figure><blockquote><p>Words.</p></blockquote><figcaption>Ana, in Hamlet</figcaption></figure>"
    )]
    public void Only_the_last_line_of_its_own_is_an_attribution(string html, string right) =>
        Assert.Equal(right, Html(html));

    [Fact]
    public void A_title_within_a_caption_is_no_credit() =>
        Assert.Contains(
            "<figcaption>A scene of Hamlet in Calder</figcaption>",
            Html(
                "<figure><img src=https://i.example/a.png><figcaption>A scene of <cite>Hamlet</cite> in "
                    + "Calder</figcaption></figure>"
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(
        "<p><a href=\"https://a.example/\"><img src=\"https://x.example/i.png\" alt=\"pic\"></a></p>"
    )]
    [InlineData(
        "<a href=\"https://a.example/\"><figure><img src=\"https://x.example/i.png\" alt=\"pic\"></figure></a>"
    )]
    [InlineData(
        "<figure><a href=\"https://a.example/\" title=t><img src=\"https://x.example/i.png\" alt=\"pic\"></a></figure>"
    )]
    public void A_linked_picture_from_elsewhere_keeps_its_link(string html) =>
        Assert.Equal(
            "<div data-block=\"html\"><figure><a href=\"https://a.example/\"><img "
                + "src=\"https://x.example/i.png\" alt=\"pic\" loading=\"lazy\" "
                + "referrerpolicy=\"no-referrer\"></a></figure></div>",
            Html(html)
        );

    [Fact]
    public void A_linked_picture_of_the_library_keeps_its_link_in_every_form()
    {
        var body = Read(
            "<a href=\"https://a.example/?b=(1)&amp;c\"><img "
                + "src=\"/media/01890a5d-ac96-774b-bcce-b302099a8057/original\" alt=\"pic\"></a>"
        ).Body!;
        var sponsored = Read(
            "<a rel=\"sponsored noopener\" href=\"/shop\"><img "
                + "src=\"/media/01890a5d-ac96-774b-bcce-b302099a8057/original\"></a>"
        ).Body!;

        var block = Assert.IsType<ImageBlock>(Assert.Single(body.Blocks));
        Assert.Equal("https://a.example/?b=(1)&c", block.Href);
        Assert.Equal("sponsored", Assert.IsType<ImageBlock>(Assert.Single(sponsored.Blocks)).Rel);
        Assert.Equal(
            "[![pic](https://cms.example/media/01890a5d-ac96-774b-bcce-b302099a8057/original)](https://"
                + "a.example/?b=\\(1\\)&amp;c)",
            BodyWriter.ToMarkdown(body, Bodies.Image)
        );
        Assert.Contains(
            "<a href=\"/shop\" rel=\"sponsored\"><img",
            BodyWriter.ToMarkdown(sponsored, Bodies.Image),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "/blocks/0/href invalid",
            BodyReader
                .FromBlocks([block with { Href = "javascript:alert(1)" }])
                .Faults.Select(f => $"{f.Pointer} {f.Code}")
                .Single()
        );
    }

    [Theory]
    [InlineData(
        "<ol start=\"3\" reversed><li>Third</li><li>Second</li><li>First</li></ol>",
        "3. Third\n2. Second\n1. First"
    )]
    [InlineData("<ol reversed><li>Second</li><li>First</li></ol>", "2. Second\n1. First")]
    [InlineData("<ol start=9 reversed><li>Ninth</li><li>Eighth</li></ol>", "9. Ninth\n8. Eighth")]
    [InlineData(
        "<ol><li value=4>Fourth</li><li>Fifth</li><li value=9>Ninth</li><li>Tenth</li></ol>",
        "4. Fourth\n5. Fifth\n9. Ninth\n10. Tenth"
    )]
    [InlineData("<ol type=a start=26><li>z</li><li>aa</li></ol>", "z. z\naa. aa")]
    [InlineData("<ol type=I start=8><li>eight</li><li>nine</li></ol>", "VIII. eight\nIX. nine")]
    [InlineData(
        "<ol style=\"list-style-type: upper-alpha\"><li>a<ol style=\"list-style: lower-roman inside\"><li>b</ol></ol>",
        "A. a\n   i. b"
    )]
    public void Numbers_of_lists_are_the_same_in_every_form(string html, string text)
    {
        var body = Read(html).Body!;
        var end = html.Contains("</li>", StringComparison.Ordinal)
            ? html.LastIndexOf("</li>", StringComparison.Ordinal)
            : html.IndexOf("</ol>", StringComparison.Ordinal);
        var within = Read(html.Insert(end, "<pre>code</pre>")).Body!;

        Assert.IsType<ListBlock>(Assert.Single(body.Blocks));
        Assert.Equal(text, BodyWriter.ToText(body));
        Assert.Equal(
            text,
            BodyWriter.ToText(BodyReader.FromHtml(BodyWriter.ToHtml(body, Bodies.Image)).Body!)
        );
        Assert.Equal(
            text,
            BodyWriter.ToText(BodyReader.FromMarkdown(BodyWriter.ToMarkdown(body, Bodies.Image)).Body!)
        );
        Assert.IsType<HtmlBlock>(Assert.Single(within.Blocks));
        Assert.StartsWith(text, BodyWriter.ToText(within), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_loose_items_with_code_keeps_numbers_and_code_in_the_text()
    {
        var body = BodyReader
            .FromMarkdown("1. Install\n\n   ```\n   run\n     it\n   ```\n2. Start\n\n   - now\n")
            .Body!;

        Assert.Equal("1. Install\n\n   run\n     it\n\n2. Start\n   - now", BodyWriter.ToText(body));
        Assert.Equal(5, body.WordCount);
    }

    [Fact]
    public void A_list_block_is_told_what_its_numbers_cannot_be() =>
        Assert.Equal(
            ["/blocks/0/items/1/value out-of-range", "/blocks/0/numbering invalid"],
            BodyReader
                .FromBlocks([
                    new ListBlock
                    {
                        Ordered = true,
                        Numbering = (ListNumbering)9,
                        Items = [new ListItem { Html = "a" }, new ListItem { Html = "b", Value = -1 }],
                    },
                ])
                .Faults.Select(fault => $"{fault.Pointer} {fault.Code}")
                .Order(StringComparer.Ordinal)
        );

    private static BodyResult Read(string html) => BodyReader.FromHtml(html);

    private static string Html(string html) => BodyWriter.ToHtml(Read(html).Body!, Bodies.Image);
}
