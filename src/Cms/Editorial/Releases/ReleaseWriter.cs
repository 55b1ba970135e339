using System.Globalization;
using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Npgsql;

namespace Cms.Editorial.Releases;

/// <summary>Writes releases that have not gone live.</summary>
internal static class ReleaseWriter
{
    /// <summary>Finds the articles that an input names, and locks them.</summary>
    /// <param name="known">What the release had until now.</param>
    public static async Task<IReadOnlyList<ReleasePart>> ResolveAsync(
        NpgsqlTransaction transaction,
        ReleaseInput input,
        IReadOnlyList<ReleasePart> known,
        Caller caller,
        Faults faults,
        CancellationToken ct
    )
    {
        // What was faulty is missing: it is reported already.
        var items = input.Items.Take(ReleaseInput.MaxItems).ToList();
        var references = items.Select(i => (string?)i?.Article ?? "").ToArray();
        var ids = await transaction.ListAsync<Guid>(
            $"""
            select coalesce((select a.id from articles a
                where case when n.id is null then a.slug = n.slug else a.id = n.id end
                  and {Reach.Sees("a.section_id")}), '00000000-0000-0000-0000-000000000000')
            from unnest(@references, @Ids) with ordinality n(slug, id, place) order by place
            """,
            new
            {
                references,
                Ids = references.Select(SlugOrId.IdOf).ToArray(),
                Reach = Reach.Of(caller),
            },
            ct
        );
        var heads = await ArticleHead.LockAllAsync(transaction, [.. ids.Distinct()], caller, ct);
        var parts = new List<ReleasePart>();
        for (var n = 0; n < ids.Count; n++)
        {
            var item = items[n];
            if (faults.Touch($"/items/{n}/article") || references[n].Length == 0)
                continue;
            if (!heads.TryGetValue(ids[n], out var head))
                faults.Add(
                    Fault.At(
                        $"/items/{n}/article",
                        "unknown-reference",
                        $"There is no article '{Text.Short(item.Article)}'."
                    )
                );
            else if (parts.Exists(p => p.ArticleId == head.Id))
                faults.Add(
                    Fault.At(
                        $"/items/{n}/article",
                        "repeated",
                        $"The article '{Text.Short(item.Article)}' stands in the release more than once."
                    )
                );
            else
            {
                if (head.LiveSectionPath is not null)
                    ArticleHead.RequireReach(caller, head.LiveSectionPath);
                if (item.Revision > head.Revision && !faults.Touch($"/items/{n}/revision"))
                    faults.Add(
                        Fault.At(
                            $"/items/{n}/revision",
                            "unknown-revision",
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"There is no revision {item.Revision}: the article has 1 to {head.Revision}."
                            )
                        )
                    );
                parts.Add(PartOf(item, head, known, input.At is not null));
            }
        }
        await RequireReachAsync(transaction, parts, caller, ct);
        return parts;
    }

    /// <summary>An older revision may belong to another section than the working copy.</summary>
    /// <exception cref="Refused">403.</exception>
    private static async Task RequireReachAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<ReleasePart> parts,
        Caller caller,
        CancellationToken ct
    )
    {
        var pinned = parts.Where(p => p.Revision is not null).ToList();
        if (caller.SectionIds is null || pinned.Count == 0)
            return;
        foreach (
            var section in await transaction.ListAsync<PinnedSection>(
                """
                select section_path(r.section_id) path from article_revisions r
                join unnest(@Articles, @Revisions) u(article, revision)
                    on r.article_id = u.article and r.number = u.revision
                """,
                new
                {
                    Articles = pinned.Select(p => p.ArticleId).ToArray(),
                    Revisions = pinned.Select(p => p.Revision!.Value).ToArray(),
                },
                ct
            )
        )
            ArticleHead.RequireReach(caller, section.Path);
    }

    private static ReleasePart PartOf(
        ReleaseItemInput item,
        ArticleHead head,
        IReadOnlyList<ReleasePart> known,
        bool isTimed
    )
    {
        // What stays in the release was added when it was added.
        var before = known.FirstOrDefault(p =>
            p.ArticleId == head.Id && p.Does == item.Act && p.Revision == item.Revision
        );
        return new()
        {
            ArticleId = head.Id,
            Act = ReleasePart.NameOf(item.Act),
            // What is scheduled is a revision.
            Revision =
                item.Act == ReleaseAct.Publish && isTimed ? item.Revision ?? head.Revision : item.Revision,
            AddedRevision = before?.AddedRevision ?? head.Revision,
        };
    }

    public static async Task CreateAsync(
        Edit edit,
        Guid id,
        ReleaseInput input,
        IReadOnlyList<ReleasePart> parts,
        Guid? reverts,
        CancellationToken ct
    )
    {
        await edit.Transaction.ExecuteAsync(
            """
            insert into releases (id, name, due_at, try_at, reverts, created_at, created_by, updated_at, updated_by)
            values (@id, @Name, @Due, @Due, @reverts, @At, @By, @At, @By)
            """,
            new
            {
                id,
                input.Name,
                Due = input.At,
                reverts,
                edit.At,
                By = edit.Caller.Id,
            },
            ct
        );
        await WritePartsAsync(edit.Transaction, id, parts, ct);
    }

    /// <param name="parts">Null: they stay.</param>
    public static async Task ChangeAsync(
        Edit edit,
        ReleaseHead head,
        ReleaseInput input,
        IReadOnlyList<ReleasePart>? parts,
        CancellationToken ct
    )
    {
        await edit.Transaction.ExecuteAsync(
            """
            update releases set name = @Name, due_at = @Due, try_at = @Due, revision = revision + 1, failed_at = null,
                failure = null, updated_at = @At, updated_by = @By
            where id = @Id
            """,
            new
            {
                head.Id,
                input.Name,
                Due = input.At,
                edit.At,
                By = edit.Caller.Id,
            },
            ct
        );
        if (parts is null)
            return;
        await edit.Transaction.ExecuteAsync(
            "delete from release_items where release_id = @Id",
            new { head.Id },
            ct
        );
        await WritePartsAsync(edit.Transaction, head.Id, parts, ct);
        await ReleaseSlugsAsync(edit.Transaction, head, ct);
    }

    /// <summary>Slugs that only the former items kept may be free now.</summary>
    public static async Task ReleaseSlugsAsync(
        NpgsqlTransaction transaction,
        ReleaseHead head,
        CancellationToken ct
    )
    {
        var pinned = head.Parts.Where(p => p.Revision is not null).Select(p => p.ArticleId).ToArray();
        if (pinned.Length == 0)
            return;
        foreach (var (id, article) in await ArticleHead.LockAllAsync(transaction, pinned, Caller.System, ct))
            await ArticleSlugs.ReleaseUnusedAsync(transaction, id, article.Slug, ct);
    }

    private static async Task WritePartsAsync(
        NpgsqlTransaction transaction,
        Guid release,
        IReadOnlyList<ReleasePart> parts,
        CancellationToken ct
    )
    {
        if (parts.Count > 0)
            await transaction.ExecuteAsync(
                InsertParts,
                new
                {
                    release,
                    Articles = parts.Select(p => p.ArticleId).ToArray(),
                    Acts = parts.Select(p => p.Act).ToArray(),
                    Revisions = parts.Select(p => p.Revision).ToArray(),
                    Added = parts.Select(p => p.AddedRevision).ToArray(),
                },
                ct
            );
    }

    // The slug of an older revision is kept for the release, unless another article has it by now: the checks say so.
    private const string InsertParts = """
        insert into release_items (release_id, position, article_id, act, revision, added_revision)
        select @release, n - 1, article, act, revision, added
        from unnest(@Articles, @Acts, @Revisions, @Added) with ordinality u(article, act, revision, added, n);
        insert into article_slugs (slug, article_id)
        select distinct r.slug, r.article_id from release_items i
            join article_revisions r on r.article_id = i.article_id and r.number = i.revision
        where i.release_id = @release order by r.slug on conflict (slug) do nothing;
        """;

    private sealed record PinnedSection
    {
        public required Guid[]? Path { get; init; }
    }
}
