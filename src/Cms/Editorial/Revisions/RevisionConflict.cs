using Cms.Access;
using Cms.Editorial.Articles;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Revisions;

/// <summary>
/// 412 for an article: besides the present revision it says who saved it, when, and which members differ from the
/// revision that the caller has. So a tool can tell its editor whether the two touch each other at all.
/// </summary>
internal static class RevisionConflict
{
    public static async Task<Refused> RefusedAsync(
        NpgsqlTransaction transaction,
        ArticleHead head,
        string ifMatch,
        Caller caller,
        CancellationToken ct,
        IReadOnlyList<EditConflict>? conflicts = null
    )
    {
        var last = (
            await transaction.FindAsync<LastSave>(
                Select,
                new
                {
                    head.Id,
                    head.Revision,
                    Seen = Conditional.RevisionIn(ifMatch),
                    Reach = Reach.Of(caller),
                },
                ct
            )
        )!;
        return new(
            conflicts is null ? ProblemKinds.RevisionChanged : ProblemKinds.MergeConflict,
            conflicts is null
                ? Conditional.Moved(ifMatch, head.Revision)
                : $"The edit cannot be merged with revision {head.Revision}: see conflicts."
        )
        {
            Conflicts = conflicts,
            CurrentRevision = head.Revision,
            ChangedBy = last.ChangedBy is null ? null : Json.Read<Actor>(last.ChangedBy),
            ChangedAt = last.ChangedAt,
            Changed = last.Changed,
        };
    }

    private static readonly string Select = $"""
        select r.created_at changed_at,
               {Actors.Of("r.created_by")} changed_by,
               case when p.number is not null then {ChangedMembers.Between("p", "r")} end changed
        from article_revisions r left join article_revisions p on p.article_id = r.article_id and p.number = @Seen
        where r.article_id = @Id and r.number = @Revision
        """;

    private sealed record LastSave
    {
        public required DateTimeOffset ChangedAt { get; init; }
        public required string? ChangedBy { get; init; }
        public required string[]? Changed { get; init; }
    }
}
