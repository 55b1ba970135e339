using Npgsql;

namespace Cms.ProcessTests.Support;

/// <summary>Streaming replicas of a test's own server.</summary>
internal static class Standby
{
    /// <summary>
    /// Makes one, in a folder that does not exist yet. Both were started with <c>loopback</c>; the primary is stopped
    /// for a moment.
    /// </summary>
    public static async Task<OwnPostgres> OfAsync(OwnPostgres primary, string folder)
    {
        await primary.StopAsync();
        await Folders.CopyAsync(primary.Folder, folder);
        await primary.StartAsync();

        var address = new NpgsqlConnectionStringBuilder(primary.Server);
        var standby = new OwnPostgres(folder, primary.Token, loopback: true);
        await File.AppendAllTextAsync(
            Path.Combine(standby.Data, "postgresql.auto.conf"),
            $"primary_conninfo = 'host={address.Host} port={address.Port} user={address.Username} "
                + $"password={address.Password}'\n",
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(
            Path.Combine(standby.Data, "standby.signal"),
            "",
            TestContext.Current.CancellationToken
        );
        await standby.StartAsync();
        return standby;
    }
}
