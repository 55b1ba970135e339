using Cms.Changes;
using Cms.Platform.Http;
using FastEndpoints;

namespace Cms.Editorial.Sections;

/// <summary>Creates a section</summary>
/// <remarks>Readers see it at once. Without a `slug`, one is made from the name.</remarks>
internal sealed class CreateSection(ChangeLog changes, TimeProvider clock) : Slice<CreateSectionRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/sections");
        Permissions(Access.Permissions.WriteSections);
        Answers<EditorialSection>(201, ResourceRefusals.Create);
    }

    public override async Task<IResult> ExecuteAsync(CreateSectionRequest request, CancellationToken ct)
    {
        var at = clock.GetUtcNow();
        var section = await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                var id = await SectionWriter.CreateAsync(transaction, request.Section, at, ct);
                var made = await EditorialSectionRow.ReadAsync(transaction, id, ct);
                announcement.Changed("section", id);
                return made.View();
            },
            ct
        );
        return new Saved<EditorialSection>(
            section,
            section.Revision,
            StatusCodes.Status201Created,
            $"/v1/editorial/sections/{section.Id}"
        );
    }
}

internal sealed record CreateSectionRequest
{
    [FromBody]
    public SectionInput Section { get; init; } = null!;
}
