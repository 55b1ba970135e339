namespace Cms.Images.Files.Containers;

/// <content>Boxes and spans of bytes.</content>
internal static partial class AvifContainer
{
    // When it was made and changed, as seconds; the version says how long they are.
    private static void BlankTimes(byte[] file, Box box)
    {
        var reader = new ByteReader(file.AsSpan(0, box.Content.End), box.Content.Start);
        var length = reader.UInt32() >> 24 == 1 ? 16 : 8;
        reader.Take(length);
        file.AsSpan(box.Content.Start + 4, length).Clear();
    }

    private static void BlankFrom(byte[] file, Box box, int offset)
    {
        if (box.Content.Length > offset)
            file.AsSpan(box.Content.Start + offset, box.Content.Length - offset).Clear();
    }

    private static List<Box> Boxes(byte[] file, int start, int end)
    {
        var boxes = new List<Box>();
        var at = start;
        while (at < end)
        {
            var reader = new ByteReader(file.AsSpan(0, end), at);
            var size = (ulong)reader.UInt32();
            var type = Name(reader.Take(4));
            if (size == 1)
                size = reader.UInt64();
            else if (size == 0)
                size = (ulong)(end - at);
            if (size < (ulong)(reader.Position - at) || size > (ulong)(end - at) || boxes.Count >= MaxEntries)
                throw ImageRefusedException.Damaged("The file ends before its image does.");
            boxes.Add(new Box(type, at, new Span(reader.Position, at + (int)size)));
            at += (int)size;
        }

        return boxes;
    }

    private static void Blank(byte[] file, Box box)
    {
        "free"u8.CopyTo(file.AsSpan(box.Start + 4));
        file.AsSpan(box.Content.Start, box.Content.Length).Clear();
    }

    private static List<Span> Merge(IEnumerable<Span> spans)
    {
        var merged = new List<Span>();
        foreach (var span in spans.OrderBy(s => s.Start))
        {
            if (merged.Count > 0 && span.Start <= merged[^1].End)
                merged[^1] = new Span(merged[^1].Start, Math.Max(merged[^1].End, span.End));
            else
                merged.Add(span);
        }

        return merged;
    }

    private static bool Intersect(List<Span> some, List<Span> others)
    {
        var (i, j) = (0, 0);
        while (i < some.Count && j < others.Count)
        {
            if (some[i].Start < others[j].End && others[j].Start < some[i].End)
                return true;
            if (some[i].End <= others[j].End)
                i++;
            else
                j++;
        }

        return false;
    }
}
