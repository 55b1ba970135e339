using System.Buffers.Binary;

namespace Cms.Images.Files;

/// <summary>Walks over foreign bytes; reading past their end is a damaged image, never an index out of range.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> data, int position = 0)
{
    private readonly ReadOnlySpan<byte> _data = data;

    public int Position { get; private set; } = position;

    public readonly int Remaining => _data.Length - Position;

    public readonly bool AtEnd => Remaining <= 0;

    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > Remaining)
            throw ImageRefusedException.Damaged("The file ends before its image does.");
        var taken = _data.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public ushort UInt16LittleEndian() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32LittleEndian() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>Bytes up to a NUL, which is passed over.</summary>
    public ReadOnlySpan<byte> UntilNul()
    {
        var length = _data[Position..].IndexOf((byte)0);
        var text = Take(length < 0 ? Remaining + 1L : length);
        Position++;
        return text;
    }
}
