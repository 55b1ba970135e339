using Cms.Publishing;
using CsCheck;

namespace Cms.Tests.Publishing;

public sealed class SortKeyTests
{
    [Theory]
    [InlineData("“Élan” vital", "elan” vital")]
    [InlineData("ÄPFEL", "apfel")]
    [InlineData("  'tis", "tis")]
    [InlineData("ﬁnance", "finance")]
    [InlineData("Œuvre", "oeuvre")]
    [InlineData("Straße", "strasse")]
    [InlineData("E\u0301lan", "elan")]
    [InlineData("Йод", "йод")]
    [InlineData("!!!", "!!!")]
    [InlineData("", "")]
    public void A_key_has_no_case_no_accents_and_no_leading_quotes(string text, string key) =>
        Assert.Equal(key, SortKey.Of(text));

    [Fact]
    public void Any_text_has_a_key_and_case_does_not_matter() =>
        Bodies.Text.Sample(text =>
        {
            var key = SortKey.Of(text);
            Assert.InRange(key.Length, text.Length == 0 ? 0 : 1, 250);
            Assert.Equal(key, SortKey.Of(key.Length == 0 ? "" : text));
        });

    [Fact]
    public void A_text_that_is_cut_is_not_cut_through_a_pair() =>
        Assert.Equal(
            200,
            SortKey
                .Of(string.Concat(Enumerable.Repeat("🦊", 300)))
                .EnumerateRunes()
                .Count(r => r.Value != 0xFFFD) * 2
        );
}
