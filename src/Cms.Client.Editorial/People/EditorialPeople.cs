using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>The people and keys of the desk.</summary>
public sealed class EditorialPeople
{
    private readonly DeskConnection _desk;

    internal EditorialPeople(DeskConnection desk) => _desk = desk;

    /// <summary>Who works at the desk, by name: pages are fetched as the reader gets to them.</summary>
    /// <param name="query">Which; null: people and keys.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<ListedActor> ListAsync(
        ActorQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetPageAsync(query, cursor, ct), cancellationToken);

    /// <summary>One page of those who work at the desk.</summary>
    /// <param name="query">Which; null: people and keys.</param>
    /// <param name="cursor">Of another page of the same query; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<ListedActor>> GetPageAsync(
        ActorQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PageAsync(
            Wire.List("v1/editorial/actors", query, cursor).With("kind", query?.Kind?.Value),
            DeskJson.Default.ActorPage,
            cancellationToken
        );

    /// <summary>
    /// Ends the tokens, streams and previews that a person has now. Whether the person may come back is for the OpenID
    /// Connect provider to say, so lock the account there first. Role <c>admin</c>.
    /// </summary>
    /// <param name="person">The person's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task EndAsync(Guid person, CancellationToken cancellationToken = default) =>
        _desk.DeleteAsync(
            new Address("v1/editorial/people/", person.ToString()),
            revision: null,
            _ => Task.FromResult(false),
            cancellationToken
        );
}

/// <summary>Which of those who work at the desk.</summary>
public sealed record ActorQuery : ListQuery
{
    /// <summary>Only people, or only keys.</summary>
    public ActorKind? Kind { get; init; }
}

/// <summary>A key or a person at the desk.</summary>
public sealed record ListedActor
{
    /// <summary>The key's id, or the person's.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether it is a key or a person.</summary>
    public required ActorKind Kind { get; init; }

    /// <summary>The key's name, or the person's.</summary>
    public required string Name { get; init; }

    /// <summary>The role; a person's is that of the last token.</summary>
    public required Role Role { get; init; }

    /// <summary>When it was last here, give or take a minute; null: never.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }
}
