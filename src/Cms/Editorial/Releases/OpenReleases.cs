using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Schedules;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Releases;

/// <summary>What the releases that have not gone live mean for an act on one of their articles.</summary>
internal static class OpenReleases
{
    /// <summary>Refuses to schedule an article by itself that goes live with a release at a time.</summary>
    /// <exception cref="Refused">409; it names the release if that is in reach.</exception>
    public static async Task RequireNoTimeAsync(Edit edit, ArticleHead article, CancellationToken ct)
    {
        if (await FindAsync(edit, article, "r.try_at is not null", ct) is { } release)
            throw new Refused(
                ProblemKinds.WrongStatus,
                release.IsInReach
                    ? $"The article goes live with the release {release.Id} at {Ahead.Text(release.DueAt!.Value)}. "
                        + "Take it out of the release to schedule it by itself."
                    : $"The article goes live with {OutOfReach}. Somebody who reaches them must take it out of the "
                        + "release before it is scheduled by itself."
            );
    }

    /// <summary>
    /// Refuses to correct an article of which a release takes another revision live than the present one: it would take
    /// the correction from readers again.
    /// </summary>
    /// <exception cref="Refused">409; it names the release if that is in reach.</exception>
    public static async Task RequireNoOtherRevisionAsync(Edit edit, ArticleHead article, CancellationToken ct)
    {
        if (
            await FindAsync(edit, article, "i.act = 'publish' and i.revision <> @Revision", ct) is { } release
        )
            throw new Refused(
                ProblemKinds.WrongStatus,
                release.IsInReach
                    ? $"Revision {release.Revision} goes live with the release “{release.Name}” ({release.Id}), and "
                        + "would take the correction from readers again. Send the release's item without "
                        + "'revision' to renew it, or take the article out of the release."
                    : $"Revision {release.Revision} goes live with {OutOfReach}, and would take the correction from "
                        + "readers again. Somebody who reaches them must renew it or take it out of the release."
            );
    }

    /// <summary>
    /// What was to go live goes on as a newer revision, which says the same and more. The article is locked, so no
    /// release with it goes live meanwhile; the release itself is not, since it is locked before its articles.
    /// </summary>
    public static Task GoOnAsync(
        NpgsqlTransaction transaction,
        Guid article,
        int from,
        int to,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            """
            update release_items i set revision = @to from releases r
            where r.id = i.release_id and r.published_at is null
              and i.article_id = @article and i.act = 'publish' and i.revision = @from
            """,
            new
            {
                article,
                from,
                to,
            },
            ct
        );

    private const string OutOfReach = "a release that has articles out of your reach";

    /// <summary>The first one in whose item <c>i</c> something stands in the way; those in reach come before.</summary>
    private static Task<OpenRelease?> FindAsync(
        Edit edit,
        ArticleHead article,
        string condition,
        CancellationToken ct
    ) =>
        edit.Transaction.FindAsync<OpenRelease>(
            $"""
            select r.id, r.name, r.due_at, i.revision, {ReleaseRow.Sees} is_in_reach
            from release_items i join releases r on r.id = i.release_id
            where i.article_id = @Id and r.published_at is null and {condition}
            order by is_in_reach desc, r.due_at, r.created_at limit 1
            """,
            new
            {
                article.Id,
                article.Revision,
                Reach = Reach.Of(edit.Caller),
            },
            ct
        );

    private sealed record OpenRelease
    {
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public required DateTimeOffset? DueAt { get; init; }
        public required int? Revision { get; init; }
        public required bool IsInReach { get; init; }
    }
}
