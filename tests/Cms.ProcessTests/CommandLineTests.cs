using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>What the command line understands, what it does not, and how it says so.</summary>
public sealed class CommandLineTests(Newsrooms newsrooms)
{
    [Theory]
    [InlineData("")]
    [InlineData("serve")]
    [InlineData("migrate")]
    [InlineData("seed")]
    [InlineData("keys")]
    [InlineData("keys create")]
    [InlineData("keys list")]
    [InlineData("keys revoke")]
    [InlineData("openapi")]
    public async Task Every_command_explains_itself(string command)
    {
        var help = (await CmsProcess.RunAsync([.. Words(command), "--help"])).Done();

        Assert.Contains("Usage:", help.Output);
        Assert.Contains(
            help.Output,
            line => line.Contains($"cms {command}".Trim(), StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("frobnicate")]
    [InlineData("serve --frobnicate")]
    [InlineData("keys")]
    [InlineData("keys create")]
    [InlineData("keys create Desk --role pope")]
    [InlineData("keys create Desk --role 7")]
    [InlineData("keys create Desk --role editor --expires tomorrow")]
    [InlineData("keys revoke nobody")]
    public async Task What_is_not_understood_ends_with_2_and_a_hint(string command)
    {
        var data = newsrooms.NewData();
        var environment = Newsrooms.Using("Host=127.0.0.1;Port=1;Timeout=5");

        var result = await CmsProcess.RunAsync(Words(command), environment, Takes(command) ? data : null);

        Assert.True(result.ExitCode == 2, $"Exit code {result.ExitCode}: {result.Said}");
        Assert.Empty(result.Output);
        Assert.StartsWith("cms: ", result.Errors[0], StringComparison.Ordinal);
        Assert.StartsWith("Try: cms", result.Errors[^1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task The_contract_is_written_without_a_database()
    {
        var file = newsrooms.NewData();
        var environment = Newsrooms.Using("Host=127.0.0.1;Port=1");

        var printed = (await CmsProcess.RunAsync(["openapi"], environment)).Done();
        var written = (await CmsProcess.RunAsync(["openapi", "--output", file], environment)).Done();

        Assert.NotNull(JsonNode.Parse(string.Join('\n', printed.Output)));
        Assert.Empty(written.Output);
        Assert.Equal(printed.Output, File.ReadAllLines(file));
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_said_in_a_sentence_and_none_is_launched()
    {
        var data = newsrooms.NewData();
        var environment = Newsrooms.Using("Host=127.0.0.1;Port=1;Username=cms;Password=secret;Timeout=5");

        foreach (var command in (string[])["serve", "keys list"])
        {
            var said = (await CmsProcess.RunAsync(Words(command), environment, data)).Refusal();
            Assert.Contains("The database cannot be reached", said, StringComparison.Ordinal);
            Assert.Contains("127.0.0.1:1", said, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(Path.Combine(data, "postgres")));
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Colour=blue")]
    [InlineData("nonsense")]
    [InlineData("Host=127.0.0.1;Port=many")]
    public async Task A_connection_string_that_is_none_is_said_in_a_sentence(string connectionString) =>
        (
            await CmsProcess.RunAsync(["migrate"], Newsrooms.Using(connectionString), newsrooms.NewData())
        ).Refusal();

    [Fact]
    public async Task A_data_directory_that_is_a_file_is_said_in_a_sentence()
    {
        var data = newsrooms.NewData();
        await File.WriteAllTextAsync(data, "", TestContext.Current.CancellationToken);

        (await CmsProcess.RunAsync(["serve"], data: data)).Refusal();
    }

    private static string[] Words(string command) =>
        command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool Takes(string command) =>
        command.StartsWith("serve", StringComparison.Ordinal)
        || command.StartsWith("keys ", StringComparison.Ordinal);
}
