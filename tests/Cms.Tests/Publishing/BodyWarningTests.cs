using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using CsCheck;

namespace Cms.Tests.Publishing;

/// <summary>Nothing vanishes in silence: what a body cannot hold is named to its writer.</summary>
public sealed class BodyWarningTests
{
    /// <summary>Every element that HTML has or had, and some that it never had.</summary>
    private static readonly string[] Names = """
        a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink
            blockquote body br button canvas caption
        center cite code col colgroup command content data datalist dd del details dfn dialog dir div dl dt
            element em embed fencedframe fieldset
        figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe
            image img input ins isindex kbd
        keygen label legend li link listing main map mark marquee math menu menuitem meta meter multicol nav
            nextid nobr noembed noframes
        noscript object ol optgroup option output p param picture plaintext portal pre progress q rb rbc rp rt rtc
            ruby s samp script search
        section select selectedcontent shadow slot small source spacer span strike strong style sub summary sup
            svg table tbody td template
        textarea tfoot th thead time title tr track tt u ul var video wbr xmp x-custom o:p st1:place w:sdt
            google-sheets-html-origin
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    private static readonly HashSet<string> Raw = new(StringComparer.Ordinal)
    {
        // Never shown: what is in them is no text.
        "script",
        "style",
        "template",
        "iframe",
        // Raw text to its end, which is too long to be quoted where it is hidden.
        "plaintext",
        "xmp",
        "textarea",
        "title",
        "noembed",
        "noframes",
    };

    [Theory]
    [InlineData("<p>a</p><script>alert(1)</script>", "removed-script script 1")]
    [InlineData("<style>p{}</style><p>a</p><style>b{}</style>", "removed-style style 2")]
    [InlineData("<p onclick='x()'>a<b onmouseover=y>b</b></p>", "removed-handler  2")]
    [InlineData("<p>a<!-- note --></p><!-- another --><!--StartFragment-->", "removed-comment  2")]
    [InlineData(
        "<p>a<u>b</u><font color=red>c</font><u>d</u></p>",
        "removed-formatting font 1|removed-formatting u 2"
    )]
    [InlineData("<p>a<span></span><span style='color:red'>b</span></p>", "removed-formatting span 2")]
    [InlineData(
        "<form><input name=q><button>Go</button></form>",
        "removed-form button 1|removed-form form 1|removed-form input 1"
    )]
    [InlineData("<p>a<img src='https://t.example/p.gif' width=1 height=1></p>", "removed-tracking img 1")]
    [InlineData("<p>a<img src='https://t.example/p.gif' style='display:none'></p>", "removed-tracking img 1")]
    [InlineData("<p>a</p><div style='display:none'>Preheader</div>", "removed-hidden div 1")]
    [InlineData("<p>a</p><img src='file:///C:/bridge.png' alt='The bridge'>", "removed-media img 1")]
    [InlineData("<p>a</p><img src='data:image/png;base64,AAAA'>", "removed-media img 1")]
    [InlineData("<p>a</p><video src='v.mp4'></video>", "removed-media video 1")]
    [InlineData(
        "<video src='https://v.example/a' poster='/p.jpg'><source src='https://v.example/b'></video>",
        "removed-media video 2"
    )]
    [InlineData("<p><a href='javascript:x()'>a</a></p>", "removed-link a 1")]
    [InlineData("<p>a<a href='https://a.example'></a></p>", "removed-link a 1")]
    [InlineData("<p>a</p><svg><text>Chart</text></svg>", "removed-media svg 1")]
    [InlineData("<p>E <math><mi>m</mi></math></p>", "flattened math 1")]
    [InlineData("<p><abbr title='World Health Organization'>WHO</abbr></p>", "removed-attribute abbr 1")]
    [InlineData(
        "<blockquote cite='https://a.example/source'>a</blockquote>",
        "removed-attribute blockquote 1"
    )]
    [InlineData("<ol start=-3><li>a</ol>", "changed-number ol 1")]
    [InlineData("<p><a href='https://www.google.com/url?q=https://a.example/'>a</a></p>", "changed-link a 1")]
    [InlineData("<pre>a <a href='https://a.example'>b</a></pre>", "removed-link a 1")]
    [InlineData(
        "<figure><img src='https://i.example/a.png'><figcaption>By <a href='https://a.example'>Ana</a>"
            + "</figcaption></figure>",
        "removed-link a 1"
    )]
    [InlineData("<dl><dt>a<img src='https://i.example/a.png'><dd>b</dl>", "removed-media img 1")]
    [InlineData("<p>a</p><frame src='https://f.example/x'>", "removed-media frame 1")]
    [InlineData(
        "<title>Doc</title><p>a</p><meta charset=utf-8><link rel=x href=y>",
        "removed-metadata link 1|removed-metadata meta 1|removed-metadata title 1"
    )]
    [InlineData("<p>a <b>b</b> <a href='https://a.example' rel=nofollow>c</a></p><ul><li>d</ul>", "")]
    public void What_is_left_out_is_named(string html, string warnings) =>
        Assert.Equal(warnings, Told(BodyReader.FromHtml(html)));

    [Fact]
    public void A_warning_says_where_what_and_how_many()
    {
        var warning = Assert.Single(
            BodyReader.FromHtml("<p>a</p>\n  <img src='file:///C:/bridge.png' alt='The bridge'>").Warnings
        );

        Assert.Equal("/body/html", warning.Pointer);
        Assert.Equal("img", warning.Element);
        Assert.Contains("file:///C:/bridge.png", warning.Detail, StringComparison.Ordinal);
        Assert.Contains("The bridge", warning.Detail, StringComparison.Ordinal);
        Assert.EndsWith("(line 2, column 3)", warning.Detail, StringComparison.Ordinal);
        Assert.EndsWith(
            "(line 1, column 5)",
            BodyReader.FromHtml("<p>a<script></script>").Warnings[0].Detail,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Warnings_about_blocks_and_Markdown_point_there()
    {
        var blocks = BodyReader.FromBlocks([
            new ParagraphBlock { Html = "a" },
            new ListBlock
            {
                Ordered = false,
                Items = [new ListItem { Html = "a<img src='https://i.example/a.png' alt=b>" }],
            },
            new HtmlBlock { Html = "<p>a</p><script>x</script>" },
        ]);

        Assert.Equal(
            ["/body/blocks/1/items/0/html removed-media", "/body/blocks/2/html removed-script"],
            blocks.Warnings.Select(warning => $"{warning.Pointer} {warning.Code}")
        );
        Assert.Equal("/body/markdown", Assert.Single(BodyReader.FromMarkdown("a <u>b</u>").Warnings).Pointer);
    }

    [Fact]
    public void There_are_never_more_than_a_hundred_and_one()
    {
        var warnings = BodyReader
            .FromHtml(
                "<p>a</p>" + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"<img src=x{i}.png>"))
            )
            .Warnings;

        Assert.Equal(Losses.MaxWarnings + 1, warnings.Count);
        Assert.Equal(("more", 5_000 - Losses.MaxWarnings), (warnings[^1].Code, warnings[^1].Count));
        Assert.True(warnings.Sum(warning => warning.Detail.Length) < 100_000);
    }

    [Fact]
    public void No_visible_character_of_any_element_vanishes_in_silence() =>
        Elements.Sample(
            elements =>
            {
                var html = string.Concat(
                    elements.Select(
                        (e, i) => $"<{e.Name}{e.Attributes}>word{i}x{(e.Open ? "" : $"</{e.Name}>")} "
                    )
                );
                var result = BodyReader.FromHtml(html);
                Assert.True(result.IsValid);
                var told =
                    BodyWriter.ToText(result.Body)
                    + string.Concat(result.Warnings.Select(warning => warning.Detail));
                for (var i = 0; i < elements.Length; i++)
                {
                    // Behind the beginning of raw text all is raw text.
                    if (Raw.Contains(elements[i].Name))
                    {
                        if (elements[i].Open || elements[i].Name is "plaintext")
                            break;
                        if (elements[i].Name is "script" or "style" or "template" or "iframe")
                            continue;
                    }

                    Assert.Contains($"word{i}x", told, StringComparison.Ordinal);
                }
            },
            iter: 4_000
        );

    // The parser passes over these tags, but keeps the elements within an option.
    [Theory]
    [InlineData("frameset")]
    [InlineData("frame")]
    [InlineData("head")]
    [InlineData("body")]
    [InlineData("html")]
    public void Words_in_an_element_that_has_no_place_within_an_option_stay(string element)
    {
        var result = BodyReader.FromHtml($"<select><option>one <{element}>two</{element}> three</select>");

        Assert.Equal("one two three", BodyWriter.ToText(result.Body!));
    }

    [Fact]
    public void No_address_of_a_picture_or_a_player_vanishes_in_silence() =>
        Gen.Select(
                Bodies.Pick(
                    "img",
                    "video",
                    "audio",
                    "iframe",
                    "embed",
                    "source",
                    "track",
                    "portal",
                    "bgsound",
                    "object",
                    "frame",
                    "image",
                    "input type=image",
                    "v:imagedata"
                ),
                Bodies.Pick(
                    "https://m.example/",
                    "/m/",
                    "m",
                    "file:///",
                    "cid:",
                    "http://m.example/",
                    "//m.example/"
                ),
                Bodies.Pick(
                    "",
                    "p",
                    "li",
                    "td",
                    "figure",
                    "a href=/x",
                    "pre",
                    "dt",
                    "summary",
                    "caption",
                    "h2",
                    "blockquote",
                    "video",
                    "object",
                    "button",
                    "span",
                    "noscript",
                    "cite",
                    "details",
                    "th",
                    "figcaption",
                    "picture"
                )
            )
            .Array[1, 4]
            .Sample(
                media =>
                {
                    var html = string.Concat(
                        media.Select(
                            (m, i) =>
                                (m.Item3.Length > 0 ? $"<{m.Item3}>" : "")
                                + $"text <{m.Item1} {(m.Item1 is "object" ? "data" : "src")}=\"{m.Item2}file{i}x\">"
                                + (
                                    m.Item1 is "video" or "audio" or "iframe" or "object"
                                        ? $"</{m.Item1}>"
                                        : ""
                                )
                                + (m.Item3.Length > 0 ? $"</{m.Item3.Split(' ')[0]}>" : "")
                        )
                    );
                    var result = BodyReader.FromHtml(html);
                    Assert.True(result.IsValid);
                    var told =
                        BodyWriter.ToHtml(result.Body, Bodies.Image)
                        + string.Concat(result.Warnings.Select(warning => warning.Detail));
                    for (var i = 0; i < media.Length; i++)
                        Assert.Contains($"file{i}x", told, StringComparison.Ordinal);
                },
                iter: 4_000
            );

    private static readonly Gen<(string Name, string Attributes, bool Open)[]> Elements = Gen.Select(
        Bodies.Pick(Names),
        Bodies.Pick(
            "",
            "",
            "",
            " style='font-weight:700'",
            " style='display:none'",
            " class=MsoQuote",
            " style='mso-list:l0 level1 lfo1'",
            " hidden",
            " src=https://m.example/x",
            " href=https://a.example"
        ),
        Gen.Int[0, 3],
        (name, attributes, open) => (name, attributes, open == 0)
    ).Array[1, 8];

    private static string Told(BodyResult result) =>
        string.Join(
            '|',
            result
                .Warnings.GroupBy(w => (w.Code, w.Element))
                .Select(g => $"{g.Key.Code} {g.Key.Element} {g.Sum(w => w.Count)}")
                .Order(StringComparer.Ordinal)
        );
}
