namespace Cms.Client.Editorial;

/// <summary>How something is written.</summary>
public record CallOptions
{
    /// <summary>
    /// Names this request, so that it is done once: sent again within 24 hours it gets the first answer. Null: the
    /// client makes one for each call and keeps it for its own retries. Give your own where a retry may come from
    /// another process, such as a queue: at most 255 visible ASCII characters.
    /// </summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>How an act of the workflow is done.</summary>
public sealed record ActOptions : CallOptions
{
    /// <summary>
    /// Does it only if the article still has this revision, so that nothing goes out that nobody has seen
    /// (<see cref="EditConflictException"/> otherwise). Null: whatever revision it has.
    /// </summary>
    public int? IfRevision { get; init; }
}

/// <summary>How an article is saved.</summary>
public record SaveOptions : CallOptions
{
    /// <summary>Why it is saved, for the list of revisions: one line of at most 500 characters.</summary>
    public string? Note { get; init; }

    /// <summary>Publishes it at once, in the same transaction.</summary>
    public bool Publish { get; init; }
}

/// <summary>How an article is changed.</summary>
public sealed record ChangeOptions : SaveOptions
{
    /// <summary>
    /// Merges the edit if somebody has saved since, as long as it touches nothing that they have touched: members count
    /// one by one, and in the body blocks by their ids. Not together with <see cref="SaveOptions.Publish"/>.
    /// </summary>
    public bool Merge { get; init; }
}
