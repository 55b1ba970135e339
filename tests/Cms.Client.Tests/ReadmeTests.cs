using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cms.Client.Sqlite;
using Cms.Client.Sync;
using Cms.Client.Tests.Support;

namespace Cms.Client.Tests;

/// <summary>The examples of the package's readme, as they stand there.</summary>
[Collection(OneByOne)]
public sealed partial class ReadmeTests(CmsServer cms) : IDisposable
{
    /// <summary>Tests of one server that must not change it under each other's hands.</summary>
    public const string OneByOne = "The real server";

    private readonly Stores _stores = new();

    public void Dispose() => _stores.Dispose();

    // The names of the examples, and what stands for them here.
    private readonly string _slug = Names.Unique("valley");
    private string _section = "";

    private async Task PublishAsync()
    {
        _section = await cms.SectionAsync();
        await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = _section,
                ["slug"] = _slug,
                ["headline"] = "The valley",
            }
        );
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_examples_of_reading_run()
    {
        await PublishAsync();
        var lines = new List<string>();

        using var client = new CmsClient(cms.Address);

        await foreach (
            var article in client.ListArticlesAsync(new ArticleQuery { Sections = [_section] }, Ct)
        )
            lines.Add($"{article.PublishedAt:d} {article.Headline}");

        Article? story = await client.FindArticleAsync(_slug, cancellationToken: Ct);
        foreach (var block in story?.Body?.Blocks ?? [])
            if (block is ParagraphBlock paragraph)
                lines.Add(paragraph.Html);

        Assert.Equal(4, lines.Count);
    }

    [Fact]
    public async Task The_example_of_failures_runs()
    {
        await PublishAsync();
        await cms.Editor.ActAsync($"/v1/editorial/articles/{_slug}/unpublish");
        var lines = new List<string>();

        using var client = new CmsClient(cms.Address);
        try
        {
            await client.GetArticleAsync(_slug, BodyForms.Html | BodyForms.Text, Ct);
        }
        catch (CmsProblemException e) when (e.Code == ProblemCodes.Withdrawn)
        {
            lines.Add("It has been withdrawn: remove copies of it.");
        }
        catch (CmsException e)
        {
            lines.Add(e.Message);
        }

        Assert.StartsWith("It has been withdrawn", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_of_keeping_a_copy_runs()
    {
        await PublishAsync();
        var lines = new List<string>();
        var folder = Path.GetDirectoryName(_stores.File)!;
        using var client = new CmsClient(cms.Address);

        using var store = new SqliteStore(Path.Combine(folder, "newsroom.db"));
        var engine = new SyncEngine(client, store, new SyncOptions { Sections = [_section] });

        SyncResult result = await engine.SyncOnceAsync(Ct);

        var newsroom = new LocalNewsroom(store);
        await foreach (var article in newsroom.ListArticlesAsync(cancellationToken: Ct))
            lines.Add($"{article.Headline} ({article.Section.Name})");
        Article? offline = await newsroom.FindArticleAsync(_slug, Ct);

        Assert.True(result.StartedAnew);
        Assert.Equal($"The valley ({_section})", Assert.Single(lines));
        Assert.Equal("The valley", offline!.Headline);
    }

    /// <summary>
    /// Every statement of the examples stands in this file too, but for the names, the token and where it prints to.
    /// </summary>
    [Fact]
    public void The_examples_are_those_of_the_readme() =>
        StandIn("Cms.Client", "ReadmeTests.cs", examples: 3);

    /// <summary>Whether a file of tests has the examples of a package's readme.</summary>
    internal static void StandIn(string package, string test, int examples)
    {
        var here = Plain(File.ReadAllText(Path.Combine(Root(), "tests", "Cms.Client.Tests", test)));
        var found = Example().Matches(File.ReadAllText(Path.Combine(Root(), "src", package, "README.md")));

        Assert.Equal(examples, found.Count);
        // By statement: the formatter breaks lines elsewhere in the test.
        foreach (var code in found.Select(e => Plain(e.Groups["code"].Value)))
        foreach (var statement in code.Split(';'))
            Assert.Contains(statement, here, StringComparison.Ordinal);
    }

    private static string Plain(string code)
    {
        code = Comment().Replace(code, "");
        code = Token().Replace(code, "");
        code = code.Replace("cancellationToken: Ct", "", StringComparison.Ordinal)
            .Replace(", Ct)", ")", StringComparison.Ordinal)
            .Replace("(Ct)", "()", StringComparison.Ordinal)
            .Replace("\"the-valley-that-bet-on-halden\"", "_slug", StringComparison.Ordinal)
            .Replace("\"politics\"", "_section", StringComparison.Ordinal)
            .Replace("new Uri(\"https://cms.example/\")", "cms.Address", StringComparison.Ordinal);
        code = Printing().Replace(code, "Print(");
        return Space().Replace(code, "").Replace(",)", ")", StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cms.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(
        "```csharp\n(?<code>.*?)```",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Example();

    [GeneratedRegex(@"(?<=\s)//[^\n]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"Console\.WriteLine\(|lines\.Add\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Printing();

    [GeneratedRegex(@",\s*(cancellationToken:\s*)?Ct(?=\s*\))", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Space();
}
