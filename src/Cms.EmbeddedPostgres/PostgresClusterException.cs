namespace Cms.EmbeddedPostgres;

/// <summary>
/// The cluster cannot run. The message is written for the person at the terminal and says what to do.
/// </summary>
public sealed class PostgresClusterException : Exception
{
    /// <summary>Creates the exception with a message for the person at the terminal.</summary>
    public PostgresClusterException(string message)
        : base(message) { }

    /// <summary>Creates the exception with a message for the person at the terminal and what caused it.</summary>
    public PostgresClusterException(string message, Exception innerException)
        : base(message, innerException) { }
}
