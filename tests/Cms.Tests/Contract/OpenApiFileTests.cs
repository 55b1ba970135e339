using Cms.Hosting;
using Cms.Platform.OpenApi;
using Cms.Platform.Postgres;
using Microsoft.AspNetCore.Builder;

namespace Cms.Tests.Contract;

/// <summary>The contract as it is committed, and as it is made.</summary>
public sealed class OpenApiFileTests
{
    /// <summary>
    /// Set to 1, it makes this test write the file instead of comparing it (as scripts/openapi does).
    /// </summary>
    private const string Rewrite = "CMS_REWRITE_OPENAPI";

    [Fact]
    public async Task The_committed_document_is_the_one_that_the_server_makes()
    {
        await using var app = Server();
        var made = await OpenApiDocumentation.WriteAsync(app);
        var file = Path.Combine(Repository.Root, "openapi", "cms.v1.json");
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
            await File.WriteAllTextAsync(file, made, TestContext.Current.CancellationToken);

        var committed = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);

        Assert.True(
            committed == made,
            $"openapi/cms.v1.json is out of date{FirstDifference(committed, made)}. Run scripts/openapi."
        );
        Assert.EndsWith("}\n", made, StringComparison.Ordinal);
        Assert.Equal(made, await OpenApiDocumentation.WriteAsync(app));
    }

    private static WebApplication Server() =>
        CmsHost.Create(
            [],
            Database.Open("Host=127.0.0.1;Database=none"),
            Path.Combine(Path.GetTempPath(), "cms-openapi")
        );

    private static string FirstDifference(string committed, string made)
    {
        var lines = committed.Split('\n').Zip(made.Split('\n')).ToList();
        var at = lines.FindIndex(l => l.First != l.Second);
        return at < 0
            ? " (one ends before the other)"
            : $" from line {at + 1}: '{lines[at].First.Trim()}' is now '{lines[at].Second.Trim()}'";
    }
}
