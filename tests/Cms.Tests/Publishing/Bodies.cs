using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.Html;
using Cms.Publishing.Bodies.PlainText;
using Cms.Publishing.Renditions;
using CsCheck;

namespace Cms.Tests.Publishing;

/// <summary>Bodies and odd texts to try things on.</summary>
internal static class Bodies
{
    public static readonly Guid Bridge = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");

    public static BodyImage? Image(Guid id) =>
        new()
        {
            Id = id,
            Url = $"https://cms.example/media/{id}/original",
            Width = 1200,
            Height = 800,
        };

    /// <summary>The same with its renditions, as readers get it.</summary>
    public static BodyImage? ImageWithSources(Guid id) =>
        Image(id)! with
        {
            Url = $"/media/{id}/original",
            Sources = ImageSources.Of(
                new ImageView
                {
                    Id = id,
                    Alt = null,
                    Caption = null,
                    Credit = null,
                    Width = 1200,
                    Height = 800,
                    FocalPoint = null,
                    DominantColor = null,
                    ThumbHash = null,
                    Placeholder = null,
                }
            ),
        };

    private static readonly string[] Structures =
    [
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<a href='https://a.example'>",
        "<a href=/x>",
        "</a>",
        "<ul>",
        "</ul>",
        "<ol start=4>",
        "<ol start=3 reversed>",
        "<ol reversed type=a>",
        "<ol type=I>",
        "<li value=7>",
        "</ol>",
        "<li>",
        "</li>",
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "<th>",
        "<td colspan=2>",
        "</td>",
        "</tr>",
        "<thead>",
        "<tbody>",
        "<caption>",
        "<blockquote>",
        "</blockquote>",
        "<footer>",
        "<cite>",
        "</cite>",
        "<h1>",
        "</h1>",
        "<h3>",
        "<h6>",
        "</h6>",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
        "<code class=language-c>",
        "<br>",
        "<hr>",
        "<figure>",
        "</figure>",
        "<figcaption>",
        "</figcaption>",
        "<dl>",
        "<dt>",
        "<dd>",
        "</dl>",
        "<details>",
        "<summary>",
        "</summary>",
        "</details>",
        "<q>",
        "</q>",
        "<mark>",
        "<sub>",
        "<sup>",
        "</sup>",
        "<del>",
        "<span>",
        "</span>",
        "<section>",
        "<unknown-thing>",
        "<button>",
        "</button>",
        "<select>",
        "<option>",
        "</select>",
        "<form>",
        "<object>",
        "</object>",
        "<div data-block=html>",
        "<figure data-block=embed><a href='https://e.example'>",
        "<ruby>",
        "<rt>",
        "<center>",
        "<font>",
        "<nobr>",
        "<marquee>",
        "<span style='font-weight:700;font-style:italic'>",
        "<span style='vertical-align:super;text-decoration:line-through'>",
        "<b style='font-weight:normal'>",
        "<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1.</span>",
        "<p style='mso-list:l0 level2 lfo1'>",
        "<p class=MsoListParagraph>\u00B7\u00A0\u00A0",
        "<p class=MsoQuote>",
        "<p class=MsoTitle>",
        "<video src='https://v.example/a.mp4'>",
        "<video poster=x><source src='/v.mp4'>",
        "<audio>",
        "</video>",
        "<object data='https://o.example/a.pdf'>",
        "<embed src='https://o.example/a.swf'>",
        "<noscript>",
        "<canvas>",
        "<dialog>",
        "<input type=checkbox checked>",
        "<li role=checkbox aria-checked=true>",
        "<div class=wp-caption>",
        "<p class=wp-caption-text>",
        "<a href='https://www.google.com/url?q=https://real.example/'>",
        "<a href='#_ftn1'>",
        "<ul><li data-aria-level=2>",
        "<fieldset>",
        "<legend>",
    ];

