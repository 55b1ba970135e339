using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;

namespace Cms.Editorial.Sections;

/// <summary>Changes a section</summary>
/// <remarks>A merge patch (RFC 7396); readers see the change at once, wherever the section is named. `If-Match` must carry the `ETag` that it starts from.</remarks>
internal sealed class ChangeSection(ChangeLog changes, TimeProvider clock, IServiceProvider services)
    : Slice<ChangeResourceRequest<SectionInput>>
{
    public override void Configure()
    {
        Patch("/v1/editorial/sections/{slugOrId}");
        Permissions(Access.Permissions.WriteSections);
        Answers<EditorialSection>(200, ResourceRefusals.Change);
    }

    public override async Task<IResult> ExecuteAsync(
        ChangeResourceRequest<SectionInput> request,
        CancellationToken ct
    )
    {
        var at = clock.GetUtcNow();
        var section = await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                // Before the row: whoever publishes takes them in this order too.
                await SectionWriter.LockTreeAsync(transaction, ct);
                var head = await Resource.Section.LockAsync(
                    transaction,
                    request.SlugOrId,
                    HttpContext.Caller(),
                    request.Preconditions,
                    exclusive: false,
                    ct
                );
                var current = await EditorialSectionRow.ReadAsync(transaction, head.Id, ct);
                var input = await request.Patch.ApplyAsync(
                    current.ToInput(),
                    merged => Rules.Check(services, merged, parameters: false),
                    (merged, faults) => SectionWriter.FindFaultsAsync(transaction, merged, faults, ct)
                );
                var parent = await SectionWriter.FindParentAsync(transaction, input.Parent, ct);
                if (Resource.IsSame(input with { Parent = parent?.ToString() }, current.ToInput()))
                    return current.View();
                await SectionWriter.ChangeAsync(transaction, head.Id, input, at, ct);
                var changed = await EditorialSectionRow.ReadAsync(transaction, head.Id, ct);
                if (current.ParentId != changed.ParentId)
                    await Publisher.MoveSectionAsync(
                        transaction,
                        announcement,
                        head.Id,
                        current.ParentId,
                        ct
                    );
                announcement.Changed("section", head.Id);
                return changed.View();
            },
            ct
        );
        return new Saved<EditorialSection>(section, section.Revision);
    }
}
