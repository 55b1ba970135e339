using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Tests.Publishing;

/// <summary>
/// A text of twice the length takes about twice the time, whatever it is made of: to be parsed from each form, and to
/// be written in each. What is refused counts as it is: to refuse must not take long either.
/// </summary>
public sealed class BodyGrowthTests
{
    // For each doubling. Two doublings are measured at once: what is linear takes 4 times as long, what is quadratic 16
    // times, and a machine that is busy with other things does not make the one look like the other.
    private const double MostGrowth = 2.5;
    private const int Repeats = 5;

    // From this length on, each fragment takes seconds: what is quadratic shows in pairs of shorter ones, or in single
    // ones of this length.
    private const int Long = 200_000;

    // Quicker than this is no trouble at all, and is not measured: noise would decide.
    private static readonly TimeSpan Negligible = TimeSpan.FromMilliseconds(100);

    // Of the signs that mean nothing to our Markdown, the comma stands for all: / ; @ $ % ^ { }.
    private static readonly string[] Delimiters =
    [
        .. "!\"#&'()*+,-.:<=>?[\\]_`|~\n\t 1".Select(c => c.ToString()),
    ];

    private static readonly string[] Elements = (
        "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big "
        + "blink blockquote body br button canvas caption center cite code col colgroup data datalist dd "
        + "del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form "
        + "frame frameset h1 h2 h6 head header hgroup hr html i iframe image img input ins isindex kbd "
        + "keygen label legend li link listing main map mark marquee math menu menuitem meta meter mi "
        + "mtext annotation-xml nav nobr noembed noframes noscript object ol optgroup option output p "
        + "param picture plaintext pre progress q rb rp rt rtc ruby s samp script search section select "
        + "slot small source span strike strong style sub summary sup svg desc foreignObject table tbody "
        + "td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp x-y"
    ).Split(' ');

    // In pairs, those that the parser treats in ways of their own: it has special cases for formatting, blocks, lists,
    // tables, choices, templates, raw text and foreign content, and our reading has some for players, pictures and
    // notes. Of several with one case ("b", "i", "big", …) one stands for all.
    private static readonly string[] Kinds = (
        "a b em nobr font code button p div center h1 h2 li dd dt pre listing form table caption "
        + "colgroup col tbody tr td th select option optgroup input textarea object marquee template "
        + "script style title xmp iframe noembed noscript plaintext svg math mi annotation-xml "
        + "foreignObject desc br hr img image isindex embed base meta frameset frame body html head rb rt "
        + "rp span x-y details summary figure figcaption ul ol dl blockquote audio video source q sup mark"
    ).Split(' ');

    private static readonly string[] KnownMarkdown =
    [
        "` [a\n",
        "` *a\n",
        "[ `a\n",
        "a>\n<",
        "a<?",
        "a<!A",
        "a<!--",
        "a<![CDATA[",
        "<?&",
        "a\n=\n",
        "a|",
        "|&",
        "|*",
        "a|b\n",
        "*a",
        "_a ",
        "*a*b",
        "~~a",
        "![",
        "[a]",
        "[a](b \"",
        "[[a]",
        "[a][b]",
        "[a]: b\n",
        "`a``",
        "<a b='",
        "<b>",
        "- a\n",
        "# a\n",
        "a\n\n",
        "&#",
        "\\*",
    ];

    private static readonly string[] KnownHtml =
    [
        "<nobr>a",
        "<button>a",
        "<x-y>a</x-y>",
        "<object></object>",
        "<base>a",
        "<base href=/x>",
        "<figure>\u0001<figcaption>a</figcaption>",
        "<details>\u0001<summary>a</summary>",
        "<table>\u0001<b>a",
        "<b>a<p>",
        "<a href=/x>a",
        "<p>a",
        "<li>a",
        "<td>a",
        "<svg><p>",
        "<select>\u0001<option>a",
        "<p a=b ",
        "<iframe><listing>",
        "<embed>a",
        "<isindex>a",
        "<ol>\u0001<a>a",
        "&amp;",
    ];

    public static TheoryData<string> Markdown() => [.. KnownMarkdown];

    public static TheoryData<string> Html() => [.. KnownHtml];

    [Theory]
    [MemberData(nameof(Markdown))]
    public void Markdown_of_twice_the_length_takes_about_twice_the_time(string fragment)
    {
        RequireDeep();
        AssertGrowth(FromMarkdown, fragment, 60_000);
    }

    [Theory]
    [MemberData(nameof(Html))]
    public void HTML_of_twice_the_length_takes_about_twice_the_time(string fragment)
    {
        RequireDeep();
        AssertGrowth(FromHtml, fragment, 60_000);
    }

    [Theory]
    [MemberData(nameof(Html))]
    public void A_block_of_twice_the_length_takes_about_twice_the_time(string fragment)
    {
        RequireDeep();
        AssertGrowth(FromBlocks, fragment, BodyLimits.Text / 2);
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(BodyLimits.Body / 2)]
    public void Markdown_of_any_delimiters_grows_as_its_length(int length)
    {
        RequireDeep();
        AssertAllGrow(FromMarkdown, MarkdownFragments(inFull: length < Long), length);
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(BodyLimits.Body / 2)]
    public void HTML_of_any_elements_grows_as_its_length(int length)
    {
        RequireDeep();
        AssertAllGrow(FromHtml, HtmlFragments(inPairs: length < Long), length);
    }