    private static readonly string[] Traps =
    [
        "<script>alert(1)</script>",
        "<script>",
        "<style>p{}</style>",
        "<style>",
        "<svg>",
        "<svg/onload=alert(1)>",
        "</svg>",
        "<math>",
        "<mtext>",
        "<mglyph>",
        "<annotation-xml encoding='text/html'>",
        "<template>",
        "</template>",
        "<noscript>",
        "</noscript>",
        "<iframe src='https://v.example/e' title=t></iframe>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<iframe src=javascript:alert(1)>",
        "<base href=//evil.example>",
        "<meta http-equiv=refresh content='0;url=javascript:1'>",
        "<link rel=stylesheet href=x>",
        "<a href='java\tscript:alert(1)'>",
        "<a href=' &#106;avascript&colon;alert(1)'>",
        "<a href='data:text/html,x'>",
        "<a href='vbscript:x'>",
        "<a href='//h.example'>",
        "<a href='https://a.example' onclick=x style=y>",
        "<img src=x onerror=alert(1)>",
        "<img src='https://i.example/a.png' alt=\"q'r\" title=t>",
        "<img src='/media/01890a5d-ac96-774b-bcce-b302099a8057/original' alt=ours>",
        "<img src=data:image/png,x>",
        "<!-- c -->",
        "<!--><img src=x>",
        "<![CDATA[x]]>",
        "<?xml x?>",
        "<!doctype x>",
        "<plaintext>",
        "<textarea>",
        "</textarea>",
        "<title>",
        "</title>",
        "<xmp>",
        "</xmp>",
        "<noembed>",
        "<frameset>",
        "<body onload=x>",
        "</body>",
        "<html>",
        "<head>",
        "\0",
        "\uD800",
        "&#0;",
        "&#xD800;",
        "&lt;script&gt;",
        "<p style='x:expression(1)' class=a id=b>",
    ];

    private static readonly HashSet<string> Elements = new(StringComparer.Ordinal)
    {
        "a",
        "em",
        "strong",
        "code",
        "s",
        "sub",
        "sup",
        "br",
        "mark",
        "p",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "figure",
        "figcaption",
        "cite",
        "img",
        "hr",
        "dl",
        "dt",
        "dd",
        "details",
        "summary",
        "div",
    };

    private static readonly HashSet<string> Attributes = new(StringComparer.Ordinal)
    {
        "href",
        "title",
        "rel",
        "src",
        "alt",
        "width",
        "height",
        "loading",
        "referrerpolicy",
        "start",
        "class",
        "colspan",
        "rowspan",
        "align",
        "data-block",
        "data-image",
        "data-alt",
        "data-caption",
        "data-credit",
        "reversed",
        "value",
        "type",
    };

    public static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static readonly Gen<string> Word = Gen.Frequency(
        (8, Pick("river", "Bürgermeister", "don’t", "3.5", "会议", "naïve", "A", "👩‍👩‍👧", "x")),
        (
            4,
            Pick(
                "*",
                "**",
                "_",
                "__",
                "~~",
                "~",
                "`",
                "``",
                "```",
                "[",
                "]",
                "[a](b)",
                "![",
                "!",
                "(",
                ")",
                "<",
                ">",
                "<b>",
                "&",
                "&amp;",
                "&#42;",
                "\\",
                "|",
                "#",
                "##",
                "-",
                "---",
                "+",
                "=",
                "===",
                "1.",
                "1)",
                "1984.",
                "12",
                ":",
                ":-:",
                "\"",
                "'",
                "'''",
                "\u00A0",
                "\u3000",
                "—",
                "…",
                "</p>",
                "<!--",
                "-->",
                "<![CDATA[",
                "http://x.example",
                "snake_case_word",
                "a*b*c",
                "\\*",
                "{",
                "}",
                "$",
                "^",
                "\u200B",
                "\u2028",
                "/",
                "%"
            )
        ),
        (1, Gen.String[Gen.Char[' ', '~'], 1, 6])
    );

    public static readonly Gen<string> Text = Gen.Select(
        Word.Array[1, 6],
        Pick(" ", "", " "),
        (words, between) => string.Join(between, words)
    );

    private static readonly Gen<Link?> Link = Gen.Frequency<Link?>(
        (6, Gen.Const((Link?)null)),
        (
            1,
            Gen.Select(
                Pick(
                    "https://a.example/x_(y)?a=1&copy=2#z",
                    "/section/a*b",
                    "mailto:a@b.example",
                    "#top",
                    "https://münchen.example/ä b|c[d]"
                ),
                Pick<string?>(null, "Title", "a \"quoted\" | [t] *x* &amp; \\ <b>"),
                Pick<string?>(null, null, "sponsored nofollow"),
                (href, title, rel) => HtmlPolicy.MakeLink(href, title, rel)
            )
        )
    );

