using Cms.Platform.Http.Problems;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.Comparing;

/// <summary>A block that two edits touch in ways that cannot both be kept.</summary>
internal sealed record BlockConflict(string Id, EditAct Mine, EditAct Theirs);

/// <summary>
/// Merges two edits of one body: mine is applied to theirs. Blocks count one by one, by their ids; an edit that both
/// made in the same way is no conflict. New blocks stand behind the block that they were written behind, theirs before
/// mine. One that both wrote there is one block: a retry does not write it twice.
/// </summary>
internal sealed class BodyMerge
{
    private readonly Dictionary<string, Block> _base;
    private readonly Dictionary<string, Block> _mine;
    private readonly Dictionary<string, Block> _theirs;
    private readonly Body _myBody;
    private readonly Body _theirBody;
    private readonly HashSet<string> _myMoved;

    private BodyMerge(Body start, Body mine, Body theirs)
    {
        (_base, _mine, _theirs) = (ById(start), ById(mine), ById(theirs));
        (_myBody, _theirBody) = (mine, theirs);
        _myMoved = BlockOrder.Moved(IdsOf(start), IdsOf(mine));
        var theirMoved = BlockOrder.Moved(IdsOf(start), IdsOf(theirs));
        // Moved by both to the same places is moved once.
        if (BlockOrder.Moved(IdsOf(mine), IdsOf(theirs)).Count == 0)
            _myMoved.ExceptWith(theirMoved);
        Conflicts = [.. start.Blocks.Select(block => Find(block, theirMoved)).OfType<BlockConflict>()];
    }

    public IReadOnlyList<BlockConflict> Conflicts { get; }

    /// <param name="start">The body that both start from, with ids.</param>
    /// <param name="mine">The body after my edit, its ids continued from there.</param>
    /// <param name="theirs">The body after all other edits, likewise.</param>
    public static BodyMerge Of(Body start, Body mine, Body theirs) => new(start, mine, theirs);

    /// <summary>Both edits in one body. Only without conflicts.</summary>
    public Body Merged()
    {
        var merged = new List<Block>();
        foreach (var block in _theirBody.Blocks)
        {
            var id = block.Id!;
            if (!_base.TryGetValue(id, out var old))
                merged.Add(block);
            else if (_mine.TryGetValue(id, out var mine) && !_myMoved.Contains(id))
                merged.Add(Same(mine, old) ? block : mine);
        }
        var taken = merged
            .Select(b => b.Id!)
            .Concat(_theirs.Keys)
            .Concat(_mine.Keys)
            .ToHashSet(StringComparer.Ordinal);
        // Mine that are new or moved go behind what stands before them in my body.
        string? before = null;
        var (myPlaces, theirPlaces) = (PlacesOfNew(_myBody), PlacesOfNew(_theirBody));
        foreach (var block in _myBody.Blocks)
        {
            var id = block.Id!;
            var isNew = !_base.ContainsKey(id);
            if (
                isNew
                && _theirs.TryGetValue(id, out var written)
                && Same(block, written)
                && myPlaces[id] == theirPlaces[id]
            )
                before = id;
            else if (isNew || (_myMoved.Contains(id) && _theirs.ContainsKey(id)))
            {
                var put =
                    isNew && _theirs.ContainsKey(id)
                        ? block with
                        {
                            Id = BlockIds.Fresh(block, taken),
                        }
                        : block;
                // Moved by me, and said otherwise by them.
                if (!isNew && Same(block, _base[id]))
                    put = _theirs[id];
                taken.Add(put.Id!);
                merged.Insert(PlaceBehind(merged, before), put);
                before = put.Id;
            }
            else if (merged.Exists(b => b.Id == id))
                before = id;
        }
        return new Body { Blocks = merged };
    }

    /// <summary>For each new block, the block before it that was there and that both still have.</summary>
    private Dictionary<string, string?> PlacesOfNew(Body body)
    {
        var places = new Dictionary<string, string?>(StringComparer.Ordinal);
        string? before = null;
        foreach (var block in body.Blocks)
            if (!_base.ContainsKey(block.Id!))
                places.Add(block.Id!, before);
            else if (_mine.ContainsKey(block.Id!) && _theirs.ContainsKey(block.Id!))
                before = block.Id;
        return places;
    }

    // Behind the block, and behind what they have put there since.
    private int PlaceBehind(List<Block> merged, string? before)
    {
        var at = before is null ? 0 : merged.FindIndex(b => b.Id == before) + 1;
        while (
            at < merged.Count
            && merged[at].Id is { } id
            && !_base.ContainsKey(id)
            && _theirs.ContainsKey(id)
            && before != id
        )
            at++;
        return at;
    }

    private BlockConflict? Find(Block old, HashSet<string> theirMoved)
    {
        var id = old.Id!;
        var (mine, theirs) = (_mine.GetValueOrDefault(id), _theirs.GetValueOrDefault(id));
        EditAct? Act(Block? now, bool moved) =>
            now is null ? EditAct.Removed
            : !Same(now, old) ? EditAct.Changed
            : moved ? EditAct.Moved
            : null;
        if (
            Act(mine, _myMoved.Contains(id)) is not { } myAct
            || Act(theirs, theirMoved.Contains(id)) is not { } theirAct
        )
            return null;
        var agree = (mine, theirs) switch
        {
            (null, null) => true,
            ({ } one, { } other) => (Same(one, other) || Same(one, old) || Same(other, old))
                && !(_myMoved.Contains(id) && theirMoved.Contains(id)),
            _ => false,
        };
        return agree ? null : new(id, myAct, theirAct);
    }

    // Blocks are compared by what they are stored as; records compare lists by reference.
    private static bool Same(Block one, Block other) =>
        one.GetType() == other.GetType()
        && BlockHash.Of(one) == BlockHash.Of(other)
        && new Body { Blocks = [one with { Id = null }] }.Equals(
            new Body { Blocks = [other with { Id = null }] }
        );

    private static Dictionary<string, Block> ById(Body body) =>
        body.Blocks.ToDictionary(b => b.Id!, StringComparer.Ordinal);

    private static string[] IdsOf(Body body) => [.. body.Blocks.Select(b => b.Id!)];
}
