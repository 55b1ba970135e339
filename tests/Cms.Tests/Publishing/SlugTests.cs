using Cms.Publishing;
using CsCheck;

namespace Cms.Tests.Publishing;

public sealed class SlugTests
{
    private static readonly Gen<string> Any = Gen.OneOf(
        Gen.String,
        Gen.Char.Array[0, 300].Select(chars => new string(chars)),
        Gen.Select(
            Gen.Int[0, 0x10FFFF].Where(i => i is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32).Array[
                0,
                100
            ],
            string.Concat
        ),
        Gen.Guid.Select(id => id.ToString()),
        Gen.Guid.Select(id => id.ToString("N")),
        Bodies.Text
    );

    [Theory]
    [InlineData("Chancellor delays budget", "chancellor-delays-budget")]
    [InlineData("It won't end — and it won’t start", "it-wont-end-and-it-wont-start")]
    [InlineData("Über Köln & Düsseldorf", "uber-koln-and-dusseldorf")]
    [InlineData("  3.5% growth: 1,000 jobs!  ", "3-5-growth-1-000-jobs")]
    [InlineData("Москва", "moskva")]
    [InlineData("🎉🎉", "article")]
    [InlineData("…", "article")]
    [InlineData("", "article")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8057", "article-01890a5d-ac96-774b-bcce-b302099a8057")]
    [InlineData("01890a5dac96774bbcceb302099a8057", "article-01890a5dac96774bbcceb302099a8057")]
    public void A_headline_becomes_words_and_hyphens(string headline, string slug) =>
        Assert.Equal(slug, Slug.From(headline));

    [Fact]
    public void Any_text_becomes_a_valid_slug() =>
        Any.Sample(text => Assert.True(Slug.IsValid(Slug.From(text)), Slug.From(text)), iter: 5_000);

    [Fact]
    public void A_slug_is_its_own_slug() =>
        Any.Sample(text => Assert.Equal(Slug.From(text), Slug.From(Slug.From(text))), iter: 5_000);

    [Fact]
    public void A_numbered_slug_is_valid_and_differs() =>
        Gen.Select(Any, Gen.Int[0, int.MaxValue])
            .Sample(
                (text, number) =>
                {
                    var numbered = Slug.WithSuffix(Slug.From(text), number);
                    Assert.True(Slug.IsValid(numbered), numbered);
                    Assert.EndsWith($"-{number}", numbered, StringComparison.Ordinal);
                },
                iter: 5_000
            );

    [Theory]
    [InlineData("a--b")]
    [InlineData("-a")]
    [InlineData("A")]
    [InlineData("a\n")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8057")]
    public void Refuses_what_is_no_slug(string? slug) => Assert.False(Slug.IsValid(slug));

    [Fact]
    public void Cuts_a_long_headline_at_a_word()
    {
        var slug = Slug.From(string.Concat(Enumerable.Repeat("parliament ", 40)));

        Assert.Equal(string.Join('-', Enumerable.Repeat("parliament", 11)), slug);
        Assert.Equal(Slug.MaxLength, Slug.From(new string('x', 500)).Length);
    }
}
