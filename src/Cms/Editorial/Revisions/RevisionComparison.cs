using System.Text.Json;
using System.Text.Json.Serialization;
using Cms.Editorial.Articles.Reading;
using Cms.Platform.Http.Answers;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.Comparing;

namespace Cms.Editorial.Revisions;

/// <summary>What differs between two revisions.</summary>
internal sealed record RevisionComparison
{
    /// <summary>The number of the first revision.</summary>
    public required int From { get; init; }

    /// <summary>The number of the second revision.</summary>
    public required int To { get; init; }

    /// <summary>The members that differ, without the body.</summary>
    public required IReadOnlyList<MemberChange> Members { get; init; }

    /// <summary>
    /// The blocks that differ, in the order of the second body; a removed one behind what stood before it. Take the
    /// removed and moved blocks out of the first body, then put the added and moved ones at their `to`, in this order:
    /// then all blocks stand as in the second.
    /// </summary>
    public required IReadOnlyList<BlockChange> Blocks { get; init; }

    /// <summary>
    /// Words of the body that the second revision has and the first has not, and the other way round.
    /// </summary>
    public required WordChange Words { get; init; }

    public static (RevisionComparison Comparison, BodyComparison Bodies) Of(
        EditorialArticleRow before,
        EditorialArticleRow after
    )
    {
        var texts = new TextComparison();
        var bodies = BodyComparison.Of(BodyOf(before), BodyOf(after), texts);
        return (
            new()
            {
                From = before.Revision,
                To = after.Revision,
                Members = [.. MembersOf(before, after, texts)],
                Blocks = [.. bodies.Blocks.Where(b => !b.IsUntouched).Select(BlockChange.Of)],
                Words = WordChange.Of(bodies),
            },
            bodies
        );
    }

    private static Body BodyOf(EditorialArticleRow row) => BlockIds.Complete(Body.Parse(row.Body!));

    private static readonly string[] Compared =
    [
        "slug",
        "kicker",
        "headline",
        "deck",
        "excerpt",
        "access",
        "section",
        "authors",
        "heroImage",
        "tags",
        "disclosure",
        "corrections",
        "seo",
        "related",
        "publishedAt",
        "embargoedUntil",
    ];

    private static readonly string[] Texts = ["kicker", "headline", "deck", "excerpt", "disclosure"];

    private static IEnumerable<MemberChange> MembersOf(
        EditorialArticleRow before,
        EditorialArticleRow after,
        TextComparison texts
    )
    {
        var (one, other) = (Shown(before), Shown(after));
        foreach (var member in Compared)
        {
            var (old, now) = (one.GetProperty(member), other.GetProperty(member));
            if (JsonElement.DeepEquals(old, now))
                continue;
            yield return new()
            {
                Member = member,
                Before = old,
                After = now,
                Pieces = Texts.Contains(member)
                    ? texts.OfPlain(old.GetString() ?? "", now.GetString() ?? "")
                    : null,
            };
        }
    }

    // An excerpt that nobody wrote changes with the body, and is no member of its own.
    private static JsonElement Shown(EditorialArticleRow row) =>
        JsonSerializer.SerializeToElement(
            ArticleReader.View(row with { Excerpt = row.Excerpt ?? "" }, [BodyForm.None]),
            Json.Options
        );
}

/// <summary>A member that differs.</summary>
internal sealed record MemberChange
{
    /// <summary>Its name in the article.</summary>
    /// <example>headline</example>
    public required string Member { get; init; }

    /// <summary>Its value in the first revision, as the article shows it.</summary>
    public required JsonElement Before { get; init; }

    /// <summary>Its value in the second revision.</summary>
    public required JsonElement After { get; init; }

    /// <summary>Of a text: its pieces, word by word. Otherwise absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TextPiece>? Pieces { get; init; }
}

/// <summary>What became of a block.</summary>
internal enum BlockChangeKind
{
    /// <summary>It is in both, and says the same; it stands elsewhere.</summary>
    Moved,

    /// <summary>It is in both, and says something else.</summary>
    Changed,

    /// <summary>It is in the second revision only.</summary>
    Added,

    /// <summary>It is in the first revision only.</summary>
    Removed,
}

/// <summary>A block that differs.</summary>
internal sealed record BlockChange
{
    /// <summary>The block's id.</summary>
    public required string Id { get; init; }

    /// <summary>What became of it.</summary>
    public required BlockChangeKind Change { get; init; }

    /// <summary>Whether it was moved, which a changed block may be too.</summary>
    public required bool Moved { get; init; }

    /// <summary>Its place in the first body, from 0; null: it is not there.</summary>
    public required int? From { get; init; }

    /// <summary>Its place in the second body, from 0; null: it is not there.</summary>
    public required int? To { get; init; }

    /// <summary>The block: of a removed one as it was, otherwise as it is in the second revision.</summary>
    public required Block Block { get; init; }

    /// <summary>What changed within it. Empty for blocks that are added, removed or only moved.</summary>
    public required IReadOnlyList<BlockEdit> Edits { get; init; }

    /// <summary>The block as HTML, with `ins` and `del`.</summary>
    public required string Html { get; init; }

    public static BlockChange Of(ComparedBlock block) =>
        new()
        {
            Id = (block.After ?? block.Before)!.Id,
            Change =
                block.Before is null ? BlockChangeKind.Added
                : block.After is null ? BlockChangeKind.Removed
                : block.IsChanged ? BlockChangeKind.Changed
                : BlockChangeKind.Moved,
            Moved = block.Moved,
            From = block.From,
            To = block.To,
            Block = (block.After ?? block.Before)!,
            Edits = block.Edits,
            Html = ComparisonHtml.Of(block),
        };
}

/// <summary>Words that came and went.</summary>
internal sealed record WordChange
{
    /// <summary>Words that are new.</summary>
    public required int Added { get; init; }

    /// <summary>Words that are gone.</summary>
    public required int Removed { get; init; }

    public static WordChange Of(BodyComparison bodies) =>
        new() { Added = bodies.Words.Added, Removed = bodies.Words.Removed };
}
