using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Cms.Hosting;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Cms.Tests;

/// <summary>Which way dependencies point, in code and in SQL; and that these rules can bite.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Architecture House = new ArchLoader()
        .LoadAssemblies(typeof(CmsHost).Assembly)
        .Build();

    private const string Capabilities =
        "Access|Changes|Cli|Delivery|Demo|Docs|Editorial|Hosting|Images|Operations|Previews|Webhooks";

    [Theory]
    [InlineData("Platform", Capabilities + "|Publishing")]
    [InlineData("Publishing", Capabilities)]
    [InlineData("Desk", "Delivery|Editorial|Images|Previews|Publishing|Webhooks|Cli|Demo|Hosting|Operations")]
    [InlineData("Delivery", "Desk|Editorial|Previews|Webhooks|Cli|Demo|Hosting|Operations")]
    [InlineData("Previews", "Webhooks|Cli|Demo|Hosting|Operations")]
    [InlineData("Editorial", "Delivery|Previews|Webhooks|Cli|Demo|Hosting|Operations")]
    [InlineData("Access", "Desk|Delivery|Editorial|Images|Changes|Webhooks|Cli|Demo|Hosting|Operations")]
    [InlineData(
        "Changes",
        "Access|Desk|Delivery|Editorial|Images|Publishing|Webhooks|Cli|Demo|Hosting|Operations"
    )]
    [InlineData("Webhooks", "Delivery|Editorial|Images|Publishing|Cli|Demo|Hosting|Operations")]
    [InlineData("Images", "Desk|Delivery|Editorial|Changes|Webhooks|Cli|Demo|Hosting|Operations")]
    [InlineData(
        "Docs",
        "Access|Changes|Cli|Delivery|Demo|Editorial|Hosting|Images|Operations|Publishing|Webhooks"
    )]
    [InlineData("Hosting", "Cli|Demo")]
    public void A_room_knows_only_what_lies_below_it(string room, string above) =>
        May_not_know(room, above).Check(House);

    [Fact]
    public void A_rule_that_is_broken_is_noticed() =>
        Assert.False(May_not_know("Delivery", "Platform").HasNoViolations(House));

    [Fact]
    public void Delivery_selects_from_published_tables_only()
    {
        var editorial = Tables("0001_newsroom.sql");
        Assert.Contains("article_revisions", editorial);
        Assert.Empty(Uses("Delivery", $@"\b(?:from|join)\s+({string.Join('|', editorial)})\b"));
        // The rule can bite: the desk does select from them.
        Assert.NotEmpty(Uses("Editorial", $@"\b(?:from|join)\s+({string.Join('|', editorial)})\b"));
    }

    [Fact]
    public void Only_the_publisher_writes_what_readers_see()
    {
        var writers = Uses("", @"\b(?:insert\s+into|update|delete\s+from)\s+published_");
        Assert.NotEmpty(writers);
        Assert.All(writers, file => Assert.Matches(@"^Publisher(\.\w+)?\.cs$", Path.GetFileName(file)));
    }

    [Fact]
    public void Only_the_change_log_writes_the_feed()
    {
        const string feed = "(?:changes|section_changes|change_feed|change_epochs|events)";
        var writers = Uses(
            "",
            $@"\b(?:insert\s+into|delete\s+from)\s+{feed}\b|\bupdate\s+{feed}\s+set\b|'change_sequence'"
        );
        Assert.Equal(["AppendStatement.cs", "ChangeLog.cs"], writers.Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Whoever_asks_for_a_write_goes_through_the_desks_door()
    {
        // Upkeep and the queues of webhooks work by themselves: nobody asks for it. Presence is no act: it is in no log
        // and readers see nothing of it (decision 42).
        var others = new[] { "Editorial", "Webhooks", "Access" }
            .SelectMany(room => Uses(room, Transaction))
            .Where(file =>
                !Regex.IsMatch(
                    file,
                    @"[/\\](Upkeep|Delivering)[/\\]|[/\\]Presences[/\\]Presence\.cs$",
                    RegexOptions.ExplicitCapture,
                    Patience
                )
            );
        Assert.Empty(others);
        // The rule can bite: both the door and upkeep open transactions.
        Assert.Single(Uses("Desk", Transaction));
        Assert.NotEmpty(Uses(Path.Combine("Editorial", "Upkeep"), Transaction));
    }

    [Fact]
    public void Nobody_calls_Dapper_but_the_door_to_the_database()
    {
        var callers = Uses("", @"^using Dapper;");
        Assert.NotEmpty(callers);
        Assert.All(
            callers,
            file => Assert.Contains(Path.Combine("Platform", "Postgres"), file, StringComparison.Ordinal)
        );
    }

    private const string Transaction = @"\bInTransactionAsync\b|\bBeginTransaction";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static IArchRule May_not_know(string room, string others) =>
        Types()
            .That()
            .ResideInNamespaceMatching($@"^Cms\.{room}(\.|$)")
            .Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching($@"^Cms\.({others})(\.|$)"));

    private static string[] Tables(string migration) =>
        [
            .. TableName()
                .Matches(
                    File.ReadAllText(Path.Combine(Source(), "Platform", "Postgres", "Migrations", migration))
                )
                .Select(m => m.Groups["name"].Value),
        ];

    /// <summary>The source files of a room in which the pattern occurs.</summary>
    private static List<string> Uses(string room, string pattern) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Source(), room), "*.cs", SearchOption.AllDirectories)
                .Where(file =>
                    Regex.IsMatch(
                        File.ReadAllText(file),
                        pattern,
                        RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture,
                        Patience
                    )
                ),
        ];

    private static string Source() => Path.Combine(Repository.Root, "src", "Cms");

    [GeneratedRegex(
        @"^create table (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex TableName();
}
