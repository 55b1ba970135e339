using Cms.Changes;
using Cms.Platform.Http;

namespace Cms.Editorial.Tags;

/// <summary>Deletes a tag</summary>
/// <remarks>Refused (409) while something uses it; `usedBy` names what does.</remarks>
internal sealed class DeleteTag(ChangeLog changes) : Slice<DeleteResourceRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/tags/{slugOrId}");
        Permissions(Access.Permissions.WriteTags);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteResourceRequest request, CancellationToken ct)
    {
        await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                var head = await Resource.Tag.DeleteAsync(
                    transaction,
                    request.SlugOrId,
                    request.IfMatch,
                    SelectUsage,
                    ct
                );
                announcement.Deleted("tag", head.Id);
                return head;
            },
            ct
        );
        return TypedResults.NoContent();
    }

    private const string SelectUsage = """
        select type, id, name from (
            select 'article' type, a.id, a.headline name from article_tags u join articles a on a.id = u.article_id where u.tag_id = @Id
            union
            select 'article', p.id, p.headline from published_article_tags u join published_articles p on p.id = u.article_id
            where u.tag_id = @Id and p.id not in (select article_id from article_tags where tag_id = @Id)) users
        """;
}
