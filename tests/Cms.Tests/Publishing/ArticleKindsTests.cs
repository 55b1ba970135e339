using Cms.Platform;
using Cms.Publishing;

namespace Cms.Tests.Publishing;

public sealed class ArticleKindsTests
{
    [Fact]
    public void A_newsroom_adds_kinds_of_its_own_and_keeps_those_that_all_have()
    {
        var kinds = new ArticleKinds(["photoEssay", "brief"]);

        Assert.True(kinds.Has("photoEssay"));
        Assert.True(kinds.Has("story"));
        Assert.False(kinds.Has("essay"));
        Assert.EndsWith("podcast, photoEssay.", kinds.Unknown("essay"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Photo")]
    [InlineData("photo essay")]
    [InlineData("photo\n")]
    [InlineData("a23456789012345678901234567890123456789012")]
    public void A_name_that_no_address_can_hold_stops_the_server(string name)
    {
        var refused = Assert.Throws<SettingException>(() => new ArticleKinds([name]));
        Assert.Contains("Cms__ArticleKinds", refused.Message, StringComparison.Ordinal);
    }
}
