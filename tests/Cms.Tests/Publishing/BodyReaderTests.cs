using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Tests.Publishing;

public sealed class BodyReaderTests
{
    [Theory]
    [InlineData("<p>a <b>b</b></p>", """{"type":"paragraph","html":"a <strong>b</strong>"}""")]
    [InlineData("<h1>a</h1>", """{"type":"heading","level":2,"html":"a"}""")]
    [InlineData("<h6>a</h6>", """{"type":"heading","level":4,"html":"a"}""")]
    [InlineData(
        "<ol start=7><li>a<ul><li>b</ul></ol>",
        """{"type":"list","ordered":true,"start":7,"items":[{"html":"a","list":{"ordered":"""
            + """false,"items":[{"html":"b"}]}}]}"""
    )]
    [InlineData(
        "<blockquote><p>a<p>b<footer>— <i>C</i></footer></blockquote>",
        """{"type":"quote","paragraphs":["a","b"],"attribution":"<em>C</em>"}"""
    )]
    [InlineData(
        "<figure><blockquote>a</blockquote><figcaption>C</figcaption></figure>",
        """{"type":"quote","paragraphs":["a"],"attribution":"C"}"""
    )]
    [InlineData(
        "<img src='/media/01890a5d-ac96-774b-bcce-b302099a8057/original' alt='A'>",
        """{"type":"image","image":{"id":"01890a5d-ac96-774b-bcce-b302099a8057","alt":"A"}}"""
    )]
    [InlineData(
        "<figure><img src='https://x.example/media/01890a5d-ac96-774b-bcce-b302099a8057/original'>"
            + "<figcaption>A <cite>B</cite></figcaption></figure>",
        """{"type":"image","image":{"id":"01890a5d-ac96-774b-bcce-b302099a8057","caption":"A","credit":"B"}}"""
    )]
    // A CDN that has a path of its own, with the other sizes that the HTML form has.
    [InlineData(
        "<picture><source type='image/webp' srcset='https://x.example/cms/media/01890a5d-ac96-774b-bcce-b302099a8057/"
            + "w320-webp 320w'><img src='https://x.example/cms/media/01890a5d-ac96-774b-bcce-b302099a8057/original' "
            + "alt='A'></picture>",
        """{"type":"image","image":{"id":"01890a5d-ac96-774b-bcce-b302099a8057","alt":"A"}}"""
    )]
    [InlineData(
        "<figure><img src='https://x.example/a.png' alt=z onerror=x><figcaption>A</figcaption></figure>",
        """{"type":"html","html":"<figure><img src=\"https://x.example/a.png\" alt=\"z\" """
            + """loading=\"lazy\" referrerpolicy=\"no-referrer\"><figcaption>A</figcaption></figure>"}"""
    )]
    [InlineData(
        "<iframe src='https://v.example/e' title='T'></iframe>",
        """{"type":"embed","url":"https://v.example/e","title":"T"}"""
    )]
    [InlineData(
        "<pre><code class='language-c'>int a;\n\n  b&lt;c\n</code></pre>",
        """{"type":"code","code":"int a;\n\n  b<c","language":"c"}"""
    )]
    [InlineData(
        "<table><caption>C<tr><th>a<th align=right>b<tr><td>1<td align=right>2</table>",
        """{"type":"table","header":["a","b"],"rows":[["1","2"]],"alignments":["none","right"],"caption":"C"}"""
    )]
    [InlineData("<hr>", """{"type":"divider"}""")]
    [InlineData("<dl><dt>a<dd>b</dl>", """{"type":"html","html":"<dl><dt>a</dt><dd>b</dd></dl>"}""")]
    [InlineData(
        "<table><tr><td colspan=2>a<tr><td>b<td>c</table>",
        """{"type":"html","html":"<table><tbody><tr><td colspan=\"2\">a</td></tr><tr><td>b</td>"""
            + """<td>c</td></tr></tbody></table>"}"""
    )]
    [InlineData(
        "<ul><li>a<pre>b</pre></ul>",
        """{"type":"html","html":"<ul><li><p>a</p><pre><code>b</code></pre></li></ul>"}"""
    )]
    public void HTML_becomes_the_block_that_holds_it(string html, string block) =>
        Assert.Equal(Blocks(block), BodyReader.FromHtml(html).Body?.ToJson());

