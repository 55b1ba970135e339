using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Cms.Platform.Http.Answers;

/// <summary>
/// When something that readers see will next be changed by the clock. What is sent until then may be kept until then
/// and no longer.
/// </summary>
internal sealed partial class NextChange
{
    /// <summary>
    /// How long each <c>Cache-Control</c> lets an answer be shown. They are few, and the same strings for all answers.
    /// </summary>
    private readonly ConditionalWeakTable<string, StrongBox<long>> _longest = [];
    private readonly Lock _lock = new();
    private long _at = DateTimeOffset.MaxValue.UtcTicks;
    private long _version;
    private Shortened? _last;

    /// <summary>The moment; <see cref="DateTimeOffset.MaxValue"/>: nothing is planned.</summary>
    public DateTimeOffset At => new(Volatile.Read(ref _at), TimeSpan.Zero);

    /// <summary>How long anything that is sent may be kept: what is planned for later cuts nothing.</summary>
    public TimeSpan Horizon { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Grows when something is planned.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>All that was planned at a version is known. What was planned since stays as well.</summary>
    public void Is(DateTimeOffset? at, long version)
    {
        var found = (at ?? DateTimeOffset.MaxValue).UtcTicks;
        lock (_lock)
            Volatile.Write(ref _at, version == _version ? found : Math.Min(found, _at));
    }

    /// <summary>Something is planned besides.</summary>
    public void IsAtTheLatest(DateTimeOffset at)
    {
        lock (_lock)
        {
            Volatile.Write(ref _version, _version + 1);
            Volatile.Write(ref _at, Math.Min(at.UtcTicks, _at));
        }
    }

    /// <summary>
    /// <c>Cache-Control</c> with its times cut to that moment: fresh or stale, and also while this server does not
    /// answer (<c>stale-if-error</c>), nothing is shown beyond it.
    /// </summary>
    public string Cut(string cacheControl, DateTimeOffset now)
    {
        var left = Volatile.Read(ref _at) - now.UtcTicks;
        // As a rule nothing is due so soon, and nothing more is looked at.
        if (left >= _longest.GetValue(cacheControl, LongestOf).Value * TimeSpan.TicksPerSecond)
            return cacheControl;
        var seconds = (int)Math.Clamp(left / TimeSpan.TicksPerSecond, 0, int.MaxValue);
        if (_last is { } last && last.Seconds == seconds && ReferenceEquals(last.Whole, cacheControl))
            return last.Text;
        var fresh = int.MaxValue;
        var text = Times()
            .Replace(
                cacheControl,
                time =>
                {
                    var given = SecondsOf(time);
                    var name = time.Groups["name"].Value;
                    var kept =
                        name == "max-age"
                            ? fresh = Math.Min(given, seconds)
                            : Math.Min(given, Math.Max(0, seconds - fresh));
                    return string.Create(CultureInfo.InvariantCulture, $"{name}={kept}");
                }
            );
        _last = new(cacheControl, seconds, text);
        return text;
    }

    // Stale times begin when the answer is no longer fresh.
    private static StrongBox<long> LongestOf(string cacheControl)
    {
        var (fresh, stale) = (0L, 0L);
        foreach (Match time in Times().Matches(cacheControl))
            if (time.Groups["name"].Value == "max-age")
                fresh = SecondsOf(time);
            else
                stale = Math.Max(stale, SecondsOf(time));
        return new(fresh + stale);
    }

    private static int SecondsOf(Match time) =>
        int.Parse(time.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        "(?<name>max-age|stale-while-revalidate|stale-if-error)=(?<seconds>[0-9]+)",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Times();

    private sealed record Shortened(string Whole, int Seconds, string Text);
}
