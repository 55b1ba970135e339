using System.Globalization;
using System.Text.RegularExpressions;

namespace Cms.Platform.Http.Answers;

/// <summary>
/// When something that readers see will next be changed by the clock. What is sent until then may be kept until then
/// and no longer.
/// </summary>
internal sealed partial class NextChange
{
    private long _at = DateTimeOffset.MaxValue.UtcTicks;
    private Shortened? _last;

    /// <summary>The moment; <see cref="DateTimeOffset.MaxValue"/>: nothing is planned.</summary>
    public DateTimeOffset At => new(Volatile.Read(ref _at), TimeSpan.Zero);

    /// <summary>All that is planned is known.</summary>
    public void Is(DateTimeOffset? at) => Volatile.Write(ref _at, (at ?? DateTimeOffset.MaxValue).UtcTicks);

    /// <summary>Something is planned besides.</summary>
    public void IsAtTheLatest(DateTimeOffset at)
    {
        for (var known = Volatile.Read(ref _at); at.UtcTicks < known; )
        {
            var found = Interlocked.CompareExchange(ref _at, at.UtcTicks, known);
            if (found == known)
                return;
            known = found;
        }
    }

    /// <summary>
    /// <c>Cache-Control</c> with its times cut to that moment: fresh or stale, nothing is shown beyond it. What is
    /// shown while the server does not answer (<c>stale-if-error</c>) is left alone.
    /// </summary>
    public string Cut(string cacheControl, DateTimeOffset now)
    {
        var left = Volatile.Read(ref _at) - now.UtcTicks;
        // As a rule nothing is due within a day, and nothing more is looked at.
        if (left > TimeSpan.TicksPerDay)
            return cacheControl;
        var seconds = (int)Math.Max(0, left / TimeSpan.TicksPerSecond);
        if (_last is { } last && last.Seconds == seconds && ReferenceEquals(last.Whole, cacheControl))
            return last.Text;
        var fresh = int.MaxValue;
        var text = Times()
            .Replace(
                cacheControl,
                time =>
                {
                    var given = int.Parse(time.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture);
                    var name = time.Groups["name"].Value;
                    var kept =
                        name == "max-age"
                            ? fresh = Math.Min(given, seconds)
                            : Math.Min(given, seconds - fresh);
                    return string.Create(CultureInfo.InvariantCulture, $"{name}={kept}");
                }
            );
        _last = new(cacheControl, seconds, text);
        return text;
    }

    [GeneratedRegex(
        "(?<name>max-age|stale-while-revalidate)=(?<seconds>[0-9]+)",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Times();

    private sealed record Shortened(string Whole, int Seconds, string Text);
}
