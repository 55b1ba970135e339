using System.Globalization;

namespace Cms.EmbeddedPostgres;

/// <summary>The server's command line, by which a later start also recognises it.</summary>
internal static class ServerArguments
{
    public static string ClusterName(ClusterFolder folder) => $"embedded-{folder.Fingerprint}";

    public static string DataArgument(ClusterFolder folder) => $"-D {folder.Data}";

    public static string NameArgument(ClusterFolder folder) => $"cluster_name={ClusterName(folder)}";

    /// <summary>How each child process of the server begins its title.</summary>
    public static string ChildTitle(ClusterFolder folder) => $"postgres: {ClusterName(folder)}: ";

    public static IEnumerable<string> For(
        ClusterFolder folder,
        ServerAddress address,
        IReadOnlyDictionary<string, string> settings
    )
    {
        (string, string)[] defaults = [("timezone", "UTC"), ("log_timezone", "UTC")];
        (string, string)[] fixedOnes =
        [
            ("cluster_name", ClusterName(folder)),
            ("listen_addresses", address.IsSocket ? "" : address.Host),
            ("port", address.Port.ToString(CultureInfo.InvariantCulture)),
            ("unix_socket_directories", address.IsSocket ? address.Host : ""),
            ("unix_socket_permissions", "0700"),
            // The log comes to us, through the pipe.
            ("log_destination", "stderr"),
            ("logging_collector", "off"),
        ];
        // Of two values for one setting the last counts.
        return
        [
            "-D",
            folder.Data,
            .. defaults
                .Concat(settings.Select(setting => (setting.Key, setting.Value)))
                .Concat(fixedOnes)
                .SelectMany(setting => new[] { "-c", $"{setting.Item1}={setting.Item2}" }),
        ];
    }
}
