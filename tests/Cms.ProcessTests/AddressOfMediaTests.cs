using System.Net;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>Addresses of pictures, where the origin that readers use is configured.</summary>
public sealed class AddressOfMediaTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_absolute_and_only_have_widths_that_are_configured()
    {
        await using var server = await CmsProcess.ServeAsync(
            await newsrooms.SeededAsync(),
            new Dictionary<string, string>
            {
                ["Cms__PublicUrl"] = "https://api.example",
                ["Cms__MediaUrl"] = "https://media.example/cms/",
                ["Cms__RenditionWidths__0"] = "300",
                ["Cms__RenditionWidths__1"] = "700",
                ["Cms__RoundRenditions"] = "true",
                ["Cms__SiteUrl"] = "https://site.example/",
                ["Cms__ArticlePath"] = "/{section}/{year}/{slug}",
            }
        );
        using var reader = server.Client();
        const string Origin = "https://media.example/cms/media/";

        var article = await reader.GetJsonAsync("/v1/articles/saltmere-counts-its-cameras?body=html");
        var hero = article["heroImage"]!;
        var id = (string)hero["id"]!;

        Assert.Equal($"{Origin}{id}/original", (string?)hero["url"]);
        Assert.Equal(
            $"{Origin}{id}/w300-avif 300w, {Origin}{id}/w700-avif 700w",
            (string?)hero["sources"]![0]!["srcset"]
        );
        Assert.Contains($"<img src=\"{Origin}", (string?)article["body"]!["html"], StringComparison.Ordinal);
        var section = (string)article["section"]!["slug"]!;
        var year = ((string)article["publishedAt"]!)[..4];
        var page = $"https://site.example/{section}/{year}/saltmere-counts-its-cameras";
        Assert.Equal(page, (string?)article["webUrl"]);
        var list = await reader.GetJsonAsync("/v1/articles?fields=slug,webUrl&limit=100");
        Assert.Contains(list["data"]!.AsArray(), a => (string?)a!["webUrl"] == page);
        Assert.Equal(
            $"https://site.example/sections/{section}",
            (string?)(await reader.GetJsonAsync($"/v1/sections/{section}"))["webUrl"]
        );
        Assert.Equal(
            "https://site.example/authors/mara-lindqvist",
            (string?)(await reader.GetJsonAsync("/v1/authors/mara-lindqvist"))["webUrl"]
        );
        using var rounded = await reader.GetAsync(new Uri($"/media/{id}/w301", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.PermanentRedirect, rounded.StatusCode);
        Assert.Equal("w700", rounded.Headers.Location!.ToString());
    }
}
