using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;

namespace Cms.Editorial.Sections;

/// <summary>Deletes a section</summary>
/// <remarks>Refused (409) while something uses it; `usedBy` names what does.</remarks>
internal sealed class DeleteSection(ChangeLog changes) : Slice<DeleteResourceRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/sections/{slugOrId}");
        Permissions(Access.Permissions.WriteSections);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteResourceRequest request, CancellationToken ct)
    {
        await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                var head = await Resource.Section.DeleteAsync(
                    transaction,
                    request.SlugOrId,
                    HttpContext.Caller(),
                    request.Preconditions,
                    SelectUsage,
                    ct
                );
                announcement.Deleted("section", head.Id);
                return head;
            },
            ct
        );
        return TypedResults.NoContent();
    }

    // Keys that are limited to sections delete none, so that nothing is hidden from whoever asks.
    private const string SelectUsage = """
        select 'article' type, id, headline name from articles where section_id = @Id
        union all
        select 'article', id, headline from published_articles where section_id = @Id
            and id not in (select id from articles where section_id = @Id)
        union all
        select 'section', id, name from sections where parent_id = @Id
        """;
}
