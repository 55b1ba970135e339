using Cms.EmbeddedPostgres.Tests.Support;

namespace Cms.EmbeddedPostgres.Tests;

public sealed class ParentTests : Scratch
{
    [Fact]
    public async Task Killing_the_parent_takes_the_server_down()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a parent-death signal.");
        using var parent = await ParentProgram.StartAsync(NewDirectory, asNobody: false, Ct);
        Assert.Equal("", parent.Refusal);
        Assert.True(Runs(parent.Server!.Value));

        parent.Process.Kill();

        await EventuallyAsync(() => !Runs(parent.Server.Value), "the end of the server");
    }

    [Fact]
    public async Task A_parent_that_ends_stops_the_server_first()
    {
        using var parent = await ParentProgram.StartAsync(NewDirectory, asNobody: false, Ct);

        parent.Process.StandardInput.Close();
        await parent.Process.WaitForExitAsync(Ct);

        Assert.Equal(0, parent.Process.ExitCode);
        Assert.False(Runs(parent.Server!.Value));
    }

    // The kernel counts the thread that forked as the parent, not the process.
    [Fact]
    public async Task The_server_does_not_depend_on_the_thread_that_started_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a parent-death signal.");
        var launcher = await Launcher.CreateAsync(Folder, Ct);
        var sleep = Launcher.FindTool("sleep")!;
        ChildProcess? child = null;
        var starter = new Thread(() =>
            child = ChildProcess
                .StartAsync(launcher.Server(sleep, ["60"]), _ => { }, _ => { })
                .GetAwaiter()
                .GetResult()
        );

        starter.Start();
        starter.Join();

        // The signal is a matter of microseconds once the wrapper has asked for it and become the program.
        await EventuallyAsync(
            () => child!.Exit.IsCompleted || Title(child.Id).StartsWith(sleep, StringComparison.Ordinal),
            "the program"
        );
        await Assert.ThrowsAsync<TimeoutException>(() =>
            child!.Exit.WaitAsync(TimeSpan.FromMilliseconds(200), Ct)
        );
        child!.Signal(Native.Kill);
        Assert.Equal(128 + Native.Kill, await child.Exit);
    }

    [Fact]
    public async Task A_second_parent_is_refused_and_the_first_serves_on()
    {
        await using var first = await StartAsync(NewDirectory);

        using var second = await ParentProgram.StartAsync(NewDirectory, asNobody: false, Ct);

        Assert.Contains("Another program is already running", second.Refusal, StringComparison.Ordinal);
        Assert.Contains($"process {first.ProcessId}", second.Refusal, StringComparison.Ordinal);
        Assert.Equal("1", await AskAsync(first, "select 1"));
    }

    [Fact]
    public async Task A_second_cluster_in_this_process_is_refused_by_whatever_link_it_comes()
    {
        await using var first = await StartAsync(NewDirectory);
        var link = Path.Combine(Folder, "link");
        Directory.CreateSymbolicLink(link, NewDirectory);

        Assert.Contains("already running", await RefusalAsync(NewDirectory), StringComparison.Ordinal);
        Assert.Contains("already running", await RefusalAsync(link), StringComparison.Ordinal);
        Assert.Equal("1", await AskAsync(first, "select 1"));
    }

    [Fact]
    public async Task Two_directories_that_share_their_data_never_get_two_servers()
    {
        await using var first = await StartAsync(NewDirectory);
        var other = Path.Combine(Folder, "other");
        Directory.CreateDirectory(other);
        File.SetUnixFileMode(other, File.GetUnixFileMode(Folder));
        Directory.CreateSymbolicLink(Path.Combine(other, "data"), Path.Combine(NewDirectory, "data"));

        var refusal = await RefusalAsync(other);

        Assert.Contains($"process {first.ProcessId}", refusal, StringComparison.Ordinal);
        Assert.Equal("1", await AskAsync(first, "select 1"));
    }

    private static string Title(int process) => File.ReadAllText($"/proc/{process}/cmdline");
}
