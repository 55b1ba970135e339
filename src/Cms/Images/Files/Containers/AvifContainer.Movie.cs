namespace Cms.Images.Files.Containers;

/// <content>The tracks of an image sequence.</content>
internal static partial class AvifContainer
{
    private static void CleanMovie(byte[] file, Box parent, int depth)
    {
        foreach (var box in Boxes(file, parent.Content.Start, parent.Content.End))
        {
            switch (box.Type)
            {
                case "trak" or "mdia" or "minf" or "stbl" when depth < 5:
                    CleanMovie(file, box, depth + 1);
                    break;
                case "mvhd" or "tkhd" or "mdhd":
                    BlankTimes(file, box);
                    break;
                case "hdlr":
                    var reader = new ByteReader(file.AsSpan(0, box.Content.End), box.Content.Start + 8);
                    if (Name(reader.Take(4)) is not ("pict" or "auxv"))
                        throw ImageRefusedException.Unsupported(
                            "The AVIF holds a track that is not a picture."
                        );
                    BlankFrom(file, box, HandlerNameAt);
                    break;
                case "stsd":
                    CleanSamples(file, box);
                    break;
                case "stsz" or "stz2":
                    CountSamples(file, box);
                    break;
                case "dinf":
                    CleanReferences(file, box);
                    break;
                case "vmhd"
                or "nmhd"
                or "edts"
                or "tref"
                or "stts"
                or "stsc"
                or "stco"
                or "co64"
                or "stss"
                or "ctts"
                or "cslg"
                or "sdtp"
                or "sgpd"
                or "sbgp":
                    break;
                default:
                    Blank(file, box);
                    break;
            }
        }
    }

    // A sample description names the program that wrote it, and may hold boxes of any kind behind that.
    private static void CleanSamples(byte[] file, Box box)
    {
        foreach (var entry in Boxes(file, box.Content.Start + 8, box.Content.End))
        {
            if (entry.Content.Length < VisualEntryBytes)
                throw ImageRefusedException.Damaged("The AVIF's description of its frames breaks off.");
            var reader = new ByteReader(file.AsSpan(0, entry.Content.End), entry.Content.Start + 24);
            ImageLimits.Check(reader.UInt16(), reader.UInt16());
            file.AsSpan(entry.Content.Start + 42, 32).Clear();
            foreach (var part in Boxes(file, entry.Content.Start + VisualEntryBytes, entry.Content.End))
                if (part.Type is "colr")
                    ImageLimits.CheckProfile(part.Content.Length);
                else if (part.Type is "av1C" && part.Content.Length > 4)
                    Av1.CheckSize(file.AsSpan(part.Content.Start + 4, part.Content.Length - 4));
                else if (part.Type is not ("av1C" or "ccst" or "auxi") && !IsPictureProperty(part.Type))
                    Blank(file, part);
        }
    }

    // Where the samples are is said by address or, without one, by being here: then nothing else is to be said.
    private static void CleanReferences(byte[] file, Box box)
    {
        foreach (var table in Boxes(file, box.Content.Start, box.Content.End))
            if (table.Type is "dref" && table.Content.Length >= 8)
                foreach (var reference in Boxes(file, table.Content.Start + 8, table.Content.End))
                    BlankFrom(file, reference, 4);
            else
                Blank(file, table);
    }

    private static void CountSamples(byte[] file, Box box)
    {
        var reader = new ByteReader(file.AsSpan(0, box.Content.End), box.Content.Start + 8);
        new FrameCount().Add(1, 1, reader.UInt32());
    }
}
