using System.Globalization;
using Cms.Docs;
using Cms.ProcessTests.Support;
using Markdig;
using Markdig.Syntax;

namespace Cms.ProcessTests.Guides;

/// <summary>
/// Runs the requests of the guides in their order against the demo newsroom. A block <c>http</c> or <c>sh</c> is a
/// request, and the next block
/// its answer: <c>json</c> for a success, <c>http</c> with the status, some headers and perhaps a body, or
/// <c>text</c>. What varies is told in
/// <see cref="Likeness"/>. <c>$KEY</c> is the first admin key. Blocks in other languages (<c>console</c>, <c>js</c>)
/// are not run.
/// </summary>
public sealed class GuideTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Guides => [.. GuidePages.Names];

    [Theory]
    [MemberData(nameof(Guides))]
    public Task Every_request_of_a_guide_gets_the_answer_that_the_guide_shows(string guide) =>
        RunAsync($"{guide}.md", Guide.Source(guide));

    [Fact]
    public async Task Every_request_of_the_readme_gets_the_answer_that_the_readme_shows() =>
        await RunAsync("README.md", await File.ReadAllTextAsync(Path.Combine(Stage.Root, "README.md"), Ct));

    private async Task RunAsync(string file, string markdown)
    {
        await using var stage = await Stage.OpenAsync(newsrooms);
        var blocks = Markdown.Parse(markdown).Descendants<FencedCodeBlock>().ToList();
        var faults = new List<string>();
        var requests = 0;
        for (var i = 0; i < blocks.Count; i++)
        {
            var text = blocks[i].Lines.ToString();
            var script = blocks[i].Info switch
            {
                "http" => HttpExample.Parse(text)?.ToCurl() ?? text,
                "sh" => text,
                _ => null,
            };
            if (script is null)
                continue;
            requests++;
            var line = (blocks[i].Line + 1).ToString(CultureInfo.InvariantCulture);
            if (script.StartsWith("HTTP/", StringComparison.Ordinal))
                faults.Add($"line {line}: an answer without a request");
            else if (!script.Contains("curl", StringComparison.Ordinal))
                await stage.RunAsync(script, Ct);
            else if (i + 1 == blocks.Count || blocks[i + 1].Info is not ("json" or "http" or "text"))
                faults.Add($"line {line}: a request without an answer");
            else
            {
                var shown = blocks[++i];
                var answer = await stage.RunAsync(script, Ct);
                if (stage.Difference(shown.Info!, shown.Lines.ToString(), answer) is { } difference)
                    faults.Add($"line {line}: {difference}");
            }
        }
        Assert.True(faults.Count == 0, $"{file}\n{string.Join('\n', faults)}");
        Assert.True(requests > 1);
    }

    [Fact]
    public async Task Guides_link_to_what_is_there()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var reader = server.Client();
        var broken = new List<string>();
        foreach (var page in GuidePages.Names.Select(n => $"/docs/{n}").Prepend("/docs"))
        {
            var html = await reader.GetStringAsync(page, Ct);
            foreach (var link in Links(html).Distinct(StringComparer.Ordinal))
            {
                var parts = link.Split('#', 2);
                var target = parts[0].Length == 0 ? page : parts[0];
                using var response = await reader.GetAsync(new Uri(server.Address, target), Ct);
                var isThere = (int)response.StatusCode < 400;
                if (isThere && parts.Length > 1)
                    isThere = (await response.Content.ReadAsStringAsync(Ct)).Contains(
                        $"id=\"{parts[1]}\"",
                        StringComparison.Ordinal
                    );
                if (!isThere)
                    broken.Add($"{page}: {link}");
            }
        }
        Assert.Empty(broken);
    }

    /// <summary>Where the page links to on the server itself.</summary>
    private static IEnumerable<string> Links(string html) =>
        html.Split("href=\"")
            .Skip(1)
            .Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)])
            .Where(link => link[0] is '/' or '#');
}
