namespace Cms.Platform.Http;

/// <summary>
/// Where a connection's next request is read and begun: on one of the few I/O threads, each of which waits for many
/// sockets, or in the thread pool. Only an answer from memory may be given on an I/O thread (decision 0022).
/// </summary>
internal interface IRequestThread
{
    /// <summary>Whether this connection's requests begin on an I/O thread now.</summary>
    bool IsIo { get; }

    /// <summary>Has the next request begin on an I/O thread, where the connection allows it.</summary>
    void UseIo();

    /// <summary>Goes on in the thread pool, where this request and the next then belong.</summary>
    Task LeaveIoAsync();
}
