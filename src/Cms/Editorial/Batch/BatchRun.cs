using System.Globalization;
using System.Text.Json.Nodes;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Schedules;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Cms.Publishing.Bodies;

namespace Cms.Editorial.Batch;

/// <summary>Does the acts of a batch in one transaction, each by the functions of its own endpoint.</summary>
internal sealed class BatchRun(ArticleDesk articles, Scheduling scheduling)
{
    private const string Savepoint = "act";

    /// <summary>
    /// Does all acts that can be done, and finds what is wrong with the others: whoever calls it undoes all where
    /// something is.
    /// </summary>
    /// <param name="bodies">The bodies that the acts bring, parsed before the transaction.</param>
    public async Task<IReadOnlyList<BatchStep>> RunAsync(
        Edit edit,
        IReadOnlyList<BatchAct> acts,
        IReadOnlyList<BodyResult?> bodies,
        CancellationToken ct
    )
    {
        await LockAsync(edit, acts, ct);
        var steps = new List<BatchStep>();
        for (var n = 0; n < acts.Count; n++)
        {
            await edit.Transaction.SaveAsync(Savepoint, ct);
            try
            {
                steps.Add(new(await DoAsync(edit, acts[n], bodies[n], ct), Refused: null));
                await edit.Transaction.ReleaseAsync(Savepoint, ct);
            }
            catch (Refused refused)
            {
                await edit.Transaction.RollbackAsync(Savepoint, ct);
                steps.Add(new(Article: null, refused));
            }
        }
        return steps;
    }

    /// <summary>The article after the act; null: it is none's.</summary>
    private async Task<Guid> DoAsync(Edit edit, BatchAct act, BodyResult? body, CancellationToken ct)
    {
        switch (act)
        {
            case BatchCreate create:
            {
                var part = edit.Part(Act.CreateArticle);
                var made = await articles.CreateAsync(
                    part,
                    create.Article,
                    body,
                    create.Publish,
                    create.Note,
                    ct
                );
                return Wrote(part, made);
            }
            case BatchChange change:
            {
                var part = edit.Part(Act.ChangeArticle);
                var head = await FindAsync(part, change, change.Revision, ct);
                return Wrote(
                    part,
                    await articles.ChangeAsync(
                        part,
                        head,
                        change.Article,
                        body,
                        change.Publish,
                        change.Note,
                        ct
                    )
                );
            }
            case BatchRetag retag:
            {
                var part = edit.Part(Act.ChangeArticle);
                var head = await FindAsync(part, retag, revision: null, ct);
                var patch = await TagsAsync(part, head, retag, ct);
                return Wrote(
                    part,
                    await articles.ChangeAsync(part, head, patch, body: null, retag.Publish, note: null, ct)
                );
            }
            case BatchPublish publish:
            {
                var part = edit.Part(Act.PublishArticle);
                var head = await FindAsync(part, publish, publish.Revision, ct);
                await scheduling.PublishAsync(part, head, publish.With ?? new PublishInput(), ct);
                return Wrote(part, head);
            }
            case BatchUnpublish unpublish:
            {
                var part = edit.Part(Act.UnpublishArticle);
                var head = await FindAsync(part, unpublish, unpublish.Revision, ct);
                await scheduling.UnpublishAsync(part, head, unpublish.With ?? new UnpublishInput(), ct);
                return Wrote(part, head);
            }
            case BatchDelete delete:
            {
                var part = edit.Part(Act.TrashArticle);
                var head = await FindAsync(part, delete, delete.Revision, ct);
                await DeleteArticle.TrashAsync(part, head, ct);
                return Wrote(part, head);
            }
            default:
                throw new InvalidOperationException($"{act.GetType().Name} is no act of a batch.");
        }
    }

    private static Guid Wrote(Edit part, ArticleHead head)
    {
        part.Wrote(head.Id, head.Revision);
        return head.Id;
    }

