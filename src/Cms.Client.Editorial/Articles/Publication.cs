using System.Text.Json.Serialization;

namespace Cms.Client.Editorial;

/// <summary>When and how an article is to be published. Without times: now, and for good.</summary>
public sealed record Publication
{
    /// <summary>Publishes the present revision then; null: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Withdraws it then; null: what was planned stays planned.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether it is no news: the date of the last update that readers see stays.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Minor { get; init; }
}

/// <summary>When an article is to be withdrawn, and what is said of it.</summary>
public sealed record Withdrawal
{
    /// <summary>Withdraws it then; null: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Why: apps and partners are told, so that they can withdraw what they copied.</summary>
    public WithdrawalReason? Reason { get; init; }

    /// <summary>What readers are told in its place.</summary>
    public string? Notice { get; init; }

    /// <summary>Slug or id of the article that readers are led to instead.</summary>
    public string? ReplacedBy { get; init; }
}
