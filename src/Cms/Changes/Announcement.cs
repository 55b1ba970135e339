namespace Cms.Changes;

/// <summary>
/// What a write tells of itself: collected while it works, and put into the feed by <see cref="ChangeLog"/> at its very
/// end. It names what was touched; whether readers see it, saw it before, or ever will is found out there, under the
/// lock.
/// </summary>
internal sealed class Announcement
{
    /// <summary>How much of a thing changed; the greatest counts.</summary>
    private enum Extent
    {
        /// <summary>It may have come or gone.</summary>
        Touched = 1,

        /// <summary>What it says changed.</summary>
        Changed = 3,

        /// <summary>It is not seen, and something else is said of that.</summary>
        Restated = 4,
    }

    private readonly Dictionary<(EntityType Type, Guid Id), (Extent Extent, string? Reason)> _things = [];
    private readonly HashSet<Guid> _sections = [];
    private readonly HashSet<Guid> _relocated = [];
    private readonly HashSet<Guid> _moved = [];

    private readonly List<(string Type, string Entity, Guid Id, string Data)> _news = [];

    private bool _everything;

    public bool IsEmpty => _things.Count == 0 && _news.Count == 0 && !_everything;

    /// <summary>Any answer may be another now, though nothing that is published changed.</summary>
    public void Everything() => _everything = true;

    /// <summary>It was made, or says something else now.</summary>
    public void Changed(EntityType type, Guid id) => Add(type, id, Extent.Changed, null);

    /// <summary>It was taken from readers for good.</summary>
    public void Deleted(EntityType type, Guid id) => Add(type, id, Extent.Changed, "deleted");

    /// <summary>It was taken from readers, and may come back.</summary>
    /// <param name="reason">Why, if those who keep copies are to know.</param>
    public void Unpublished(EntityType type, Guid id, string? reason = null) =>
        Add(type, id, Extent.Changed, reason ?? "unpublished");

    /// <summary>Something else is said of a thing that was taken from readers before.</summary>
    /// <param name="reason">Why it was, if those who keep copies are to know.</param>
    public void Restated(EntityType type, Guid id, string? reason) =>
        Add(type, id, Extent.Restated, reason ?? "unpublished");

    /// <summary>
    /// These may have come or gone with something else: a tag with its last article, an image with its author.
    /// </summary>
    public void Touched(EntityType type, params ReadOnlySpan<Guid> ids)
    {
        foreach (var id in ids)
            Add(type, id, Extent.Touched, null);
    }

    /// <summary>Sections out of which something may have gone. (Those that an article is in now are known.)</summary>
    public void Left(IEnumerable<Guid> sections) => _sections.UnionWith(sections);

    /// <summary>An article that came, went, or went to another section: others may name it.</summary>
    public void Relocated(Guid article) => _relocated.Add(article);

    /// <summary>A section that was put under another, with all its articles.</summary>
    public void Moved(Guid section) => _moved.Add(section);

    /// <summary>Webhooks are told of something that changes nothing for readers.</summary>
    /// <param name="type">The type of event.</param>
    /// <param name="entity">The kind of thing, such as <c>article</c>.</param>
    /// <param name="data">What is told, as JSON.</param>
    public void Tell(string type, string entity, Guid id, string data) => _news.Add((type, entity, id, data));

    /// <summary>As the parameters of the statement that appends it.</summary>
    public object Arguments(DateTimeOffset at) =>
        new
        {
            Types = _things.Keys.Select(k => k.Type.ToString().ToLowerInvariant()).ToArray(),
            Ids = _things.Keys.Select(k => k.Id).ToArray(),
            Extents = _things.Values.Select(v => (int)v.Extent).ToArray(),
            Reasons = _things.Values.Select(v => v.Reason).ToArray(),
            Sections = _sections.ToArray(),
            Relocated = _relocated.ToArray(),
            Moved = _moved.ToArray(),
            Everything = _everything,
            NewsTypes = _news.Select(n => n.Type).ToArray(),
            NewsEntities = _news.Select(n => n.Entity).ToArray(),
            NewsIds = _news.Select(n => n.Id).ToArray(),
            NewsData = _news.Select(n => n.Data).ToArray(),
            at,
        };

    private void Add(EntityType type, Guid id, Extent extent, string? reason)
    {
        var known = _things.GetValueOrDefault((type, id));
        _things[(type, id)] = (extent > known.Extent ? extent : known.Extent, reason ?? known.Reason);
    }
}
