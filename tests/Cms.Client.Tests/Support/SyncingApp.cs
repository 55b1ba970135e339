using Cms.Client.Sqlite;
using Cms.Client.Sync;

namespace Cms.Client.Tests.Support;

/// <summary>An app that does nothing but sync into a file, as fast as it can, until it is killed.</summary>
internal static class SyncingApp
{
    public const string Switch = "--sync-until-killed";

    public static async Task<int> RunAsync(Uri server, string file)
    {
        using var client = new CmsClient(new CmsClientOptions { BaseAddress = server, MaxRetries = 0 });
        using var store = new SqliteStore(file);
        var engine = new SyncEngine(client, store, new SyncOptions { PageSize = 5 });
        try
        {
            while (true)
                await engine.SyncOnceAsync();
        }
        catch (CmsConnectionException)
        {
            // The test is over, and its server gone.
            return 1;
        }
    }
}
