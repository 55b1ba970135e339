namespace Cms.Client.Http;

/// <summary>How long to wait where the server says how long at least.</summary>
internal static class Backoff
{
    /// <summary>
    /// What <c>Retry-After</c> asks for, and up to as much more as the client would have waited by itself: a crowd that
    /// was told the same would come back as one.
    /// </summary>
    /// <param name="retryAfter">What the server asks for.</param>
    /// <param name="attempt">How many pauses there were before this one.</param>
    /// <param name="delay">About how long the first pause is; each further one is twice as long.</param>
    /// <param name="longest">The longest that a pause is by itself.</param>
    /// <returns>Null, the client's own pause, if nothing is asked for, or no pause at all.</returns>
    public static TimeSpan? AtLeast(TimeSpan? retryAfter, int attempt, TimeSpan delay, TimeSpan longest)
    {
        if (retryAfter is not { } least || least <= TimeSpan.Zero)
            return null;
        var most = Math.Min(longest.TotalSeconds, delay.TotalSeconds * Math.Pow(2, Math.Min(attempt, 30)));
        return least + TimeSpan.FromSeconds(most * Random.Shared.NextDouble());
    }
}
