using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Cms.Images.Files;
using Cms.Images.Renditions;
using Cms.Images.Storage;
using Cms.Platform.Http.Load;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Cms.Tests.Images;

/// <summary>Renditions that nodes share, in a store that fails.</summary>
public sealed class SharedRenditionsTests : IDisposable
{
    private readonly string _root = TestFolders.Create();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_fetched_is_given_though_the_disk_takes_nothing()
    {
        var (order, original) = Order();
        var shared = new ShakyStore(_ => Task.FromResult<Stream?>(new MemoryStream([1, 2, 3])));
        using var store = Store(shared);
        // A file where a folder has to be.
        await File.WriteAllTextAsync(Path.Combine(Renditions, order.Key[..2]), "", Ct);

        Assert.Equal([1, 2, 3], await MakeAsync(order, original, store));
    }

    [Fact]
    public async Task What_breaks_while_it_is_fetched_is_made()
    {
        var (order, original) = Order();
        using var store = Store(
            new ShakyStore(_ => Task.FromException<Stream?>(new IOException("Cut off.")))
        );

        Assert.Null(await MakeAsync(order, original, store));
        await using var made = store.OpenRead(order.Key);
        Assert.NotNull(made);
    }

    [Fact]
    public async Task A_store_that_hangs_is_given_up_and_not_asked_again_at_once()
    {
        var shared = new ShakyStore(async ct =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return null;
        });
        using var store = Store(shared);
        var key = new string('a', 64);

        var hangs = store.FindSharedAsync(key, Ct);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(await hangs);
        Assert.Null(await store.FindSharedAsync(key, Ct));
        Assert.Equal(1, shared.Asked);

        _clock.Advance(TimeSpan.FromSeconds(11));
        var again = store.FindSharedAsync(key, Ct);
        Assert.Equal(2, shared.Asked);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(await again);
    }

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private string Renditions => Path.Combine(_root, "renditions");

    private RenditionStore Store(FileStore shared) => new(Renditions, maxBytes: 1_000_000, _clock, shared);

    private async Task<byte[]?> MakeAsync(RenditionOrder order, byte[] original, RenditionStore store)
    {
        var originals = new MediaStore(Path.Combine(_root, "media"));
        await originals.WriteAsync(order.Sha256, original, Ct);
        using var admission = new Admission(
            AdmissionBounds.Of(10, 0, 0, 0, 0, Timeout.InfiniteTimeSpan),
            TimeProvider.System,
            _services.GetRequiredService<IMeterFactory>()
        );
        var library = new RenditionLibrary(
            originals,
            store,
            admission,
            NullLogger<RenditionLibrary>.Instance
        );
        return await library.MakeAsync(order, Ct);
    }

    private static (RenditionOrder Order, byte[] Original) Order()
    {
        var file = Pictures.Plain("png");
        var original = new Original
        {
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(file)),
            Format = ImageFormat.Png,
            Width = 30,
            Height = 20,
            FocalPoint = null,
            Version = 1,
            ChangedAt = DateTimeOffset.UnixEpoch,
            UsageUntil = null,
        };
        return (RenditionOrder.Of(original, RenditionNames.Read("w16-png"), RenditionEncoding.Png), file);
    }

    private sealed class ShakyStore(Func<CancellationToken, Task<Stream?>> open) : FileStore
    {
        public int Asked { get; private set; }

        public override string Place => "s3://shaky";

        public override Task WriteAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
            Task.CompletedTask;

        public override Task<Stream?> OpenReadAsync(string sha256, CancellationToken ct)
        {
            Asked++;
            return open(ct);
        }

        public override Task DeleteAsync(string sha256, CancellationToken ct) => Task.CompletedTask;

        public override IAsyncEnumerable<StoredFile> ListAsync(CancellationToken ct) =>
            AsyncEnumerable.Empty<StoredFile>();
    }
}