    [Theory]
    [InlineData(
        "a *b* **c** ~~d~~ `e` [f](https://x.example)",
        """{"type":"paragraph","html":"a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code> <a """
            + """href=\"https://x.example\">f</a>"}"""
    )]
    [InlineData("a\\\nb", """{"type":"paragraph","html":"a<br>b"}""")]
    [InlineData("1984\\. It was", """{"type":"paragraph","html":"1984. It was"}""")]
    [InlineData(
        "1984. It was",
        """{"type":"list","ordered":true,"start":1984,"items":[{"html":"It was"}]}"""
    )]
    [InlineData(
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        """{"type":"table","header":["a","b"],"rows":[["1","2"]],"alignments":["none","right"]}"""
    )]
    [InlineData(
        "![A](/media/01890a5d-ac96-774b-bcce-b302099a8057/original \"C\")",
        """{"type":"image","image":{"id":"01890a5d-ac96-774b-bcce-b302099a8057","alt":"A","caption":"C"}}"""
    )]
    [InlineData("> a\n>\n> b", """{"type":"quote","paragraphs":["a","b"]}""")]
    [InlineData("```swift\na\n```", """{"type":"code","code":"a","language":"swift"}""")]
    [InlineData(
        "[j](javascript:alert(1)) <b onclick=x>b</b><script>x</script>",
        """{"type":"paragraph","html":"j <strong>b</strong>"}"""
    )]
    public void Markdown_becomes_the_block_that_holds_it(string markdown, string block) =>
        Assert.Equal(Blocks(block), BodyReader.FromMarkdown(markdown).Body?.ToJson());

    [Fact]
    public void External_pictures_are_shown_without_a_referrer_and_our_own_as_before()
    {
        const string external = "<img src=\"https://x.example/a.png\" alt=\"\" loading=\"lazy\"";
        const string ours = "<img src=\"/a.png\" alt=\"\" loading=\"lazy\">";
        // As it was stored before there was the attribute.
        var stored = new Body
        {
            Blocks = [new HtmlBlock { Html = $"<figure>{external}></figure><figure>{ours}</figure>" }],
        };

        var html = BodyWriter.ToHtml(stored, Bodies.Image);
        var again = BodyReader.FromHtml(html).Body!;

        Assert.Equal(
            $"<div data-block=\"html\"><figure>{external} referrerpolicy=\"no-referrer\"></figure>"
                + $"<figure>{ours}</figure></div>",
            html
        );
        Assert.Equal(html, BodyWriter.ToHtml(again, Bodies.Image));
    }

    [Theory]
    [InlineData("1. a")]
    [InlineData("# a")]
    [InlineData("- a")]
    [InlineData("+ a")]
    [InlineData("> a")]
    [InlineData("=== a")]
    [InlineData("---")]
    [InlineData("*_[]<>|&\\ `~` !")]
    [InlineData("&amp; &copy; AT&T")]
    [InlineData("![a](b) [c](d)")]
    [InlineData("    four spaces")]
    [InlineData("```\ncode?\n```")]
    [InlineData("a | b\n--- | ---\nc | d")]
    public void Text_that_looks_like_Markdown_stays_text(string text)
    {
        var html = System.Net.WebUtility.HtmlEncode(text).Replace("\n", "<br>", StringComparison.Ordinal);
        var body = BodyReader
            .FromHtml(
                $"<p>{html}</p><ul><li>{html}</ul><h2>{html}</h2><table><tr><th>{html}<th>b<tr>"
                    + $"<td>{html}<td>c</table><blockquote>{html}</blockquote>"
            )
            .Body!;

        var again = BodyReader.FromMarkdown(BodyWriter.ToMarkdown(body, Bodies.Image)).Body!;

        Assert.Equal(body.ToJson(), again.ToJson());
    }

