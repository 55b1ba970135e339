using Cms.EmbeddedPostgres.Tests.Support;

namespace Cms.EmbeddedPostgres.Tests;

public sealed class ProgramFinderTests : Scratch
{
    [Fact]
    public async Task Versions_are_compared_as_numbers_and_the_newest_wins()
    {
        var found = await PickAsync(
            null,
            Programs("9.6"),
            Programs("16.9"),
            Programs("100.2"),
            Programs("16.10")
        );

        Assert.Equal((100, 2), (found.MajorVersion, found.MinorVersion));
    }

    [Fact]
    public async Task Among_equals_the_newest_minor_version_wins()
    {
        var found = await PickAsync(null, Programs("16.9"), Programs("16.10"), Programs("16.2"));

        Assert.Equal(10, found.MinorVersion);
    }

    [Fact]
    public async Task Existing_data_decide_on_the_major_version()
    {
        var found = await PickAsync(16, Programs("17.1"), Programs("16.2"), Programs("18.0"));

        Assert.Equal(16, found.MajorVersion);
    }

    [Theory]
    [InlineData("17beta1", 17)]
    [InlineData("18devel", 18)]
    public async Task Unreleased_versions_have_no_minor_version(string version, int major)
    {
        var found = await PickAsync(null, Programs(version));

        Assert.Equal((major, 0), (found.MajorVersion, found.MinorVersion));
    }

    [Fact]
    public async Task Too_old_a_version_is_refused_with_what_was_found()
    {
        var refusal = await Assert.ThrowsAsync<PostgresClusterException>(() =>
            PickAsync(null, Programs("14.9"))
        );

        Assert.Contains("PostgreSQL 15 or newer is needed", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL 14.9 in ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("CMS_POSTGRES_BIN", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_that_do_not_run_are_passed_over_and_their_complaint_is_kept()
    {
        var broken = Programs("17.1", complaint: "libpq is missing");

        var found = await PickAsync(null, broken, Programs("15.1"));
        var refusal = await Assert.ThrowsAsync<PostgresClusterException>(() => PickAsync(null, broken));

        Assert.Equal(15, found.MajorVersion);
        Assert.Contains("libpq is missing", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chosen_folder_is_the_only_one_asked()
    {
        var options = In(NewDirectory) with { ProgramsDirectory = Path.Combine(Folder, "nothing") };

        var refusal = await Assert.ThrowsAsync<PostgresClusterException>(() =>
            PostgresCluster.StartAsync(options, Ct)
        );

        Assert.Contains(
            $"{options.ProgramsDirectory} holds no postgres",
            refusal.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(true, false, "/data", "/root", "/var/lib/cms")]
    [InlineData(false, false, "/data", "/home/ada", "/data/cms")]
    [InlineData(false, false, null, "/home/ada", "/home/ada/.local/share/cms")]
    [InlineData(false, false, "relative", "/home/ada", "/home/ada/.local/share/cms")]
    [InlineData(false, true, "/data", "/Users/ada", "/Users/ada/Library/Application Support/cms")]
    public void Data_live_where_the_system_expects_them(
        bool root,
        bool mac,
        string? xdg,
        string home,
        string expected
    ) => Assert.Equal(expected, DataHome.For(root, mac, xdg, home));

    private async Task<PostgresPrograms> PickAsync(int? wanted, params string[] folders) =>
        await ProgramFinder.PickAsync(await Launcher.CreateAsync(Folder, Ct), folders, wanted, "/data", Ct);

    /// <summary>A folder with programs that know nothing but their version.</summary>
    private string Programs(string version, string? complaint = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, Path.GetRandomFileName())).FullName;
        File.SetUnixFileMode(folder, File.GetUnixFileMode(Folder));
        foreach (var program in (string[])["postgres", "initdb"])
        {
            var file = Path.Combine(folder, program);
            File.WriteAllText(
                file,
                complaint is null
                    ? $"#!/bin/sh\necho '{program} (PostgreSQL) {version} (Test 1.2)'\n"
                    : $"#!/bin/sh\necho '{complaint}' >&2\nexit 127\n"
            );
            File.SetUnixFileMode(file, File.GetUnixFileMode(Folder));
        }
        return folder;
    }
}
