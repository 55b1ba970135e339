namespace Cms.Images.Files.Containers;

/// <summary>Reads the size out of AV1 data: the container's word on it binds no decoder.</summary>
internal static class Av1
{
    private const int SequenceHeader = 1;

    /// <summary>
    /// Refuses data with frames above the size limit, and returns the pixels of the largest. Unknown data is left to
    /// the decoder.
    /// </summary>
    public static long CheckSize(ReadOnlySpan<byte> data)
    {
        var reader = new ByteReader(data);
        var pixels = 0L;
        while (!reader.AtEnd)
        {
            var header = reader.Byte();
            if ((header & 4) != 0)
                reader.Take(1);
            var length = (header & 2) != 0 ? Leb128(ref reader) : reader.Remaining;
            var unit = reader.Take(Math.Min(length, reader.Remaining));
            if (((header >> 3) & 15) == SequenceHeader)
                pixels = Math.Max(pixels, CheckSequence(new BitReader(unit)));
        }

        return pixels;
    }

    private static long CheckSequence(BitReader bits)
    {
        bits.Read(4); // seq_profile, still_picture
        if (bits.Read(1) == 1)
            bits.Read(5); // seq_level_idx of a reduced header
        else
            SkipOperatingPoints(ref bits);

        var (widthBits, heightBits) = ((int)bits.Read(4) + 1, (int)bits.Read(4) + 1);
        var (width, height) = (bits.Read(widthBits) + 1L, bits.Read(heightBits) + 1L);
        ImageLimits.Check(width, height);
        return width * height;
    }

    private static void SkipOperatingPoints(ref BitReader bits)
    {
        var (decoderModel, delayBits) = (false, 0);
        if (bits.Read(1) == 1)
        {
            bits.Read(32); // num_units_in_display_tick
            bits.Read(32); // time_scale
            if (bits.Read(1) == 1)
                SkipVariableLength(ref bits);
            decoderModel = bits.Read(1) == 1;
            if (decoderModel)
            {
                delayBits = (int)bits.Read(5) + 1;
                bits.Read(32); // num_units_in_decoding_tick
                bits.Read(10); // lengths of removal and presentation times
            }
        }

        var displayDelay = bits.Read(1) == 1;
        var points = bits.Read(5) + 1;
        for (var i = 0; i < points; i++)
        {
            bits.Read(12); // operating_point_idc
            if (bits.Read(5) > 7)
                bits.Read(1); // seq_tier
            if (decoderModel && bits.Read(1) == 1)
            {
                bits.Read(delayBits);
                bits.Read(delayBits);
                bits.Read(1); // low_delay_mode_flag
            }

            if (displayDelay && bits.Read(1) == 1)
                bits.Read(4); // initial_display_delay
        }
    }

    private static void SkipVariableLength(ref BitReader bits)
    {
        var zeros = 0;
        while (bits.Read(1) == 0)
            zeros++;
        if (zeros < 32)
            bits.Read(zeros);
    }

    private static long Leb128(ref ByteReader reader)
    {
        var value = 0L;
        for (var shift = 0; shift < 56; shift += 7)
        {
            var part = reader.Byte();
            value |= (long)(part & 0x7F) << shift;
            if (part < 0x80)
                break;
        }

        return value;
    }

    private ref struct BitReader(ReadOnlySpan<byte> data)
    {
        private readonly ReadOnlySpan<byte> _data = data;
        private int _position;

        public uint Read(int count)
        {
            var value = 0u;
            for (; count > 0; count--, _position++)
            {
                if (_position / 8 >= _data.Length)
                    throw ImageRefusedException.Damaged("The sequence header breaks off.");
                value = (value << 1) | ((uint)_data[_position / 8] >> (7 - _position % 8) & 1);
            }

            return value;
        }
    }
}
