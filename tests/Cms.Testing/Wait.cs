using System.Diagnostics;

namespace Cms.Testing;

/// <summary>Waits for a condition, and says what it was when it does not come.</summary>
internal static class Wait
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(5);

    public static Task UntilAsync(string what, Func<bool> condition) =>
        UntilAsync(what, () => Task.FromResult(condition()));

    public static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < Deadline, $"Did not come: {what}");
            await Task.Delay(Between, TestContext.Current.CancellationToken);
        }
    }
}
