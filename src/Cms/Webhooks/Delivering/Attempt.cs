namespace Cms.Webhooks.Delivering;

/// <summary>What is to be sent, and to whom.</summary>
internal sealed record Message
{
    public required string Url { get; init; }

    /// <summary>The `webhook-id`: the same on every attempt.</summary>
    public required Guid EventId { get; init; }

    public required string Body { get; init; }

    /// <summary>The secrets that hold now, the present one first.</summary>
    public required IReadOnlyList<byte[]> Secrets { get; init; }
}

/// <summary>One request, and what came of it.</summary>
internal sealed record Attempt
{
    public required DateTimeOffset At { get; init; }
    public required TimeSpan Duration { get; init; }
    public required string Url { get; init; }
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>What came back; null when nothing did.</summary>
    public int? Status { get; init; }

    /// <summary>The first 2 KB of the answer, as text.</summary>
    public string? Answer { get; init; }

    /// <summary>What went wrong, in a sentence.</summary>
    public string? Error { get; init; }

    /// <summary>For how long the receiver asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool Succeeded => Status is >= 200 and <= 299;

    public DateTimeOffset EndedAt => At + Duration;
}
