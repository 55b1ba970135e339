using System.Security.Cryptography;
using System.Text;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;

namespace Cms.Desk;

/// <summary>
/// The <c>Idempotency-Key</c> of a request (draft-ietf-httpapi-idempotency-key-header): names it for its caller and
/// address, so that sending it again does it once.
/// </summary>
internal sealed class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    private const int MaxLength = 255;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _cipherKey;

    private IdempotencyKey(byte[] hash, byte[] fingerprint, byte[] cipherKey) =>
        (Hash, Fingerprint, _cipherKey) = (hash, fingerprint, cipherKey);

    /// <summary>32 bytes: what is stored of the key, with its caller and its address.</summary>
    public byte[] Hash { get; }

    /// <summary>32 bytes: what the request asks for.</summary>
    public byte[] Fingerprint { get; }

    /// <summary>For the advisory lock that its request holds while it is under way.</summary>
    public long LockId => BitConverter.ToInt64(Hash);

    /// <summary>The key of a request; null: it has none.</summary>
    /// <exception cref="Refused">400: it is empty, too long, repeated, or not of visible ASCII characters.</exception>
    public static IdempotencyKey? Of(HttpContext context, Guid? caller)
    {
        var given = context.Request.Headers[Header];
        if (given.Count == 0)
            return null;
        var text = given is [{ } only] ? Unquote(only.Trim()) : "";
        if (text.Length is 0 or > MaxLength || text.Any(c => c is < '!' or > '~'))
            throw Refused.Parameters([
                Fault.Of(
                    Header,
                    "invalid-idempotency-key",
                    $"Idempotency-Key is one value of 1 to {MaxLength} visible ASCII characters, best a "
                        + "new UUID for each request that is not a retry."
                ),
            ]);
        var scope = $"{caller}\n{context.Request.Method}\n{context.Request.Path}\n{text}";
        return new(
            SHA256.HashData(Encoding.UTF8.GetBytes(scope)),
            FingerprintOf(context),
            HKDF.DeriveKey(
                HashAlgorithmName.SHA256,
                Encoding.UTF8.GetBytes(scope),
                32,
                info: "answer"u8.ToArray()
            )
        );
    }

    /// <summary>An answer as it is stored: only who has the key can read it.</summary>
    public byte[] Encrypt(byte[] answer)
    {
        var stored = new byte[NonceBytes + answer.Length + TagBytes];
        var nonce = stored.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_cipherKey, TagBytes);
        aes.Encrypt(nonce, answer, stored.AsSpan(NonceBytes, answer.Length), stored.AsSpan(^TagBytes..));
        return stored;
    }

    public byte[] Decrypt(byte[] stored)
    {
        var answer = new byte[stored.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_cipherKey, TagBytes);
        aes.Decrypt(
            stored.AsSpan(0, NonceBytes),
            stored.AsSpan(NonceBytes, answer.Length),
            stored.AsSpan(^TagBytes..),
            answer
        );
        return answer;
    }

    /// <summary>The draft's form is a quoted string; most clients send it without quotes.</summary>
    private static string Unquote(string text) =>
        text is ['"', .. var inner, '"'] ? inner.Replace("\\\"", "\"", StringComparison.Ordinal) : text;

    private static byte[] FingerprintOf(HttpContext context)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var headers = context.Request.Headers;
        hash.AppendData(
            Encoding.UTF8.GetBytes(
                string.Join(
                    '\n',
                    context.Request.QueryString,
                    headers.IfMatch,
                    headers.IfNoneMatch,
                    headers["Prefer"],
                    headers["Revision-Note"],
                    ""
                )
            )
        );
        hash.AppendData(context.Features.Get<ContentDigest>()?.Sha256 ?? []);
        return hash.GetHashAndReset();
    }
}
