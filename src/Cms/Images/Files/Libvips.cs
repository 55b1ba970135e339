using System.Runtime.InteropServices;
using NetVips;

namespace Cms.Images.Files;

/// <summary>The image library as a server wants it: five loaders, no cache, few threads.</summary>
internal static class Libvips
{
    private static readonly Lazy<bool> Ready = new(Configure);

    /// <summary>To be called before any other use of the library; works once.</summary>
    public static void Prepare() => _ = Ready.Value;

    /// <summary>Bytes as the library takes them; copied only if they are a part of an array.</summary>
    public static byte[] ArrayOf(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var whole)
        && whole.Array is { } array
        && array.Length == bytes.Length
            ? array
            : bytes.ToArray();

    private static bool Configure()
    {
        // A loader that is not needed is a way in: SVG fetches, PDF and TIFF run large old code.
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in (string[])["Jpeg", "Png", "Webp", "Heif", "Nsgif"])
            Operation.Block("VipsForeignLoad" + loader, false);

        // No picture is worked on twice in a row, and a cached operation keeps its picture in memory.
        Cache.Max = 0;
        Cache.MaxMem = 0;
        Cache.MaxFiles = 0;

        // Parallel requests use the processors; threads within one picture would only contend.
        NetVips.NetVips.Concurrency = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

        // A hostile file brings hundreds of warnings, and the library writes them to standard error.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, (_, _, _) => { });
        return true;
    }
}
