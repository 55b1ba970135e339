using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cms.Previews;

/// <summary>
/// The token of a preview: 256 random bits, so that nobody guesses it and a plain hash is safe to store.
/// </summary>
internal static class PreviewToken
{
    private const int Bytes = 32;

    /// <summary>Its length as text.</summary>
    public const int Length = 43;

    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>32 bytes.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public static string Address(string token) => $"/v1/previews/{token}";
}
