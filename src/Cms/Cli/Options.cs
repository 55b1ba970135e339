using System.CommandLine;

namespace Cms.Cli;

/// <summary>What several commands are told.</summary>
internal static class CommonOptions
{
    /// <summary>What is configured, as the server reads it.</summary>
    public static IConfiguration Configuration() =>
        new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables()
            .Build();

    public static Option<DirectoryInfo?> Data() =>
        new("--data")
        {
            Description =
                "Where the newsroom's data are: the private database (unless ConnectionStrings__Cms "
                + "names another) and the image files. Default: /var/lib/cms for root, otherwise cms in "
                + "your data directory.",
            HelpName = "DIR",
        };
}
