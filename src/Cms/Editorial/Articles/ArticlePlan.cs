namespace Cms.Editorial.Articles;

/// <summary>What the desk plans with an article, as its statements give it.</summary>
internal sealed record ArticlePlan
{
    public static readonly ArticlePlan None = new();

    public Rejection? Rejection { get; init; }
}

/// <summary>Why an article was sent back to its author.</summary>
internal sealed record Rejection
{
    /// <summary>What its author should do.</summary>
    /// <example>Who says so? Name the second source.</example>
    public required string Note { get; init; }

    /// <summary>When it was sent back.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The key that sent it back; null: the newsroom's own command line.</summary>
    public required KeyRef? By { get; init; }
}
