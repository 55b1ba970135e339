using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.Comparing;
using CsCheck;

namespace Cms.Tests.Publishing;

/// <summary>Two edits of one body are both kept, or named.</summary>
public sealed class BodyMergeTests
{
    private static readonly Body Start = Of("a", "b", "c", "d");

    [Theory]
    // Different blocks.
    [InlineData("a1 b c d", "a b c d1", "a1 b c d1")]
    [InlineData("b c d", "a b c d1", "b c d1")]
    [InlineData("a b c d", "a c d", "a c d")]
    // New blocks stand behind the same block, theirs first, or what is left before it.
    [InlineData("a b c d x", "a b c d y", "a b c d y x")]
    [InlineData("x a b c d", "y a b c d", "y x a b c d")]
    [InlineData("a b x c d", "a c d", "a x c d")]
    [InlineData("a b x y c d", "a b z c d1", "a b z x y c d1")]
    // Moves.
    [InlineData("d a b c", "a1 b c d", "d a1 b c")]
    [InlineData("d a b c", "a b c d1", "d1 a b c")]
    [InlineData("a1 b c d", "d a b c", "d a1 b c")]
    [InlineData("d a b c", "d a b c", "d a b c")]
    [InlineData("d a b c x", "a b y c d", "d a b y c x")]
    // The same by both.
    [InlineData("a1 c d", "a1 c d", "a1 c d")]
    [InlineData("a b x c d", "a b x c d", "a b x c d")]
    [InlineData("x y a c d z", "x y a c d1 z", "x y a c d1 z")]
    [InlineData("a b c d x y", "a b c d z x y", "a b c d z x y")]
    [InlineData("", "", "")]
    public void Edits_of_different_blocks_are_merged(string mine, string theirs, string merged)
    {
        var merge = BodyMerge.Of(Start, Of(mine), Of(theirs));

        Assert.Empty(merge.Conflicts);
        Assert.Equal(merged, TextOf(merge.Merged()));
    }

    [Theory]
    [InlineData("a1 b c d", "a2 b c d", "a Changed Changed")]
    [InlineData("a1 b c d", "b c d", "a Changed Removed")]
    [InlineData("b c d", "a1 b c d", "a Removed Changed")]
    [InlineData("d a b c", "a b c", "d Moved Removed")]
    [InlineData("d a b c", "a d b c", "d Moved Moved")]
    [InlineData("a1 b c d1", "a2 b c d2", "a Changed Changed, d Changed Changed")]
    public void Edits_of_the_same_blocks_are_named(string mine, string theirs, string conflicts) =>
        Assert.Equal(
            conflicts,
            string.Join(
                ", ",
                BodyMerge.Of(Start, Of(mine), Of(theirs)).Conflicts.Select(c => $"{c.Id} {c.Mine} {c.Theirs}")
            )
        );

    [Fact]
    public void Two_new_blocks_of_one_id_are_two_blocks()
    {
        var merged = BodyMerge.Of(Start, Of("a b c d x1"), Of("a b c d x2")).Merged();

        Assert.Equal(["x2", "x1"], merged.Blocks.Skip(4).Select(b => ((ParagraphBlock)b).Html));
        Assert.Equal(6, merged.Blocks.Select(b => b.Id).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Whatever_is_merged_has_all_of_both_edits()
    {
        var edit = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 11], Gen.Int[0, 11]).Array[0, 6];
        var start = Enumerable.Range(0, 12).Select(i => ((char)('a' + i)).ToString()).ToArray();
        Gen.Select(edit, edit)
            .Sample(
                (one, other) =>
                {
                    var (mine, theirs) = (Edited(start, one, "m"), Edited(start, other, "t"));
                    var merge = BodyMerge.Of(Of(start), Of(mine), Of(theirs));
                    if (merge.Conflicts.Count > 0)
                    {
                        Assert.All(merge.Conflicts, c => Assert.Contains(c.Id, start));
                        return;
                    }
                    var merged = TextOf(merge.Merged()).Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    Assert.Equal(merged.Length, merged.Distinct(StringComparer.Ordinal).Count());
                    // What one of them wrote is there, what one of them removed is not.
                    foreach (var text in mine.Union(theirs))
                    {
                        var untouched = start.Contains(text);
                        Assert.Equal(
                            !untouched || (mine.Contains(text) && theirs.Contains(text)),
                            merged.Contains(text)
                        );
                    }
                    // With nothing done by the others it is mine.
                    Assert.Equal(
                        mine,
                        TextOf(BodyMerge.Of(Of(start), Of(mine), Of(start)).Merged())
                            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    );
                    Assert.Equal(
                        theirs,
                        TextOf(BodyMerge.Of(Of(start), Of(start), Of(theirs)).Merged())
                            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    );
                }
            );
    }

    private static string[] Edited(string[] start, (int Kind, int From, int To)[] edits, string who)
    {
        var texts = start.ToList();
        foreach (var (edit, i) in edits.Select((e, i) => (e, i)))
        {
            if (texts.Count == 0)
                break;
            var at = edit.From % texts.Count;
            var text = texts[at];
            switch (edit.Kind)
            {
                case 0:
                    // Another text for a block of the same id.
                    texts[at] = start.Contains(text) ? $"{text}{who}" : text;
                    break;
                case 1:
                    texts.Insert(at, $"{who.ToUpperInvariant()}{i}{who}");
                    break;
                case 2:
                    texts.RemoveAt(at);
                    break;
                default:
                    texts.RemoveAt(at);
                    texts.Insert(edit.To % (texts.Count + 1), text);
                    break;
            }
        }
        return [.. texts];
    }

    /// <summary>Blocks by their texts, the first letter of which is their id.</summary>
    private static Body Of(string texts) => Of(texts.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static Body Of(params string[] texts) =>
        new()
        {
            Blocks =
            [
                .. texts.Select(t => new ParagraphBlock { Id = char.IsUpper(t[0]) ? t : t[..1], Html = t }),
            ],
        };

    private static string TextOf(Body body) =>
        string.Join(' ', body.Blocks.Select(b => ((ParagraphBlock)b).Html));
}
