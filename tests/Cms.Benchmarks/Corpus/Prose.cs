using System.Text.Json;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Benchmarks.Corpus;

/// <summary>A piece of a body: as the server knows it, as it is stored, and as it is searched.</summary>
internal sealed record Piece(Block Block, string Json, string Text, int Words)
{
    public static Piece Of(Block block)
    {
        var body = new Body { Blocks = [block] };
        return new(block, JsonSerializer.Serialize(block, Body.Json), BodyText.Write(body), body.WordCount);
    }
}

/// <summary>
/// Words of no language, as often and as seldom as those of one; and the pieces of bodies made of them.
/// </summary>
internal sealed class Prose
{
    private const int Vocabulary = 20_000;
    private const int Pieces = 20_000;

    // The most frequent words of a language are its shortest.
    private const int Short = 200;
    private static readonly string[] Starts =
    [
        "ba",
        "co",
        "di",
        "fe",
        "gu",
        "ha",
        "jo",
        "ki",
        "lu",
        "mo",
        "ne",
        "pi",
        "qua",
        "re",
        "sti",
        "tra",
        "ul",
        "vé",
    ];
    private static readonly string[] Ends =
    [
        "ran",
        "tel",
        "mis",
        "dor",
        "con",
        "pal",
        "ver",
        "sim",
        "nob",
        "lat",
        "gri",
        "fus",
        "hem",
        "",
        "",
        "",
    ];

    private readonly Dice _dice;
    private readonly string[] _words;
    private readonly Zipf _zipf = new(Vocabulary);
    private readonly Piece[] _paragraphs;
    private readonly Piece[] _others;

    public Prose(Dice dice)
    {
        _dice = dice;
        _words = [.. Coined()];
        _paragraphs =
        [
            .. Enumerable.Range(0, Pieces).Select(_ => Piece.Of(new ParagraphBlock { Html = Paragraph() })),
        ];
        _others = [.. Enumerable.Range(0, Pieces / 10).Select(_ => Piece.Of(Other()))];
    }

    /// <summary>All of them, the most frequent first.</summary>
    public IReadOnlyList<string> Words => _words;

    public string Word() => _words[_zipf.Pick(_dice)];

    public string Name() => Capital(_dice.Pick(_words));

    /// <summary>Words in a row, the first with a capital.</summary>
    public string Line(int least, int most) =>
        Capital(string.Join(' ', Enumerable.Range(0, _dice.Between(least, most)).Select(_ => Word())));

    /// <summary>Pieces of a body of some 6 to 10 KB, without pictures.</summary>
    public List<Piece> Body()
    {
        var pieces = new List<Piece>();
        for (var left = _dice.Between(11, 19); left > 0; left--)
        {
            if (pieces.Count > 1 && _dice.Chance(0.2))
                pieces.Add(_dice.Pick(_others));
            pieces.Add(_dice.Pick(_paragraphs));
        }
        return pieces;
    }

    private Block Other() =>
        _dice.Below(5) switch
        {
            0 or 1 => new HeadingBlock { Level = _dice.Between(2, 3), Html = Line(2, 6) },
            2 => new QuoteBlock { Paragraphs = [$"“{Sentence()}”"], Attribution = $"{Name()} {Name()}" },
            3 => new ListBlock
            {
                Ordered = false,
                Items =
                [
                    .. Enumerable
                        .Range(0, _dice.Between(3, 6))
                        .Select(_ => new ListItem { Html = Sentence() }),
                ],
            },
            _ => new EmbedBlock
            {
                Url = $"https://video.example/embed/{_dice.Below(1_000_000)}",
                Title = Line(3, 7),
            },
        };

    private string Paragraph() =>
        string.Join(' ', Enumerable.Range(0, _dice.Between(3, 6)).Select(_ => Sentence()));

    private string Sentence()
    {
        var words = Enumerable.Range(0, _dice.Between(8, 22)).Select(_ => Word()).ToArray();
        words[0] = Capital(words[0]);
        var at = _dice.Between(1, words.Length - 2);
        words[at] = _dice.Below(12) switch
        {
            0 => $"<em>{words[at]}</em>",
            1 => $"<strong>{words[at]}</strong>",
            2 =>
                $"<a href=\"https://www.example.com/{2_010 + _dice.Below(16)}/{_dice.Below(100_000)}\">{words[at]}</a>",
            3 => $"— {words[at]} —",
            _ => words[at],
        };
        return string.Join(' ', words) + (_dice.Chance(0.1) ? "?" : ".");
    }

    /// <summary>Each once: a word that came more often would also be the name of far too many.</summary>
    private IEnumerable<string> Coined()
    {
        var known = new HashSet<string>(Vocabulary, StringComparer.Ordinal);
        while (known.Count < Vocabulary)
        {
            var word = Coin(known.Count < Short ? 1 : _dice.Between(2, 3));
            if (known.Add(word))
                yield return word;
        }
    }

    private string Coin(int syllables) =>
        string.Concat(Enumerable.Range(0, syllables).Select(_ => _dice.Pick(Starts) + _dice.Pick(Ends)));

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
