using Cms.Changes;
using Cms.Desk;
using Cms.Editorial.ForReaders;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using FastEndpoints;
using FluentValidation;

namespace Cms.Editorial.Tags;

/// <summary>Merges a tag into another</summary>
/// <remarks>
/// All articles that carry it carry the other one instead, published and unpublished, with no new revisions. Its slug
/// redirects to the other tag, and its name finds the other tag when somebody writes it. It cannot be undone. Keys and
/// people that are limited to sections cannot merge tags, since articles everywhere change. A tag that more than 500
/// published articles carry is refused (422): retag some of them first, with `/v1/editorial/batch`. `If-Match` must
/// carry the `ETag` of the tag that goes.
/// </remarks>
internal sealed class MergeTag(DeskDoor desk) : DeskSlice<MergeTagRequest>(desk)
{
    private const int MaxArticles = 500;

    public override void Configure()
    {
        Post("/v1/editorial/tags/{slugOrId}/merge");
        Does(Act.MergeTag);
        Answers<EditorialTag>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired
        );
    }

    public override async Task<IResult> ExecuteAsync(MergeTagRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                if (edit.Caller.SectionIds is not null)
                    throw new Refused(
                        ProblemKinds.Forbidden,
                        "Merging tags changes articles of all sections, and you are limited to some."
                    );
                var into = await FindAsync(edit, request.Merge.Into, ct);
                var from =
                    await FindAsync(edit, request.SlugOrId, ct)
                    ?? throw Refused.NotFound("tag", request.SlugOrId);
                if (into is null)
                    throw Refused.Invalid(
                        "/into",
                        "unknown-reference",
                        $"There is no tag '{request.Merge.Into}'."
                    );
                if (into == from)
                    throw Refused.Invalid("/into", "self-reference", "This is the same tag: choose another.");
                // Both at once and in one order: two that merge into each other wait instead of deadlocking.
                await edit.Transaction.ListAsync<Guid>(
                    "select id from tags where id = any(@Both) order by id for update",
                    new { Both = new[] { from, into } },
                    ct
                );
                var head = await Resource.Tag.LockAsync(
                    edit,
                    from.ToString(),
                    request.Preconditions,
                    exclusive: true,
                    ct
                );
                // All its articles go into the feed under the feed's lock, and every other publication waits for that.
                var articles = await edit.Transaction.FindAsync<int>(
                    """
                    select count(*)::int from (select from published_article_tags where tag_id = @Id limit @Take) n
                    """,
                    new { head.Id, Take = MaxArticles + 1 },
                    ct
                );
                if (articles > MaxArticles)
                    throw Refused.Invalid(
                        "",
                        "too-many",
                        $"More than {MaxArticles} published articles carry the tag, and at most {MaxArticles} can get "
                            + "another one at once. Retag some of them first, with `/v1/editorial/batch`."
                    );
                await Publisher.MergeTagAsync(edit.Transaction, edit.Announcement, head.Id, into.Value, ct);
                await edit.Transaction.ExecuteAsync(Merge, new { head.Id, Into = into }, ct);
                edit.Announcement.Deleted(EntityType.Tag, head.Id);
                edit.Announcement.Touched(EntityType.Tag, into.Value);
                edit.Wrote(head.Id, revision: null);
                return (await EditorialTagRow.ReadAsync(edit.Transaction, into.Value, ct)).View();
            },
            tag => new Saved<EditorialTag>(tag, tag.Revision),
            ct
        );
    }

    private static Task<Guid?> FindAsync(Edit edit, string reference, CancellationToken ct) =>
        edit.Transaction.FindAsync<Guid?>(
            $"select r.id from tags r where {Resource.Tag.Where("r", reference)}",
            Resource.Address(reference, edit.Caller),
            ct
        );

    private const string Merge = """
        insert into article_tags (article_id, tag_id) select article_id, @Into from article_tags where tag_id = @Id
        on conflict do nothing;
        delete from article_tags where tag_id = @Id;
        update merged_tags set into_id = @Into where into_id = @Id;
        insert into merged_tags (id, into_id, name_key) select id, @Into, name_key from tags where id = @Id;
        update former_slugs set entity_id = @Into where entity_type = 'tag' and entity_id = @Id;
        -- When a tag is deleted, a trigger removes what is its own by then. Its present slug comes after that.
        with gone as (delete from tags where id = @Id returning slug)
        insert into former_slugs (entity_type, slug, entity_id) select 'tag', slug, @Into from gone
        on conflict (entity_type, slug) do update set entity_id = excluded.entity_id
        """;
}

internal sealed record MergeTagRequest : ChangingRequest
{
    /// <summary>The slug, or the id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    [FromBody]
    public MergeTagInput Merge { get; init; } = null!;
}

/// <summary>Where a tag's articles go.</summary>
internal sealed record MergeTagInput
{
    /// <summary>Slug or id of the tag that stays.</summary>
    /// <example>energy</example>
    public required string Into { get; init; }
}

internal sealed class MergeTagRules : AbstractValidator<MergeTagInput>
{
    public MergeTagRules() => RuleFor(m => m.Into).NotEmpty().HasAtMost(120);
}
