using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cms.EmbeddedPostgres;

/// <summary>
/// What a cluster keeps on disk: <c>data</c>, made by initdb, and beside it the password, the lock and the socket.
/// </summary>
internal sealed class ClusterFolder
{
    public const UnixFileMode Private =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // PostgreSQL's user has to pass through the folders that root makes.
    private const UnixFileMode Passable =
        Private
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private ClusterFolder(string root, string data)
    {
        Root = root;
        Data = data;
    }

    /// <summary>The whole folder, without symbolic links.</summary>
    public string Root { get; }

    /// <summary>
    /// PostgreSQL's data directory, without symbolic links: so the server names it in its own arguments.
    /// </summary>
    public string Data { get; }

    /// <summary>Short, and different for each folder.</summary>
    public string Fingerprint =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)).AsSpan(0, 6));

    public string PasswordFile => Path.Combine(Root, "password");

    /// <summary>
    /// The data directory under construction. On the same disk as the finished one, so that a rename completes it.
    /// </summary>
    private string Unfinished => Data + ".new";

    public static ClusterFolder Open(string directory, ServerUser? user)
    {
        var root = Path.GetFullPath(directory);
        try
        {
            Create(root, user is null ? Private : Passable);
            root = Native.RealPath(root);
            var data = Path.Combine(root, "data");
            if (new DirectoryInfo(data).LinkTarget is { } target)
            {
                if (!Directory.Exists(data))
                    throw new PostgresClusterException(
                        $"{data} is a symbolic link to {target}, which is no folder. Create it, or remove the link."
                    );
                data = Native.RealPath(data);
            }
            return new ClusterFolder(root, data);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw CannotWrite(root, e);
        }
    }

    /// <summary>Whether PostgreSQL's user can get to the data; the folder that stops it is named.</summary>
    public async Task RequireReachableAsync(Launcher launcher, CancellationToken ct)
    {
        if (launcher.User is not { } user)
            return;
        foreach (var folder in (string[])[Root, Path.GetDirectoryName(Data)!])
        {
            for (var depth = 0; depth < Lineage(folder).Count; depth++)
            {
                var ancestor = Lineage(folder)[depth];
                if ((await launcher.RunAsync("test", ["-x", ancestor], ct)).Succeeded)
                    continue;
                throw new PostgresClusterException(
                    $"PostgreSQL runs as the user {user.Name}, which cannot reach {folder}: {ancestor} "
                        + "is closed to it. "
                        + $"Choose a data directory elsewhere, such as {DataHome.Default()}, or open it "
                        + $"(chmod a+x {ancestor})."
                );
            }
        }
    }

    /// <summary>The version of PostgreSQL that made the data; null when there are none yet.</summary>
    public int? MajorVersion()
    {
        var file = Path.Combine(Data, "PG_VERSION");
        try
        {
            if (!File.Exists(file))
            {
                if (Directory.Exists(Data) && Directory.EnumerateFileSystemEntries(Data).Any())
                    throw new PostgresClusterException(
                        $"{Data} holds files, but no database. Move them away, or choose another data directory."
                    );
                return null;
            }

            if (!int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var version))
                throw Incomplete(file);
            var control = Path.Combine(Data, "global", "pg_control");
            return File.Exists(control) ? version : throw Incomplete(control);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw CannotWrite(Data, e);
        }
    }

    /// <summary>Makes the data directory. It appears complete or not at all.</summary>
    public async Task InitializeAsync(
        PostgresPrograms programs,
        Launcher launcher,
        bool disposable,
        CancellationToken ct
    )
    {
        var passwordForInitdb = Data + ".password";
        try
        {
            if (Directory.Exists(Unfinished))
                Directory.Delete(Unfinished, recursive: true);
            CreatePrivate(Unfinished, launcher.User);
            var password = NewPassword();
            WriteSecret(passwordForInitdb, password, launcher.User);

            var initdb = await launcher.RunAsync(
                programs.Initdb,
                InitdbArguments(passwordForInitdb, disposable),
                ct
            );
            if (!initdb.Succeeded)
                throw new PostgresClusterException(
                    $"PostgreSQL could not create its database in {Data}:\n{initdb.Complaint}"
                );

            WriteSecret(PasswordFile, password, owner: null);
            if (Directory.Exists(Data))
                Directory.Delete(Data);
            Directory.Move(Unfinished, Data);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw CannotWrite(Data, e);
        }
        finally
        {
            Discard(() => File.Delete(passwordForInitdb));
            if (Directory.Exists(Unfinished))
                Discard(() => Directory.Delete(Unfinished, recursive: true));
        }
    }

    /// <summary>The superuser's password; null when the file is missing or empty.</summary>
    public string? Password()
    {
        try
        {
            return
                File.Exists(PasswordFile) && File.ReadAllText(PasswordFile).Trim() is { Length: > 0 } password
                ? password
                : null;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw CannotWrite(PasswordFile, e);
        }
    }

    /// <summary>Gives the superuser a new password. The server must not be running.</summary>
    public async Task ResetPasswordAsync(PostgresPrograms programs, Launcher launcher, CancellationToken ct)
    {
        var password = NewPassword();
        // Without a server there is no login; on standard input, so that no list of processes shows the password.
        var session = await launcher.RunAsync(
            programs.Server,
            [
                "--single",
                "-D",
                Data,
                "-c",
                "log_statement=none",
                "-c",
                "log_min_error_statement=panic",
                "-c",
                "password_encryption=scram-sha-256",
                "postgres",
            ],
            ct,
            input: $"alter role {PostgresCluster.Superuser} with password '{password}'\n"
        );
        if (!session.Succeeded)
            throw new PostgresClusterException(
                $"{PasswordFile} is missing, and a new password could not be set:\n{session.Complaint}"
            );
        try
        {
            WriteSecret(PasswordFile, password, owner: null);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw CannotWrite(PasswordFile, e);
        }
    }

    public static void CreatePrivate(string folder, ServerUser? owner)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, Private);
        if (owner is not null)
            Native.ChangeOwner(folder, owner);
    }

    /// <summary>Whether the file system said no: rights, a read-only or a full disk, a file in the way.</summary>
    public static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException;

    public static PostgresClusterException CannotWrite(string path, Exception e) =>
        new(
            $"{path} cannot be used by {Environment.UserName}: {e.Message} "
                + "Check who owns it and whether its disk is writable and has room, or choose another data directory.",
            e
        );

    private IEnumerable<string> InitdbArguments(string passwordFile, bool disposable)
    {
        // Characters are classed as in Unicode and sorted by code point, which no upgrade of the system changes.
        string[] locale = OperatingSystem.IsMacOS()
            ? ["--locale", "C", "--lc-ctype", "en_US.UTF-8"]
            : ["--locale", "C.UTF-8"];
        return
        [
            "--pgdata",
            Unfinished,
            "--username",
            PostgresCluster.Superuser,
            "--auth",
            "scram-sha-256",
            "--pwfile",
            passwordFile,
            "--encoding",
            "UTF8",
            .. locale,
            "--data-checksums",
            "--no-instructions",
            .. disposable ? ["--no-sync"] : Array.Empty<string>(),
        ];
    }

    private PostgresClusterException Incomplete(string file) =>
        new(
            $"The database in {Data} is incomplete: {file} is missing or damaged. Restore it from a "
                + $"backup, or move {Data} away."
        );

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    private static void WriteSecret(string path, string secret, ServerUser? owner)
    {
        File.Delete(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = PrivateFile,
        };
        using var file = new FileStream(path, options);
        if (owner is not null)
            Native.ChangeOwner(path, owner);
        file.Write(Encoding.ASCII.GetBytes(secret));
        file.Flush(flushToDisk: true);
    }

    // Each missing ancestor with a mode of ours: under root's umask they might be closed to PostgreSQL's user.
    private static void Create(string folder, UnixFileMode mode)
    {
        foreach (var ancestor in Lineage(folder).Where(a => !Directory.Exists(a)))
        {
            Directory.CreateDirectory(ancestor);
            File.SetUnixFileMode(ancestor, mode);
        }
    }

    /// <summary>The folder and all above it, the root first.</summary>
    private static List<string> Lineage(string folder)
    {
        var lineage = new List<string>();
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
            lineage.Insert(0, at);
        return lineage;
    }

    private static void Discard(Action delete)
    {
        try
        {
            delete();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            // The next start tries again, and says so.
        }
    }
}
