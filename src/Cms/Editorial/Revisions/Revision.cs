using System.Text.Json;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.Comparing;

namespace Cms.Editorial.Revisions;

/// <summary>A revision, as the list shows it.</summary>
internal sealed record Revision
{
    /// <summary>1 is the first; every save makes the next one.</summary>
    public required int Number { get; init; }

    /// <summary>When it was saved.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The key that saved it; null: the newsroom's own command line.</summary>
    public required Actor? CreatedBy { get; init; }

    /// <summary>Why, as its writer said in `Revision-Note`; null if nothing was said.</summary>
    public required string? Note { get; init; }

    /// <summary>Whether it is the one that readers see.</summary>
    public required bool IsPublished { get; init; }

    /// <summary>
    /// The members of the article that differ from the revision before, such as `headline` and `body`. Empty for the
    /// first revision, and for a save that changed nothing.
    /// </summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>Words of the body that it has and the revision before has not, and the other way round.</summary>
    public required WordChange Words { get; init; }
}

/// <summary>A revision as the list's statement gives it.</summary>
internal sealed record RevisionListRow
{
    public required int Number { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string? CreatedBy { get; init; }
    public required string? Note { get; init; }
    public required bool IsPublished { get; init; }
    public required string[] Changed { get; init; }

    /// <summary>
    /// The body of the revision before and its own, as a JSON array; empty if they are the same; null beyond the end of
    /// the page.
    /// </summary>
    public required string? Bodies { get; init; }

    /// <param name="texts">Shared by the page, so that its budget is the page's.</param>
    public Revision View(TextComparison texts) =>
        new()
        {
            Number = Number,
            CreatedAt = CreatedAt,
            CreatedBy = CreatedBy is null ? null : Json.Read<Actor>(CreatedBy),
            Note = Note,
            IsPublished = IsPublished,
            Changed = Changed,
            Words = WordsOf(Bodies!, texts),
        };

    private static WordChange WordsOf(string bodies, TextComparison texts)
    {
        if (bodies.Length == 0)
            return new() { Added = 0, Removed = 0 };
        var both = JsonSerializer.Deserialize<Body?[]>(bodies, Body.Json)!;
        return WordChange.Of(
            BodyComparison.Of(BlockIds.Complete(both[0] ?? Body.Empty), BlockIds.Complete(both[1]!), texts)
        );
    }
}
