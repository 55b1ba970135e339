using System.Text.Json;
using System.Text.Json.Nodes;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Postgres;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.Comparing;

namespace Cms.Editorial.Revisions;

/// <summary>An edit of an article: the patch, and the body that it brings, parsed.</summary>
internal sealed record ArticleEdit(MergePatch<ArticleInput> Patch, BodyResult? Body)
{
    /// <summary>Whether it was merged with others.</summary>
    public bool IsMerged { get; init; }
}

/// <summary>
/// Moves an edit from the revision it starts from onto the present one (<c>Prefer: merge</c>). The article is locked,
/// so what it is merged with is what it is saved on.
/// </summary>
internal static class ArticleMerge
{
    /// <exception cref="Refused">
    /// 412: it touches what was touched since. 428: it does not say where it starts.
    /// </exception>
    public static async Task<ArticleEdit> RebaseAsync(
        Edit edit,
        ArticleHead head,
        string? ifMatch,
        ArticleEdit mine,
        CancellationToken ct
    )
    {
        if (ifMatch is null || Conditional.Matches(ifMatch, head.Revision))
        {
            Conditional.Require(new(ifMatch, IfNoneMatch: null), head.Revision);
            return mine;
        }
        if (Conditional.RevisionIn(ifMatch) is not { } seen || seen < 1 || seen > head.Revision)
            throw await RevisionConflict.RefusedAsync(edit.Transaction, head, ifMatch, edit.Caller, ct);
        var start = await ArticleWriter.FindRevisionAsync(edit.Transaction, head.Id, seen, ct);
        var now = await ArticleWriter.FindRevisionAsync(edit.Transaction, head.Id, head.Revision, ct);

        var conflicts = new List<EditConflict>();
        var members = (JsonObject)mine.Patch.Members.DeepClone();
        // What the caller does not see it cannot have touched, and stays (see ArticleWriter.ChangeAsync).
        var unseen = await ArticleWriter.FindUnseenAsync(
            edit.Transaction,
            [.. start.RelatedIds, .. now.RelatedIds],
            edit.Caller,
            ct
        );
        var (before, after) = (MembersOf(start, unseen), MembersOf(now, unseen));
        foreach (var (name, value) in mine.Patch.Members)
        {
            if (name == "body" || Same(before[name], after[name]))
                continue;
            var wanted = await ResolvedAsync(
                edit,
                name,
                MergePatch.Merge(before[name]?.DeepClone(), value),
                ct
            );
            if (Same(wanted, before[name]) || Same(wanted, after[name]))
                members.Remove(name);
            else
                conflicts.Add(
                    new()
                    {
                        Member = name,
                        Block = null,
                        Mine = EditAct.Changed,
                        Theirs = EditAct.Changed,
                    }
                );
        }
        var body = mine.Body;
        // A body with faults is refused where they are told with the others.
        if (members.TryGetPropertyValue("body", out var written) && (body?.IsValid ?? written is null))
        {
            body = Merged(start, body?.Body ?? Body.Empty, now, body?.Warnings ?? [], conflicts);
            members["body"] = written?.DeepClone() ?? new JsonObject { ["blocks"] = new JsonArray() };
        }
        if (conflicts.Count > 0)
            throw await RevisionConflict.RefusedAsync(
                edit.Transaction,
                head,
                ifMatch,
                edit.Caller,
                ct,
                [.. conflicts.Take(Faults.Max)]
            );
        return new(mine.Patch.With(members), body) { IsMerged = true };
    }

    private static BodyResult Merged(
        RevisionRow start,
        Body mine,
        RevisionRow now,
        IReadOnlyList<BodyWarning> warnings,
        List<EditConflict> conflicts
    )
    {
        var from = BlockIds.Complete(Body.Parse(start.Body));
        var merge = BodyMerge.Of(
            from,
            BlockIds.Continue(mine, from),
            BlockIds.Complete(Body.Parse(now.Body))
        );
        conflicts.AddRange(
            merge.Conflicts.Select(c => new EditConflict
            {
                Member = "body",
                Block = c.Id,
                Mine = c.Mine,
                Theirs = c.Theirs,
            })
        );
        if (conflicts.Count > 0)
            return BodyResult.Of(mine, warnings);
        var body = merge.Merged();
        if (body.Blocks.Count > BodyLimits.Blocks)
            return BodyResult.Of(
                "",
                "too-many",
                $"A body has at most {BodyLimits.Blocks} blocks; merged, this has {body.Blocks.Count}."
            );
        return body.Blocks.Sum(BlockRules.LengthOf) > BodyLimits.Body
            ? BodyResult.Of("", "too-long", $"Merged, the body has more than {BodyLimits.Body} characters.")
            : BodyResult.Of(body, warnings);
    }

    private static JsonObject MembersOf(RevisionRow revision, Guid[] unseen) =>
        JsonSerializer
            .SerializeToNode(
                (revision with { RelatedIds = [.. revision.RelatedIds.Except(unseen)] }).ToInput(),
                Json.Options
            )!
            .AsObject();

    // Patches leave out what is null.
    private static bool Same(JsonNode? one, JsonNode? other) =>
        JsonNode.DeepEquals(WithoutNulls(one), WithoutNulls(other));

    private static JsonNode? WithoutNulls(JsonNode? node) =>
        node is JsonObject members
            ? new JsonObject(
                members
                    .Where(m => m.Value is not null)
                    .Select(m => KeyValuePair.Create(m.Key, WithoutNulls(m.Value)))
            )
            : node?.DeepClone();

    /// <summary>
    /// References by their ids, and times in UTC, as revisions have them: tools write them back in other forms.
    /// </summary>
    private static async Task<JsonNode?> ResolvedAsync(
        Edit edit,
        string member,
        JsonNode? value,
        CancellationToken ct
    )
    {
        if (member is "publishedAt" or "embargoedUntil")
            return
                value is JsonValue time
                && time.TryGetValue<string>(out var given)
                && Json.TryInstant(given, out var at)
                ? JsonValue.Create(Json.Instant(at))
                : value;
        var table = member switch
        {
            "section" => "sections",
            "authors" => "authors",
            "tags" => "tags",
            "related" => "articles",
            _ => null,
        };
        if (table is null || value is null)
            return value;
        var names = (value as JsonArray ?? [value.DeepClone()])
            .Select(n => n is JsonValue v && v.TryGetValue<string>(out var text) ? text : "")
            .ToArray();
        var also = table switch
        {
            "tags" => " or r.name = n.name",
            "articles" => $" and {Reach.MayName("r")}",
            _ => "",
        };
        var ids = await edit.Transaction.ListAsync<string>(
            $"""
            select coalesce(min(r.id::text), n.name) from unnest(@names) with ordinality n(name, n)
            left join {table} r on r.slug = n.name{also}
            group by n.n, n.name order by n.n
            """,
            new { names, Reach = Reach.Of(edit.Caller) },
            ct
        );
        return value is JsonArray
            ? new JsonArray([.. ids.Select(id => (JsonNode?)JsonValue.Create(id))])
            : JsonValue.Create(ids[0]);
    }
}
