using System.Globalization;

namespace Cms.EmbeddedPostgres;

/// <summary>
/// The unprivileged user that runs PostgreSQL when this process is root's: PostgreSQL refuses to run as root.
/// </summary>
internal sealed record ServerUser(string Name, uint Uid, uint Gid)
{
    public string UidText => Uid.ToString(CultureInfo.InvariantCulture);

    public string GidText => Gid.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The owner of the data where there are any: they stay usable when a package adds the user <c>postgres</c> later.
    /// Otherwise <c>postgres</c>, or else <c>nobody</c>.
    /// </summary>
    public static async Task<ServerUser> FindAsync(Launcher launcher, string data, CancellationToken ct)
    {
        if (Directory.Exists(data))
        {
            var owner = await launcher.RunAsync("stat", ["-L", "-c", "%U %u %g", data], ct);
            if (owner.Succeeded && Parse(owner.Output) is { Uid: not 0 } found)
                return found;
        }

        foreach (var name in (string[])["postgres", "nobody"])
        {
            var uid = await launcher.RunAsync("id", ["-u", name], ct);
            var gid = await launcher.RunAsync("id", ["-g", name], ct);
            if (uid.Succeeded && gid.Succeeded && Parse($"{name} {uid.Output} {gid.Output}") is { } user)
                return user;
        }

        throw new PostgresClusterException(
            "PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody. "
                + "Create one, or start this program as an ordinary user."
        );
    }

    private static ServerUser? Parse(string text) =>
        text.Split(' ', StringSplitOptions.TrimEntries) is [var name, var uid, var gid]
        && uint.TryParse(uid, CultureInfo.InvariantCulture, out var user)
        && uint.TryParse(gid, CultureInfo.InvariantCulture, out var group)
            ? new ServerUser(name, user, group)
            : null;
}
