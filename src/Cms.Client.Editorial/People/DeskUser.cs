using System.Text.Json.Serialization;

namespace Cms.Client.Editorial;

/// <summary>Who asks, and what they may do.</summary>
public sealed record DeskUser
{
    /// <summary>The id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether it is a key or a person; null from a server that does not say.</summary>
    public ActorKind? Kind { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The role.</summary>
    public required Role Role { get; init; }

    /// <summary>The ids of the sections that it is limited to; null: all.</summary>
    public IReadOnlyList<Guid>? Sections { get; init; }

    /// <summary>When the key ends; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What it may do, as the audit log names it, such as <c>article.publish</c>.</summary>
    public required IReadOnlyList<string> Acts { get; init; }

    /// <summary>Whether it changes only articles that it opened itself, and drafts that are assigned to it.</summary>
    public required bool OwnArticlesOnly { get; init; }
}

/// <summary>A role. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>editor</c>.</param>
[JsonConverter(typeof(RoleConverter))]
public readonly record struct Role(string Value)
{
    /// <summary>Reads what is published, whole.</summary>
    public static Role Reader { get; } = new("reader");

    /// <summary>Reads drafts.</summary>
    public static Role Viewer { get; } = new("viewer");

    /// <summary>Writes its own drafts.</summary>
    public static Role Contributor { get; } = new("contributor");

    /// <summary>Writes all, and publishes.</summary>
    public static Role Editor { get; } = new("editor");

    /// <summary>Manages keys, webhooks and settings.</summary>
    public static Role Admin { get; } = new("admin");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}
