using System.Diagnostics;

namespace Cms.EmbeddedPostgres;

/// <summary>
/// Removes what a parent that was killed, or a machine that lost power, has left behind. Whoever calls it holds the
/// directory's lock, so no parent of such a server lives.
/// </summary>
internal static class Predecessor
{
    private static readonly TimeSpan Graceful = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AtAll = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    public static async Task ClearAsync(ClusterFolder folder, CancellationToken ct)
    {
        await StopOrphansAsync(folder, ct);
        await RemoveStalePidFileAsync(folder, ct);
    }

    private static async Task StopOrphansAsync(ClusterFolder folder, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        var told = new HashSet<(int Process, int Signal)>();
        while (true)
        {
            var processes = await ProcessTable.ListAsync(ct);
            var servers = processes.Where(p => p.Has(ServerArguments.DataArgument(folder))).ToList();
            // Children outlive a server that was killed while they work, and still write to the data.
            var children = processes
                .Where(p =>
                    p.CommandLine.StartsWith(ServerArguments.ChildTitle(folder), StringComparison.Ordinal)
                )
                .ToList();
            if (servers.Count == 0 && children.Count == 0)
                return;

            if (
                servers.Find(p => p.IsPostgresServer && !p.Has(ServerArguments.NameArgument(folder))) is
                { } foreign
            )
                throw Foreign(folder, foreign.Id);
            if (waited.Elapsed > AtAll)
                throw new PostgresClusterException(
                    $"An earlier PostgreSQL of {folder.Data} does not stop (process "
                        + $"{(servers.Count > 0 ? servers : children)[0].Id}). "
                        + "End it (kill -QUIT), then start again."
                );

            var signal = servers.Count > 0 && waited.Elapsed < Graceful ? Native.Interrupt : Native.Quit;
            foreach (var process in servers.Count > 0 ? servers : children)
            {
                if (told.Add((process.Id, signal)))
                    Native.Signal(process.Id, signal);
            }
            await Task.Delay(Between, ct);
        }
    }

    // A file that names a dead process is left to PostgreSQL, which also looks whether its shared memory is still in
    // use.
    private static async Task RemoveStalePidFileAsync(ClusterFolder folder, CancellationToken ct)
    {
        var path = PidFile.In(folder.Data);
        if (!File.Exists(path))
            return;
        if (PidFile.Read(folder.Data) is { } pidFile)
        {
            if (!Native.IsAlive(pidFile.Process))
                return;
            // The id belongs to a program of today: PostgreSQL would take that for a running server.
            var holder = (await ProcessTable.ListAsync(ct)).FirstOrDefault(p => p.Id == pidFile.Process);
            if (holder is { IsPostgresServer: true } && holder.MayWorkIn(folder.Data))
                throw Foreign(folder, holder.Id);
        }
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (ClusterFolder.IsRefusal(e))
        {
            throw ClusterFolder.CannotWrite(path, e);
        }
    }

    private static PostgresClusterException Foreign(ClusterFolder folder, int process) =>
        new(
            $"A PostgreSQL that this program did not start (process {process}) is using {folder.Data}. "
                + $"Stop it (pg_ctl stop -D '{folder.Data}'), then start again."
        );
}
