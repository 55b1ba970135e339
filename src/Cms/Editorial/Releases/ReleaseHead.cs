using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Releases;

/// <summary>Where a release stands, read under a lock. It is locked before its articles, by everybody.</summary>
internal sealed record ReleaseHead
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required int Revision { get; init; }
    public required DateTimeOffset? DueAt { get; init; }
    public required DateTimeOffset? PublishedAt { get; init; }
    public IReadOnlyList<ReleasePart> Parts { get; init; } = [];

    public Guid[] ArticleIds => [.. Parts.Select(p => p.ArticleId)];

    /// <summary>As it would be written.</summary>
    public ReleaseInput ToInput() =>
        new()
        {
            Name = Name,
            At = DueAt,
            Items =
            [
                .. Parts.Select(p => new ReleaseItemInput
                {
                    Article = p.ArticleId.ToString(),
                    Act = p.Does,
                    Revision = p.Revision,
                }),
            ],
        };

    /// <summary>Locks it for the rest of the transaction.</summary>
    /// <exception cref="Refused">404, also where an article is out of the caller's reach; 412, 428.</exception>
    public static async Task<ReleaseHead> LockAsync(
        Edit edit,
        Guid id,
        Preconditions conditions,
        bool ifMatchRequired,
        CancellationToken ct
    )
    {
        var head =
            await edit.Transaction.FindAsync<ReleaseHead>(
                $"{Select} where r.id = @id and {ReleaseRow.Sees} for update of r",
                new { id, Reach = Reach.Of(edit.Caller) },
                ct
            ) ?? throw Refused.NotFound("release", id.ToString());
        edit.Found(head.Id, head.Revision);
        if (ifMatchRequired)
            Conditional.Require(conditions, head.Revision);
        else
            Conditional.RequireIfGiven(conditions, head.Revision);
        return await head.WithPartsAsync(edit.Transaction, ct);
    }

    /// <summary>Locks the one that is due first and that nobody else is at; null: none is due.</summary>
    public static async Task<ReleaseHead?> LockDueAsync(
        NpgsqlTransaction transaction,
        DateTimeOffset at,
        CancellationToken ct
    ) =>
        await transaction.FindAsync<ReleaseHead>(
            $"{Select} where r.try_at <= @at order by r.try_at, r.id limit 1 for update of r skip locked",
            new { at },
            ct
        )
            is { } head
            ? await head.WithPartsAsync(transaction, ct)
            : null;

    /// <summary>Reads it without a lock; null: it is not there, or not in reach.</summary>
    public static async Task<ReleaseHead?> ReadAsync(
        NpgsqlTransaction transaction,
        Guid id,
        Guid[]? reach,
        CancellationToken ct
    ) =>
        await transaction.FindAsync<ReleaseHead>(
            $"{Select} where r.id = @id and {ReleaseRow.Sees}",
            new { id, Reach = reach },
            ct
        )
            is { } head
            ? await head.WithPartsAsync(transaction, ct)
            : null;

    /// <exception cref="Refused">409: it has gone live.</exception>
    public void RequireUnpublished()
    {
        if (PublishedAt is { } at)
            throw new Refused(
                ProblemKinds.WrongStatus,
                $"The release went live at {Json.Instant(at)} and is no longer changed. To undo it, revert it."
            );
    }

    private async Task<ReleaseHead> WithPartsAsync(NpgsqlTransaction transaction, CancellationToken ct) =>
        this with
        {
            Parts = await transaction.ListAsync<ReleasePart>(
                """
                select article_id, act, revision, added_revision, replaced_revision from release_items
                where release_id = @Id order by position
                """,
                new { Id },
                ct
            ),
        };

    private const string Select = "select r.id, r.name, r.revision, r.due_at, r.published_at from releases r";
}

/// <summary>An article of a release as the table has it.</summary>
internal sealed record ReleasePart
{
    public required Guid ArticleId { get; init; }
    public required string Act { get; init; }
    public required int? Revision { get; init; }
    public required int AddedRevision { get; init; }
    public int? ReplacedRevision { get; init; }

    public ReleaseAct Does => Enum.Parse<ReleaseAct>(Act, ignoreCase: true);

    public static string NameOf(ReleaseAct act) => act.ToString().ToLowerInvariant();
}
