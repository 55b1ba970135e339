namespace Cms.Client;

/// <summary>How a client reaches its server.</summary>
public sealed record CmsClientOptions
{
    /// <summary>
    /// Where the server is, such as <c>https://cms.example/</c>. Needed unless the client is given an
    /// <see cref="HttpClient"/> that has one.
    /// </summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>
    /// An API key of role <c>reader</c> or above: bodies behind the wall then come whole. Null: anonymous. Never ship a
    /// key within an app that others can take apart.
    /// </summary>
    public string? ApiKey { get; init; }

    /// <summary>
    /// How often a request is sent again after a connection that failed or broke off, 408, 429 or 5xx. 0: never.
    /// </summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>
    /// How long to wait before the first retry where the server does not say (<c>Retry-After</c>); doubled for each
    /// further one, with jitter.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The longest wait between two tries. If the server asks for a longer one by <c>Retry-After</c> the request fails
    /// at once, with <see cref="CmsProblemException.RetryAfter"/>: coming back earlier would be to ignore it.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long one try may take, to the end of its answer; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: as
    /// long as it takes. A request that the server is asked to hold has as much more.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many bytes of answers are remembered with their <c>ETag</c>, so that what has not changed is not sent again;
    /// the ones used longest ago go first. 0: none.
    /// </summary>
    public int RememberedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The clock by which the client waits.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    // A record prints its members, and this one holds a secret.
    /// <summary>The address.</summary>
    public override string ToString() => $"CmsClientOptions {{ BaseAddress = {BaseAddress} }}";
}
