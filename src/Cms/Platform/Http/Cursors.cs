using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cms.Platform.Http;

/// <summary>
/// Where a page begins or ends: the sort key and id of its edge, and which way to read on. On the wire it is opaque,
/// signed (HMAC-SHA256 with the newsroom's own key, cut to 128 bits) and bound to the list, its filter and its sort.
/// </summary>
internal sealed record Position
{
    public required string Key { get; init; }
    public required Guid Id { get; init; }
    public bool Backwards { get; init; }
}

/// <summary>Makes and reads cursors.</summary>
internal sealed class Cursors
{
    private const int TagBytes = 16;
    private byte[]? _key;

    /// <summary>The key is the database's, so that every node reads the cursors of every other; it is there once the database is migrated.</summary>
    public void UseKey(string key) => _key = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public string Write(string list, Position position) =>
        Seal(
            list,
            JsonSerializer.SerializeToUtf8Bytes(
                new object[] { position.Key, position.Id, position.Backwards },
                Json.Options
            )
        );

    /// <exception cref="Refused">400: made up, foreign, or of another filter or sort.</exception>
    public Position Read(string list, string cursor)
    {
        if (Open(list, cursor) is not { IsAuthentic: true } opened)
            throw Invalid(
                "The cursor was not made here, or was made for another filter or sort. Start again without one.",
                "Take it from page.next or page.previous, with the same parameters."
            );
        var parts = JsonSerializer.Deserialize<JsonElement[]>(opened.Payload, Json.Options)!;
        return new()
        {
            Key = parts[0].GetString()!,
            Id = parts[1].GetGuid(),
            Backwards = parts[2].GetBoolean(),
        };
    }

    public static Refused Invalid(string detail, string advice) =>
        new(ProblemKinds.InvalidCursor, detail) { Errors = [Fault.Of("cursor", "invalid-cursor", advice)] };

    /// <summary>Signs a payload for a purpose, and makes text of both.</summary>
    public string Seal(string purpose, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[TagBytes + payload.Length];
        Sign(purpose, payload).CopyTo(bytes, 0);
        payload.CopyTo(bytes.AsSpan(TagBytes));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The payload of what was sealed, and whether it was sealed here and for this purpose; null for what never was a cursor.</summary>
    public OpenedCursor? Open(string purpose, string text)
    {
        byte[] bytes;
        try
        {
            bytes = Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
        if (bytes.Length <= TagBytes)
            return null;
        var payload = bytes[TagBytes..];
        return new(
            payload,
            CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, TagBytes), Sign(purpose, payload))
        );
    }

    private byte[] Sign(string list, ReadOnlySpan<byte> payload)
    {
        var key = _key ?? throw new InvalidOperationException("The cursor key has not been loaded.");
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        var name = Encoding.UTF8.GetBytes(list);
        hmac.AppendData(BitConverter.GetBytes(name.Length));
        hmac.AppendData(name);
        hmac.AppendData(payload);
        return hmac.GetHashAndReset()[..TagBytes];
    }
}

/// <summary>What a cursor holds, and whether it can be believed.</summary>
internal sealed record OpenedCursor(byte[] Payload, bool IsAuthentic);
