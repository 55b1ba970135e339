using System.Security.Cryptography;
using Cms.Images.Storage;

namespace Cms.Tests.Images;

/// <summary>A name in the store holds a whole file or nothing.</summary>
public sealed class MediaStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cms-media-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_found_under_its_hash_and_can_be_read_from_any_offset()
    {
        var store = new MediaStore(_root);
        var (hash, bytes) = File(4096);

        await store.WriteAsync(hash, bytes, Ct);

        Assert.True(System.IO.File.Exists(Path.Combine(_root, hash[..2], hash[2..4], hash)));
        await using var file = store.OpenRead(hash);
        Assert.NotNull(file);
        Assert.True(file.CanSeek);
        Assert.Equal(bytes.Length, file.Length);
        file.Position = 4000;
        var end = new byte[96];
        await file.ReadExactlyAsync(end, Ct);
        Assert.Equal(bytes[4000..], end);
    }

    [Fact]
    public async Task A_whole_file_is_left_alone_and_a_broken_one_is_replaced()
    {
        var store = new MediaStore(_root);
        var (hash, bytes) = File(100);
        await store.WriteAsync(hash, bytes, Ct);
        var path = Path.Combine(_root, hash[..2], hash[2..4], hash);
        var longAgo = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        System.IO.File.SetLastWriteTimeUtc(path, longAgo);

        await store.WriteAsync(hash, bytes, Ct);
        Assert.Equal(longAgo, System.IO.File.GetLastWriteTimeUtc(path));

        await System.IO.File.WriteAllBytesAsync(path, bytes[..50], Ct);
        await store.WriteAsync(hash, bytes, Ct);
        Assert.Equal(bytes, await System.IO.File.ReadAllBytesAsync(path, Ct));
    }

    [Fact]
    public async Task What_is_not_there_is_null_and_deleting_it_is_no_error()
    {
        var store = new MediaStore(_root);
        var (hash, bytes) = File(10);

        Assert.Null(store.OpenRead(hash));
        store.Delete(hash);
        await store.WriteAsync(hash, bytes, Ct);
        store.Delete(hash);
        store.Delete(hash);
        Assert.Null(store.OpenRead(hash));
    }

    [Fact]
    public async Task A_reader_reads_to_the_end_of_a_deleted_file()
    {
        var store = new MediaStore(_root);
        var (hash, bytes) = File(1000);
        await store.WriteAsync(hash, bytes, Ct);
        await using var file = store.OpenRead(hash)!;

        store.Delete(hash);

        var read = new byte[1000];
        await file.ReadExactlyAsync(read, Ct);
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../../../../../../../../../../../../../../../../etc/passwd")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("../../0123456789abcdef0123456789abcdef0123456789abcdef0123456789")]
    public async Task A_name_that_is_no_hash_never_becomes_a_path(string name)
    {
        var store = new MediaStore(_root);

        Assert.Throws<ArgumentException>(() => store.OpenRead(name));
        Assert.Throws<ArgumentException>(() => store.Delete(name));
        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync(name, new byte[1], Ct));
    }

    [Fact]
    public async Task A_write_that_is_cancelled_leaves_nothing()
    {
        var store = new MediaStore(_root);
        var (hash, bytes) = File(1000);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            store.WriteAsync(hash, bytes, new CancellationToken(canceled: true))
        );

        Assert.Empty(Directory.GetFiles(_root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Leftovers_are_swept_at_start_but_not_what_is_being_written()
    {
        var incoming = Directory.CreateDirectory(Path.Combine(_root, ".incoming")).FullName;
        await System.IO.File.WriteAllBytesAsync(Path.Combine(incoming, "stale"), new byte[10], Ct);
        await using var alive = new FileStream(
            Path.Combine(incoming, "alive"),
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.Read | FileShare.Delete
        );

        _ = new MediaStore(_root);

        Assert.Equal(
            ["alive"],
            Directory.GetFiles(incoming).Select(f => Path.GetFileName(f)!),
            StringComparer.Ordinal
        );
    }

    [Fact]
    public async Task A_file_is_never_seen_half_written()
    {
        var store = new MediaStore(_root);
        var (hash, bytes) = File(8 * 1024 * 1024);
        var writers = Enumerable
            .Range(0, 4)
            .Select(_ => Task.Run(() => store.WriteAsync(hash, bytes, Ct), Ct))
            .ToList();
        var all = Task.WhenAll(writers);

        while (!all.IsCompleted)
        {
            await using var file = store.OpenRead(hash);
            if (file is not null)
                Assert.Equal(bytes.Length, file.Length);
            await Task.Yield();
        }

        await all;
        var files = Directory.GetFiles(_root, "*", SearchOption.AllDirectories);
        Assert.Equal(hash, Path.GetFileName(Assert.Single(files)));
        await using var whole = store.OpenRead(hash)!;
        Assert.Equal(hash, Convert.ToHexStringLower(await SHA256.HashDataAsync(whole, Ct)));
    }

    [Fact]
    public async Task No_other_user_of_the_machine_can_read_what_is_stored_or_is_being_written()
    {
        var root = Path.Combine(_root, "new");
        var store = new MediaStore(root);
        var (hash, bytes) = File(100);

        await store.WriteAsync(hash, bytes, Ct);

        Assert.Equal("drwx------ .", Modes(root).First());
        Assert.All(Modes(root), mode => Assert.Matches("^(d..x|-..-)------ ", mode));
        // What is half written stands in a folder that is closed as well.
        Assert.Contains("drwx------ .incoming", Modes(root), StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_an_earlier_version_left_open_is_closed_at_start()
    {
        var (hash, bytes) = File(100);
        var folder = Directory.CreateDirectory(Path.Combine(_root, hash[..2], hash[2..4])).FullName;
        var path = Path.Combine(folder, hash);
        await System.IO.File.WriteAllBytesAsync(path, bytes, Ct);
        var outside = Directory.CreateTempSubdirectory("cms-other-").FullName;
        System.IO.File.CreateSymbolicLink(Path.Combine(folder, "link"), outside);
        foreach (
            var open in new FileSystemInfo[]
            {
                new DirectoryInfo(_root),
                new DirectoryInfo(folder),
                new DirectoryInfo(outside),
                new FileInfo(path),
            }
        )
            Open(open);

        var store = new MediaStore(_root);

        // The root at once, and what is below while the server serves.
        Assert.Equal("drwx------ .", Modes(_root).First());
        Assert.True(store.IsPrivate);
        Assert.Equal(3, store.MakePrivate(Ct));
        Assert.Equal(0, store.MakePrivate(Ct));
        Assert.All(
            Modes(_root).Where(m => !m.EndsWith("link", StringComparison.Ordinal)),
            mode => Assert.Matches("^(drwx|-rw-)------ ", mode)
        );
        Assert.Equal("drwxr-xr-x .", Modes(outside).First());
        Directory.Delete(outside, recursive: true);
    }

    private static void Open(FileSystemInfo entry)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other rights.");
        if (!OperatingSystem.IsWindows())
            entry.UnixFileMode = (UnixFileMode)Convert.ToInt32("755", 8);
    }

    private static IEnumerable<string> Modes(string root) =>
        new DirectoryInfo(root)
            .EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Prepend(new DirectoryInfo(root))
            .Select(e =>
                (e is DirectoryInfo ? "d" : "-")
                + string.Concat(
                    "rwxrwxrwx".Select((c, i) => ((int)e.UnixFileMode >> (8 - i) & 1) == 1 ? c : '-')
                )
                + " "
                + (e.FullName == root ? "." : e.Name)
            );

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static (string Hash, byte[] Bytes) File(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return (Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes);
    }
}
