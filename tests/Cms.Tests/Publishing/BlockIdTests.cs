using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using CsCheck;

namespace Cms.Tests.Publishing;

/// <summary>Blocks keep their ids through edits, in whatever form these come.</summary>
public sealed class BlockIdTests
{
    private static readonly Body Article = Read(
        """
        The city council voted on Tuesday to keep the night trams for three more years.

        ## What it costs

        Each night costs the city about 4,000 crowns, most of it for drivers and guards.

        ---

        - Bread
        - Pears

        ---

        Nobody spoke against it, though some of the members left the room before the vote.
        """
    );

    private static readonly string[] Ids = IdsOf(Article);

    [Fact]
    public void Each_block_of_a_body_has_an_id_of_its_own_and_always_the_same()
    {
        Assert.Equal(7, Ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(Ids, id => Assert.True(BlockIds.IsId(id)));
        Assert.Equal(Ids, IdsOf(BlockIds.Complete(Body.Parse(BlockIds.None(Article).ToJson()))));
        // A change of this breaks what clients keep by ids.
        Assert.Equal("p7t3v2egzp39", Ids[0]);
    }

    [Fact]
    public void Derived_ids_are_not_stored() =>
        Assert.DoesNotContain("\"id\"", BlockIds.Stored(Article).ToJson(), StringComparison.Ordinal);

    [Fact]
    public void A_body_written_again_keeps_the_ids_of_what_is_the_same_moved_or_edited()
    {
        var next = BlockIds.Continue(
            BodyReader
                .FromMarkdown(
                    """
                    Nobody spoke against it, though some of the members left the room before the vote.

                    A new paragraph about something else entirely.

                    ## What it costs

                    Each night costs the city about 5,000 crowns, most of it for drivers and for guards.

                    ---

                    - Bread
                    - Apples
                    - Pears

                    The city council voted on Tuesday to keep the night trams for three more years.
                    """
                )
                .Body!,
            Article
        );

        var ids = IdsOf(next);
        Assert.Equal([Ids[6], ids[1], Ids[1], Ids[2], Ids[3], Ids[4], Ids[0]], ids);
        Assert.DoesNotContain(ids[1], Ids);
    }

    [Fact]
    public void An_edited_block_keeps_its_id_through_many_edits_and_storage()
    {
        var body = Article;
        for (var i = 0; i < 5; i++)
        {
            var edited = body.Blocks.ToArray();
            edited[2] = new ParagraphBlock { Html = $"Each night costs the city about {i} crowns." };
            body = BlockIds.Continue(
                new Body { Blocks = [.. edited.Select(b => b with { Id = null })] },
                body
            );
            body = BlockIds.Complete(Body.Parse(BlockIds.Stored(body).ToJson()));
            Assert.Equal(Ids, IdsOf(body));
        }
    }

    [Fact]
    public void A_new_block_does_not_get_the_id_of_one_that_was_changed_into_another()
    {
        var before = BlockIds.Complete(Read("First words of all."));
        var changed = BlockIds.Complete(
            new Body { Blocks = [new ParagraphBlock { Id = before.Blocks[0].Id, Html = "Others." }] }
        );

        var next = BlockIds.Continue(
            new Body { Blocks = [changed.Blocks[0], new ParagraphBlock { Html = "First words of all." }] },
            changed
        );

        Assert.Equal(before.Blocks[0].Id, next.Blocks[0].Id);
        Assert.NotEqual(before.Blocks[0].Id, next.Blocks[1].Id);
        Assert.Equal(IdsOf(next), IdsOf(BlockIds.Complete(Body.Parse(BlockIds.Stored(next).ToJson()))));
    }

    [Fact]
    public void Equal_blocks_have_different_ids_and_keep_them_when_one_goes()
    {
        var three = BlockIds.Complete(
            new Body { Blocks = [new DividerBlock(), new DividerBlock(), new DividerBlock()] }
        );
        var two = new Body { Blocks = [three.Blocks[1], three.Blocks[2]] };

        Assert.Equal(3, IdsOf(three).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(IdsOf(two), IdsOf(BlockIds.Complete(Body.Parse(BlockIds.Stored(two).ToJson()))));
    }

    [Fact]
    public void An_id_is_well_formed_and_used_once()
    {
        var result = BodyReader.FromBlocks([
            new DividerBlock { Id = "a" },
            new DividerBlock { Id = "a" },
            new DividerBlock { Id = "" },
            new DividerBlock { Id = new string('x', 41) },
            new DividerBlock { Id = "é" },
            new DividerBlock { Id = new string('x', 40) },
        ]);

        Assert.Equal(
            ["/blocks/1/id repeated", "/blocks/2/id invalid", "/blocks/3/id invalid", "/blocks/4/id invalid"],
            result.Faults.Select(f => $"{f.Pointer} {f.Code}")
        );
    }

    [Fact]
    public void A_cut_block_of_a_teaser_keeps_its_id()
    {
        var body = BlockIds.Complete(
            new Body
            {
                Blocks =
                [
                    new ParagraphBlock { Html = string.Concat(Enumerable.Repeat("Words and words. ", 100)) },
                ],
            }
        );

        Assert.Equal(IdsOf(body), IdsOf(body.Teaser().Body));
    }

    [Fact]
    public void Any_body_keeps_its_ids_through_storage_and_any_two_follow_each_other() =>
        Gen.Select(Bodies.Canonical, Bodies.Canonical, Gen.Bool)
            .Sample(
                (one, two, mixed) =>
                {
                    var first = BlockIds.Complete(one);
                    var next = mixed ? two with { Blocks = [.. two.Blocks, .. one.Blocks] } : two;
                    var second = BlockIds.Continue(next, first);
                    foreach (var body in new[] { first, second })
                    {
                        var ids = IdsOf(body);
                        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
                        Assert.Equal(
                            ids,
                            IdsOf(BlockIds.Complete(Body.Parse(BlockIds.Stored(body).ToJson())))
                        );
                    }
                    Assert.Equal(BlockIds.None(next), BlockIds.None(second));
                    if (mixed)
                        Assert.Subset(IdsOf(second).ToHashSet(), IdsOf(first).ToHashSet());
                }
            );

    private static Body Read(string markdown) => BlockIds.Complete(BodyReader.FromMarkdown(markdown).Body!);

    private static string[] IdsOf(Body body) => [.. body.Blocks.Select(b => b.Id!)];
}
