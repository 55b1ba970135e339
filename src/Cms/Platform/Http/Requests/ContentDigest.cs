using System.Security.Cryptography;
using System.Text;

namespace Cms.Platform.Http.Requests;

/// <summary>
/// What the content of a request is, for those who must know whether it was sent before. Set while the content is
/// read, if <see cref="IsWanted"/>.
/// </summary>
/// <param name="Sha256">32 bytes. Of a form it is that of its fields and files: each sending has another
/// boundary.</param>
internal sealed record ContentDigest(byte[] Sha256)
{
    public static bool IsWanted(HttpRequest request) => request.Headers.ContainsKey("Idempotency-Key");

    public static void Set(HttpRequest request, ReadOnlySpan<byte> content)
    {
        if (IsWanted(request))
            request.HttpContext.Features.Set(new ContentDigest(SHA256.HashData(content)));
    }

    public static async Task SetAsync(HttpRequest request, IFormCollection form, CancellationToken ct)
    {
        if (!IsWanted(request))
            return;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, values) in form.OrderBy(f => f.Key, StringComparer.Ordinal))
        foreach (var value in values)
            Append(hash, name, Encoding.UTF8.GetBytes(value ?? ""));
        foreach (var file in form.Files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            await using var content = file.OpenReadStream();
            Append(hash, $"{file.Name}/{file.FileName}", await SHA256.HashDataAsync(content, ct));
        }
        request.HttpContext.Features.Set(new ContentDigest(hash.GetHashAndReset()));
    }

    /// <summary>With its lengths, so that no two forms are written the same.</summary>
    private static void Append(IncrementalHash hash, string name, byte[] value)
    {
        hash.AppendData(Encoding.UTF8.GetBytes($"{name.Length}:{value.Length}:{name}"));
        hash.AppendData(value);
    }
}
