using System.Net;
using Cms.Access;

namespace Cms.IntegrationTests.Access;

/// <summary><c>GET /v1/editorial/me</c>.</summary>
public sealed class MeTests(CmsServer cms)
{
    [Theory]
    [InlineData("viewer", "", "article.create", true)]
    [InlineData("contributor", "article.create", "article.publish", true)]
    [InlineData("editor", "article.publish", "key.create", false)]
    [InlineData("admin", "key.create", "", false)]
    public async Task A_key_learns_what_it_may_do(string role, string may, string mayNot, bool ownOnly)
    {
        var me = await cms.As(role).GetJsonAsync("/v1/editorial/me");

        var acts = me["acts"]!.AsArray().Select(a => (string)a!).ToArray();
        Assert.Equal(role, (string?)me["role"]);
        Assert.True(may == "" || acts.Contains(may));
        Assert.DoesNotContain(mayNot, acts);
        Assert.Equal(ownOnly, (bool)me["ownArticlesOnly"]!);
    }

    [Fact]
    public async Task A_limited_key_learns_where_it_ends()
    {
        var section = await cms.SectionAsync();
        var key = await cms.NewKeyAsync(Role.Admin, [section], DateTimeOffset.UtcNow.AddDays(1));
        using var client = cms.Client(key.Token);

        var me = await client.GetJsonAsync("/v1/editorial/me");

        Assert.Single(me["sections"]!.AsArray());
        Assert.NotNull((string?)me["expiresAt"]);
        Assert.DoesNotContain("section.create", me["acts"]!.AsArray().Select(a => (string?)a));
    }

    [Fact]
    public Task Readers_have_no_desk() =>
        cms.Reader.GetJsonAsync("/v1/editorial/me", HttpStatusCode.Forbidden);
}
