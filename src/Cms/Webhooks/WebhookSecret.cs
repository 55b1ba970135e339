using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cms.Webhooks;

/// <summary>Secrets and signatures as the Standard Webhooks specification has them.</summary>
internal static class WebhookSecret
{
    private const int Bytes = 32;

    public static byte[] Make() => RandomNumberGenerator.GetBytes(Bytes);

    /// <summary>The secret as people and libraries take it: <c>whsec_</c> and base64.</summary>
    public static string Show(byte[] secret) => "whsec_" + Convert.ToBase64String(secret);

    /// <summary><c>webhook-signature</c>: one signature for each secret that holds, with spaces between.</summary>
    public static string Sign(IEnumerable<byte[]> secrets, string id, long timestamp, string body)
    {
        var content = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.{body}")
        );
        return string.Join(
            ' ',
            secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, content)))
        );
    }
}
