using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cms.Client.Editorial;

/// <summary>A revision, as the list shows it.</summary>
public sealed record Revision
{
    /// <summary>1 is the first; every save makes the next one.</summary>
    public required int Number { get; init; }

    /// <summary>When it was saved.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who saved it; null: the newsroom's own command line.</summary>
    public Actor? CreatedBy { get; init; }

    /// <summary>Why, if its writer said so.</summary>
    public string? Note { get; init; }

    /// <summary>Whether it is the one that readers see.</summary>
    public required bool IsPublished { get; init; }

    /// <summary>The members of the article that differ from the revision before.</summary>
    public required IReadOnlyList<string> Changed { get; init; }

    /// <summary>Words of the body that came and went.</summary>
    public required WordChange Words { get; init; }
}

/// <summary>Words that came and went.</summary>
public sealed record WordChange
{
    /// <summary>Words that are new.</summary>
    public required int Added { get; init; }

    /// <summary>Words that are gone.</summary>
    public required int Removed { get; init; }
}

/// <summary>What differs between two revisions.</summary>
public sealed record RevisionComparison
{
    /// <summary>The number of the first revision.</summary>
    public required int From { get; init; }

    /// <summary>The number of the second revision.</summary>
    public required int To { get; init; }

    /// <summary>The members that differ, without the body.</summary>
    public required IReadOnlyList<MemberChange> Members { get; init; }

    /// <summary>The blocks that differ, in the order of the second body; a removed one behind what stood before
    /// it.</summary>
    public required IReadOnlyList<BlockChange> Blocks { get; init; }

    /// <summary>Words of the body that came and went.</summary>
    public required WordChange Words { get; init; }
}

/// <summary>A member that differs.</summary>
public sealed record MemberChange
{
    /// <summary>Its name in the article, such as <c>headline</c>.</summary>
    public required string Member { get; init; }

    /// <summary>Its value in the first revision, as the article shows it.</summary>
    public required JsonElement Before { get; init; }

    /// <summary>Its value in the second revision.</summary>
    public required JsonElement After { get; init; }

    /// <summary>Of a text: its pieces, word by word. Otherwise null.</summary>
    public IReadOnlyList<TextPiece>? Pieces { get; init; }
}

/// <summary>A block that differs.</summary>
public sealed record BlockChange
{
    /// <summary>The block's id.</summary>
    public required string Id { get; init; }

    /// <summary>What became of it.</summary>
    public required BlockChangeKind Change { get; init; }

    /// <summary>Whether it was moved, which a changed block may be too.</summary>
    public required bool Moved { get; init; }

    /// <summary>Its place in the first body, from 0; null: it is not there.</summary>
    public int? From { get; init; }

    /// <summary>Its place in the second body, from 0; null: it is not there.</summary>
    public int? To { get; init; }

    /// <summary>The block: of a removed one as it was, otherwise as it is in the second revision.</summary>
    public required Block Block { get; init; }

    /// <summary>What changed within it.</summary>
    public required IReadOnlyList<BlockEdit> Edits { get; init; }

    /// <summary>The block as sanitised HTML, with <c>ins</c> and <c>del</c>.</summary>
    public required string Html { get; init; }
}

/// <summary>What became of a block. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>moved</c>.</param>
[JsonConverter(typeof(BlockChangeKindConverter))]
public readonly record struct BlockChangeKind(string Value)
{
    /// <summary>It is in both, and says the same; it stands elsewhere.</summary>
    public static BlockChangeKind Moved { get; } = new("moved");

    /// <summary>It is in both, and says something else.</summary>
    public static BlockChangeKind Changed { get; } = new("changed");

    /// <summary>It is in the second revision only.</summary>
    public static BlockChangeKind Added { get; } = new("added");

    /// <summary>It is in the first revision only.</summary>
    public static BlockChangeKind Removed { get; } = new("removed");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>A change within a block.</summary>
public sealed record BlockEdit
{
    /// <summary>What became of the part.</summary>
    public required PartChange Change { get; init; }

    /// <summary>JSON pointer into the block in the first revision; null: it is not there.</summary>
    public string? From { get; init; }

    /// <summary>JSON pointer into the block in the second revision; null: it is not there.</summary>
    public string? To { get; init; }

    /// <summary>The value in the first revision; null where there are <see cref="Pieces"/>.</summary>
    public JsonElement? Before { get; init; }

    /// <summary>The value in the second revision; null where there are <see cref="Pieces"/>.</summary>
    public JsonElement? After { get; init; }

    /// <summary>Of a changed text: its pieces, word by word.</summary>
    public IReadOnlyList<TextPiece>? Pieces { get; init; }
}

/// <summary>What became of a part of a block. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>added</c>.</param>
[JsonConverter(typeof(PartChangeConverter))]
public readonly record struct PartChange(string Value)
{
    /// <summary>It is another now.</summary>
    public static PartChange Changed { get; } = new("changed");

    /// <summary>It is new.</summary>
    public static PartChange Added { get; } = new("added");

    /// <summary>It is gone.</summary>
    public static PartChange Removed { get; } = new("removed");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>A piece of a text that was compared.</summary>
public sealed record TextPiece
{
    /// <summary>Whether it is in both texts, in the first, or in the second.</summary>
    public required PieceChange Change { get; init; }

    /// <summary>The piece as inline HTML; null in plain text.</summary>
    public string? Html { get; init; }

    /// <summary>The piece as plain text; null in inline HTML.</summary>
    public string? Text { get; init; }
}

/// <summary>In which texts a piece is. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>inserted</c>.</param>
[JsonConverter(typeof(PieceChangeConverter))]
public readonly record struct PieceChange(string Value)
{
    /// <summary>In both.</summary>
    public static PieceChange Equal { get; } = new("equal");

    /// <summary>In the first only.</summary>
    public static PieceChange Deleted { get; } = new("deleted");

    /// <summary>In the second only.</summary>
    public static PieceChange Inserted { get; } = new("inserted");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}
