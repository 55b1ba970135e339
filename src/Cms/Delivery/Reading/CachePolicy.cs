using System.Globalization;
using Cms.Access;

namespace Cms.Delivery.Reading;

/// <summary>How long others may keep delivery's answers (RFC 9111, RFC 5861).</summary>
internal sealed class CachePolicy(TimeSpan maxAge, TimeSpan staleWhileRevalidate, TimeSpan staleIfError)
{
    /// <summary>For answers that are the same for everyone.</summary>
    public string Shared { get; } =
        string.Create(
            CultureInfo.InvariantCulture,
            $"public, max-age={(int)maxAge.TotalSeconds}, "
                + $"stale-while-revalidate={(int)staleWhileRevalidate.TotalSeconds}, "
                + $"stale-if-error={(int)staleIfError.TotalSeconds}"
        );

    /// <summary>For answers to a key: whole bodies from behind the wall never enter a shared cache.</summary>
    public string Private { get; } = "private, no-cache";

    public string For(Caller? caller) => caller is null ? Shared : Private;
}
