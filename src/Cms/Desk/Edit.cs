using Cms.Access;
using Cms.Changes;
using Npgsql;

namespace Cms.Desk;

/// <summary>An act under way.</summary>
/// <param name="Act">What is being done.</param>
/// <param name="Transaction">Where it is done.</param>
/// <param name="Announcement">Collects what readers and apps are to be told.</param>
/// <param name="Caller">Who does it.</param>
/// <param name="At">When: one moment for all that it writes.</param>
internal sealed record Edit(
    Act Act,
    NpgsqlTransaction Transaction,
    Announcement Announcement,
    Caller Caller,
    DateTimeOffset At
)
{
    private readonly List<Act> _others = [];
    private readonly List<Edit> _parts = [];
    private (Act From, Act To)? _turned;

    /// <summary>What the audit log says of it besides.</summary>
    public string? Note { get; set; }

    /// <summary>What it was done to, once that is known.</summary>
    public Guid? EntityId { get; private set; }

    public int? FromRevision { get; private set; }

    /// <summary>The sections that it was in, from the root to its own; null: the audit log looks for them.</summary>
    public Guid[]? FromSections { get; private set; }
    public int? ToRevision { get; private set; }

    /// <summary>Whether it has said what it wrote.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>The act, and what it did besides.</summary>
    public IEnumerable<Act> Acts =>
        new[] { Act }.Concat(_others).Select(act => act == _turned?.From ? _turned.Value.To : act);

    /// <summary>What is recorded of it: itself, unless it is only the sum of its parts, and its parts.</summary>
    public IEnumerable<Edit> Records =>
        (HasWritten || _parts.Count == 0 ? new[] { this } : []).Concat(_parts.SelectMany(p => p.Records));

    /// <summary>The thing was found, at this revision.</summary>
    /// <param name="sections">Where an article was, which cannot be looked up once it has been deleted for
    /// good.</param>
    public void Found(Guid id, int revision, Guid[]? sections = null) =>
        (EntityId, FromRevision, FromSections) = (id, revision, sections);

    /// <summary>The thing now has this revision; null: it has none, or is gone.</summary>
    public void Wrote(Guid id, int? revision)
    {
        (EntityId, ToRevision) = (id, revision);
        HasWritten = true;
    }

    /// <summary>It turned out to be another act: publishing before an embargo ends is scheduling.</summary>
    public void Turned(Act from, Act to) => _turned = (from, to);

    /// <summary>
    /// Does another act to the same thing in the same transaction, such as publishing what was saved.
    /// </summary>
    /// <exception cref="Platform.Http.Problems.Refused">403: the caller may not do that.</exception>
    public void Also(Act act)
    {
        DeskDoor.RequirePermission(act, Caller);
        _others.Add(act);
    }

    /// <summary>Does an act to another thing in the same transaction, which is recorded by itself.</summary>
    /// <exception cref="Platform.Http.Problems.Refused">403: the caller may not do that.</exception>
    public Edit Part(Act act)
    {
        DeskDoor.RequirePermission(act, Caller);
        var part = new Edit(act, Transaction, Announcement, Caller, At);
        _parts.Add(part);
        return part;
    }
}

/// <summary>Several acts under way in one transaction, each with its own record.</summary>
internal sealed class EditBatch(
    NpgsqlTransaction transaction,
    Announcement announcement,
    Caller caller,
    DateTimeOffset at
)
{
    private readonly List<Edit> _edits = [];

    public NpgsqlTransaction Transaction => transaction;
    public Announcement Announcement => announcement;
    public DateTimeOffset At => at;
    public IReadOnlyList<Edit> Edits => _edits;

    /// <summary>Begins an act. It is recorded once it is <see cref="Done"/>.</summary>
    public Edit Begin(Act act) => new(act, transaction, announcement, caller, at);

    public void Done(Edit edit) => _edits.Add(edit);
}
