using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Cms.Platform.Unicode;

/// <summary>
/// The parts of the Unicode Character Database that are needed (<c>unicode.txt</c>). Without ICU the runtime has no
/// such tables (<c>string.Normalize</c> changes nothing then), and ICU's differ between machines, so that two nodes
/// could disagree whether two names are the same.
/// </summary>
internal sealed class UnicodeTables
{
    private const int Codes = 0x110000;
    private static readonly Lazy<UnicodeTables> Loaded = new(() => new UnicodeTables());

    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<int, int[]> _folded = [];
    private readonly Dictionary<long, int> _composed = [];
    private readonly Dictionary<int, byte> _classes = [];
    private readonly BitArray _invisible = new(Codes);
    private readonly BitArray _unsettled = new(Codes);

    private UnicodeTables()
    {
        using var reader = new StreamReader(
            Assembly.GetExecutingAssembly().GetManifestResourceStream("Unicode/unicode.txt")!
        );
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '#')
                continue;
            var fields = line.Split(' ');
            switch (line[0])
            {
                case 'D':
                case 'X':
                    var (code, parts) = Mapping(fields);
                    _canonical[code] = parts;
                    if (line[0] == 'X')
                        _unsettled[code] = true;
                    else
                    {
                        _composed[Pair(parts[0], parts[1])] = code;
                        _unsettled[parts[1]] = true;
                    }
                    break;
                case 'K':
                    var (from, to) = Mapping(fields);
                    _compatible[from] = to;
                    break;
                case 'F':
                    var (upper, lower) = Mapping(fields);
                    _folded[upper] = lower;
                    break;
                case 'C':
                    foreach (var member in Members(fields, 2))
                    {
                        _classes[member] = (byte)Hex(fields[1]);
                        _unsettled[member] = true;
                    }
                    break;
                case 'I':
                    foreach (var member in Members(fields, 1))
                        _invisible[member] = true;
                    break;
            }
        }
        // The vowels and final consonants of Hangul compose by rule.
        for (var jamo = 0x1161; jamo <= 0x11C2; jamo++)
            _unsettled[jamo] = true;
    }

    public static UnicodeTables Instance => Loaded.Value;

    /// <summary>Canonical combining class.</summary>
    public byte ClassOf(int code) => _classes.GetValueOrDefault(code);

    /// <summary>Whether its place in NFC depends on its neighbours, or it never stands in NFC.</summary>
    public bool IsUnsettled(int code) => _unsettled[code];

    public int[]? Canonical(int code) => _canonical.GetValueOrDefault(code);

    public int[]? Compatible(int code) => _compatible.GetValueOrDefault(code) ?? Canonical(code);

    /// <summary>What two characters become together; 0: they stay two.</summary>
    public int Composed(int first, int second) => _composed.GetValueOrDefault(Pair(first, second));

    /// <summary>Full case folding; null: it is its own.</summary>
    public int[]? Folded(int code) => _folded.GetValueOrDefault(code);

    /// <summary>Default-ignorable: invisible.</summary>
    public bool IsInvisible(int code) => _invisible[code];

    private static long Pair(int first, int second) => ((long)first << 32) | (uint)second;

    private static (int Code, int[] Parts) Mapping(string[] fields) =>
        (Hex(fields[1]), Array.ConvertAll(fields[2..], Hex));

    private static IEnumerable<int> Members(string[] fields, int from)
    {
        foreach (var field in fields.Skip(from))
        {
            var ends = field.Split('-');
            for (var code = Hex(ends[0]); code <= Hex(ends[^1]); code++)
                yield return code;
        }
    }

    private static int Hex(string text) =>
        int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
