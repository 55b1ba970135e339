using Cms.Changes;
using Cms.Desk;
using Cms.Platform.Http.Answers;

namespace Cms.Editorial.Sections;

/// <summary>Deletes a section</summary>
/// <remarks>Refused (409) while something uses it; `usedBy` names what does.</remarks>
internal sealed class DeleteSection(DeskDoor desk) : DeskSlice<DeleteResourceRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/sections/{slugOrId}");
        Does(Act.DeleteSection);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteResourceRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                var head = await Resource.Section.DeleteAsync(
                    edit,
                    request.SlugOrId,
                    request.Preconditions,
                    SelectUsage,
                    ct
                );
                edit.Announcement.Deleted(EntityType.Section, head.Id);
                return head;
            },
            _ => new Done(),
            ct
        );
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
