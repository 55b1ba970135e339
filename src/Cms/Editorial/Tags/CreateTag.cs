using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using FastEndpoints;

namespace Cms.Editorial.Tags;

/// <summary>Creates a tag</summary>
/// <remarks>Readers see it once a published article carries it. Without a `slug`, one is made from the name; two tags
/// cannot have the same name.</remarks>
internal sealed class CreateTag(DeskDoor desk) : DeskSlice<CreateTagRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/tags");
        Does(Act.CreateTag);
        Answers<EditorialTag>(201, [.. ResourceRefusals.Create, ProblemKinds.NameTaken]);
    }

    public override async Task<IResult> ExecuteAsync(CreateTagRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                var id = await TagWriter.CreateAsync(edit.Transaction, request.Tag, edit.Caller, edit.At, ct);
                var made = await EditorialTagRow.ReadAsync(edit.Transaction, id, ct);
                return made.View();
            },
            tag => new Saved<EditorialTag>(
                tag,
                tag.Revision,
                StatusCodes.Status201Created,
                $"/v1/editorial/tags/{tag.Id}"
            ),
            ct
        );
    }
}

internal sealed record CreateTagRequest
{
    [FromBody]
    public TagInput Tag { get; init; } = null!;
}
