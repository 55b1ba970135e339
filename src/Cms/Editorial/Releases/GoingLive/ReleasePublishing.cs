using System.Globalization;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.ForReaders;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Editorial.Releases.GoingLive;

/// <summary>
/// Takes a release live in one transaction. First everything is looked at, and all that is wrong is named; only where
/// nothing is wrong does it write. See decisions/0039.
/// </summary>
internal static class ReleasePublishing
{
    /// <summary>What would be done, and what keeps it from being done.</summary>
    /// <param name="articles">Where its articles stand. Locked, if it is to be done.</param>
    /// <param name="at">When it goes live.</param>
    /// <param name="faults">What is wrong, by item.</param>
    /// <param name="isPreview">It is undone: neither an embargo holds it, nor a schedule.</param>
    /// <exception cref="Refused">403: one appears, or is seen, in a section out of reach.</exception>
    public static async Task<IReadOnlyList<PreparedPart>> PrepareAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<ReleasePart> parts,
        IReadOnlyDictionary<Guid, ArticleHead> articles,
        PublishPolicy policy,
        DateTimeOffset at,
        Faults faults,
        CancellationToken ct,
        bool isPreview = false
    )
    {
        if (parts.Count == 0)
            faults.Add(Fault.At("/items", "no-items", "The release has no articles."));
        var together = parts.Where(p => p.Does == ReleaseAct.Publish).Select(p => p.ArticleId).ToHashSet();
        var prepared = new List<PreparedPart>();
        for (var n = 0; n < parts.Count; n++)
        {
            var part = parts[n];
            if (!articles.TryGetValue(part.ArticleId, out var head))
            {
                faults.Add(Fault.At($"/items/{n}", "unknown-reference", "The article was deleted for good."));
                continue;
            }
            IReadOnlyCollection<Fault> found;
            Publisher.Publication? publication = null;
            try
            {
                if (part.Does == ReleaseAct.Publish)
                {
                    publication = await Publisher.PrepareAsync(
                        transaction,
                        head with
                        {
                            Revision = part.Revision ?? head.Revision,
                        },
                        policy,
                        at,
                        ct,
                        isWorkingCopy: (part.Revision ?? head.Revision) == head.Revision,
                        together,
                        embargoHolds: !isPreview
                    );
                    found = publication.Faults;
                }
                else
                {
                    head.After(ArticleAct.Unpublish);
                    found = [];
                }
            }
            catch (Refused refused) when (refused.Kind != ProblemKinds.Forbidden)
            {
                found = refused.Errors ?? [Fault.At("", refused.Kind.Code, refused.Message)];
            }
            if (!isPreview)
                found = [.. found, .. await SchedulesAsync(transaction, head, part, at, ct)];
            foreach (var fault in found)
                faults.Add(Of(n, head, fault));
            prepared.Add(new(n, part, head, publication));
        }
        return prepared;
    }

    /// <summary>A fault of an article as one of the release's.</summary>
    public static Fault Of(int item, ArticleHead article, Fault fault) =>
        Fault.At(
            string.Create(CultureInfo.InvariantCulture, $"/items/{item}"),
            fault.Code,
            $"{article.Slug}{(string.IsNullOrEmpty(fault.Pointer) ? "" : $" ({fault.Pointer})")}: {fault.Detail}"
        );

    /// <summary>
    /// The clock would do something else to the article afterwards: which of the two is meant only the desk knows.
    /// </summary>
    private static async Task<IReadOnlyList<Fault>> SchedulesAsync(
        NpgsqlTransaction transaction,
        ArticleHead head,
        ReleasePart part,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        if (!head.HasSchedule)
            return [];
        var planned = await ScheduleTable.FindAsync(transaction, head.Id, ct);
        if (planned.GetValueOrDefault(ScheduleTable.Publish) is { } publication)
            return
            [
                Fault.At(
                    "",
                    "also-scheduled",
                    $"It is also scheduled by itself, for {Ahead.Text(publication.DueAt)}. Cancel that "
                        + "schedule, or take the article out of the release."
                ),
            ];
        if (
            part.Does == ReleaseAct.Publish
            && planned.GetValueOrDefault(ScheduleTable.Unpublish) is { } end
            && end.DueAt <= at
        )
            return
            [
                Fault.At(
                    "",
                    "not-after-publication",
                    $"It is to be withdrawn at {Ahead.Text(end.DueAt)}, which is not after the release. Cancel "
                        + "that schedule, or let the release go live before."
                ),
            ];
        return [];
    }

    /// <summary>Does what was prepared in the same transaction and has no faults.</summary>
    public static async Task WriteAsync(
        Edit edit,
        ReleaseHead release,
        IReadOnlyList<PreparedPart> parts,
        CancellationToken ct
    )
    {
        foreach (var (_, _, head, publication) in InOrder(parts))
        {
            var act = edit.Part(publication is null ? Act.UnpublishArticle : Act.PublishArticle);
            act.Found(head.Id, head.Revision);
            act.Note = $"release “{release.Name}”";
            if (publication is null)
            {
                await Scheduling.WithdrawAsync(
                    act,
                    head,
                    head.After(ArticleAct.Unpublish),
                    Withdrawal.Silent,
                    ct
                );
                await ScheduleTable.DropAsync(edit.Transaction, head.Id, ct);
            }
            else
                await Publisher.WriteAsync(edit.Transaction, edit.Announcement, publication, ct);
            act.Wrote(head.Id, publication?.Head.Revision ?? head.Revision);
        }
        await edit.Transaction.ExecuteAsync(
            Published,
            new
            {
                release.Id,
                edit.At,
                By = edit.Caller.Id,
                Due = release.DueAt,
                Articles = parts.Select(p => p.Head.Id).ToArray(),
                Revisions = parts.Select(p => p.Publication?.Head.Revision).ToArray(),
                Replaced = parts.Select(p => p.Head.PublishedRevision).ToArray(),
            },
            ct
        );
        edit.Wrote(release.Id, release.Revision + 1);
    }

    /// <summary>
    /// Does the same for readers only, in a transaction that is undone. Neither articles nor the release are locked.
    /// </summary>
    public static async Task ShowAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<PreparedPart> parts,
        CancellationToken ct
    )
    {
        foreach (var (_, _, head, publication) in InOrder(parts))
            if (publication is null)
                await Publisher.WithdrawAsync(transaction, new(), head.Id, Withdrawal.Silent, ct);
            else
                await Publisher.ShowAsync(transaction, publication, ct);
    }

    // In one order, whatever that of the release is: two that write the same articles do not wait for each other.
    private static IEnumerable<PreparedPart> InOrder(IEnumerable<PreparedPart> parts) =>
        parts.OrderBy(p => p.Head.Id);

    private const string Published = """
        update releases set published_at = @At, published_by = @By, due_at = @Due, try_at = null, failed_at = null,
            failure = null, revision = revision + 1, updated_at = @At, updated_by = coalesce(@By, updated_by)
        where id = @Id;
        update release_items i set revision = u.revision, replaced_revision = u.replaced
        from unnest(@Articles, @Revisions, @Replaced) u(article, revision, replaced)
        where i.release_id = @Id and i.article_id = u.article
        """;
}

/// <summary>An article of a release, looked at.</summary>
/// <param name="Number">Where it stands among the items, from 0.</param>
/// <param name="Publication">Null: it is withdrawn, or cannot be published.</param>
internal sealed record PreparedPart(
    int Number,
    ReleasePart Part,
    ArticleHead Head,
    Publisher.Publication? Publication
);
