namespace Cms.Benchmarks.Writes;

/// <summary>One connection of somebody who writes.</summary>
internal interface IWriter : IDisposable
{
    Task<Draft> CreateAsync(Manuscript manuscript, CancellationToken ct);

    /// <summary>Creates and publishes at once.</summary>
    Task<Draft> CreatePublishedAsync(Manuscript manuscript, CancellationToken ct);

    /// <summary>Saves another text as the next revision.</summary>
    Task<Draft> ChangeAsync(Draft draft, Manuscript changed, CancellationToken ct);

    Task PublishAsync(Draft draft, CancellationToken ct);

    /// <summary>Publishes what is published already, with a change.</summary>
    Task PublishAgainAsync(Draft draft, CancellationToken ct);

    Task UnpublishAsync(Draft draft, CancellationToken ct);

    /// <param name="revision">The author's revision until now.</param>
    Task RenameAsync(Thing author, int revision, string name, CancellationToken ct);
}

/// <summary>A working copy.</summary>
internal sealed record Draft(Guid Id, int Revision, Manuscript Manuscript);
