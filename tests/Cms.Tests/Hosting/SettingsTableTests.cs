using System.Reflection;
using Cms.Hosting;

namespace Cms.Tests.Hosting;

/// <summary>What the documentation says of settings is what the code has.</summary>
public sealed class SettingsTableTests
{
    /// <summary>Set to 1, it makes this test write the table into the README instead of comparing it.</summary>
    private const string Rewrite = "CMS_REWRITE_SETTINGS";

    private const string Start = "<!-- settings: made by the code, see CONTRIBUTING.md -->\n\n";
    private const string End = "\n<!-- end of settings -->";

    [Fact]
    public async Task The_readme_lists_what_a_newsroom_decides()
    {
        var file = Path.Combine(Repository.Root, "README.md");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var from = text.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var to = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from > Start.Length && to > from, "The README has no place for the settings.");
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
            await File.WriteAllTextAsync(
                file,
                text[..from] + SettingsTable.Markdown(SettingsTable.OfReadme) + text[to..],
                TestContext.Current.CancellationToken
            );
        else
            Assert.True(
                text[from..to] == SettingsTable.Markdown(SettingsTable.OfReadme),
                $"The README's settings are out of date. Run this test with {Rewrite}=1."
            );
    }

    [Fact]
    public void Every_setting_is_explained_with_its_default()
    {
        var table = SettingsTable.Markdown();
        var settings = typeof(CmsOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        Assert.True(settings.Length > 30);
        foreach (var setting in settings)
            Assert.Contains($"| `Cms__{setting.Name}", table, StringComparison.Ordinal);
        Assert.Contains("| `Cms__MaxAge` | 30 | Seconds", table, StringComparison.Ordinal);
        Assert.Contains("| `Cms__Metrics` | true | Whether", table, StringComparison.Ordinal);
        Assert.Contains("| `Cms__Proxies__0`, `…__1` | none |", table, StringComparison.Ordinal);
        Assert.DoesNotContain("|  |", table, StringComparison.Ordinal);
    }
}
