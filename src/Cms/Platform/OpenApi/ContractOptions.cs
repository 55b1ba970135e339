namespace Cms.Platform.OpenApi;

/// <summary>What the document says beyond what the endpoints say themselves.</summary>
internal sealed record ContractOptions
{
    /// <summary>The lowest role that has a permission.</summary>
    public required Func<string, string> LowestRole { get; init; }

    /// <summary>
    /// The groups of operations, in the order in which they are shown. An operation is in the first whose path it
    /// begins with.
    /// </summary>
    public required IReadOnlyList<ContractTag> Tags { get; init; }
}

/// <summary>A group of operations.</summary>
/// <param name="Path">What the paths of its operations begin with.</param>
internal sealed record ContractTag(string Path, string Name, string Description)
{
    /// <summary>
    /// Examples of path parameters, by name: things in the demo newsroom, so that they can be tried out.
    /// </summary>
    public IReadOnlyDictionary<string, string> Examples { get; init; } = new Dictionary<string, string>();
}
