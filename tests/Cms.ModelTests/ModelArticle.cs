namespace Cms.ModelTests;

/// <summary>What a revision says.</summary>
internal sealed record Content(
    int Headline,
    int Kicker,
    int Deck,
    Place Section,
    bool HasBody,
    DateTimeOffset? Embargo,
    string Corrections = ""
)
{
    /// <summary>What readers would see of it.</summary>
    public Content Shown => this with { Embargo = null };

    public bool IsComplete => Section != Place.None && HasBody;
}

internal enum Status
{
    Draft,
    InReview,
    Scheduled,
    Published,
    Unpublished,
    Trashed,
}

/// <summary>A way to be refused.</summary>
internal sealed record Refusal(int Status, string Code)
{
    public static readonly Refusal Forbidden = new(403, "forbidden");
    public static readonly Refusal NotFound = new(404, "not-found");
    public static readonly Refusal WrongStatus = new(409, "wrong-status");
    public static readonly Refusal RevisionChanged = new(412, "revision-changed");
    public static readonly Refusal MergeConflict = new(412, "merge-conflict");
    public static readonly Refusal Invalid = new(422, "invalid");
    public static readonly Refusal RevisionRequired = new(428, "revision-required");
}

/// <summary>
/// An article, as simple as can be: the rules of the guides in memory, without a database, a lock or a cache.
/// </summary>
internal sealed class ModelArticle(Who opener, Content first)
{
    private readonly List<Content> _revisions = [first];
    private int _corrections;

    public Status Status { get; private set; } = Status.Draft;
    public bool IsErased { get; private set; }
    public bool WasPublished { get; private set; }
    public bool IsRejected { get; private set; }

    /// <summary>The revision that readers see.</summary>
    public int? Live { get; private set; }

    /// <summary>When which revision is to be published.</summary>
    public (DateTimeOffset At, int Revision)? Publication { get; private set; }

    /// <summary>When it is to be withdrawn.</summary>
    public DateTimeOffset? Withdrawal { get; private set; }

    private Status _before;

    public int Revision => _revisions.Count;
    public Content Working => _revisions[^1];
    public Content? Seen => Live is { } live ? _revisions[live - 1] : null;
    public bool HasUnpublishedChanges => Seen is { } seen && seen.Shown != Working.Shown;

    public bool HasUnscheduledChanges =>
        Publication is { } planned && _revisions[planned.Revision - 1] != Working;

    /// <summary>The revision that an edit says it starts from; null: it says nothing.</summary>
    public int? RevisionOf(Start start) =>
        start switch
        {
            Start.Present => Revision,
            Start.Older => Math.Max(1, Revision - 1),
            Start.OlderToMerge => Math.Max(1, Revision - 2),
            _ => null,
        };

