namespace Cms.EmbeddedPostgres;

/// <summary>Where a program keeps its data when nobody says otherwise.</summary>
public static class DataHome
{
    private const string Name = "cms";

    /// <summary>
    /// <c>/var/lib/cms</c> for root; otherwise <c>~/Library/Application Support/cms</c> on macOS and
    /// <c>$XDG_DATA_HOME/cms</c> or <c>~/.local/share/cms</c> elsewhere.
    /// </summary>
    /// <exception cref="PostgresClusterException">The user has no home directory.</exception>
    public static string Default() =>
        For(
            Environment.IsPrivilegedProcess,
            OperatingSystem.IsMacOS(),
            Environment.GetEnvironmentVariable("XDG_DATA_HOME"),
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)
        );

    internal static string For(bool root, bool mac, string? xdgDataHome, string userHome)
    {
        // Not below /root: it is closed to the unprivileged user that PostgreSQL runs as.
        if (root)
            return $"/var/lib/{Name}";
        // The specification says that a relative XDG_DATA_HOME is to be ignored.
        if (!mac && Path.IsPathRooted(xdgDataHome))
            return Path.Combine(xdgDataHome!, Name);
        if (userHome.Length == 0)
            throw new PostgresClusterException(
                "There is no home directory to keep data in. Name a data directory, or set HOME or XDG_DATA_HOME."
            );
        return mac
            ? Path.Combine(userHome, "Library", "Application Support", Name)
            : Path.Combine(userHome, ".local", "share", Name);
    }
}
