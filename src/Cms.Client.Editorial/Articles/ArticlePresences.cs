using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>
/// Who has an article open. It is advice for others: it blocks nobody's save, and ends by itself after a minute.
/// </summary>
public sealed class ArticlePresences
{
    private readonly DeskConnection _desk;

    internal ArticlePresences(DeskConnection desk) => _desk = desk;

    /// <summary>
    /// Says that you have an article open, for a minute. Say it again every half minute, or when the user goes to
    /// another block.
    /// </summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="blocks">The ids of the blocks at which the user is; null: none is said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All who have it open, the first to come first.</returns>
    public async Task<IReadOnlyList<Presence>> KeepAsync(
        SlugOrId slugOrId,
        IReadOnlyList<string>? blocks = null,
        CancellationToken cancellationToken = default
    ) =>
        (
            await _desk.PutAsync(
                Of(slugOrId),
                DeskConnection.Json(new PresenceBlocks(blocks ?? []), DeskJson.Default.PresenceBlocks),
                [],
                DeskJson.Default.PresenceList,
                cancellationToken
            )
        ).Data;

    /// <summary>Says that you have closed an article.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task EndAsync(SlugOrId slugOrId, CancellationToken cancellationToken = default) =>
        _desk.DeleteAsync(Of(slugOrId), revision: null, _ => Task.FromResult(false), cancellationToken);

    /// <summary>Who has an article open, the first to come first.</summary>
    /// <param name="slugOrId">The article's slug or its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<Presence>> ListAsync(
        SlugOrId slugOrId,
        CancellationToken cancellationToken = default
    ) => (await _desk.GetAsync(Of(slugOrId), DeskJson.Default.PresenceList, cancellationToken)).Data;

    private static Address Of(SlugOrId slugOrId) =>
        new("v1/editorial/articles/", slugOrId.Value, "/presence");
}
