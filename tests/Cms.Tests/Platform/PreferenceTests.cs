using Cms.Platform.Http.Requests;

namespace Cms.Tests.Platform;

/// <summary>Preferences of requests (RFC 7240).</summary>
public sealed class PreferenceTests
{
    [Theory]
    [InlineData("merge")]
    [InlineData("MERGE")]
    [InlineData(" return=minimal ,\tmerge")]
    [InlineData("merge; by=blocks; or=\"a, b\"")]
    [InlineData("merge=")]
    [InlineData("merge = \"\" ;x")]
    [InlineData("note=\"a \\\", b\", merge")]
    [InlineData(",, merge ,")]
    [InlineData("merge, merge=no")]
    public void It_is_found_among_others(string prefer) => Assert.True(Preferences.Has(prefer, "merge"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("merged")]
    [InlineData("return=minimal; merge")]
    [InlineData("note=\"a, merge\"")]
    [InlineData("note=\"a, merge")]
    [InlineData("merge=no")]
    [InlineData("merge=no, merge")]
    public void Neither_parameters_nor_quoted_texts_nor_other_values_are_it(string? prefer) =>
        Assert.False(Preferences.Has(prefer, "merge"));
}