    [Theory]
    [InlineData("https://a.example/<img src=x onerror=alert(1)>")]
    [InlineData("www.a.example/<b>")]
    [InlineData("HTTPS://A.example/a_b")]
    [InlineData("ftp://a.example/&lt;b&gt;")]
    [InlineData("https://a.example/*a*[b](c)`d`~e~|f|\\g")]
    [InlineData("www.a.example/https://b.example/_")]
    [InlineData("https://a.example/\nb")]
    public void A_bare_address_has_nothing_in_it_that_is_written_otherwise_in_Markdown(string text)
    {
        var html = System.Net.WebUtility.HtmlEncode(text).Replace("\n", "<br>", StringComparison.Ordinal);
        var link = $"<a href='https://l.example/'>{html}</a>";
        var body = BodyReader
            .FromHtml(
                $"<p>{html}</p><p>{html}<b>{html}</b>{html}<code>c</code>{html}{link}</p><p>{link}</p>"
                    + $"<h2>{html}</h2><ul><li>{html}</ul>"
                    + $"<blockquote>{html}</blockquote><table><tr><th>{html}<th>b<tr><td>{html}<td>c</table>"
            )
            .Body!;
        var markdown = BodyWriter.ToMarkdown(body, Bodies.Image);

        // GFM's rule for bare links: they end at white space or "<".
        var swallowed = System.Text.RegularExpressions.Regex.Matches(
            markdown.Replace("](https://l.example/)", "]", StringComparison.Ordinal),
            @"(?i)(?:https?|ftp)://[^\s<]*|www\.[^\s<]*",
            System.Text.RegularExpressions.RegexOptions.NonBacktracking
        );
        Assert.All(swallowed, address => Assert.DoesNotContain(address.Value, c => @"\&*_`~[]|".Contains(c)));
        Assert.Equal(body.ToJson(), BodyReader.FromMarkdown(markdown).Body!.ToJson());
    }