    private static readonly Gen<Marks> Marked = Gen.Frequency(
        (3, Gen.Const(Marks.None)),
        (2, Pick(Marks.Strong, Marks.Em, Marks.S, Marks.Mark, Marks.Sub, Marks.Sup, Marks.Code)),
        (1, Gen.Int[0, 127].Select(i => (Marks)i))
    );

    public static readonly Gen<string> Html = Gen.Select(Text, Marked, Link, Gen.Int[0, 9])
        .Array[1, 5]
        .Select(parts =>
        {
            var inline = new InlineBuilder();
            foreach (var (text, marks, link, separator) in parts)
            {
                var style = new Style(marks, link);
                inline.Append(text, style);
                if (separator == 0)
                    inline.Break(style);
                else if (separator > 3)
                    inline.Append(" ", default);
            }

            var built = inline.Build();
            return built.IsEmpty ? "x" : built.ToHtml();
        });

    private static readonly Gen<int?> Start = Pick<int?>(null, null, 0, 7, 1984);

    // Mostly plain: what counts down, jumps or has letters is HTML in Markdown.
    private static readonly Gen<bool?> Reversed = Pick<bool?>(null, null, null, true, false);

    private static readonly Gen<ListNumbering?> Numbering = Pick<ListNumbering?>(
        null,
        null,
        null,
        ListNumbering.LowerAlpha,
        ListNumbering.UpperRoman
    );

    private static readonly Gen<int?> Value = Pick<int?>(null, null, null, null, null, null, 2, 9);

    private static Gen<NestedList> List(int depth) =>
        Gen.Select(
            Gen.Select(Gen.Bool, Start, Reversed, Numbering),
            Gen.Select(Html, Value, Gen.Int[0, 3], (html, value, below) => (html, value, below))
                .SelectMany(item =>
                    item.below == 0 && depth < BodyLimits.ListDepth
                        ? List(depth + 1)
                            .Select(list => new ListItem
                            {
                                Html = item.html,
                                Value = item.value,
                                List = list,
                            })
                        : Gen.Const(new ListItem { Html = item.html, Value = item.value })
                )
                .List[1, 3],
            (numbers, items) =>
                new NestedList
                {
                    Ordered = numbers.Item1,
                    Start = numbers.Item2,
                    Reversed = numbers.Item3,
                    Numbering = numbers.Item4,
                    Items = items,
                }
        );

    private static readonly Gen<string> Line = Text.Select(text => Plain.Line(text))
        .Select(line => line.Any(Plain.IsVisible) ? line : "");

    private static readonly Gen<string?> Said = Gen.OneOf(
        Gen.Const((string?)null),
        Line.Select(line => (string?)line)
    );

    private static readonly Gen<Block> Table =
        from columns in Gen.Int[1, 4]
        from header in Gen.OneOf(Html, Gen.Const("")).Array[columns]
        from headed in Gen.Bool
        from rows in Gen.OneOf(Html, Gen.Const("")).Array[columns].Array[0, 3]
        from alignments in Gen.Enum<ColumnAlignment>().Array[columns]
        from aligned in Gen.Bool
        from caption in Gen.OneOf(Gen.Const((string?)null), Html.Select(html => (string?)html))
        select (Block)
            new TableBlock
            {
                Header = headed || rows.Length == 0 ? ["h", .. header.Skip(1)] : null,
                Rows =
                    headed || rows.Length == 0
                        ? rows
                        :
                        [
                            ["r", .. rows[0].Skip(1)],
                            .. rows.Skip(1),
                        ],
                Alignments = aligned ? alignments : null,
                Caption = caption,
            };

