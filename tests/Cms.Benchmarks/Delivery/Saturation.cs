using System.Diagnostics;
using System.Globalization;
using Cms.Benchmarks.Harness;

namespace Cms.Benchmarks.Delivery;

/// <summary>
/// More readers than the database can serve: how many are answered, how many turned away, and how long those wait who
/// are answered.
/// </summary>
internal static class Saturation
{
    /// <summary>
    /// The first of them keeps every core busy, and each of it has a place (there are 50, and 500 may wait for one).
    /// </summary>
    private static readonly int[] Crowds = [48, 500, 1_000, 2_000];

    /// <summary>What a refusal says; the server's own bound on a wait is longer.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Until as many wait as may, and the first of them have been turned away for it.
    private static readonly TimeSpan Filling = TimeSpan.FromSeconds(4);
    private const int LeastSeconds = 5;

    public static async Task RunAsync(Stage stage, CancellationToken ct)
    {
        var requests = (await Reading.FrontsAsync(stage.Large.Newsroom, ct))
            .Select(front => Wire.Get(front))
            .ToArray();
        (int Readers, bool AreImpatient)[] crowds =
        [
            .. Crowds.Select(readers => (readers, false)),
            (Crowds[^1], true),
        ];
        var rounds = crowds.ToDictionary(c => c, _ => new List<Outcome>());
        for (var round = 1; round <= stage.Pace.Rounds; round++)
        {
            Report.Progress($"past saturation: round {round} of {stage.Pace.Rounds}");
            var first = round % crowds.Length;
            foreach (var crowd in crowds.Skip(first).Concat(crowds.Take(first)))
                rounds[crowd].Add(await MeasureAsync(stage, requests, crowd.Readers, crowd.AreImpatient, ct));
        }

        var few = rounds[crowds[0]];
        stage.Report.Heading("Past saturation");
        stage.Report.Say(
            "1,000 fronts in turn, cache off; asked by this program instead of wrk, for 5 s or more "
                + "after 4 s. Readers who are turned away (503) come back after the second that they are told "
                + "to wait; the impatient at once. "
                + "Times are of those who are answered."
        );
        stage.Report.Table(
            ["readers", "answered/s", "ratio", "turned away/s", "p50, ms", "p99, ms", "longest, ms"],
            crowds.Select(crowd =>
                (string[])
                    [
                        crowd.Readers.ToString("#,0", CultureInfo.InvariantCulture)
                            + (crowd.AreImpatient ? ", impatient" : ""),
                        Of(crowd, o => o.Answered),
                        Share(crowd).ToString(),
                        Of(crowd, o => o.Refused),
                        Of(crowd, o => o.P50),
                        Of(crowd, o => o.P99),
                        Of(crowd, o => o.Longest),
                    ]
            )
        );
        var most = crowds[^2];
        stage.Aims.AtLeast(
            $"{most.Readers:#,0} readers, cache off: answered/s to those of {Crowds[0]}",
            0.9,
            Share(most)
        );
        // Two seconds may be waited for a place.
        stage.Aims.AtMost(
            $"{most.Readers:#,0} readers, cache off: p99 in ms of those who are answered",
            2_500,
            Spread.Of(rounds[most].Select(o => o.P99))
        );

        string Of((int, bool) crowd, Func<Outcome, double> figure) =>
            Spread.Of(rounds[crowd].Select(figure)).ToString();
        Spread Share((int, bool) crowd) =>
            Spread.Of(rounds[crowd].Zip(few, (its, other) => its.Answered / other.Answered));
    }

    private static async Task<Outcome> MeasureAsync(
        Stage stage,
        byte[][] requests,
        int readers,
        bool areImpatient,
        CancellationToken ct
    )
    {
        var seconds = Math.Max(LeastSeconds, stage.Pace.Seconds);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var from = Stopwatch.GetTimestamp() + (long)(Filling.TotalSeconds * Stopwatch.Frequency);
        var until = from + (seconds * Stopwatch.Frequency);
        // To call off thousands takes a while, in which nothing counts.
        end.CancelAfter(Filling + TimeSpan.FromSeconds(seconds));
        var next = 0;
        var crowd = await Task.WhenAll(Enumerable.Range(0, readers).Select(_ => ReadAsync()));
        ct.ThrowIfCancellationRequested();
        var times = crowd.SelectMany(r => r.Answered).ToArray();
        return times.Length == 0
            ? throw new InvalidOperationException($"Of {readers} readers nobody was answered.")
            : new(
                times.Length / (double)seconds,
                crowd.Sum(r => r.Refused) / (double)seconds,
                Figure.Percentile(times, 0.5),
                Figure.Percentile(times, 0.99),
                times.Max()
            );

        async Task<(List<double> Answered, int Refused)> ReadAsync()
        {
            var (answered, refused) = (new List<double>(), 0);
            try
            {
                using var wire = await Wire.OpenAsync(
                    stage.Large.Cacheless.Address,
                    end.Token,
                    bufferSize: 32 * 1024
                );
                while (true)
                {
                    var request = requests[(uint)Interlocked.Increment(ref next) % (uint)requests.Length];
                    var began = Stopwatch.GetTimestamp();
                    var status = await wire.AskAsync(request, end.Token);
                    if (status is not (200 or 503))
                        throw new InvalidOperationException($"Expected 200 or 503, got {status}.");
                    if (Stopwatch.GetTimestamp() is var now && now >= from && now < until)
                    {
                        if (status == 200)
                            answered.Add(Figure.MsSince(began));
                        else
                            refused++;
                    }
                    if (status == 503 && !areImpatient)
                        await Task.Delay(RetryAfter, end.Token);
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return (answered, refused);
            }
        }
    }

    /// <summary>A second's answers and refusals, and how many milliseconds the answers took.</summary>
    private sealed record Outcome(double Answered, double Refused, double P50, double P99, double Longest);
}
