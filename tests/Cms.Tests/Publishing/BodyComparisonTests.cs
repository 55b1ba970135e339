using System.Text.Json;
using System.Text.Json.Nodes;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.Comparing;
using CsCheck;

namespace Cms.Tests.Publishing;

/// <summary>A comparison says all that differs, and nothing else.</summary>
public sealed class BodyComparisonTests
{
    private static readonly Gen<Body> Long = Bodies
        .Block.Array[20, 60]
        .Select(blocks => new Body { Blocks = blocks });

    [Fact]
    public void A_comparison_applied_to_the_first_body_gives_the_second() =>
        Gen.Select(Long, Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1_000_000], Bodies.Block).Array[30])
            .Sample(
                (first, changes) =>
                {
                    var before = BlockIds.Complete(Read(first.Blocks));
                    var blocks = before.Blocks.ToList();
                    foreach (var (kind, place, other) in changes)
                        Change(blocks, kind, place, other);
                    var after = BlockIds.Continue(Read(blocks), before);

                    AssertGives(before, after);
                    AssertGives(after, before);
                },
                iter: Deep ? 20_000 : 300
            );

    [Fact]
    public void Any_two_bodies_can_be_compared() =>
        Gen.Select(Bodies.Canonical, Bodies.Canonical)
            .Sample(
                (one, other) =>
                    AssertGives(BlockIds.Complete(one), BlockIds.Continue(other, BlockIds.Complete(one)))
            );

    [Theory]
    [InlineData("The old bridge", "The new bridge", "The <del>old</del><ins>new</ins> bridge")]
    [InlineData("a <strong>b</strong> c", "a b c", "a <del><strong>b</strong></del><ins>b</ins> c")]
    [InlineData("One two three", "One four five", "One <del>two three</del><ins>four five</ins>")]
    [InlineData(
        "Family 👨‍👩‍👧 here",
        "Family 👨‍👩‍👦 here",
        "Family <del>👨‍👩‍👧</del><ins>👨‍👩‍👦</ins> here"
    )]
    [InlineData("שלום עולם טוב", "שלום חבר טוב", "שלום <del>עולם</del><ins>חבר</ins> טוב")]
    [InlineData("電車は残る", "電車は去る", "電車は<del>残</del><ins>去</ins>る")]
    [InlineData("won't go", "won’t go", "<del>won't</del><ins>won’t</ins> go")]
    [InlineData("a &lt;b&gt;", "a &lt;i&gt;", "a &lt;<del>b</del><ins>i</ins>&gt;")]
    [InlineData("End", "End.", "End<ins>.</ins>")]
    public void Texts_are_compared_by_words_and_keep_their_marks(string before, string after, string expected)
    {
        var comparison = BodyComparison.Of(
            new() { Blocks = [new ParagraphBlock { Id = "a", Html = before }] },
            new() { Blocks = [new ParagraphBlock { Id = "a", Html = after }] },
            new()
        );

        Assert.Equal($"<p>{expected}</p>", ComparisonHtml.Of(comparison.Blocks[0]));
    }

    [Fact]
    public void Items_and_rows_that_come_and_go_are_marked_in_their_place()
    {
        static ListBlock List(params string[] items) =>
            new()
            {
                Id = "l",
                Ordered = false,
                Items = [.. items.Select(i => new ListItem { Html = i })],
            };
        static TableBlock Table(params string[][] rows) =>
            new()
            {
                Id = "t",
                Header = ["A", "B"],
                Rows = rows,
            };

        var comparison = BodyComparison.Of(
            new() { Blocks = [List("Bread", "Two ripe pears"), Table(["1", "2"], ["3", "4"])] },
            new() { Blocks = [List("Milk", "Bread", "Two green pears"), Table(["3", "5"])] },
            new()
        );

        Assert.Equal(
            [
                "<ul><li><ins>Milk</ins></li><li>Bread</li><li>Two <del>ripe</del><ins>green</ins> pears</li></ul>",
                "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td><del>1</del></td><td>"
                    + "<del>2</del></td></tr>"
                    + "<tr><td>3</td><td><del>4</del><ins>5</ins></td></tr></tbody></table>",
            ],
            comparison.Blocks.Select(ComparisonHtml.Of)
        );
        Assert.Equal((4 - 1, 2 + 2), (comparison.Words.Added, comparison.Words.Removed));
    }

    [Fact]
    public void The_fewest_blocks_are_called_moved()
    {
        Assert.Equal(["e"], BlockOrder.Moved(["a", "b", "c", "d", "e"], ["e", "a", "b", "c", "d"]));
        Assert.Equal(["b"], BlockOrder.Moved(["a", "b", "c", "d"], ["a", "x", "c", "d", "b"]));
        Assert.Empty(BlockOrder.Moved(["a", "b", "c"], ["a", "c", "d"]));
    }

    [Fact]
    public void Texts_that_would_take_too_long_are_shown_as_replaced()
    {
        static Body Of(string letter) =>
            new()
            {
                Blocks =
                [
                    new ParagraphBlock
                    {
                        Id = "a",
                        Html = string.Join(' ', Enumerable.Range(0, 20_000).Select(i => letter + i % 7 + i)),
                    },
                ],
            };

        var edit = Assert.Single(Assert.Single(BodyComparison.Of(Of("a"), Of("b"), new()).Blocks).Edits);

        Assert.Equal([PieceChange.Deleted, PieceChange.Inserted], edit.Pieces!.Select(p => p.Change));
    }

    [Fact]
    public void What_is_plain_text_is_escaped()
    {
        var comparison = BodyComparison.Of(
            new() { Blocks = [new CodeBlock { Id = "c", Code = "<a> & 1" }, Picture("<i>", null)] },
            new() { Blocks = [new CodeBlock { Id = "c", Code = "<b> & 1" }, Picture("<u>", "<s>")] },
            new()
        );

        Assert.Equal(
            "<pre><code>&lt;<del>a</del><ins>b</ins>&gt; &amp; 1</code></pre>",
            ComparisonHtml.Of(comparison.Blocks[0])
        );
        var picture = ComparisonHtml.Of(comparison.Blocks[1]);
        Assert.Contains("&lt;<del>i</del><ins>u</ins>&gt;", picture, StringComparison.Ordinal);
        Assert.DoesNotContain("<s>", picture, StringComparison.Ordinal);
        Assert.DoesNotContain("<u>", picture, StringComparison.Ordinal);

        static ImageBlock Picture(string alt, string? caption) =>
            new()
            {
                Id = "i",
                Image = new()
                {
                    Id = Guid.Empty,
                    Alt = alt,
                    Caption = caption,
                },
            };
    }

    private static bool Deep => Environment.GetEnvironmentVariable("CMS_DEEP_TESTS") == "1";

    private static void Change(List<Block> blocks, int kind, int place, Block other)
    {
        var at = place % blocks.Count;
        switch (kind)
        {
            case 0:
                blocks.Insert(at, other with { Id = null });
                break;
            case 1 when blocks.Count > 1:
                blocks.RemoveAt(at);
                break;
            case 2 or 3:
                var moved = blocks[at];
                blocks.RemoveAt(at);
                blocks.Insert(place / 61 % (blocks.Count + 1), moved);
                break;
            case 4:
                blocks[at] = other with { Id = blocks[at].Id };
                break;
            default:
                blocks[at] = Edited(blocks[at], place, other);
                break;
        }
    }

    /// <summary>The block with a word, a mark, an item or a row more or less.</summary>
    private static Block Edited(Block block, int place, Block other)
    {
        var words = new[]
        {
            "😀",
            "שלום",
            "<strong>bold</strong>",
            "word",
            "<a href=\"https://a.example/\">link</a>",
            "é",
        };
        string Edit(string html) =>
            (place % 3) switch
            {
                0 => $"{html} {words[place % words.Length]}",
                1 => $"{words[place % words.Length]} {html}",
                _ => words[place % words.Length],
            };
        return block switch
        {
            ParagraphBlock paragraph => paragraph with { Html = Edit(paragraph.Html) },
            HeadingBlock heading => heading with { Html = Edit(heading.Html), Level = 2 + place % 3 },
            ListBlock list => list with
            {
                Ordered = place % 5 == 0,
                Items = (place % 4) switch
                {
                    0 => [.. list.Items.Skip(list.Items.Count > 1 ? 1 : 0), new ListItem { Html = "New" }],
                    1 => [new ListItem { Html = "New" }, .. list.Items],
                    2 => [.. list.Items.Reverse()],
                    _ => [list.Items[0] with { Html = Edit(list.Items[0].Html) }, .. list.Items.Skip(1)],
                },
            },
            QuoteBlock quote => quote with
            {
                Paragraphs = [Edit(quote.Paragraphs[0]), .. quote.Paragraphs.Skip(1), "New"],
                Attribution = place % 2 == 0 ? null : "Somebody",
            },
            TableBlock { Rows.Count: > 0 } table => table with
            {
                Rows = (place % 3) switch
                {
                    0 => [.. table.Rows, [.. table.Rows[0].Select(Edit)]],
                    1 =>
                    [
                        [.. table.Rows[0].Select(Edit)],
                        .. table.Rows.Skip(1),
                    ],
                    _ => [.. table.Rows.Skip(1)],
                },
                Caption = place % 2 == 0 ? null : "Caption",
            },
            CodeBlock code => code with { Code = code.Code + "\nmore", Language = "c" },
            EmbedBlock embed => embed with { Title = "Title" },
            ImageBlock image => image with { Image = image.Image with { Caption = "Caption", Alt = null } },
            HtmlBlock => other with { Id = block.Id },
            _ => block,
        };
    }

    // As the desk would read them; what it would refuse is left out.
    private static Body Read(IReadOnlyList<Block> blocks) =>
        new()
        {
            Blocks =
            [
                .. blocks.Select(block => BodyReader.FromBlocks([block]).Body?.Blocks[0]).OfType<Block>(),
            ],
        };

    private static void AssertGives(Body before, Body after)
    {
        var comparison = BodyComparison.Of(before, after, new());
        var applied = Apply(before, comparison);
        Assert.Equal(after, applied);
        // All blocks of both are there, and what is the same is said to be.
        Assert.Equal(after.Blocks.Count, comparison.Blocks.Count(b => b.After is not null));
        Assert.Equal(before.Blocks.Count, comparison.Blocks.Count(b => b.Before is not null));
        Assert.All(BodyComparison.Of(before, before, new()).Blocks, block => Assert.True(block.IsUntouched));
        foreach (var block in comparison.Blocks)
            Assert.NotNull(ComparisonHtml.Of(block));
    }

    /// <summary>What the contract says of a comparison, done.</summary>
    private static Body Apply(Body before, BodyComparison comparison)
    {
        var changes = comparison.Blocks.Where(b => !b.IsUntouched).ToArray();
        var gone = changes.Where(c => c.After is null || c.Moved).Select(c => c.From!.Value).ToHashSet();
        var blocks = before.Blocks.Where((_, i) => !gone.Contains(i)).ToList();
        foreach (var change in changes)
            if (change.Before is null)
                blocks.Insert(change.To!.Value, change.After!);
            else if (change.Moved)
                blocks.Insert(change.To!.Value, before.Blocks[change.From!.Value]);
        foreach (var change in changes.Where(c => c.IsChanged))
            blocks[change.To!.Value] = Apply(change.Before!, change.Edits);
        return new Body { Blocks = blocks };
    }

    private static Block Apply(Block block, IReadOnlyList<BlockEdit> edits)
    {
        if (edits is [{ From: "", After: { } whole }])
            return whole.Deserialize<Block>(Body.Json)! with { Id = block.Id };
        var json = JsonSerializer.SerializeToNode(block, Body.Json)!;
        foreach (var edit in edits.Where(e => e.Change == EditChange.Removed).Reverse())
        {
            var (array, last) = At(json, edit.From!);
            array.AsArray().RemoveAt(Number(last));
        }
        foreach (var edit in edits.Where(e => e.Change == EditChange.Added))
        {
            var (array, last) = At(json, edit.To!);
            array.AsArray().Insert(Number(last), JsonSerializer.SerializeToNode(edit.After));
        }
        foreach (var edit in edits.Where(e => e.Change == EditChange.Changed))
        {
            var (parent, last) = At(json, edit.To!);
            JsonNode? value;
            if (edit.Pieces is { } pieces)
            {
                var kept = pieces.Where(p => p.Change != PieceChange.Inserted).ToArray();
                var now = pieces.Where(p => p.Change != PieceChange.Deleted).ToArray();
                Assert.Equal(Canonical((string)Get(parent, last)!, pieces), Joined(kept));
                value = Joined(now);
            }
            else
                value = JsonSerializer.SerializeToNode(edit.After);
            if (parent is JsonArray array)
                array[Number(last)] = value;
            else if (value is null)
                parent.AsObject().Remove(last);
            else
                parent.AsObject()[last] = value;
        }
        return json.Deserialize<Block>(Body.Json)!;

        static JsonNode? Get(JsonNode parent, string last) =>
            parent is JsonArray array ? array[Number(last)] : parent[last];

        static string Canonical(string text, IReadOnlyList<TextPiece> pieces) =>
            pieces.Any(p => p.Html is not null) ? BodyReader.ReadInline(text)!.ToHtml() : text;

        static string Joined(TextPiece[] pieces) =>
            Array.Exists(pieces, p => p.Html is not null)
                ? BodyReader.ReadInline(string.Concat(pieces.Select(p => p.Html)))!.ToHtml()
                : string.Concat(pieces.Select(p => p.Text));
    }

    private static (JsonNode Parent, string Last) At(JsonNode node, string pointer)
    {
        var parts = pointer.Split('/')[1..];
        foreach (var part in parts[..^1])
            node = node is JsonArray array ? array[Number(part)]! : node[part]!;
        return (node, parts[^1]);
    }

    private static int Number(string text) =>
        int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
