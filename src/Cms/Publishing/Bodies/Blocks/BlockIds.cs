using System.Text.RegularExpressions;

namespace Cms.Publishing.Bodies.Blocks;

/// <summary>
/// The ids of blocks. Each block of a body has one, unique in the body, that stays when the block is edited or moved:
/// by them revisions are compared and edits merged. An id is stored only if it is not the one that would be derived
/// from the block's content, so bodies from before there were ids have them too, always the same, and no row had to be
/// written again. See decisions/0033.
/// </summary>
internal static partial class BlockIds
{
    public static bool IsId(string text) => Id().IsMatch(text);

    /// <summary>The body with an id for each block: its own, or the derived one.</summary>
    public static Body Complete(Body body)
    {
        if (body.Blocks.All(block => block.Id is not null))
            return body;
        return WithNew(body, [.. body.Blocks.Select(b => b.Id)], []);
    }

    /// <summary>The body without the ids that <see cref="Complete"/> would give it again.</summary>
    public static Body Stored(Body body)
    {
        var contents = new Contents();
        var stored = body with
        {
            Blocks =
            [
                .. body.Blocks.Select(block =>
                    contents.IdOf(block) == block.Id ? block with { Id = null } : block
                ),
            ],
        };
        var again = Complete(stored).Blocks;
        for (var i = 0; i < again.Count; i++)
            // Only two contents with one hash come here.
            if (body.Blocks[i].Id is { } id && again[i].Id != id)
                return body;
        return stored;
    }

    /// <summary>The body without ids.</summary>
    public static Body None(Body body) =>
        body.Blocks.All(block => block.Id is null)
            ? body
            : body with
            {
                Blocks = [.. body.Blocks.Select(block => block with { Id = null })],
            };

    /// <summary>
    /// A body that replaces another: blocks without an id take that of the block that they replace. That is the one
    /// with the same content; or else one in the same place between such blocks, if it is of the same type and most of
    /// its words are the same.
    /// </summary>
    public static Body Continue(Body next, Body before)
    {
        before = Complete(before);
        var ids = next.Blocks.Select(b => b.Id).ToArray();
        if (ids.All(id => id is not null))
            return next;
        var taken = ids.OfType<string>().ToHashSet(StringComparer.Ordinal);
        var partners = new BlockPairs(next.Blocks, before.Blocks, taken).Find();
        for (var i = 0; i < ids.Length; i++)
            if (ids[i] is null && partners[i] is { } partner)
                ids[i] = before.Blocks[partner].Id;
        // A new block never gets the id of one that was there before: it is another.
        return WithNew(next, ids, [.. before.Blocks.Select(b => b.Id!)]);
    }

    /// <summary>A free id for a block whose own is taken.</summary>
    public static string Fresh(Block block, IReadOnlySet<string> taken)
    {
        var hash = BlockHash.Of(block);
        for (var ordinal = 0; ; ordinal++)
            if (BlockHash.Id(hash, ordinal) is var id && !taken.Contains(id))
                return id;
    }

    private static Body WithNew(Body body, string?[] ids, HashSet<string> others)
    {
        others.UnionWith(ids.OfType<string>());
        var contents = new Contents();
        var blocks = new Block[ids.Length];
        for (var i = 0; i < blocks.Length; i++)
        {
            var block = body.Blocks[i];
            var derived = contents.IdOf(block);
            var id = ids[i];
            if (id is null)
            {
                id = others.Contains(derived) ? Fresh(block, others) : derived;
                others.Add(id);
            }
            blocks[i] = block.Id == id ? block : block with { Id = id };
        }
        return body with { Blocks = blocks };
    }

    /// <summary>Counts blocks of the same content in reading order.</summary>
    private sealed class Contents
    {
        private readonly Dictionary<ulong, int> _seen = [];

        public string IdOf(Block block)
        {
            var hash = BlockHash.Of(block);
            var ordinal = _seen.GetValueOrDefault(hash);
            _seen[hash] = ordinal + 1;
            return BlockHash.Id(hash, ordinal);
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,40}$", RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
