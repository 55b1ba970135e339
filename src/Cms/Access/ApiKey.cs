using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Cms.Access;

/// <summary>
/// The token of an API key: <c>cms_&lt;id&gt;_&lt;secret&gt;</c>, the id as 32 and the secret as 64 hexadecimal digits.
/// The secret has 256 random bits, so a plain SHA-256 of it is as safe to store as a slow hash would be, and costs a
/// request nothing.
/// </summary>
internal static class ApiKey
{
    private const string Prefix = "cms_";
    private const int SecretDigits = 64;

    public static (string Token, byte[] SecretHash) Make(Guid id)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretDigits / 2));
        return ($"{Prefix}{id:N}_{secret}", Hash(secret));
    }

    public static bool TryParse(string token, out Guid id, [NotNullWhen(true)] out string? secret)
    {
        (id, secret) = (Guid.Empty, null);
        if (
            token.Length != Prefix.Length + 32 + 1 + SecretDigits
            || !token.StartsWith(Prefix, StringComparison.Ordinal)
            || token[Prefix.Length + 32] != '_'
            || !Guid.TryParseExact(token.AsSpan(Prefix.Length, 32), "N", out id)
        )
            return false;
        secret = token[^SecretDigits..];
        return true;
    }

    public static bool Verify(string secret, byte[] hash) =>
        CryptographicOperations.FixedTimeEquals(Hash(secret), hash);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
