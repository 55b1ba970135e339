namespace Cms.EmbeddedPostgres;

/// <summary>An installation of PostgreSQL.</summary>
/// <param name="Directory">The folder that holds <c>postgres</c> and <c>initdb</c>.</param>
/// <param name="MajorVersion">The major version, such as 17: a data directory belongs to exactly one.</param>
/// <param name="MinorVersion">The minor version, such as 5; 0 for a version not yet released.</param>
public sealed record PostgresPrograms(string Directory, int MajorVersion, int MinorVersion)
{
    /// <summary>The oldest major version that is accepted.</summary>
    public const int OldestMajorVersion = 15;

    internal string Server => Path.Combine(Directory, "postgres");

    internal string Initdb => Path.Combine(Directory, "initdb");

    /// <summary>For example <c>PostgreSQL 17.5 in /usr/lib/postgresql/17/bin</c>.</summary>
    public override string ToString() => $"PostgreSQL {MajorVersion}.{MinorVersion} in {Directory}";
}