    [Fact]
    public void Brackets_in_a_label_are_no_link_to_renderers_that_take_their_backslashes_off()
    {
        var body = BodyReader
            .FromHtml(
                "<p><a href='https://l.example/'>[a](javascript:alert(1)) <code>[b](javascript:alert(1))</code></a>"
            )
            .Body!;

        var markdown = BodyWriter.ToMarkdown(body, Bodies.Image);

        Assert.DoesNotContain(
            "](j",
            markdown.Replace("\\", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Equal(body.ToJson(), BodyReader.FromMarkdown(markdown).Body!.ToJson());
    }

    [Theory]
    [InlineData("java\nscript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData(" \u0001javascript:alert(1)")]
    [InlineData("&#x6A;avascript&colon;alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("vbscript:x")]
    [InlineData("blob:https://x.example/1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https:")]
    [InlineData("https://")]
    [InlineData("page.html")]
    [InlineData("")]
    public void A_link_to_nowhere_good_leaves_its_text(string href) =>
        Assert.Equal(
            Blocks("""{"type":"paragraph","html":"t"}"""),
            BodyReader.FromHtml($"<p><a href=\"{href}\">t</a>").Body?.ToJson()
        );

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var result = BodyReader.FromBlocks([
            new ParagraphBlock { Html = " <b>\u00A0</b>" },
            new HeadingBlock { Level = 1, Html = "a" },
            new ListBlock { Ordered = false, Items = [new ListItem { Html = "" }] },
            new EmbedBlock { Url = "javascript:x" },
            new TableBlock
            {
                Rows =
                [
                    ["a", "b"],
                    ["c"],
                ],
            },
            new HtmlBlock { Html = "<script>x</script>" },
            new CodeBlock { Code = "x", Language = "a b" },
            new ImageBlock { Image = new ImageUse { Id = Guid.Empty } },
            new ParagraphBlock { Html = new string('x', BodyLimits.Text + 1) },
            new QuoteBlock { Paragraphs = [] },
            new ParagraphBlock { Html = null! },
            new ListBlock
            {
                Ordered = true,
                Start = -1,
                Items = Deep(7),
            },
        ]);

        Assert.Equal(
            [
                "/blocks/0/html empty",
                "/blocks/1/level out-of-range",
                "/blocks/2/items/0/html empty",
                "/blocks/3/url invalid",
                "/blocks/4/rows/1 ragged",
                "/blocks/5/html empty",
                "/blocks/6/language invalid",
                "/blocks/7/image/id required",
                "/blocks/8/html too-long",
                "/blocks/9/paragraphs empty",
                "/blocks/10/html required",
                "/blocks/11/items/0/list/items/0/list/items/0/list/items/0/list/items/0/list/items/0/list too-deep",
                "/blocks/11/start out-of-range",
            ],
            result.Faults.Select(fault => $"{fault.Pointer} {fault.Code}"),
            StringComparer.Ordinal
        );
    }

    [Fact]
    public void Halves_of_surrogate_pairs_and_control_characters_never_get_in()
    {
        var body = BodyReader
            .FromBlocks([
                new ParagraphBlock { Html = "a\0b\uD800c\u0007" },
                new CodeBlock { Code = "a\0b\uDC00\r\nc" },
            ])
            .Body!;

        Assert.Equal(
            """{"blocks":[{"type":"paragraph","html":"ab�c"},{"type":"code","code":"ab�\nc"}]}""",
            body.ToJson()
        );
    }

    public static TheoryData<string> Floods() =>
        [
            "<div>",
            "<b>",
            "<b title=x>",
            "<p><b>",
            "<table><tr><td>",
            "<table><div>",
            "<table><a>",
            "<a>",
            "<svg>",
            "<template>",
            "<ul><li>",
            "<blockquote>",
            "<details>",
            "</p>",
            "</b>",
            "<p>",
            "<br>",
            "<br>x",
            "<select><option>",
            "<form>",
            "<x y=z>",
            "&amp;",
            "<",
            "<!--",
            "<p a b c d e f>",
            "<q>",
            "<h1>",
            "<dl><dt>",
            "<figure>",
            "<td>",
            "<tr>",
            "<ul>",
            "<i>a</i>b",
            "x ",
            "<b>x</b>\n",
            "<object>",
            "<button>",
            "<ruby><rt>",
            "<nobr>",
            "<li>",
            "<dd>",
            "<table>x",
            "<caption>",
            "<math><mi>",
            "<svg><p>",
        ];

    [Theory]
    [MemberData(nameof(Floods))]
    public Task A_flood_of_HTML_neither_crashes_nor_hangs(string unit) =>
        EndsAsync(() =>
        {
            var result = BodyReader.FromHtml(Repeat(unit));
            if (result.IsValid)
                BodyWriter.ToMarkdown(result.Body, Bodies.Image);
        });

    public static TheoryData<string> MarkdownFloods() =>
        [
            "[",
            "![",
            "*a",
            "*a_ ",
            "`",
            "<",
            "&",
            "|",
            "a|",
            ">",
            "> ",
            "- ",
            "1. ",
            "~~a ",
            "\\",
            "[a](",
            "]",
            "[a](b)",
            "a**b",
            "<a ",
            "<!--",
            "<![CDATA[",
            "[a]: b\n",
            "[[]()",
            "***",
            "&#1;",
            "\n",
            "# a\n",
            "|a|\n|-|\n",
            "` `` ",
            "- a\n",
            "a\n",
            "x ",
            "<b>",
            "a|b\n-|-\n",
            "[a][",
            "[^",
            "*a* ",
            "[a](b \"",
            "<b",
            "_a_b",
        ];

    [Theory]
    [MemberData(nameof(MarkdownFloods))]
    public Task A_flood_of_Markdown_neither_crashes_nor_hangs(string unit) =>
        EndsAsync(() => BodyReader.FromMarkdown(Repeat(unit)));

    /// <summary>
    /// Tells work that grows with the square of its input from work that is merely slow here: what hangs fails, how
    /// fast it is does not matter.
    /// </summary>
    private static Task EndsAsync(Action work) =>
        Task.Run(work, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

    [Fact]
    public void A_flood_of_attributes_neither_crashes_nor_hangs()
    {
        var attributes = string.Concat(Enumerable.Range(0, 100_000).Select(i => $" a{i}=x"));

        Assert.Equal(
            Blocks("""{"type":"paragraph","html":"t"}"""),
            BodyReader.FromHtml($"<p{attributes}>t").Body?.ToJson()
        );
    }

    private static string Repeat(string unit) => string.Concat(Enumerable.Repeat(unit, 50_000 / unit.Length));

    private static ListItem[] Deep(int levels) =>
        [
            new ListItem
            {
                Html = "a",
                List = levels > 1 ? new NestedList { Ordered = false, Items = Deep(levels - 1) } : null,
            },
        ];

    private static string Blocks(string block) => $$"""{"blocks":[{{block}}]}""";
}
