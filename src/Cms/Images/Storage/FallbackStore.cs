using System.Runtime.CompilerServices;

namespace Cms.Images.Storage;

/// <summary>
/// A store that files are moved to while the server runs: what is not there yet is read where it was. Everything new
/// goes to the new place.
/// </summary>
internal sealed class FallbackStore(FileStore store, FileStore former) : FileStore
{
    public override string Place => store.Place;

    public override Task WriteAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        store.WriteAsync(sha256, bytes, ct);

    public override async Task<Stream?> OpenReadAsync(string sha256, CancellationToken ct) =>
        await store.OpenReadAsync(sha256, ct)
        ?? await former.OpenReadAsync(sha256, ct)
        // It may have been moved between the two looks.
        ?? await store.OpenReadAsync(sha256, ct);

    public override async Task DeleteAsync(string sha256, CancellationToken ct)
    {
        await former.DeleteAsync(sha256, ct);
        await store.DeleteAsync(sha256, ct);
    }

    public override async IAsyncEnumerable<StoredFile> ListAsync(
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await foreach (var file in store.ListAsync(ct))
            yield return file;
        await foreach (var file in former.ListAsync(ct))
            yield return file;
    }

    public override async Task<int> RemoveLeftoversAsync(DateTimeOffset before, CancellationToken ct) =>
        await store.RemoveLeftoversAsync(before, ct) + await former.RemoveLeftoversAsync(before, ct);

    // The other copy stays until this one is whole.
    public override Task RewriteAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        store.RewriteAsync(sha256, bytes, ct);

    public override Task<byte[]?> ReadOtherAsync(string sha256, CancellationToken ct) =>
        former.ReadAsync(sha256, ct);
}
