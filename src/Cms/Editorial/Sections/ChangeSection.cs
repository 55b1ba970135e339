using Cms.Changes;
using Cms.Desk;
using Cms.Editorial.ForReaders;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Validation;

namespace Cms.Editorial.Sections;

/// <summary>Changes a section</summary>
/// <remarks>A merge patch (RFC 7396); readers see the change at once, wherever the section is named. `If-Match` must
/// carry the `ETag` that it starts from.</remarks>
internal sealed class ChangeSection(DeskDoor desk, IServiceProvider services)
    : DeskSlice<ChangeResourceRequest<SectionInput>>(desk)
{
    public override void Configure()
    {
        Patch("/v1/editorial/sections/{slugOrId}");
        Does(Act.ChangeSection);
        Answers<EditorialSection>(200, ResourceRefusals.Change);
    }

    public override async Task<IResult> ExecuteAsync(
        ChangeResourceRequest<SectionInput> request,
        CancellationToken ct
    )
    {
        return await DoAsync(
            async edit =>
            {
                // Before the row: whoever publishes takes them in this order too.
                await SectionWriter.LockTreeAsync(edit.Transaction, ct);
                var head = await Resource.Section.LockAsync(
                    edit,
                    request.SlugOrId,
                    request.Preconditions,
                    exclusive: false,
                    ct
                );
                var current = await EditorialSectionRow.ReadAsync(edit.Transaction, head.Id, ct);
                var input = await request.Patch.ApplyAsync(
                    current.ToInput(),
                    merged => Rules.Check(services, merged, parameters: false),
                    (merged, faults) => SectionWriter.FindFaultsAsync(edit.Transaction, merged, faults, ct)
                );
                var parent = await SectionWriter.FindParentAsync(edit.Transaction, input.Parent, ct);
                if (Resource.IsSame(input with { Parent = parent?.ToString() }, current.ToInput()))
                    return current.View();
                await SectionWriter.ChangeAsync(edit.Transaction, head.Id, input, edit.At, ct);
                var changed = await EditorialSectionRow.ReadAsync(edit.Transaction, head.Id, ct);
                if (current.ParentId != changed.ParentId)
                    await Publisher.MoveSectionAsync(
                        edit.Transaction,
                        edit.Announcement,
                        head.Id,
                        current.ParentId,
                        ct
                    );
                edit.Announcement.Changed(EntityType.Section, head.Id);
                return changed.View();
            },
            section => new Saved<EditorialSection>(section, section.Revision),
            ct
        );
    }
}
