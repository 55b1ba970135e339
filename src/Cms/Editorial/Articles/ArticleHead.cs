using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Revisions;
using Cms.Editorial.Workflow;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Editorial.Articles;

/// <summary>Where an article stands, read under a lock: whoever holds it is the only writer of the article.</summary>
internal sealed record ArticleHead
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Status { get; init; }
    public required int Revision { get; init; }
    public required int? PublishedRevision { get; init; }
    public required DateTimeOffset? FirstPublishedAt { get; init; }
    public required Guid? CreatedBy { get; init; }

    /// <summary>Who is to do something with it.</summary>
    public Guid? AssigneeId { get; init; }
    public required Guid[]? SectionPath { get; init; }

    /// <summary>Where readers find it, if they do: a working copy may have been moved since.</summary>
    public required Guid[]? LiveSectionPath { get; init; }

    /// <summary>The embargo of the working copy.</summary>
    public required DateTimeOffset? EmbargoedUntil { get; init; }

    /// <summary>Whether something is to be done to it by the clock.</summary>
    public bool HasSchedule { get; init; }

    /// <summary>Who has locked it.</summary>
    public Caller By { get; init; } = Caller.System;

    public ArticleStatus State => Enum.Parse<ArticleStatus>(Status, ignoreCase: true);

    /// <summary>A draft that this transaction has made.</summary>
    public static ArticleHead OfNew(Guid id, string slug, DateTimeOffset? embargoedUntil, Caller caller) =>
        new()
        {
            Id = id,
            Slug = slug,
            Status = "draft",
            Revision = 1,
            PublishedRevision = null,
            FirstPublishedAt = null,
            CreatedBy = caller.Id,
            SectionPath = null,
            LiveSectionPath = null,
            EmbargoedUntil = embargoedUntil,
            By = caller,
        };

    /// <summary>Locks the article for the rest of the transaction.</summary>
    /// <exception cref="Refused">404, also if the article is out of the caller's reach; 403 if the caller may read
    /// but not write it; 412, 428.</exception>
    public static async Task<ArticleHead> LockAsync(
        Edit edit,
        string reference,
        Preconditions conditions,
        bool ifMatchRequired,
        CancellationToken ct
    )
    {
        var caller = edit.Caller;
        var id = SlugOrId.IdOf(reference);
        var head = (
            await LockAsync(
                edit.Transaction,
                id is null ? "a.slug = @reference" : "a.id = @id",
                "for update",
                new { reference, id },
                ct
            )
        ).SingleOrDefault();
        if (head is null || !caller.Reaches(head.SectionPath))
            throw Refused.NotFound("article", reference);
        edit.Found(head.Id, head.Revision, head.SectionPath);
        // The caller sees the working copy, so it may know that the other exists.
        if (head.LiveSectionPath is not null)
            RequireReach(caller, head.LiveSectionPath);
        if (!caller.May(Permission.WriteAny) && !head.IsOf(caller, edit.Act))
            throw new Refused(
                ProblemKinds.Forbidden,
                "A contributor changes only articles that it opened itself, and drafts that are assigned to it until "
                    + "they are scheduled or published; others need "
                    + $"{Permission.RolesFrom(Permission.LowestFor(Permission.WriteAny))}."
            );
        if (conditions.IfMatch is { } ifMatch && !Conditional.Matches(ifMatch, head.Revision))
            throw await RevisionConflict.RefusedAsync(edit.Transaction, head, ifMatch, caller, ct);
        if (ifMatchRequired)
            Conditional.Require(conditions, head.Revision);
        else
            Conditional.RequireIfGiven(conditions, head.Revision);
        return head with { By = caller };
    }

    /// <summary>Whether a contributor may do something to it.</summary>
    private bool IsOf(Caller caller, Act act) =>
        caller.Id is { } id
        && (
            CreatedBy == id
            || (
                AssigneeId == id
                && Act.OfAssignee.Contains(act)
                && State is ArticleStatus.Draft or ArticleStatus.InReview
            )
        );

    /// <exception cref="Refused">403: the key is limited to other sections.</exception>
    public static void RequireReach(Caller caller, Guid[]? sectionPath)
    {
        if (!caller.Reaches(sectionPath))
            throw new Refused(ProblemKinds.Forbidden, "The key is limited to other sections.");
    }

    /// <summary>
    /// Until when a revision may not be published: the later one of its own embargo and of that of the working copy. An
    /// older revision may hold a part of the same news.
    /// </summary>
    public DateTimeOffset? EmbargoOf(ArticleContent revision) =>
        revision.EmbargoedUntil is not { } own || EmbargoedUntil > own ? EmbargoedUntil : own;

    /// <summary>The status after an act.</summary>
    /// <exception cref="Refused">409: the act is not allowed now; those that are, are named.</exception>
    public ArticleStatus After(ArticleAct act) =>
        Transitions.After(State, act, FirstPublishedAt is not null)
        ?? throw WrongStatus(
            $"The article is {Status}; {Transitions.NameOf(act)} is not possible in this status."
        );

    /// <summary>409, with what the caller may do instead.</summary>
    public Refused WrongStatus(string detail)
    {
        var allowed = Transitions.Allowed(State, HasSchedule, By);
        var instead =
            allowed.Count == 0 ? "You can do nothing with it" : $"Possible: {string.Join(", ", allowed)}";
        return new Refused(ProblemKinds.WrongStatus, $"{detail} {instead}.") { Allowed = allowed };
    }

    /// <summary>Locks those articles that nobody else is at.</summary>
    public static async Task<IReadOnlyDictionary<Guid, ArticleHead>> LockFreeAsync(
        NpgsqlTransaction transaction,
        Guid[] ids,
        Caller caller,
        CancellationToken ct
    ) =>
        (
            await LockAsync(transaction, "a.id = any(@ids)", "for update skip locked", new { ids }, ct)
        ).ToDictionary(h => h.Id, h => h with { By = caller });

    /// <summary>
    /// Locks articles and then reads them, in one exchange. A single statement would have waited for the lock and then
    /// shown what there was before: a schedule that the other writer has just made would be missing.
    /// </summary>
    private static async Task<IReadOnlyList<ArticleHead>> LockAsync(
        NpgsqlTransaction transaction,
        string which,
        string strength,
        object args,
        CancellationToken ct
    )
    {
        var (locked, heads) = await transaction.ReadAsync(
            $"select a.id from articles a where {which} order by a.id {strength}; {Select} where {which}",
            args,
            async rows => ((await rows.ReadAsync<Guid>()).ToHashSet(), await rows.ReadAsync<ArticleHead>()),
            ct
        );
        // In between, another article may have taken the slug.
        return [.. heads.Where(h => locked.Contains(h.Id))];
    }

    /// <summary>Locks articles in the order in which everybody locks several.</summary>
    public static async Task<IReadOnlyDictionary<Guid, ArticleHead>> LockAllAsync(
        NpgsqlTransaction transaction,
        Guid[] ids,
        Caller caller,
        CancellationToken ct
    ) =>
        (await LockAsync(transaction, "a.id = any(@ids)", "for update", new { ids }, ct)).ToDictionary(
            h => h.Id,
            h => h with { By = caller }
        );

    /// <summary>Where articles stand at the moment, without a lock.</summary>
    public static async Task<IReadOnlyDictionary<Guid, ArticleHead>> ReadAllAsync(
        NpgsqlTransaction transaction,
        Guid[] ids,
        Caller caller,
        CancellationToken ct
    ) =>
        (
            await transaction.ListAsync<ArticleHead>($"{Select} where a.id = any(@ids)", new { ids }, ct)
        ).ToDictionary(h => h.Id, h => h with { By = caller });

    private const string Select = """
        select a.id, a.slug, a.status, a.revision, a.published_revision, a.first_published_at, a.created_by,
            a.assignee_id, section_path(a.section_id) section_path,
               (select p.section_path from published_articles p where p.id = a.id) live_section_path,
               (select r.embargoed_until from article_revisions r
                   where r.article_id = a.id and r.number = a.revision) embargoed_until,
               exists (select from article_schedules c where c.article_id = a.id) has_schedule
        from articles a
        """;
}
