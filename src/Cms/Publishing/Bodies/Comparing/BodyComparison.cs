using System.Text.Json;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Comparing;

/// <summary>One block in a comparison: its two forms, of which one may be missing, and what differs.</summary>
/// <param name="Before">In the first body; null: it is added.</param>
/// <param name="After">In the second body; null: it is removed.</param>
/// <param name="From">Its index in the first body.</param>
/// <param name="To">Its index in the second body.</param>
/// <param name="Moved">Whether it stands elsewhere among the blocks that both have.</param>
internal sealed record ComparedBlock(Block? Before, Block? After, int? From, int? To, bool Moved)
{
    public IReadOnlyList<BlockEdit> Edits { get; init; } = [];

    /// <summary>
    /// The block with <c>ins</c> and <c>del</c> in its texts; null where its forms are shown one by one.
    /// </summary>
    public Block? Shown { get; init; }

    public bool IsChanged => Edits.Count > 0;

    public bool IsUntouched => Before is not null && After is not null && !Moved && !IsChanged;
}

/// <summary>Two bodies beside each other, block by block; blocks belong together by their ids.</summary>
internal sealed class BodyComparison
{
    private BodyComparison(IReadOnlyList<ComparedBlock> blocks) => Blocks = blocks;

    /// <summary>All blocks of both, in the order of the second; removed ones behind what stood before them.</summary>
    public IReadOnlyList<ComparedBlock> Blocks { get; }

    /// <param name="before">The first body, with ids.</param>
    /// <param name="after">The second body, with ids.</param>
    /// <param name="texts">Compares the texts.</param>
    public static BodyComparison Of(Body before, Body after, TextComparison texts)
    {
        var from = IndexesOf(before);
        var to = IndexesOf(after);
        var moved = BlockOrder.Moved(
            [.. before.Blocks.Select(b => b.Id!)],
            [.. after.Blocks.Select(b => b.Id!)]
        );
        var blocks = new List<ComparedBlock>();
        var next = 0;
        for (var j = 0; j < after.Blocks.Count; j++)
        {
            var block = after.Blocks[j];
            if (!from.TryGetValue(block.Id!, out var i))
            {
                blocks.Add(new(null, block, null, j, Moved: false));
                continue;
            }
            var isMoved = moved.Contains(block.Id!);
            if (!isMoved)
                AddRemovedUpTo(i);
            var old = before.Blocks[i];
            var compared = new ComparedBlock(old, block, i, j, isMoved);
            if (BlockHash.Of(old) != BlockHash.Of(block) || old.GetType() != block.GetType())
            {
                var (edits, shown) = BlockComparison.Compare(old, block, texts);
                compared = compared with { Edits = edits, Shown = shown };
            }
            blocks.Add(compared);
        }
        AddRemovedUpTo(before.Blocks.Count);
        return new(blocks);

        void AddRemovedUpTo(int end)
        {
            for (; next < end; next++)
                if (!to.ContainsKey(before.Blocks[next].Id!))
                    blocks.Add(new(before.Blocks[next], null, next, null, Moved: false));
        }
    }

    /// <summary>How many words the second body has that the first has not, and the other way round.</summary>
    public (int Added, int Removed) Words
    {
        get
        {
            var (added, removed) = (0, 0);
            foreach (var block in Blocks)
            {
                if (block.Before is null)
                    added += WordsOf(block.After!);
                else if (block.After is null)
                    removed += WordsOf(block.Before);
                foreach (var edit in block.Edits)
                    if (edit is { From: "", Pieces: null })
                    {
                        removed += WordsOf(block.Before!);
                        added += WordsOf(block.After!);
                    }
                    else if (edit.Pieces is { } pieces && block.After is not (ImageBlock or EmbedBlock))
                    {
                        added += WordsOf(pieces, PieceChange.Inserted);
                        removed += WordsOf(pieces, PieceChange.Deleted);
                    }
                    else
                    {
                        added += WordsOf(edit.After);
                        removed += WordsOf(edit.Before);
                    }
            }
            return (added, removed);
        }
    }

    private static int WordsOf(Block block) => BodyText.Pieces(block).Sum(PlainText.Words.Count);

    private static int WordsOf(IEnumerable<TextPiece> pieces, PieceChange change) =>
        pieces
            .Where(p => p.Change == change)
            .Sum(p => PlainText.Words.Count(p.Text ?? BodyText.Line(p.Html!)));

    private static int WordsOf(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Array or JsonValueKind.Object or JsonValueKind.String } some
            ? BlockComparison
                .TextsOf(JsonSerializer.SerializeToNode(some))
                .Sum(t => PlainText.Words.Count(BodyText.Line(t)))
            : 0;

    private static Dictionary<string, int> IndexesOf(Body body) =>
        body
            .Blocks.Select((block, i) => (block.Id, i))
            .ToDictionary(b => b.Id!, b => b.i, StringComparer.Ordinal);
}
