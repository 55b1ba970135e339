using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cms.Publishing.Bodies.Comparing;

/// <summary>What became of a part of a block.</summary>
internal enum EditChange
{
    /// <summary>It is another now.</summary>
    Changed,

    /// <summary>It is new: an item, a paragraph, a row.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Removed,
}

/// <summary>
/// A change within a block. The removals from the last to the first, then the additions in their order, then the
/// changes turn the first form of the block into the second.
/// </summary>
internal sealed record BlockEdit
{
    /// <summary>What became of the part.</summary>
    public required EditChange Change { get; init; }

    /// <summary>
    /// JSON pointer into the block in the first revision; empty: the block itself. Absent for additions.
    /// </summary>
    /// <example>/items/1/html</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    /// <summary>JSON pointer into the block in the second revision. Absent for removals.</summary>
    /// <example>/items/2/html</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? To { get; init; }

    /// <summary>The value in the first revision; null if there is none. Absent where there are `pieces`.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Before { get; init; }

    /// <summary>The value in the second revision; null if there is none. Absent where there are `pieces`.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? After { get; init; }

    /// <summary>Of a changed text: its pieces, word by word.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TextPiece>? Pieces { get; init; }
}
