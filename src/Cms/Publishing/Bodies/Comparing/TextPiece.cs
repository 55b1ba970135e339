using System.Text.Json.Serialization;

namespace Cms.Publishing.Bodies.Comparing;

/// <summary>What became of a piece of text.</summary>
internal enum PieceChange
{
    /// <summary>It is in both.</summary>
    Equal,

    /// <summary>It is in the first only.</summary>
    Deleted,

    /// <summary>It is in the second only.</summary>
    Inserted,
}

/// <summary>
/// A piece of a compared text. The equal and deleted pieces together are the first text, the equal and inserted ones
/// the second.
/// </summary>
internal sealed record TextPiece
{
    /// <summary>What became of it.</summary>
    public required PieceChange Change { get; init; }

    /// <summary>Of inline HTML: the piece with its marks. Each piece opens and closes its own elements.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Html { get; init; }

    /// <summary>Of plain text: the piece.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }
}
