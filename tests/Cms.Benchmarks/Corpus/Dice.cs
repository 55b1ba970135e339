using System.Buffers.Binary;

namespace Cms.Benchmarks.Corpus;

/// <summary>A seeded generator: the same newsroom each time, on every machine.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>From 0 to below <paramref name="end"/>.</summary>
    public int Below(int end) => _random.Next(end);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public bool Chance(double share) => _random.NextDouble() < share;

    public double Share() => _random.NextDouble();

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A UUIDv7 of that moment.</summary>
    public Guid Id(DateTimeOffset at)
    {
        var bytes = Bytes(16);
        BinaryPrimitives.WriteInt64BigEndian(
            bytes,
            (at.ToUnixTimeMilliseconds() << 16) | (uint)Below(0x1000) | 0x7000
        );
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}

/// <summary>Picks among things of which few are common and most are rare (Zipf's law).</summary>
internal sealed class Zipf
{
    private readonly double[] _upTo;

    public Zipf(int count)
    {
        _upTo = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++)
            _upTo[i] = sum += 1.0 / (i + 1);
    }

    public int Pick(Dice dice)
    {
        var at = Array.BinarySearch(_upTo, dice.Share() * _upTo[^1]);
        return Math.Min(at < 0 ? ~at : at, _upTo.Length - 1);
    }

    /// <summary>Several different ones.</summary>
    public int[] Pick(Dice dice, int count)
    {
        var picked = new HashSet<int>();
        for (var tries = 0; picked.Count < count && tries < 10 * count; tries++)
            picked.Add(Pick(dice));
        return [.. picked];
    }
}