    [Fact]
    public void Blocks_of_any_elements_grow_as_their_length()
    {
        RequireDeep();
        AssertAllGrow(FromBlocks, HtmlFragments(inPairs: true), BodyLimits.Text / 2);
    }

    /// <summary>
    /// Every delimiter of Markdown, alone and in pairs, in full with letters, spaces and new lines between.
    /// </summary>
    private static IEnumerable<string> MarkdownFragments(bool inFull)
    {
        foreach (var x in Delimiters)
        {
            foreach (var one in (string[])[x, x + "a", $"a{x}\n", $"{x}a\n", $"{x}\n\n", $"{x} a "])
                yield return one;
            foreach (var y in Delimiters)
            foreach (
                var pair in !inFull
                    ? [x + y, $"{x} {y}a\n"]
                    : (string[])
                        [
                            x + y,
                            $"{x}{y}a",
                            $"{x}a{y}",
                            $"a{x}\n{y}",
                            $"{x}a{y}\n",
                            $"{x} {y}a\n",
                            $"a{x}{y}{x}",
                        ]
            )
                yield return pair;
        }

        foreach (var known in KnownMarkdown)
            yield return known;
    }

    /// <summary>Every element, opened only and closed too; of each kind also in pairs and inside any other.</summary>
    private static IEnumerable<string> HtmlFragments(bool inPairs)
    {
        foreach (var x in Elements)
        {
            foreach (
                var one in (string[])
                    [
                        $"<{x}>",
                        $"<{x}>a",
                        $"<{x}>a</{x}>",
                        $"<{x}>a</{x}>b\n",
                        $"</{x}>",
                        $"</{x}>a",
                        $"<{x} title=b>a",
                        $"a<{x}/>",
                        $"<p><{x}>a</p>",
                        $"<{x}><p>a</{x}>b",
                    ]
            )
                yield return one;
        }

        foreach (var x in inPairs ? Kinds : [])
        foreach (var y in Kinds)
        {
            foreach (
                var pair in (string[])[$"<{x}>a<{y}>b", $"<{x}>a</{x}><{y}>b</{y}>", $"<{x}>\u0001<{y}>a"]
            )
                yield return pair;
        }

        foreach (var known in KnownHtml)
            yield return known;
    }

    private static BodyResult FromMarkdown(string text) => BodyReader.FromMarkdown(text);

    private static BodyResult FromHtml(string text) => BodyReader.FromHtml(text);

    private static BodyResult FromBlocks(string text) =>
        BodyReader.FromBlocks([new ParagraphBlock { Html = text }, new HtmlBlock { Html = text }]);

    private static void AssertGrowth(Func<string, BodyResult> read, string fragment, int length) =>
        Assert.Null(Growth(read, fragment, length));

    private static void AssertAllGrow(
        Func<string, BodyResult> read,
        IEnumerable<string> fragments,
        int length
    ) =>
        Assert.Empty(
            fragments.Distinct(StringComparer.Ordinal).Select(f => Growth(read, f, length)).OfType<string>()
        );

    /// <summary>How fast it grows where that is too fast.</summary>
    private static string? Growth(Func<string, BodyResult> read, string fragment, int length)
    {
        const double most = MostGrowth * MostGrowth;
        var (text, longer) = (Repeat(fragment, length / 2), Repeat(fragment, 2 * length));
        var after = TimeOf(read, longer);
        if (after < Negligible)
            return null;
        var before = TimeOf(read, text);
        // The least of several: what else this machine does only ever adds to it.
        for (var i = 1; i < Repeats && after > most * before; i++)
        {
            before = Less(before, TimeOf(read, text));
            after = Less(after, TimeOf(read, longer));
        }

        return after > most * before && after > Negligible
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{Regex.Escape(fragment)}: {length / 2} take {before.TotalMilliseconds:f0} ms, four "
                    + $"times as many {after.TotalMilliseconds:f0} ms."
            )
            : null;
    }

    // What stands before U+0001 is written once.
    private static string Repeat(string fragment, int length)
    {
        var (once, again) = fragment.Split('\u0001') is [var first, var rest]
            ? (first, rest)
            : ("", fragment);
        return once + string.Concat(Enumerable.Repeat(again, length / again.Length));
    }

    private static TimeSpan Less(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan TimeOf(Func<string, BodyResult> read, string text)
    {
        var start = ProcessorTime();
        if (read(text) is { IsValid: true } result)
        {
            Assert.NotNull(BodyWriter.ToHtml(result.Body, Bodies.Image));
            Assert.NotNull(BodyWriter.ToMarkdown(result.Body, Bodies.Image));
            Assert.NotNull(BodyWriter.ToText(result.Body));
            Assert.InRange(result.Body.WordCount, 0, int.MaxValue);
            Assert.NotNull(result.Body.Excerpt(280, walled: false));
            Assert.NotNull(result.Body.ToJson());
        }

        return ProcessorTime() - start;
    }

    // This thread's own time where the system tells it: other tests run beside this one.
    private static TimeSpan ProcessorTime()
    {
        const string own = "/proc/thread-self/schedstat";
        return File.Exists(own)
            ? TimeSpan.FromTicks(
                long.Parse(File.ReadAllText(own).Split(' ')[0], CultureInfo.InvariantCulture)
                    / TimeSpan.NanosecondsPerTick
            )
            : Stopwatch.GetElapsedTime(0);
    }

    private static void RequireDeep() =>
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("CMS_DEEP_TESTS") == "1",
            "It measures time, which needs a quiet machine, and all fragments take minutes: set CMS_DEEP_TESTS to 1."
        );
}
