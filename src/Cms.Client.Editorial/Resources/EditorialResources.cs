using System.Text.Json.Serialization.Metadata;
using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>The newsroom's sections, authors or tags.</summary>
/// <typeparam name="T">What there is.</typeparam>
/// <typeparam name="TDraft">A new one.</typeparam>
/// <typeparam name="TPatch">A change of one.</typeparam>
public sealed class EditorialResources<T, TDraft, TPatch>
    where T : class
    where TDraft : class
    where TPatch : MergePatch
{
    private readonly DeskConnection _desk;
    private readonly string _path;
    private readonly JsonTypeInfo<T> _item;
    private readonly JsonTypeInfo<Paged<T>> _page;
    private readonly JsonTypeInfo<TDraft> _draft;

    internal EditorialResources(
        DeskConnection desk,
        string path,
        JsonTypeInfo<T> item,
        JsonTypeInfo<Paged<T>> page,
        JsonTypeInfo<TDraft> draft
    )
    {
        _desk = desk;
        _path = path;
        _item = item;
        _page = page;
        _draft = draft;
    }

    /// <summary>Makes one.</summary>
    /// <param name="draft">What it says.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<T> CreateAsync(
        TDraft draft,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(draft);
        return _desk.PostAsync(
            new Address(_path),
            DeskConnection.Json(draft, _draft),
            options,
            _item,
            cancellationToken
        );
    }

    /// <summary>One of them.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<T> GetAsync(SlugOrId slugOrId, CancellationToken cancellationToken = default) =>
        _desk.GetAsync(new Address(_path + "/", slugOrId.Value), _item, cancellationToken);

    /// <summary>One of them; null if there is none of that name.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<T?> FindAsync(SlugOrId slugOrId, CancellationToken cancellationToken = default) =>
        Reading.NullIfAbsentAsync(GetAsync(slugOrId, cancellationToken));

    /// <summary>All of them, one after the other: pages are fetched as the reader gets to them.</summary>
    /// <param name="query">Which; null: all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<T> ListAsync(
        NameQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetPageAsync(query, cursor, ct), cancellationToken);

    /// <summary>One page of them.</summary>
    /// <param name="query">Which; null: all.</param>
    /// <param name="cursor">Of another page of the same query; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<T>> GetPageAsync(
        NameQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    ) => _desk.PageAsync(Wire.List(_path, query, cursor).With("q", query?.Words), _page, cancellationToken);

    /// <summary>Changes one.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="revision">The revision that the change starts from.</param>
    /// <param name="patch">What is assigned is changed.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EditConflictException">Somebody has changed it since that revision.</exception>
    public Task<T> ChangeAsync(
        SlugOrId slugOrId,
        int revision,
        TPatch patch,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        _desk.PatchAsync(
            new Address(_path + "/", slugOrId.Value),
            patch,
            revision,
            options,
            [],
            _item,
            cancellationToken
        );

    /// <summary>Deletes one that nothing uses.</summary>
    /// <param name="slugOrId">Its slug or its id.</param>
    /// <param name="revision">The revision that it must have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InUseException">Something uses it.</exception>
    public Task DeleteAsync(SlugOrId slugOrId, int revision, CancellationToken cancellationToken = default) =>
        _desk.DeleteAsync(
            new Address(_path + "/", slugOrId.Value),
            revision,
            problem => Task.FromResult(problem.Code == ProblemCodes.NotFound),
            cancellationToken
        );
}
