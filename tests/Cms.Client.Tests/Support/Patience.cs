namespace Cms.Client.Tests.Support;

/// <summary>For what must come: when it does not, the test fails instead of standing still.</summary>
internal static class Patience
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    public static Task InTimeAsync(this Task coming) =>
        coming.WaitAsync(Deadline, TestContext.Current.CancellationToken);

    public static Task<T> InTimeAsync<T>(this Task<T> coming) =>
        coming.WaitAsync(Deadline, TestContext.Current.CancellationToken);
}
