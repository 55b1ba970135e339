using System.Text.Json;
using Cms.Editorial.Articles.Reading;

namespace Cms.Editorial.Workflow;

/// <summary>Why an article is withdrawn.</summary>
internal enum WithdrawalReason
{
    /// <summary>It is wrong, and a correction would not be enough.</summary>
    Error,

    /// <summary>The law or a court demands it.</summary>
    Legal,

    /// <summary>It is there a second time.</summary>
    Duplicate,

    /// <summary>Its time is over, or the right to show it.</summary>
    Expired,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>What is said of a withdrawal, as it is stored.</summary>
internal sealed record Withdrawal
{
    public static readonly Withdrawal Silent = new();

    public WithdrawalReason? Reason { get; init; }
    public string? Notice { get; init; }
    public Guid? ReplacedBy { get; init; }

    public bool IsSilent => this == Silent;

    /// <summary>As the database and the change feed name it.</summary>
    public string? ReasonText =>
        Reason is { } reason ? JsonNamingPolicy.CamelCase.ConvertName(reason.ToString()) : null;
}

/// <summary>What is said of a withdrawal.</summary>
internal sealed record WithdrawalView
{
    /// <summary>Why. Apps and partners that keep copies are told; null: nobody has said.</summary>
    public required WithdrawalReason? Reason { get; init; }

    /// <summary>What readers are told, in the answer 410.</summary>
    public required string? Notice { get; init; }

    /// <summary>The article to which readers are sent instead, while that is published.</summary>
    public required RelatedArticle? ReplacedBy { get; init; }

    /// <summary>Of a row with these columns, as JSON; null: nothing is said.</summary>
    public static string Select(string row) =>
        $"""
            case when num_nonnulls({row}.reason, {row}.notice, {row}.replaced_by) > 0 then jsonb_build_object(
                'reason', {row}.reason, 'notice', {row}.notice,
                'replacedBy', {Reach.Name($"{row}.replaced_by")}) end
            """;

    /// <summary>That of the article <c>a</c>.</summary>
    public static readonly string Done =
        $"(select {Select("w")} from published_withdrawals w where w.article_id = a.id)";
}