    private static Task<ArticleHead> FindAsync(
        Edit part,
        BatchActOnArticle act,
        int? revision,
        CancellationToken ct
    ) =>
        ArticleHead.LockAsync(
            part,
            act.SlugOrId,
            revision is { } number
                ? new Preconditions(Conditional.TagOf(number).ToString(), IfNoneMatch: null)
                : default,
            ifMatchRequired: revision is not null,
            ct
        );

    /// <summary>The article's tags as they are to be, as a patch.</summary>
    private static async Task<MergePatch<ArticleInput>> TagsAsync(
        Edit part,
        ArticleHead head,
        BatchRetag retag,
        CancellationToken ct
    )
    {
        var tags = await part.Transaction.ListAsync<Tagged>(
            """
            select t.slug, t.name from article_revisions r, unnest(present_tags(r.tag_ids)) with ordinality u(id, n)
                join tags t on t.id = u.id
            where r.article_id = @Id and r.number = @Revision order by u.n
            """,
            new { head.Id, head.Revision },
            ct
        );
        var removed = retag.Remove.Select(NameKey.Of).ToHashSet(StringComparer.Ordinal);
        bool IsRemoved(Tagged tag) =>
            removed.Contains(NameKey.Of(tag.Slug)) || removed.Contains(NameKey.Of(tag.Name));
        var kept = tags.Where(t => !IsRemoved(t)).ToList();
        var known = kept.SelectMany(t => new[] { NameKey.Of(t.Slug), NameKey.Of(t.Name) })
            .ToHashSet(StringComparer.Ordinal);
        return new(
            new JsonObject
            {
                ["tags"] = new JsonArray([
                    .. kept.Select(t => t.Slug)
                        .Concat(retag.Add.Where(a => known.Add(NameKey.Of(a))))
                        .Select(t => (JsonNode)t),
                ]),
            }
        );
    }

    /// <summary>
    /// Two batches with the same articles in another order must not wait for each other: all are locked first, in the
    /// order of everybody.
    /// </summary>
    private static async Task LockAsync(Edit edit, IReadOnlyList<BatchAct> acts, CancellationToken ct)
    {
        var references = acts.OfType<BatchActOnArticle>().Select(a => a.SlugOrId).Distinct().ToArray();
        if (references.Length == 0)
            return;
        var ids = await edit.Transaction.ListAsync<Guid>(
            "select id from articles where slug = any(@Slugs) or id = any(@Ids)",
            new
            {
                Slugs = references.Where(r => SlugOrId.IdOf(r) is null).ToArray(),
                Ids = references.Select(SlugOrId.IdOf).OfType<Guid>().ToArray(),
            },
            ct
        );
        await ArticleHead.LockAllAsync(edit.Transaction, [.. ids], edit.Caller, ct);
    }

    private sealed record Tagged(string Slug, string Name);
}

/// <summary>What became of an act.</summary>
internal sealed record BatchStep(Guid? Article, Refused? Refused)
{
    /// <summary>The faults of a refused act, with pointers into the batch.</summary>
    public IEnumerable<Fault> Faults(int position, BatchAct act)
    {
        var at = string.Create(CultureInfo.InvariantCulture, $"/acts/{position}");
        if (Refused!.Errors is not { Count: > 0 } errors)
        {
            yield return Fault.At(at, Refused.Kind.Code, Refused.Message);
            yield break;
        }
        foreach (var fault in errors)
            yield return Fault.At(at + Below(act, fault.Pointer ?? ""), fault.Code, fault.Detail);
    }

    // What an article lacks to be published stands nowhere in the act that publishes it.
    private static string Below(BatchAct act, string pointer) =>
        act switch
        {
            BatchCreate or BatchChange => $"/article{pointer}",
            BatchPublish or BatchUnpublish when pointer is "/at" or "/until" or "/replacedBy" =>
                $"/with{pointer}",
            _ => "",
        };
}
