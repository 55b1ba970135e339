using System.Buffers.Binary;
using System.Security.Cryptography;
using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Publishing;

namespace Cms.Delivery.Sync;

/// <summary>
/// What is synced, and who reads: bound into every cursor, since another scope or other rights make another copy.
/// </summary>
internal sealed record SyncScope
{
    /// <summary>The types, in their order.</summary>
    public required IReadOnlyList<EntityType> Types { get; init; }

    /// <summary>Ids of the sections, in order; empty: the whole newsroom.</summary>
    public required IReadOnlyList<Guid> Sections { get; init; }

    public required IReadOnlyList<BodyForm> Body { get; init; }

    /// <summary>
    /// What the reader may read behind the wall: 0 nothing, 1 everything, otherwise a fingerprint of the sections that
    /// the key is limited to.
    /// </summary>
    public required ulong Rights { get; init; }

    public static ulong RightsOf(Caller? caller)
    {
        if (caller is null)
            return 0;
        if (caller.SectionIds is not { } sections)
            return 1;
        var bytes = sections.Order().SelectMany(id => id.ToByteArray()).ToArray();
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(bytes)) | 2;
    }
}

/// <summary>
/// Where a reader of the feed is. The first sync goes through the types one after the other, up to where the feed was
/// when it began; from there on it follows the feed.
/// </summary>
internal sealed record SyncCursor
{
    public required SyncScope Scope { get; init; }

    /// <summary>The feed's life that the position belongs to; null: the sync has not begun.</summary>
    public Guid? Epoch { get; init; }

    /// <summary>The type that the first sync is at; null once it is through.</summary>
    public EntityType? Loading { get; init; }

    /// <summary>The last number that was read: of the type that is loading, or of the feed.</summary>
    public long Position { get; init; }

    /// <summary>Where the feed was when the first sync began: what was deleted until then was never held.</summary>
    public long Since { get; init; }

    /// <summary>The last number of which this cursor knows.</summary>
    public long Reach => Math.Max(Position, Since);

    /// <summary>Deletions numbered above this are needed.</summary>
    public long DeletionsFrom => Loading is null ? Position : Since;
}

/// <summary>
/// Cursors of the change feed as text: opaque, signed with the newsroom's own key, and naming the feed, so that a
/// cursor of another newsroom is told apart from one that somebody changed.
/// </summary>
internal sealed class SyncCursors(Cursors cursors)
{
    private const string Purpose = "sync";
    private const byte Version = 1;
    private const int FixedBytes = 1 + 8 + 16 + 1 + 8 + 8 + 1 + 1 + 8;
    private byte[]? _feed;

    /// <summary>The feed's identity is the database's; it is there once the database is migrated.</summary>
    public void UseFeed(Guid id) => _feed = id.ToByteArray()[..8];

    public string Write(SyncCursor cursor)
    {
        var bytes = new byte[FixedBytes + (16 * cursor.Scope.Sections.Count)];
        var at = bytes.AsSpan();
        at[0] = Version;
        Feed.CopyTo(at[1..]);
        cursor.Epoch!.Value.TryWriteBytes(at[9..]);
        at[25] = (byte)(cursor.Loading is { } type ? (int)type + 1 : 0);
        BinaryPrimitives.WriteInt64BigEndian(at[26..], cursor.Position);
        BinaryPrimitives.WriteInt64BigEndian(at[34..], cursor.Since);
        at[42] = (byte)cursor.Scope.Types.Aggregate(0, (mask, t) => mask | (1 << (int)t));
        at[43] = (byte)cursor.Scope.Body.Aggregate(0, (mask, f) => mask | (1 << (int)f));
        BinaryPrimitives.WriteUInt64BigEndian(at[44..], cursor.Scope.Rights);
        for (var i = 0; i < cursor.Scope.Sections.Count; i++)
            cursor.Scope.Sections[i].TryWriteBytes(at[(FixedBytes + (16 * i))..]);
        return cursors.Seal(Purpose, bytes);
    }

    /// <exception cref="Refused">400: never a cursor of the feed, or changed; 410: of another newsroom.</exception>
    public SyncCursor Read(string text)
    {
        var opened = cursors.Open(Purpose, text);
        if (
            opened is null
            || opened.Payload.Length < FixedBytes
            || (opened.Payload.Length - FixedBytes) % 16 != 0
            || opened.Payload[0] != Version
        )
            throw Cursors.Invalid(
                "This is no cursor of a sync.",
                "Take it from `cursor` of the page before, as it is."
            );
        var at = opened.Payload.AsSpan();
        if (!opened.IsAuthentic)
            throw at[1..9].SequenceEqual(Feed)
                ? Cursors.Invalid(
                    "The cursor was changed.",
                    "Take it from `cursor` of the page before, as it is."
                )
                : new Refused(ProblemKinds.SyncExpired, "The cursor was made by another newsroom.")
                {
                    Restart = ReadChanges.Address,
                };
        var (types, forms) = (at[42], at[43]);
        var sections = new Guid[(at.Length - FixedBytes) / 16];
        for (var i = 0; i < sections.Length; i++)
            sections[i] = new Guid(at.Slice(FixedBytes + (16 * i), 16));
        return new()
        {
            Epoch = new Guid(at[9..25]),
            Loading = at[25] == 0 ? null : (EntityType)(at[25] - 1),
            Position = BinaryPrimitives.ReadInt64BigEndian(at[26..]),
            Since = BinaryPrimitives.ReadInt64BigEndian(at[34..]),
            Scope = new()
            {
                Types = [.. Enum.GetValues<EntityType>().Where(t => (types & (1 << (int)t)) != 0)],
                Body = [.. Enum.GetValues<BodyForm>().Where(f => (forms & (1 << (int)f)) != 0)],
                Rights = BinaryPrimitives.ReadUInt64BigEndian(at[44..]),
                Sections = sections,
            },
        };
    }

    private byte[] Feed =>
        _feed ?? throw new InvalidOperationException("The feed's identity has not been loaded.");
}
