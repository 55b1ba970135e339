using System.Globalization;
using System.Security.Cryptography;
using Cms.Images.Renditions;
using Microsoft.Extensions.Time.Testing;

namespace Cms.Tests.Images;

/// <summary>The files of renditions.</summary>
public sealed class RenditionStoreTests : IDisposable
{
    private readonly string _root = TestFolders.Create();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_store_loses_what_was_not_asked_for_the_longest_time()
    {
        using var store = new RenditionStore(_root, maxBytes: 1_000, _clock);
        for (var i = 0; i < 10; i++)
        {
            await store.WriteAsync(Key(i), new byte[100], Ct);
            // The files have the system's time.
            Age(Key(i), days: 20 - i);
        }
        Assert.Equal(0, store.Sweep(Ct));
        // The oldest of all is asked for.
        store.OpenRead(Key(0))!.Dispose();

        await store.WriteAsync(Key(10), new byte[100], Ct);
        await store.WaitUntilFullAsync(Timeout.InfiniteTimeSpan, Ct);
        Assert.Equal(2, store.Sweep(Ct));

        Assert.Null(store.OpenRead(Key(1)));
        Assert.Null(store.OpenRead(Key(2)));
        foreach (var kept in new[] { 0, 3, 9, 10 })
        {
            await using var file = store.OpenRead(Key(kept));
            Assert.NotNull(file);
        }
    }

    [Fact]
    public async Task What_another_node_wrote_counts_after_the_next_look()
    {
        using var store = new RenditionStore(_root, maxBytes: 1_000, _clock);
        using var other = new RenditionStore(_root, maxBytes: 1_000_000, _clock);
        for (var i = 0; i < 20; i++)
            await other.WriteAsync(Key(i), new byte[100], Ct);

        Assert.Equal(11, store.Sweep(Ct));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Age(string key, int days) =>
        File.SetLastWriteTimeUtc(
            Path.Combine(_root, key[..2], key[2..4], key),
            _clock.GetUtcNow().UtcDateTime.AddDays(-days)
        );

    private static string Key(int number) =>
        Convert.ToHexStringLower(
            SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)))
        );
}
