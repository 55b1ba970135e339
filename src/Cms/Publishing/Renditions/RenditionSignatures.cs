using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cms.Publishing.Renditions;

/// <summary>
/// Signatures of renditions that nobody else may ask for: those of sizes and qualities that are not on the lists.
/// Whoever has the secret answers for their number.
/// </summary>
/// <param name="secrets">The first one signs; what another one has signed holds too.</param>
internal sealed class RenditionSignatures(IReadOnlyList<string> secrets)
{
    /// <summary>In hexadecimal digits, four bits each.</summary>
    public const int Length = 32;

    private readonly byte[][] _keys = [.. secrets.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether there is a secret to sign with.</summary>
    public bool CanSign => _keys.Length > 0;

    /// <summary>The rendition with its signature, whatever it was before.</summary>
    public Rendition Sign(Guid image, Rendition rendition) =>
        rendition with
        {
            Signature = Of(_keys[0], image, rendition),
        };

    /// <summary>Whether the signature of a rendition was made for it and this image.</summary>
    public bool Holds(Guid image, Rendition rendition)
    {
        var holds = false;
        foreach (var key in _keys)
            holds |= CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Of(key, image, rendition)),
                Encoding.ASCII.GetBytes(rendition.Signature ?? "")
            );
        return holds;
    }

    /// <summary>
    /// Over the one spelling of the name. The version is left out: a new focal point ends no permission.
    /// </summary>
    private static string Of(byte[] key, Guid image, Rendition rendition)
    {
        var signed = string.Create(
            CultureInfo.InvariantCulture,
            $"{image:D}/{rendition with { Version = 1, Signature = null }}"
        );
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed));
        return Convert.ToHexStringLower(hash)[..Length];
    }
}
