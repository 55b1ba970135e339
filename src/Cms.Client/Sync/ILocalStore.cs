namespace Cms.Client.Sync;

/// <summary>
/// Where <see cref="SyncEngine"/> keeps its copy of a newsroom. A store holds one copy that readers see, and beside it,
/// while everything is loaded anew, a second one that takes the first one's place when it is complete. (If there is no
/// complete one yet, readers see what has been loaded so far.) Every write is atomic: after a crash at any moment the
/// store is as it was before it or as it was after it. Safe to use from several threads.
/// </summary>
public interface ILocalStore
{
    /// <summary>
    /// Where the copy stands that is being written: the one being loaded if there is one, else the complete one; null
    /// if there is neither.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StorePosition?> ReadPositionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Begins an empty copy, in place of another one that is not complete. A complete one stays as it is until this one
    /// is.
    /// </summary>
    /// <param name="scope">What the copy is to hold: kept as it is.</param>
    /// <param name="cancellationToken">Gives up; nothing has changed then.</param>
    Task BeginAsync(string scope, CancellationToken cancellationToken);

    /// <summary>
    /// Puts a page into the copy that is being written, and its cursor with it, in one transaction. If
    /// <see cref="StorePage.Completes"/> the copy is complete with it, and in the same transaction takes the place of
    /// the complete one, which is dropped.
    /// </summary>
    /// <returns> false, and nothing has changed, if the copy is not of <see cref="StorePage.Scope"/> or does not stand
    /// at <see cref="StorePage.After"/>: another engine has written since.
    /// </returns>
    /// <param name="page">What to put in.</param>
    /// <param name="cancellationToken">Gives up; nothing has changed then.</param>
    Task<bool> ApplyAsync(StorePage page, CancellationToken cancellationToken);

    /// <summary>Drops everything.</summary>
    /// <param name="cancellationToken">Gives up; nothing has changed then.</param>
    Task ClearAsync(CancellationToken cancellationToken);

    /// <summary>Those of these things that the readers' copy holds.</summary>
    /// <param name="type">What they are.</param>
    /// <param name="ids">Their ids.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<StoreRow>> FindAsync(
        EntityType type,
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellationToken
    );

    /// <summary>What has this slug in the readers' copy; null if nothing has.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="slug">Its slug.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreRow?> FindBySlugAsync(EntityType type, string slug, CancellationToken cancellationToken);

    /// <summary>
    /// A page of what the readers' copy holds of a type, in the order of sort keys and then ids, both ordinal.
    /// </summary>
    /// <param name="query">Which page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<StoreRow>> ListAsync(StoreQuery query, CancellationToken cancellationToken);
}

/// <summary>Where a copy stands.</summary>
public sealed record StorePosition
{
    /// <summary>What the copy holds.</summary>
    public required string Scope { get; init; }

    /// <summary>The cursor of the last page put in; null if there was none.</summary>
    public string? Cursor { get; init; }

    /// <summary>The entity tag of that page.</summary>
    public string? ETag { get; init; }

    /// <summary>Whether the copy is complete; if not, it is being loaded.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Whether it is what readers see: always if it is complete, otherwise if no other one is.</summary>
    public required bool IsVisible { get; init; }
}

/// <summary>A page of changes to be put in.</summary>
public sealed record StorePage
{
    /// <summary>The scope of the copy that it is meant for.</summary>
    public required string Scope { get; init; }

    /// <summary>The cursor at which the copy must stand; null: no page has been put in.</summary>
    public string? After { get; init; }

    /// <summary>What changed, to be put in in this order.</summary>
    public required IReadOnlyList<StoreChange> Changes { get; init; }

    /// <summary>The cursor at which the copy stands with it.</summary>
    public required string Cursor { get; init; }

    /// <summary>The entity tag of the page.</summary>
    public string? ETag { get; init; }

    /// <summary>Whether the copy is complete with it.</summary>
    public required bool Completes { get; init; }
}

/// <summary>One change.</summary>
public sealed record StoreChange
{
    /// <summary>What changed.</summary>
    public required EntityType Type { get; init; }

    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it is now; null: it is gone. What goes may never have been there.</summary>
    public StoreRow? Row { get; init; }

    /// <summary>
    /// Why it went: <c>unpublished</c>, <c>deleted</c>, <c>moved</c>, or, of an article that was withdrawn with a
    /// reason, <c>error</c>, <c>legal</c>, <c>duplicate</c>, <c>expired</c>, <c>other</c>; a newer server may have
    /// others.
    /// </summary>
    public string? Reason { get; init; }
}

/// <summary>Something in a copy: its JSON as the server sent it, and what of it is needed to find it.</summary>
public sealed record StoreRow
{
    /// <summary>What it is.</summary>
    public required EntityType Type { get; init; }

    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its slug; null if it has none.</summary>
    public string? Slug { get; init; }

    /// <summary>
    /// What lists of its type are sorted by: of an article the time of publication
    /// (<c>2026-10-01T08:00:00.0000000Z</c>).
    /// </summary>
    public required string SortKey { get; init; }

    /// <summary>Of an article: the id of its section.</summary>
    public Guid? Section { get; init; }

    /// <summary>The JSON as the server sent it.</summary>
    public required string Json { get; init; }
}

/// <summary>Which page of a list.</summary>
public sealed record StoreQuery
{
    /// <summary>What to list.</summary>
    public required EntityType Type { get; init; }

    /// <summary>Only articles of these sections; null: of any.</summary>
    public IReadOnlyCollection<Guid>? Sections { get; init; }

    /// <summary>Whether the greatest sort key comes first.</summary>
    public bool Descending { get; init; }

    /// <summary>The last row of the page before; null: the first page.</summary>
    public StoreRow? After { get; init; }

    /// <summary>At most so many rows.</summary>
    public required int Take { get; init; }
}