    public static readonly Gen<Block> Block = Gen.OneOf<Block>(
        Html.Select(html => (Block)new ParagraphBlock { Html = html }),
        Gen.Select(
            Gen.Int[2, 4],
            Html,
            (level, html) => (Block)new HeadingBlock { Level = level, Html = html }
        ),
        List(1)
            .Select(list =>
                (Block)
                    new ListBlock
                    {
                        Ordered = list.Ordered,
                        Start = list.Start,
                        Reversed = list.Reversed,
                        Numbering = list.Numbering,
                        Items = list.Items,
                    }
            ),
        Gen.Select(
            Html.Array[1, 3],
            Gen.OneOf(Gen.Const((string?)null), Html.Select(html => (string?)html)),
            (paragraphs, attribution) =>
                (Block)new QuoteBlock { Paragraphs = paragraphs, Attribution = attribution }
        ),
        Gen.Select(
            Said,
            Said,
            Said,
            Link,
            (alt, caption, credit, link) =>
                (Block)
                    new ImageBlock
                    {
                        Href = link?.Href,
                        Rel = link?.Rel,
                        Image = new ImageUse
                        {
                            Id = Bridge,
                            Alt = alt,
                            Caption = caption,
                            Credit = credit,
                        },
                    }
        ),
        Gen.Select(
            Pick("https://video.example/embed/1?a=1&b=2", "http://x.example/"),
            Said,
            (url, title) => (Block)new EmbedBlock { Url = url, Title = title }
        ),
        Gen.Select(
            Gen.OneOf(Word, Pick("\n", "\t", "  ", "\n\n", "    ", "\r\n", "````")).Array[1, 8],
            Pick<string?>(null, "swift", "c++", "objective_c", "c#"),
            (words, language) =>
                (Block)new CodeBlock { Code = string.Concat(words) + "x", Language = language }
        ),
        Table,
        Gen.Const((Block)new DividerBlock()),
        Gen.OneOf(Html, Gen.Const("<dl><dt>a<dd>b</dl>"), OddHtml(3).Select(odd => odd + "y"))
            .Select(html => (Block)new HtmlBlock { Html = html })
    );

    /// <summary>Bodies as they come out of the reader.</summary>
    public static readonly Gen<Body> Canonical = Block
        .Array[1, 6]
        .Select(blocks => BodyReader.FromBlocks(blocks))
        .Where(result => result.IsValid)
        .Select(result => result.Body!);

    /// <summary>Tag soup with traps.</summary>
    public static Gen<string> OddHtml(int length) =>
        Gen.Frequency((3, Word), (4, Pick(Structures)), (2, Pick(Traps)))
            .Array[1, length]
            .Select(parts => string.Concat(parts));

    /// <summary>Markdown as people never write it.</summary>
    public static readonly Gen<string> OddMarkdown = Gen.Frequency(
            (3, Word),
            (2, Html),
            (1, OddHtml(4)),
            (
                5,
                Pick(
                    "\n",
                    "\n\n",
                    "\n- ",
                    "\n  - ",
                    "\n1. ",
                    "\n7) ",
                    "\n> ",
                    "\n>> ",
                    "\n# ",
                    "\n###### ",
                    "\n```\n",
                    "\n~~~x\n",
                    "\n    ",
                    "\n---\n",
                    "\n===\n",
                    "\n| a | b |\n| --- | :-: |\n| 1 | 2 |\n",
                    "\na|b\n-|-\n",
                    " | ",
                    "  \n",
                    "\\\n",
                    "[x](/y \"t\")",
                    "![a](https://i.example/a.png)",
                    "![a](/media/01890a5d-ac96-774b-bcce-b302099a8057/original \"cap\")",
                    "[r]: /u 'v'\n",
                    "[r]",
                    "<https://auto.example>",
                    "[j](javascript:alert(1))",
                    "**",
                    "_",
                    "~~",
                    "`",
                    "\t",
                    "\r\n",
                    "\r"
                )
            )
        )
        .Array[1, 12]
        .Select(parts => string.Concat(parts));

    /// <summary>What must not be in any output, found by a parser of its own.</summary>
    public static void AssertHarmless(string html)
    {
        var document = new HtmlParser().ParseDocument("<!doctype html><body>" + html);
        foreach (var element in document.Body!.QuerySelectorAll("*"))
        {
            Assert.Contains(element.LocalName, Elements);
            Assert.Equal("http://www.w3.org/1999/xhtml", element.NamespaceUri);
            foreach (var attribute in element.Attributes)
            {
                Assert.Contains(attribute.Name, Attributes);
                if (attribute.Name is "href" or "src")
                    Assert.Matches("^(https?://|mailto:|/[^/]|/$|#)", attribute.Value);
            }
        }

        Assert.Empty(document.Body.Descendants<IComment>());
        Assert.DoesNotContain('\0', html);
        for (var i = 0; i < html.Length; i++)
        {
            if (char.IsHighSurrogate(html[i]))
                Assert.True(char.IsLowSurrogate(html[++i]));
            else
                Assert.False(char.IsLowSurrogate(html[i]));
        }
    }
}
