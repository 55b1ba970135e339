namespace Cms.Testing;

/// <summary>
/// Animations of a large canvas in small files, which no encoder makes in the time of a test: each frame draws a
/// rectangle of one colour at the top left, black and white in turn.
/// </summary>
internal static class FlatGif
{
    private const int Clear = 4;
    private const int End = 5;

    public static byte[] Of(int width, int height, int frames, int drawnWidth = 1, int drawnHeight = 1)
    {
        var pictures = new[] { Pixels(0, drawnWidth * drawnHeight), Pixels(1, drawnWidth * drawnHeight) };
        byte[] place =
        [
            // The delay.
            .. (byte[])[0x21, 0xF9, 4, 0, 7, 0, 0, 0],
            // The rectangle.
            .. (byte[])[0x2C, 0, 0, 0, 0],
            .. Short(drawnWidth),
            .. Short(drawnHeight),
            0,
        ];
        return
        [
            .. "GIF89a"u8,
            .. Short(width),
            .. Short(height),
            .. (byte[])[0x80, 0, 0],
            .. (byte[])[0, 0, 0, 255, 255, 255],
            .. (byte[])[0x21, 0xFF, 11],
            .. "NETSCAPE2.0"u8,
            .. (byte[])[3, 1, 0, 0, 0],
            .. Enumerable.Range(0, frames).SelectMany(i => place.Concat(pictures[i % 2])),
            0x3B,
        ];
    }

    private static byte[] Short(int number) => [(byte)number, (byte)(number >> 8)];

    /// <summary>LZW of pixels that are all alike: each code stands for one pixel more than the one before.</summary>
    private static byte[] Pixels(int colour, int count)
    {
        var bits = new List<bool>();
        Add(Clear, 3);
        var codes = 0;
        for (var left = count; left > 0; codes++)
        {
            var run = Math.Min(codes + 1, left);
            Add(run == 1 ? colour : End + run - 1, Width(codes));
            left -= run;
        }
        Add(End, Width(codes));
        var bytes = bits.Chunk(8).Select(b => (byte)b.Select((bit, i) => bit ? 1 << i : 0).Sum());
        return [2, .. bytes.Chunk(255).SelectMany(part => part.Prepend((byte)part.Length)), 0];

        // A reader knows one code more after each but the first.
        static int Width(int read) =>
            Math.Min(12, System.Numerics.BitOperations.Log2((uint)(End + Math.Max(1, read))) + 1);

        void Add(int code, int width)
        {
            for (var i = 0; i < width; i++)
                bits.Add((code & (1 << i)) != 0);
        }
    }
}
