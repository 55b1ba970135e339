using NetVips;

namespace Cms.Images.Files;

/// <summary>Runs decoders of pictures: few at a time, and with a deadline.</summary>
internal static class Decoding
{
    // A picture at the limit may take hundreds of megabytes to decode, so memory decides how many run at once.
    private static readonly SemaphoreSlim Places = new(Math.Clamp(Environment.ProcessorCount, 1, 3));

    /// <summary>Waits for a place, and then at most <paramref name="limit"/> for the work.</summary>
    /// <param name="work">The work; it passes its token to the library (<see cref="EndWith"/>).</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="ct">Ends it too, when nobody waits for the answer.</param>
    /// <exception cref="ImageRefusedException">The work takes longer than the limit.</exception>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, T> work,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        await Places.WaitAsync(ct);
        var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        over.CancelAfter(limit);
        var end = over.Token;
        var running = Task.Run(() => work(end), CancellationToken.None);
        // Some decoders check only between frames. The caller still gets its answer in time, and the place is released
        // when the work has really ended, so there are never more decoders than places.
        _ = running.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                Places.Release();
                over.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        try
        {
            return await running.WaitAsync(end);
        }
        catch (Exception e) when (e is OperationCanceledException or VipsException)
        {
            ct.ThrowIfCancellationRequested();
            if (e is VipsException && !end.IsCancellationRequested)
                throw;
            throw ImageLimits.TooLarge(
                $"The image takes longer than {limit.TotalSeconds} seconds to decode, which is the limit."
            );
        }
    }

    /// <summary>Makes the library give up when the token is cancelled.</summary>
    public static void EndWith(this Image image, CancellationToken over) =>
        image.SetProgress(new Silent(), over);

    private sealed class Silent : IProgress<int>
    {
        public void Report(int value)
        {
            // Only asked for because the library looks at the token when it reports.
        }
    }
}
