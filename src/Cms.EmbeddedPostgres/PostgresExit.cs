namespace Cms.EmbeddedPostgres;

/// <summary>How the server ended when nobody had asked it to.</summary>
/// <param name="ExitCode">The exit code; 128 and the signal's number when a signal ended it.</param>
/// <param name="LastLines">The last lines of its log, oldest first.</param>
public sealed record PostgresExit(int ExitCode, IReadOnlyList<string> LastLines);
