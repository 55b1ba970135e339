using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Html;
using Cms.Publishing.Bodies.PlainText;
using CsCheck;

namespace Cms.Tests.Publishing;

public sealed class BodyRoundTripTests
{
    [Fact]
    public void Blocks_come_back_from_HTML_as_they_were() =>
        Bodies.Canonical.Sample(
            body => Same(body, BodyReader.FromHtml(BodyWriter.ToHtml(body, Bodies.Image))),
            iter: 1_200
        );

    [Fact]
    public void Blocks_come_back_from_HTML_with_the_sources_of_its_pictures() =>
        Bodies.Canonical.Sample(
            body =>
            {
                var read = BodyReader.FromHtml(BodyWriter.ToHtml(body, Bodies.ImageWithSources));
                Same(body, read);
                Assert.DoesNotContain(read.Warnings, warning => warning.Element == "source");
            },
            iter: 300
        );

    [Fact]
    public void Blocks_come_back_from_Markdown_as_they_were() =>
        Bodies.Canonical.Sample(
            body => Same(body, BodyReader.FromMarkdown(BodyWriter.ToMarkdown(body, Bodies.Image))),
            iter: 2_000
        );

    [Fact]
    public void Blocks_come_back_from_JSON_as_they_were() =>
        Bodies.Canonical.Sample(body => Same(body, BodyResult.Of(Body.Parse(body.ToJson()))), iter: 300);

    [Fact]
    public void Blocks_that_were_read_are_read_again_as_they_are() =>
        Bodies.Canonical.Sample(body => Same(body, BodyReader.FromBlocks(body.Blocks)), iter: 800);

    [Fact]
    public void Odd_HTML_is_stable_after_the_first_pass() =>
        Bodies
            .OddHtml(12)
            .Sample(
                html =>
                {
                    if (BodyReader.FromHtml(html) is { IsValid: true } first)
                        Same(first.Body, BodyReader.FromHtml(BodyWriter.ToHtml(first.Body, Bodies.Image)));
                },
                iter: 2_400
            );

    [Fact]
    public void Odd_Markdown_is_stable_after_the_first_pass() =>
        Bodies.OddMarkdown.Sample(
            markdown =>
            {
                if (BodyReader.FromMarkdown(markdown) is { IsValid: true } first)
                    Same(
                        first.Body,
                        BodyReader.FromMarkdown(BodyWriter.ToMarkdown(first.Body, Bodies.Image))
                    );
            },
            iter: 2_400
        );

    [Fact]
    public void An_inline_text_has_one_spelling() =>
        Bodies
            .OddHtml(8)
            .Sample(
                html =>
                {
                    var once = BodyReader.ReadInline(html)!.ToHtml();
                    Bodies.AssertHarmless(once);
                    Assert.Equal(once, BodyReader.ReadInline(once)!.ToHtml());
                    Assert.Equal(once, FlowReader.ReadInline(HtmlPolicy.Parse(once)!).ToHtml());
                },
                iter: 1_600
            );

    [Fact]
    public void Free_HTML_has_one_spelling() =>
        Bodies
            .OddHtml(12)
            .Sample(
                html =>
                {
                    var once = BodyReader.ReadFree(html)!;
                    Bodies.AssertHarmless(once);
                    Assert.DoesNotContain('\n', once);
                    Assert.Equal(once, BodyReader.ReadFree(once));
                },
                iter: 1_600
            );

    [Fact]
    public void Nothing_harmful_comes_out_of_anything() =>
        Gen.OneOf(
                Bodies.OddHtml(12).Select(BodyReader.FromHtml),
                Bodies.OddMarkdown.Select(BodyReader.FromMarkdown)
            )
            .Where(result => result.IsValid)
            .Sample(
                result =>
                {
                    var html = BodyWriter.ToHtml(result.Body!, Bodies.Image);
                    Bodies.AssertHarmless(html);
                    Bodies.AssertHarmless(
                        BodyWriter.ToHtml(
                            BodyReader.FromMarkdown(BodyWriter.ToMarkdown(result.Body!, Bodies.Image)).Body!,
                            Bodies.Image
                        )
                    );
                },
                iter: 1_600
            );

    [Fact]
    public void No_word_is_lost_between_the_forms() =>
        Bodies.Canonical.Sample(
            body =>
            {
                var text = string.Concat(BodyWriter.ToText(body).Where(char.IsLetterOrDigit));
                foreach (var piece in body.Blocks.SelectMany(BodyText.Pieces))
                {
                    foreach (
                        var word in piece.Split(
                            (char[])[' ', '\n', '\t', '\u00A0', '\u3000', '\u2028'],
                            StringSplitOptions.RemoveEmptyEntries
                        )
                    )
                        Assert.Contains(
                            string.Concat(word.Where(char.IsLetterOrDigit)),
                            text,
                            StringComparison.Ordinal
                        );
                }
            },
            iter: 400
        );

    [Fact]
    public void Markup_around_words_costs_no_word() =>
        Bodies
            .Pick(
                "p",
                "div",
                "b",
                "li",
                "ul",
                "td",
                "table",
                "tr",
                "dl",
                "dd",
                "blockquote",
                "h1",
                "figure",
                "figcaption",
                "details",
                "summary",
                "section",
                "q",
                "cite",
                "footer",
                "span",
                "x-y",
                "pre",
                "button",
                "caption",
                "center"
            )
            .Array[1, 8]
            .Sample(
                names =>
                {
                    var html =
                        string.Concat(names.Select((name, i) => $"<{name}>word{i} "))
                        + string.Concat(names.Reverse().Select(name => $"</{name}> after"));
                    var result = BodyReader.FromHtml(html);
                    var text = BodyWriter.ToText(result.Body!);
                    for (var i = 0; i < names.Length; i++)
                        Assert.Contains($"word{i}", text, StringComparison.Ordinal);
                    Assert.Equal(names.Length, text.Split("after").Length - 1);
                },
                iter: 1_600
            );

    private static void Same(Body body, BodyResult again)
    {
        Assert.True(again.IsValid, string.Join("; ", again.Faults));
        Assert.Equal(body.ToJson(), again.Body.ToJson());
    }
}
