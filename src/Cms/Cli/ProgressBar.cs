namespace Cms.Cli;

/// <summary>Shows on a terminal how far a long command is. Elsewhere it says nothing.</summary>
/// <param name="total">How many things there are.</param>
internal sealed class ProgressBar(long total) : IDisposable
{
    private const int Width = 30;
    private static readonly bool IsShown = !Console.IsErrorRedirected;

    /// <param name="done">How many of the things are done.</param>
    /// <param name="note">What is said beside it.</param>
    public void Show(long done, string note)
    {
        if (!IsShown)
            return;
        var filled = (int)(Width * Math.Min(done, total) / Math.Max(1, total));
        var bar = new string('#', filled).PadRight(Width, '.');
        Console.Error.Write($"\r[{bar}] {done} of {total}, {note}\u001B[K");
    }

    public void Dispose()
    {
        if (IsShown)
            Console.Error.WriteLine();
    }
}
