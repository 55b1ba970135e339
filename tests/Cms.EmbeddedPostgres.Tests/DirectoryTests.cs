using Cms.EmbeddedPostgres.Tests.Support;

namespace Cms.EmbeddedPostgres.Tests;

public sealed class DirectoryTests : Scratch
{
    private string Data => Path.Combine(NewDirectory, "data");

    [Fact]
    public async Task Data_of_another_major_version_are_refused_with_both_versions()
    {
        var version = await MakeClusterAsync();
        await File.WriteAllTextAsync(Path.Combine(Data, "PG_VERSION"), "99\n", Ct);

        var refusal = await RefusalAsync(NewDirectory);

        Assert.Contains("made by PostgreSQL 99", refusal, StringComparison.Ordinal);
        Assert.Contains($"PostgreSQL {version}.", refusal, StringComparison.Ordinal);
        Assert.Contains("pg_upgrade", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_initdb_did_not_finish_is_made_anew()
    {
        var unfinished = Directory.CreateDirectory(Data + ".new");
        await File.WriteAllTextAsync(Path.Combine(unfinished.FullName, "PG_VERSION"), "15\n", Ct);
        File.SetUnixFileMode(NewDirectory, File.GetUnixFileMode(Folder));

        await using var cluster = await StartAsync(NewDirectory);

        Assert.Equal("1", await AskAsync(cluster, "select 1"));
        Assert.False(unfinished.Exists && Directory.Exists(unfinished.FullName));
    }

    [Fact]
    public async Task A_data_folder_with_other_files_is_left_as_it_is()
    {
        Directory.CreateDirectory(Data);
        File.SetUnixFileMode(NewDirectory, File.GetUnixFileMode(Folder));
        var novel = Path.Combine(Data, "novel.txt");
        await File.WriteAllTextAsync(novel, "It was a dark night.", Ct);

        Assert.Contains(
            "holds files, but no database",
            await RefusalAsync(NewDirectory),
            StringComparison.Ordinal
        );
        Assert.Equal("It was a dark night.", await File.ReadAllTextAsync(novel, Ct));
    }

    [Theory]
    [InlineData("global/pg_control", true)]
    [InlineData("PG_VERSION", false)]
    public async Task A_damaged_database_is_refused_and_the_damage_named(string file, bool remove)
    {
        await MakeClusterAsync();
        if (remove)
            File.Delete(Path.Combine(Data, file));
        else
            await File.WriteAllTextAsync(Path.Combine(Data, file), "", Ct);

        var refusal = await RefusalAsync(NewDirectory);

        Assert.Contains("incomplete", refusal, StringComparison.Ordinal);
        Assert.Contains(file, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_password_is_replaced(bool emptied)
    {
        await MakeClusterAsync();
        var file = Path.Combine(NewDirectory, "password");
        var lost = await File.ReadAllTextAsync(file, Ct);
        if (emptied)
            await File.WriteAllTextAsync(file, "", Ct);
        else
            File.Delete(file);

        await using var cluster = await StartAsync(NewDirectory);

        Assert.Equal("1", await AskAsync(cluster, "select 1"));
        Assert.NotEqual(lost, await File.ReadAllTextAsync(file, Ct));
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_its_file_named()
    {
        await MakeClusterAsync();
        var file = Path.Combine(NewDirectory, "password");
        await File.WriteAllTextAsync(file, "guessed", Ct);

        var refusal = await RefusalAsync(NewDirectory);

        Assert.Contains(file, refusal, StringComparison.Ordinal);
        Assert.Contains("Remove the file", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_is_refused()
    {
        var closed = Directory.CreateDirectory(Path.Combine(Folder, "closed"));
        File.SetUnixFileMode(
            closed.FullName,
            UnixFileMode.UserRead
                | UnixFileMode.UserExecute
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute
        );
        var directory = Path.Combine(closed.FullName, "cluster");

        // Root may write everywhere, so there it needs a parent program with fewer rights.
        string refusal;
        if (Environment.IsPrivilegedProcess)
        {
            using var parent = await StartAsNobodyAsync(directory);
            refusal = parent.Refusal;
        }
        else
        {
            refusal = await RefusalAsync(directory);
        }

        Assert.Contains($"{directory} cannot be used by", refusal, StringComparison.Ordinal);
        Assert.Contains("another data directory", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_of_another_user_is_refused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can be two users.");
        await MakeClusterAsync();

        using var parent = await StartAsNobodyAsync(NewDirectory);

        Assert.Contains("cannot be used by nobody", parent.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordinary_user_runs_a_cluster_of_their_own()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "The other tests show it already.");
        var home = Directory.CreateDirectory(Path.Combine(Folder, "home"));
        Native.ChangeOwner(home.FullName, Nobody());

        using var parent = await StartAsNobodyAsync(Path.Combine(home.FullName, "cluster"));

        Assert.Equal("", parent.Refusal);
        parent.Process.StandardInput.Close();
        await parent.Process.WaitForExitAsync(Ct);
        Assert.Equal(0, parent.Process.ExitCode);
    }

    [Fact]
    public async Task A_full_disk_is_reported_in_the_words_of_initdb_and_leaves_nothing()
    {
        var disk = Directory.CreateDirectory(Path.Combine(Folder, "disk")).FullName;
        Assert.SkipUnless(Mount(disk, "size=8m"), "Not allowed to mount a small disk here.");
        try
        {
            var directory = Path.Combine(disk, "cluster");

            var refusal = await RefusalAsync(directory);

            Assert.Contains("No space left on device", refusal, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(directory, "data*"));
        }
        finally
        {
            Output("umount", disk);
        }
    }

    [Fact]
    public async Task A_read_only_disk_is_refused()
    {
        var disk = Directory.CreateDirectory(Path.Combine(Folder, "disk")).FullName;
        Assert.SkipUnless(Mount(disk, "ro"), "Not allowed to mount a read-only disk here.");
        try
        {
            var refusal = await RefusalAsync(Path.Combine(disk, "cluster"));

            Assert.Contains("Read-only file system", refusal, StringComparison.Ordinal);
        }
        finally
        {
            Output("umount", disk);
        }
    }

    [Fact]
    public async Task A_folder_above_that_is_closed_to_the_server_is_named()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root runs PostgreSQL as another user.");
        var closed = Directory.CreateDirectory(Path.Combine(Folder, "closed")).FullName;
        File.SetUnixFileMode(closed, ClusterFolder.Private);

        var refusal = await RefusalAsync(Path.Combine(closed, "below", "cluster"));

        Assert.Contains($"{closed} is closed to it", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_too_long_in_bytes_gets_a_short_socket_folder()
    {
        // 75 characters, but 150 bytes.
        var directory = Path.Combine(Folder, new string('ä', 75));
        string socketFolder;
        await using (var cluster = await StartAsync(directory))
        {
            socketFolder = await AskAsync(cluster, "show unix_socket_directories");
            Assert.True(socketFolder.Length < 60, socketFolder);
            Assert.Equal(ClusterFolder.Private, File.GetUnixFileMode(socketFolder));
        }

        Assert.False(Directory.Exists(socketFolder));
    }

    [Fact]
    public async Task A_path_with_blanks_commas_and_quotes_works()
    {
        await using var cluster = await StartAsync(Path.Combine(Folder, "a, \"b\" 'c' = d;"));

        Assert.Equal("1", await AskAsync(cluster, "select 1"));
    }

    [Fact]
    public async Task Links_to_the_directory_and_to_its_data_are_followed()
    {
        var disk = Directory.CreateDirectory(Path.Combine(Folder, "disk")).FullName;
        var real = Directory.CreateDirectory(Path.Combine(Folder, "real")).FullName;
        foreach (var folder in (string[])[disk, real])
            File.SetUnixFileMode(folder, File.GetUnixFileMode(Folder));
        Directory.CreateDirectory(Path.Combine(disk, "big"));
        Directory.CreateSymbolicLink(Path.Combine(real, "data"), Path.Combine(disk, "big"));
        var link = Path.Combine(Folder, "link");
        Directory.CreateSymbolicLink(link, real);

        await using (var first = await StartAsync(Path.Combine(link)))
            await AskAsync(first, "create table words (word text)");
        await using var second = await StartAsync(real);

        Assert.Equal("0", await AskAsync(second, "select count(*) from words"));
        Assert.True(File.Exists(Path.Combine(disk, "big", "PG_VERSION")));
    }

    [Fact]
    public async Task A_link_to_nowhere_is_refused()
    {
        Directory.CreateDirectory(NewDirectory);
        Directory.CreateSymbolicLink(Data, Path.Combine(Folder, "nowhere"));

        Assert.Contains("is a symbolic link to", await RefusalAsync(NewDirectory), StringComparison.Ordinal);
    }

    private async Task<int> MakeClusterAsync()
    {
        await using var cluster = await StartAsync(NewDirectory);
        return cluster.MajorVersion;
    }

    private static async Task<ParentProgram.Started> StartAsNobodyAsync(string directory)
    {
        Assert.SkipUnless(CanRunAsNobody(), "The user nobody cannot reach this program.");
        return await ParentProgram.StartAsync(directory, asNobody: true, Ct);
    }

    private static bool CanRunAsNobody() =>
        Output("setpriv", "--reuid", "nobody", "--clear-groups", "ls", Environment.ProcessPath!).Length > 0;

    private static ServerUser Nobody() =>
        new("nobody", uint.Parse(Output("id", "-u", "nobody"), null), uint.Parse(GroupOfNobody, null));

    private static bool Mount(string folder, string options) =>
        Environment.IsPrivilegedProcess
        && OperatingSystem.IsLinux()
        && Output("sh", "-c", $"mount -t tmpfs -o {options} tmpfs '{folder}' && echo mounted") is "mounted";
}
