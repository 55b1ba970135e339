using Cms.Changes;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using FastEndpoints;

namespace Cms.Editorial.Sections;

/// <summary>Creates a section</summary>
/// <remarks>Readers see it at once. Without a `slug`, one is made from the name.</remarks>
internal sealed class CreateSection(DeskDoor desk) : DeskSlice<CreateSectionRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/sections");
        Does(Act.CreateSection);
        Answers<EditorialSection>(201, ResourceRefusals.Create);
    }

    public override async Task<IResult> ExecuteAsync(CreateSectionRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                var id = await SectionWriter.CreateAsync(edit.Transaction, request.Section, edit.At, ct);
                var made = await EditorialSectionRow.ReadAsync(edit.Transaction, id, ct);
                edit.Announcement.Changed(EntityType.Section, id);
                return made.View();
            },
            section => new Saved<EditorialSection>(
                section,
                section.Revision,
                StatusCodes.Status201Created,
                $"/v1/editorial/sections/{section.Id}"
            ),
            ct
        );
    }
}

internal sealed record CreateSectionRequest
{
    [FromBody]
    public SectionInput Section { get; init; } = null!;
}
