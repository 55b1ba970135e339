using NetVips;

namespace Cms.Images.Files;

/// <summary>Runs what decodes pictures: few at a time, and none for ever.</summary>
internal static class Decoding
{
    // A decode may take hundreds of megabytes for a picture at the limit, so memory decides, not processors.
    private static readonly SemaphoreSlim Places = new(Math.Clamp(Environment.ProcessorCount, 1, 3));

    /// <summary>Waits for a place, and then at most <paramref name="limit"/> for the work.</summary>
    /// <param name="work">Passes its token to the library (<see cref="EndWith"/>).</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="ct">Ends it as well: nobody waits for the answer any more.</param>
    /// <exception cref="ImageRefusedException">It takes longer.</exception>
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
        // Some decoders look up only between frames. Whoever waits is answered in time all the same, and the place is given back when the
        // work has truly ended: so there are never more of them at work than there are places.
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
                $"The image takes longer than {limit.TotalSeconds} seconds to decode, which is the most."
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
