using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Cms.Client.Editorial.Http;

namespace Cms.Client.Editorial;

/// <summary>A release, without its articles.</summary>
public record ReleaseSummary
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the desk calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required ReleaseStatus Status { get; init; }

    /// <summary>Every change makes the next one. Changes name it.</summary>
    public required int Revision { get; init; }

    /// <summary>When it goes live by itself, or was to; null: when it is published.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>How many articles it has.</summary>
    public required int ItemCount { get; init; }

    /// <summary>Why it could not go live at its time; null once it has, or is changed.</summary>
    public ReleaseFailure? Failure { get; init; }

    /// <summary>When it went live; null: it has not.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Who published it; null where its time did.</summary>
    public Actor? PublishedBy { get; init; }

    /// <summary>Whether it went live more than a second after its time.</summary>
    public bool IsLate { get; init; }

    /// <summary>The release whose articles this one put back to what was live before; null: none.</summary>
    public Guid? Reverts { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public Actor? CreatedBy { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who last changed it.</summary>
    public Actor? UpdatedBy { get; init; }
}

/// <summary>Articles that go live together.</summary>
public sealed record Release : ReleaseSummary
{
    /// <summary>What it does, in the order in which it was written.</summary>
    public required IReadOnlyList<ReleaseItem> Items { get; init; }
}

/// <summary>Why a release could not go live. It is tried again every few seconds.</summary>
public sealed record ReleaseFailure
{
    /// <summary>When it was tried first.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was found; the pointer names the item, such as <c>/items/3</c>.</summary>
    public required IReadOnlyList<CheckFinding> Errors { get; init; }
}

/// <summary>An article of a release.</summary>
public sealed record ReleaseItem
{
    /// <summary>The article.</summary>
    public required ReleasedArticle Article { get; init; }

    /// <summary>What is done to it.</summary>
    public required ReleaseAct Act { get; init; }

    /// <summary>The revision that is published, or was; null: the working copy when it is published, or none.</summary>
    public int? Revision { get; init; }

    /// <summary>The working copy when the article was added to the release.</summary>
    public required int AddedRevision { get; init; }

    /// <summary>What readers saw before the release went live; null: nothing, or it has not.</summary>
    public int? ReplacedRevision { get; init; }
}

/// <summary>An article as a release names it. What is null was deleted for good.</summary>
public sealed record ReleasedArticle
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its slug.</summary>
    public string? Slug { get; init; }

    /// <summary>Its headline.</summary>
    public string? Headline { get; init; }

    /// <summary>Where it stands.</summary>
    public ArticleStatus? Status { get; init; }

    /// <summary>Number of its working copy.</summary>
    public int? Revision { get; init; }
}

/// <summary>What keeps a release from going live, or would be better.</summary>
public sealed record ReleaseChecks
{
    /// <summary>The revision of the release that was checked.</summary>
    public required int CheckedRevision { get; init; }

    /// <summary>Whether nothing keeps it from going live.</summary>
    public required bool CanBePublished { get; init; }

    /// <summary>What keeps it from going live: the first 100.</summary>
    public required IReadOnlyList<CheckFinding> Blockers { get; init; }

    /// <summary>What would be better: the first 100.</summary>
    public required IReadOnlyList<CheckFinding> Advice { get; init; }
}

/// <summary>Where a release stands. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>open</c>.</param>
[JsonConverter(typeof(ReleaseStatusConverter))]
public readonly record struct ReleaseStatus(string Value)
{
    /// <summary>It goes live when somebody publishes it.</summary>
    public static ReleaseStatus Open { get; } = new("open");

    /// <summary>It goes live at its time.</summary>
    public static ReleaseStatus Scheduled { get; } = new("scheduled");

    /// <summary>It has gone live, and is no longer changed.</summary>
    public static ReleaseStatus Published { get; } = new("published");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>What a release does to an article. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>publish</c>.</param>
[JsonConverter(typeof(ReleaseActConverter))]
public readonly record struct ReleaseAct(string Value)
{
    /// <summary>Readers see it from then on, or see another revision of it.</summary>
    public static ReleaseAct Publish { get; } = new("publish");

    /// <summary>It is withdrawn from readers.</summary>
    public static ReleaseAct Unpublish { get; } = new("unpublish");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>A new release.</summary>
public sealed record ReleaseDraft
{
    /// <summary>What the desk calls it. Readers do not see it.</summary>
    public required string Name { get; init; }

    /// <summary>When it goes live by itself; null: when it is published.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What goes live, at most 200 articles, each once.</summary>
    public IReadOnlyList<ReleaseItemDraft>? Items { get; init; }
}

/// <summary>An article of a release as it is written.</summary>
public sealed record ReleaseItemDraft
{
    /// <summary>Slug or id of the article.</summary>
    public required string Article { get; init; }

    /// <summary>What is done to it.</summary>
    public required ReleaseAct Act { get; init; }

    /// <summary>
    /// The revision that is published; null: the working copy as it is when the release is published, or, in a release
    /// with a time, as it is now.
    /// </summary>
    public int? Revision { get; init; }
}

/// <summary>A change of a release.</summary>
public sealed class ReleasePatch : MergePatch
{
    /// <summary>What the desk calls it.</summary>
    [DisallowNull]
    public string? Name
    {
        get;
        init
        {
            field = value;
            Set("name", value);
        }
    }

    /// <summary>When it goes live by itself; null: when it is published.</summary>
    public DateTimeOffset? At
    {
        get;
        init
        {
            field = value;
            Set("at", value);
        }
    }

    /// <summary>What goes live: all of it.</summary>
    [DisallowNull]
    public IReadOnlyList<ReleaseItemDraft>? Items
    {
        get;
        init
        {
            field = value;
            Set("items", Json.Of(value, DeskJson.Default.IReadOnlyListReleaseItemDraft));
        }
    }
}

/// <summary>How a release is reverted.</summary>
public sealed record ReleaseRevert
{
    /// <summary>What the desk calls the new release; null: made from the name of the other.</summary>
    public string? Name { get; init; }

    /// <summary>Whether to take away what was published or withdrawn since, too.</summary>
    public bool Overwrite { get; init; }
}

/// <summary>Which releases to list.</summary>
public sealed record ReleaseQuery : ListQuery
{
    /// <summary>Only releases in any of these statuses; none: all.</summary>
    public IReadOnlyList<ReleaseStatus> Statuses { get; init; } = [];
}
