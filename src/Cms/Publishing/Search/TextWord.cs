namespace Cms.Publishing.Search;

/// <summary>A word as search knows it: letters, marks and digits only.</summary>
/// <param name="Text">How it is looked up.</param>
/// <param name="Start">Where in the text it begins.</param>
/// <param name="End">Where in the text it ends.</param>
internal readonly record struct TextWord(string Text, int Start, int End);

/// <summary>
/// What is written together: one word as a rule; several in <c>F-16</c> and <c>Reuters/Ipsos</c>; every two neighbours
/// of a script without spaces.
/// </summary>
internal sealed record WordGroup
{
    /// <summary>The words in it, which follow one another.</summary>
    public required IReadOnlyList<TextWord> Parts { get; init; }

    /// <summary>
    /// Other words by which it is found: parts that were joined, and other readings. They have no place in the
    /// sequence.
    /// </summary>
    public IReadOnlyList<TextWord> Beside { get; init; } = [];

    /// <summary>Any of these is the whole group; none if it is one word, or too long to be joined.</summary>
    public IReadOnlyList<string> Whole { get; init; } = [];

    /// <summary>
    /// Whether a search for it means the whole, and is not content with all of its parts: <c>C++</c> is not C, and
    /// <c>3-1</c> not 1 and 3.
    /// </summary>
    public bool IsPrecise { get; init; }

    /// <summary>Whether its script has no spaces: its parts are two neighbours each, and the last one alone.</summary>
    public bool IsSpaceless { get; init; }

    /// <summary>Where in the text it begins.</summary>
    public required int Start { get; init; }

    /// <summary>Where in the text it ends.</summary>
    public required int End { get; init; }
}
