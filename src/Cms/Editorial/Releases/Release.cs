using Cms.Access;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Editorial.Releases;

/// <summary>Where a release stands.</summary>
internal enum ReleaseStatus
{
    /// <summary>It goes live when somebody publishes it.</summary>
    Open,

    /// <summary>It goes live at its time.</summary>
    Scheduled,

    /// <summary>It has gone live, and is no longer changed.</summary>
    Published,
}

/// <summary>A release, without its articles.</summary>
internal record ReleaseSummary : IRevised
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the desk calls it.</summary>
    /// <example>Election night</example>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required ReleaseStatus Status { get; init; }

    /// <summary>Every change makes the next one. It is the `ETag`, and what `If-Match` takes.</summary>
    public required int Revision { get; init; }

    /// <summary>When it goes live by itself, or was to; null: when it is published.</summary>
    public required DateTimeOffset? At { get; init; }

    /// <summary>How many articles it has.</summary>
    public required int ItemCount { get; init; }

    /// <summary>
    /// Why it could not go live at its time. It is tried again every few seconds; null once it has, or is changed.
    /// </summary>
    public required ReleaseFailure? Failure { get; init; }

    /// <summary>When it went live; null: it has not.</summary>
    public required DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Who published it; null where its time did.</summary>
    public required Actor? PublishedBy { get; init; }

    /// <summary>Whether it went live more than a second after its time: no server ran, or it failed before.</summary>
    public required bool IsLate { get; init; }

    /// <summary>The release whose articles this one put back to what was live before; null: none.</summary>
    public required Guid? Reverts { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public required Actor? CreatedBy { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who last changed it.</summary>
    public required Actor? UpdatedBy { get; init; }
}

/// <summary>Articles that go live together.</summary>
internal sealed record Release : ReleaseSummary
{
    /// <summary>What it does, in the order in which it was written.</summary>
    public required IReadOnlyList<ReleaseItem> Items { get; init; }
}

/// <summary>Why a release could not go live.</summary>
internal sealed record ReleaseFailure
{
    /// <summary>When it was tried first.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was found; `pointer` names the item, such as `/items/3`.</summary>
    public required IReadOnlyList<CheckFinding> Errors { get; init; }
}

/// <summary>An article of a release.</summary>
internal sealed record ReleaseItem
{
    /// <summary>The article.</summary>
    public required ReleasedArticle Article { get; init; }

    /// <summary>What is done to it.</summary>
    public required ReleaseAct Act { get; init; }

    /// <summary>The revision that is published, or was; null: the working copy when it is published, or none.</summary>
    public required int? Revision { get; init; }

    /// <summary>The working copy when the article was added to the release.</summary>
    public required int AddedRevision { get; init; }

    /// <summary>What readers saw before the release went live; null: nothing, or it has not.</summary>
    public required int? ReplacedRevision { get; init; }
}

/// <summary>An article as a release names it.</summary>
internal sealed record ReleasedArticle
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its slug; null: the article was deleted for good.</summary>
    public required string? Slug { get; init; }

    /// <summary>Its headline; null: the article was deleted for good.</summary>
    public required string? Headline { get; init; }

    /// <summary>Where it stands; null: the article was deleted for good.</summary>
    public required ArticleStatus? Status { get; init; }

    /// <summary>Number of its working copy; null: the article was deleted for good.</summary>
    public required int? Revision { get; init; }
}

/// <summary>A release as its statements give it.</summary>
internal sealed record ReleaseRow
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required int Revision { get; init; }
    public required DateTimeOffset? DueAt { get; init; }
    public required DateTimeOffset? PublishedAt { get; init; }
    public required string? PublishedBy { get; init; }
    public required Guid? Reverts { get; init; }
    public required DateTimeOffset? FailedAt { get; init; }
    public required string? Failure { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string? CreatedBy { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string? UpdatedBy { get; init; }
    public required int ItemCount { get; init; }
    public required string Items { get; init; }

    /// <summary>A release <c>r</c> with its items.</summary>
    public static readonly string Select = SelectWith(
        """
        coalesce((select jsonb_agg(jsonb_build_object(
            'article', jsonb_build_object('id', i.article_id, 'slug', a.slug, 'headline', a.headline,
                'status', a.status, 'revision', a.revision),
            'act', i.act, 'revision', i.revision, 'addedRevision', i.added_revision,
            'replacedRevision', i.replaced_revision) order by i.position)
            from release_items i left join articles a on a.id = i.article_id where i.release_id = r.id), '[]')
        """
    );

    /// <summary>The same without its items.</summary>
    public static readonly string SelectSummary = SelectWith("'[]'");

    /// <summary>
    /// Whether a release <c>r</c> is in reach: all its articles are. What it does to the others would be told
    /// otherwise.
    /// </summary>
    public static readonly string Sees = $"""
        (@Reach::uuid[] is null or not exists (
            select from release_items i join articles a on a.id = i.article_id
            where i.release_id = r.id and not coalesce({Reach.Sees("a.section_id")}, false)))
        """;

    public static async Task<Release> ReadAsync(
        NpgsqlTransaction transaction,
        Guid id,
        CancellationToken ct
    ) => (await transaction.FindAsync<ReleaseRow>($"{Select} where r.id = @id", new { id }, ct))!.View();

    public Release View()
    {
        var summary = Summary();
        return new()
        {
            Id = summary.Id,
            Name = summary.Name,
            Status = summary.Status,
            Revision = summary.Revision,
            At = summary.At,
            ItemCount = summary.ItemCount,
            Failure = summary.Failure,
            PublishedAt = summary.PublishedAt,
            PublishedBy = summary.PublishedBy,
            IsLate = summary.IsLate,
            Reverts = summary.Reverts,
            CreatedAt = summary.CreatedAt,
            CreatedBy = summary.CreatedBy,
            UpdatedAt = summary.UpdatedAt,
            UpdatedBy = summary.UpdatedBy,
            Items = Json.Read<ReleaseItem[]>(Items),
        };
    }

    public ReleaseSummary Summary() =>
        new()
        {
            Id = Id,
            Name = Name,
            Status =
                PublishedAt is not null ? ReleaseStatus.Published
                : DueAt is not null ? ReleaseStatus.Scheduled
                : ReleaseStatus.Open,
            Revision = Revision,
            At = DueAt,
            ItemCount = ItemCount,
            Failure = FailedAt is { } failedAt
                ? new() { At = failedAt, Errors = Json.Read<CheckFinding[]>(Failure!) }
                : null,
            PublishedAt = PublishedAt,
            PublishedBy = ActorOf(PublishedBy),
            IsLate = PublishedAt - DueAt > DueActs.OnTime,
            Reverts = Reverts,
            CreatedAt = CreatedAt,
            CreatedBy = ActorOf(CreatedBy),
            UpdatedAt = UpdatedAt,
            UpdatedBy = ActorOf(UpdatedBy),
        };

    private static Actor? ActorOf(string? key) => key is null ? null : Json.Read<Actor>(key);

    private static string SelectWith(string items) =>
        $"""
            select r.id, r.name, r.revision, r.due_at, r.published_at, r.reverts, r.failed_at, r.failure::text failure,
                   r.created_at, r.updated_at, {Actors.Of("r.published_by")} published_by, {Actors.Of(
                "r.created_by"
            )} created_by,
                   {Actors.Of("r.updated_by")} updated_by,
                   (select count(*)::int from release_items i where i.release_id = r.id) item_count,
                   {items}::text items
            from releases r
            """;
}
