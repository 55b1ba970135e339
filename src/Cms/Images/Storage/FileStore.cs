using System.Buffers;

namespace Cms.Images.Storage;

/// <summary>
/// Files under the hash of their content. A name, once there, holds a whole file, and stays when the machine loses its
/// power.
/// </summary>
/// <remarks>The hash is the caller's word: it is checked for its form, not recomputed.</remarks>
internal abstract class FileStore
{
    public const int HashLength = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Where it is, for messages.</summary>
    public abstract string Place { get; }

    /// <summary>Writes a file, so that it is kept when this returns.</summary>
    public abstract Task WriteAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>
    /// Opens a file for reading, at any offset; null when there is none. The caller disposes of it.
    /// </summary>
    public abstract Task<Stream?> OpenReadAsync(string sha256, CancellationToken ct);

    /// <summary>Removes a file; one that is not there is no error.</summary>
    public abstract Task DeleteAsync(string sha256, CancellationToken ct);

    /// <summary>All files, in no order. Those that come or go meanwhile may be missing.</summary>
    public abstract IAsyncEnumerable<StoredFile> ListAsync(CancellationToken ct);

    /// <summary>Removes what was begun before a time and never finished. Returns how much there was.</summary>
    public virtual Task<int> RemoveLeftoversAsync(DateTimeOffset before, CancellationToken ct) =>
        Task.FromResult(0);

    /// <summary>Another copy of a file, where there is one besides that which is read first.</summary>
    public virtual Task<byte[]?> ReadOtherAsync(string sha256, CancellationToken ct) =>
        Task.FromResult<byte[]?>(null);

    /// <summary>Writes a file anew, whatever is there.</summary>
    public virtual async Task RewriteAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await DeleteAsync(sha256, ct);
        await WriteAsync(sha256, bytes, ct);
    }

    /// <summary>A whole file; null when there is none.</summary>
    public async Task<byte[]?> ReadAsync(string sha256, CancellationToken ct)
    {
        await using var file = await OpenReadAsync(sha256, ct);
        if (file is null)
            return null;
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, ct);
        return bytes;
    }

    // The form is checked because the name becomes a path: "../" is not a hash.
    protected static string RelativePath(string sha256)
    {
        if (sha256.Length != HashLength || sha256.AsSpan().ContainsAnyExcept(HexDigits))
            throw new ArgumentException("Not a SHA-256 in lower-case hexadecimal.", nameof(sha256));
        return $"{sha256[..2]}/{sha256[2..4]}/{sha256}";
    }
}

/// <summary>A file as a store lists it.</summary>
internal sealed record StoredFile(string Sha256, long Bytes, DateTimeOffset ModifiedAt);
