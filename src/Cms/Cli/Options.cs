using System.CommandLine;

namespace Cms.Cli;

/// <summary>Options that several commands take.</summary>
internal static class CommonOptions
{
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
