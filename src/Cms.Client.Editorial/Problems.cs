using System.Text.Json.Serialization;
using Cms.Client.Editorial.Http;

namespace Cms.Client.Editorial;

/// <summary>
/// Somebody has saved since the revision that the edit starts from (412). Nothing was overwritten: read the present
/// revision, let the editor decide, and send again.
/// </summary>
public sealed class EditConflictException : CmsProblemException
{
    internal EditConflictException(CmsProblemException problem, DeskProblem more)
        : base(problem)
    {
        CurrentRevision = more.CurrentRevision;
        ChangedBy = more.ChangedBy;
        ChangedAt = more.ChangedAt;
        Changed = more.Changed;
        Conflicts = more.Conflicts ?? [];
    }

    /// <summary>The revision that it has now.</summary>
    public int? CurrentRevision { get; }

    /// <summary>Of an article: who saved that revision; null: the newsroom's own command line.</summary>
    public Actor? ChangedBy { get; }

    /// <summary>Of an article: when that revision was saved.</summary>
    public DateTimeOffset? ChangedAt { get; }

    /// <summary>
    /// Of an article: the members that differ between the revision that the edit starts from and the present one; null
    /// if the server cannot say.
    /// </summary>
    public IReadOnlyList<string>? Changed { get; }

    /// <summary>
    /// Of an edit that was to be merged: the members and blocks that both edits touch. Otherwise empty.
    /// </summary>
    public IReadOnlyList<EditConflict> Conflicts { get; }
}

/// <summary>Something that two edits touch in ways that cannot both be kept.</summary>
public sealed record EditConflict
{
    /// <summary>The member of the article, such as <c>body</c>.</summary>
    public required string Member { get; init; }

    /// <summary>The id of the block, in the body; otherwise null.</summary>
    public string? Block { get; init; }

    /// <summary>What this edit does to it.</summary>
    public required EditAct Mine { get; init; }

    /// <summary>What was done to it since the revision that this edit starts from.</summary>
    public required EditAct Theirs { get; init; }
}

/// <summary>What an edit did. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>moved</c>.</param>
[JsonConverter(typeof(EditActConverter))]
public readonly record struct EditAct(string Value)
{
    /// <summary>It says something else.</summary>
    public static EditAct Changed { get; } = new("changed");

    /// <summary>It stands elsewhere.</summary>
    public static EditAct Moved { get; } = new("moved");

    /// <summary>It is gone.</summary>
    public static EditAct Removed { get; } = new("removed");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>The article's status does not allow this (409).</summary>
public sealed class WrongStatusException : CmsProblemException
{
    internal WrongStatusException(CmsProblemException problem, IReadOnlyList<string> allowed)
        : base(problem) => Allowed = allowed;

    /// <summary>What may be done with the article now, such as <c>submit</c> and <c>change</c>.</summary>
    public IReadOnlyList<string> Allowed { get; }
}

/// <summary>What is to be deleted is still used (409).</summary>
public sealed class InUseException : CmsProblemException
{
    internal InUseException(CmsProblemException problem, IReadOnlyList<Usage> usedBy)
        : base(problem) => UsedBy = usedBy;

    /// <summary>What uses it: the first ten, of those that the key may see.</summary>
    public IReadOnlyList<Usage> UsedBy { get; }
}

/// <summary>An act of a batch cannot be done, so none was (422).</summary>
public sealed class BatchRefusedException : CmsProblemException
{
    internal BatchRefusedException(CmsProblemException problem, IReadOnlyList<RefusedAct> acts)
        : base(problem) => Acts = acts;

    /// <summary>The acts that cannot be done, each with its problem.</summary>
    public IReadOnlyList<RefusedAct> Acts { get; }
}

/// <summary>Something that uses another thing.</summary>
public sealed record Usage
{
    /// <summary>What it is, such as <c>article</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its headline or name.</summary>
    public required string Name { get; init; }
}