    /// <summary>Tries an act. Returns the ways in which it may be refused; none: it is done.</summary>
    public IReadOnlyCollection<Refusal> Try(Act act, DateTimeOffset now)
    {
        if (act is Act.Wait)
            return [];
        if (!May(act))
            return [Refusal.Forbidden];
        if (IsErased || (act.By == Who.EditorOfA && Working.Section != Place.A))
            return [Refusal.NotFound];
        if (act.By == Who.EditorOfA && Seen is { Section: not Place.A })
            return [Refusal.Forbidden];
        if (act.By is Who.Writer or Who.OtherWriter && act.By != opener)
            return [Refusal.Forbidden];
        var refusals = new HashSet<Refusal>();
        var apply = act switch
        {
            Act.Change change => Change(change, now, refusals),
            Act.RestoreRevision restore => RestoreRevision(restore, refusals),
            Act.Submit => Submit(refusals),
            Act.Reject => Reject(refusals),
            Act.Publish publish => Publish(publish, now, refusals),
            Act.Unpublish unpublish => Unpublish(unpublish, now, refusals),
            Act.CancelSchedule => CancelSchedule(refusals),
            Act.Correct => Correct(refusals),
            Act.Trash trash => Trash(trash, refusals),
            Act.Restore => Restore(refusals),
            Act.Erase erase => Erase(erase, refusals),
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, "There is no such act."),
        };
        if (refusals.Count == 0)
            apply();
        return refusals;
    }

    /// <summary>Does what is due. Returns whether there was something.</summary>
    public bool Pass(DateTimeOffset now)
    {
        var (publication, withdrawal) = (Publication, Withdrawal);
        if (publication is { } planned && planned.At <= now)
        {
            Publication = null;
            GoLive(planned.Revision);
        }
        if (withdrawal is { } end && end <= now)
        {
            Withdrawal = null;
            Withdraw(Status.Unpublished);
        }
        return publication != Publication || withdrawal != Withdrawal;
    }

    private static bool May(Act act) =>
        act.By switch
        {
            Who.Admin => true,
            Who.Viewer => false,
            Who.Editor or Who.EditorOfA => act is not Act.Erase,
            _ => act is Act.Change or Act.Submit or Act.Trash or Act.Restore or Act.RestoreRevision,
        };

    private Action Change(Act.Change change, DateTimeOffset now, HashSet<Refusal> refusals)
    {
        var patch = change.Patch;
        if (change.Start == Start.OlderToMerge)
            patch = Merged(patch, _revisions[RevisionOf(change.Start)!.Value - 1], now, refusals);
        else
            RequireRevision(change.Start, isNeeded: true, refusals);
        if (Status == Status.Trashed)
            refusals.Add(Refusal.WrongStatus);
        var content = Working.With(patch, now);
        var save = Save(content, change.By, refusals);
        if (!change.IsPublished)
            return save;
        if (change.By == Who.Writer)
            refusals.Add(Refusal.Forbidden);
        var published = PublishLater(content, at: null, until: null, now, Revision + 1, refusals);
        return () =>
        {
            save();
            published();
        };
    }

    /// <summary>The rest of a patch, without what was done since by others too.</summary>
    private Patch Merged(Patch patch, Content start, DateTimeOffset now, HashSet<Refusal> refusals)
    {
        var wanted = start.With(patch, now);
        return patch with
        {
            Headline = Rest(patch.Headline, c => c.Headline),
            Kicker = Rest(patch.Kicker, c => c.Kicker),
            Deck = Rest(patch.Deck, c => c.Deck),
            Section = Rest(patch.Section, c => c.Section),
            Embargo = Rest(patch.Embargo, c => c.Embargo),
        };

        T? Rest<T, TMember>(T? mine, Func<Content, TMember> member)
            where T : struct
        {
            var (old, present, mines) = (member(start), member(Working), member(wanted));
            if (mine is null || Equals(old, present))
                return mine;
            if (!Equals(mines, old) && !Equals(mines, present))
                refusals.Add(Refusal.MergeConflict);
            return null;
        }
    }

    private Action RestoreRevision(Act.RestoreRevision restore, HashSet<Refusal> refusals)
    {
        RequireRevision(restore.Start, isNeeded: true, refusals);
        if (Status == Status.Trashed)
            refusals.Add(Refusal.WrongStatus);
        if (restore.Number > Revision)
        {
            refusals.Add(Refusal.NotFound);
            return () => { };
        }
        return Save(_revisions[restore.Number - 1], restore.By, refusals);
    }

    /// <summary>Saves content as the next revision.</summary>
    private Action Save(Content content, Who by, HashSet<Refusal> refusals)
    {
        if (by == Who.EditorOfA && content.Section != Place.A)
            refusals.Add(Refusal.Forbidden);
        // What is planned may hold a part of the same news.
        var moved = Publication is { } planned && content.Embargo > planned.At;
        if (moved && Withdrawal <= content.Embargo)
            refusals.Add(Refusal.Invalid);
        return () =>
        {
            _revisions.Add(content);
            if (moved)
                Publication = Publication!.Value with { At = content.Embargo!.Value };
        };
    }

    private Action Submit(HashSet<Refusal> refusals)
    {
        Require(refusals, Status.Draft, Status.InReview);
        return () => (Status, IsRejected) = (Status.InReview, false);
    }

    private Action Reject(HashSet<Refusal> refusals)
    {
        Require(refusals, Status.InReview);
        return () => (Status, IsRejected) = (Status.Draft, true);
    }

    private Action Publish(Act.Publish publish, DateTimeOffset now, HashSet<Refusal> refusals)
    {
        RequireRevision(publish.Start, isNeeded: false, refusals);
        return PublishLater(Working, In(publish.At, now), In(publish.Until, now), now, Revision, refusals);
    }

    private Action PublishLater(
        Content content,
        DateTimeOffset? at,
        DateTimeOffset? until,
        DateTimeOffset now,
        int revision,
        HashSet<Refusal> refusals
    )
    {
        var from = at ?? now;
        if (content.Embargo > from)
            from = content.Embargo.Value;
        if (Status == Status.Trashed)
            refusals.Add(Refusal.WrongStatus);
        if (!content.IsComplete || (until ?? Withdrawal) <= from)
            refusals.Add(Refusal.Invalid);
        return () =>
        {
            IsRejected = false;
            if (from > now)
            {
                if (Status is not (Status.Scheduled or Status.Published))
                    (_before, Status) = (Status, Status.Scheduled);
                Publication = (from, revision);
            }
            else
            {
                Publication = null;
                GoLive(revision);
            }
            Withdrawal = until ?? Withdrawal;
        };
    }

    private Action Unpublish(Act.Unpublish unpublish, DateTimeOffset now, HashSet<Refusal> refusals)
    {
        Require(refusals, Status.Published);
        if (In(unpublish.At, now) is not { } at)
            return () => Withdraw(Status.Unpublished);
        if (at <= Publication?.At)
            refusals.Add(Refusal.Invalid);
        return () => Withdrawal = at;
    }

    private Action CancelSchedule(HashSet<Refusal> refusals)
    {
        Require(refusals, Status.Scheduled, Status.Published);
        if (Publication is null && Withdrawal is null)
            refusals.Add(Refusal.WrongStatus);
        return () =>
        {
            (Publication, Withdrawal) = (null, null);
            if (Status == Status.Scheduled)
                Status = _before;
        };
    }

    private Action Correct(HashSet<Refusal> refusals)
    {
        if (Live is null || (Publication is { } planned && planned.Revision != Revision))
            refusals.Add(Refusal.WrongStatus);
        return () =>
        {
            var correction = $"{++_corrections};";
            var (seen, working) = (Seen!, Working);
            if (seen != working)
                _revisions.Add(seen with { Corrections = seen.Corrections + correction });
            else
                _revisions.Add(working with { Corrections = working.Corrections + correction });
            GoLive(Revision);
            if (seen != working)
                _revisions.Add(working with { Corrections = working.Corrections + correction });
            if (Publication is { } waiting)
                Publication = waiting with { Revision = Revision };
        };
    }

    private Action Trash(Act.Trash trash, HashSet<Refusal> refusals)
    {
        RequireRevision(trash.Start, isNeeded: true, refusals);
        if (Status == Status.Trashed)
            refusals.Add(Refusal.WrongStatus);
        if (Live is not null && trash.By == Who.Writer)
            refusals.Add(Refusal.Forbidden);
        return () => Withdraw(Status.Trashed);
    }

    private Action Restore(HashSet<Refusal> refusals)
    {
        Require(refusals, Status.Trashed);
        return () => Status = WasPublished ? Status.Unpublished : Status.Draft;
    }

    private Action Erase(Act.Erase erase, HashSet<Refusal> refusals)
    {
        RequireRevision(erase.Start, isNeeded: true, refusals);
        return () =>
        {
            Withdraw(Status.Trashed);
            IsErased = true;
        };
    }

    private void GoLive(int revision) => (Live, WasPublished, Status) = (revision, true, Status.Published);

    private void Withdraw(Status status) =>
        (Live, Publication, Withdrawal, Status) = (null, null, null, status);

    private void Require(HashSet<Refusal> refusals, params Status[] statuses)
    {
        if (!statuses.Contains(Status))
            refusals.Add(Refusal.WrongStatus);
    }

    private void RequireRevision(Start start, bool isNeeded, HashSet<Refusal> refusals)
    {
        if (RevisionOf(start) is { } seen ? seen != Revision : isNeeded)
            refusals.Add(start == Start.Unsaid ? Refusal.RevisionRequired : Refusal.RevisionChanged);
    }

    private static DateTimeOffset? In(int? minutes, DateTimeOffset now) =>
        minutes is { } n ? now.AddMinutes(n) : null;
}

internal static class Patching
{
    /// <summary>The content with a change.</summary>
    public static Content With(this Content content, Patch patch, DateTimeOffset now) =>
        content with
        {
            Headline = patch.Headline ?? content.Headline,
            Kicker = patch.Kicker ?? content.Kicker,
            Deck = patch.Deck ?? content.Deck,
            Section = patch.Section ?? content.Section,
            HasBody = patch.Body ?? content.HasBody,
            Embargo =
                patch.Embargo is not { } minutes ? content.Embargo
                : minutes == 0 ? null
                : now.AddMinutes(minutes),
        };
}
