using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cms.Platform.Http.Problems;

namespace Cms.Platform.Lists;

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

    // A cursor has a longest length: letters are written as they are, and not as escapes of six bytes for each.
    private static readonly JsonWriterOptions AsIs = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private byte[]? _key;

    /// <summary>
    /// The key is the database's, so that every node reads the cursors of every other; it is there once the database is
    /// migrated.
    /// </summary>
    public void UseKey(string key) => _key = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public string Write(string list, Position position)
    {
        var payload = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(payload, AsIs))
        {
            json.WriteStartArray();
            json.WriteStringValue(position.Key);
            json.WriteStringValue(position.Id);
            json.WriteBooleanValue(position.Backwards);
            json.WriteEndArray();
        }
        return Seal(list, payload.WrittenSpan);
    }

    /// <exception cref="Refused">400: made up, foreign, or of another filter or sort.</exception>
    public Position Read(string list, string cursor)
    {
        if (Open(list, cursor) is not { IsAuthentic: true } opened)
            throw Invalid(
                "The cursor was not made here, or was made for another filter or sort. Start again without one.",
                "Take it from page.next or page.previous, with the same parameters."
            );
        // It was written above: nobody else can sign.
        var json = new Utf8JsonReader(opened.Payload);
        json.Read();
        json.Read();
        var key = json.GetString()!;
        json.Read();
        var id = json.GetGuid();
        json.Read();
        return new()
        {
            Key = key,
            Id = id,
            Backwards = json.GetBoolean(),
        };
    }

    public static Refused Invalid(string detail, string advice) =>
        new(ProblemKinds.InvalidCursor, detail) { Errors = [Fault.Of("cursor", "invalid-cursor", advice)] };

    /// <summary>Signs a payload for a purpose, and makes text of both.</summary>
    public string Seal(string purpose, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[TagBytes + payload.Length];
        Sign(purpose, payload, bytes);
        payload.CopyTo(bytes.AsSpan(TagBytes));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>
    /// The payload of what was sealed, and whether it was sealed here and for this purpose; null for what never was a
    /// cursor.
    /// </summary>
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
        Span<byte> tag = stackalloc byte[TagBytes];
        Sign(purpose, payload, tag);
        return new(payload, CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, TagBytes), tag));
    }

    // In one call: an incremental HMAC costs more for its making than for so few bytes.
    private void Sign(string purpose, ReadOnlySpan<byte> payload, Span<byte> tag)
    {
        var key = _key ?? throw new InvalidOperationException("The cursor key has not been loaded.");
        var name = Encoding.UTF8.GetByteCount(purpose);
        var signed = new byte[sizeof(int) + name + payload.Length];
        BitConverter.TryWriteBytes(signed, name);
        Encoding.UTF8.GetBytes(purpose, signed.AsSpan(sizeof(int)));
        payload.CopyTo(signed.AsSpan(sizeof(int) + name));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed, hash);
        hash[..TagBytes].CopyTo(tag);
    }
}

/// <summary>What a cursor holds, and whether it can be believed.</summary>
internal sealed record OpenedCursor(byte[] Payload, bool IsAuthentic);
