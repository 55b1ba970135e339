namespace Cms.Client.Tests.Support;

internal static class SyncingApp
{
    public const string Switch = "--sync-until-killed";

    public static Task<int> RunAsync(Uri server, string file) => Task.FromResult(0);
}
