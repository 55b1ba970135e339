namespace Cms.Images.Previews;

/// <summary>
/// A picture in some 25 bytes: its average colour and the lowest frequencies of its brightness and colours
/// (https://evanw.github.io/thumbhash/, for which there are decoders in every language of front ends).
/// </summary>
internal static class ThumbHash
{
    /// <summary>The maximum side of a picture that it is made of.</summary>
    public const int MaxSide = 100;

    /// <param name="pixels">Four bytes for each: red, green, blue and opacity, which the others are not multiplied by.
    /// </param>
    /// <param name="width">At most <see cref="MaxSide"/>.</param>
    /// <param name="height">At most <see cref="MaxSide"/>.</param>
    public static byte[] Of(ReadOnlySpan<byte> pixels, int width, int height)
    {
        var channels = Channels.Of(pixels);
        var isOpaque = channels.IsOpaque;
        var detail = isOpaque ? 7 : 5;
        var across = Terms(detail, width, height);
        var down = Terms(detail, height, width);

        var brightness = Wave.Of(channels.Brightness, width, height, Math.Max(3, across), Math.Max(3, down));
        var yellowBlue = Wave.Of(channels.YellowBlue, width, height, 3, 3);
        var redGreen = Wave.Of(channels.RedGreen, width, height, 3, 3);
        var opacity = isOpaque ? null : Wave.Of(channels.Opacity, width, height, 5, 5);

        var isWide = width > height;
        var first =
            Steps(63, brightness.Mean)
            | (Steps(31.5, 1 + yellowBlue.Mean) << 6)
            | (Steps(31.5, 1 + redGreen.Mean) << 12)
            | (Steps(31, brightness.Scale) << 18)
            | (isOpaque ? 0 : 1 << 23);
        var second =
            (isWide ? down : across)
            | (Steps(63, yellowBlue.Scale) << 3)
            | (Steps(63, redGreen.Scale) << 9)
            | (isWide ? 1 << 15 : 0);
        var hash = new List<byte>
        {
            (byte)first,
            (byte)(first >> 8),
            (byte)(first >> 16),
            (byte)second,
            (byte)(second >> 8),
        };
        if (opacity is not null)
            hash.Add((byte)(Steps(15, opacity.Mean) | (Steps(15, opacity.Scale) << 4)));

        // Two terms in each byte.
        var terms = brightness.Terms.Concat(yellowBlue.Terms).Concat(redGreen.Terms);
        if (opacity is not null)
            terms = terms.Concat(opacity.Terms);
        hash.AddRange(
            terms
                .Select(term => Steps(15, term))
                .Chunk(2)
                .Select(pair => (byte)(pair[0] | (pair.Length > 1 ? pair[1] << 4 : 0)))
        );
        return [.. hash];
    }

    private static int Terms(int detail, int side, int other) =>
        Math.Max(1, Steps(1, (double)detail * side / Math.Max(side, other)));

    private static int Steps(double steps, double part) => (int)Math.Floor((steps * part) + 0.5);

    /// <summary>Brightness and colours of all pixels, from 0 to 1 or -1 to 1, above the average colour.</summary>
    private sealed class Channels(int pixels)
    {
        public double[] Brightness { get; } = new double[pixels];
        public double[] YellowBlue { get; } = new double[pixels];
        public double[] RedGreen { get; } = new double[pixels];
        public double[] Opacity { get; } = new double[pixels];
        public bool IsOpaque { get; private init; }

        public static Channels Of(ReadOnlySpan<byte> pixels)
        {
            var (red, green, blue, opaque) = (0.0, 0.0, 0.0, 0.0);
            for (var i = 0; i < pixels.Length; i += 4)
            {
                var alpha = pixels[i + 3] / 255.0;
                red += alpha / 255 * pixels[i];
                green += alpha / 255 * pixels[i + 1];
                blue += alpha / 255 * pixels[i + 2];
                opaque += alpha;
            }
            if (opaque > 0)
                (red, green, blue) = (red / opaque, green / opaque, blue / opaque);

            var channels = new Channels(pixels.Length / 4) { IsOpaque = opaque >= pixels.Length / 4 };
            for (var i = 0; i < pixels.Length / 4; i++)
            {
                var pixel = pixels.Slice(4 * i, 4);
                var alpha = pixel[3] / 255.0;
                var r = (red * (1 - alpha)) + (alpha / 255 * pixel[0]);
                var g = (green * (1 - alpha)) + (alpha / 255 * pixel[1]);
                var b = (blue * (1 - alpha)) + (alpha / 255 * pixel[2]);
                channels.Brightness[i] = (r + g + b) / 3;
                channels.YellowBlue[i] = ((r + g) / 2) - b;
                channels.RedGreen[i] = r - g;
                channels.Opacity[i] = alpha;
            }
            return channels;
        }
    }

    /// <summary>The lowest terms of a cosine transform.</summary>
    /// <param name="Mean">The constant term.</param>
    /// <param name="Scale">The greatest of the others.</param>
    /// <param name="Terms">The others, from 0 to 1.</param>
    private sealed record Wave(double Mean, double Scale, double[] Terms)
    {
        public static Wave Of(double[] channel, int width, int height, int across, int down)
        {
            var mean = 0.0;
            var terms = new List<double>();
            var row = new double[width];
            for (var y = 0; y < down; y++)
            for (var x = 0; x * down < across * (down - y); x++)
            {
                for (var i = 0; i < width; i++)
                    row[i] = Math.Cos(Math.PI / width * x * (i + 0.5));
                var term = 0.0;
                for (var j = 0; j < height; j++)
                {
                    var column = Math.Cos(Math.PI / height * y * (j + 0.5));
                    for (var i = 0; i < width; i++)
                        term += channel[i + (j * width)] * row[i] * column;
                }
                term /= width * height;
                if (x == 0 && y == 0)
                    mean = term;
                else
                    terms.Add(term);
            }
            var scale = terms.Select(Math.Abs).DefaultIfEmpty().Max();
            return new(
                mean,
                scale,
                [.. scale > 0 ? terms.Select(term => 0.5 + (0.5 / scale * term)) : terms]
            );
        }
    }
}
