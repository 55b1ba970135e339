using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Tags;

/// <summary>Creates a tag</summary>
/// <remarks>Readers see it once a published article carries it. Without a `slug`, one is made from the name; two tags
/// cannot have the same name.</remarks>
internal sealed class CreateTag(NpgsqlDataSource postgres, TimeProvider clock) : Slice<CreateTagRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/tags");
        Permissions(Access.Permissions.WriteTags);
        Answers<EditorialTag>(201, [.. ResourceRefusals.Create, ProblemKinds.NameTaken]);
    }

    public override async Task<IResult> ExecuteAsync(CreateTagRequest request, CancellationToken ct)
    {
        var at = clock.GetUtcNow();
        var tag = await postgres.InTransactionAsync(
            async transaction =>
            {
                var id = await TagWriter.CreateAsync(transaction, request.Tag, HttpContext.Caller(), at, ct);
                var made = await EditorialTagRow.ReadAsync(transaction, id, ct);
                return made.View();
            },
            ct
        );
        return new Saved<EditorialTag>(
            tag,
            tag.Revision,
            StatusCodes.Status201Created,
            $"/v1/editorial/tags/{tag.Id}"
        );
    }
}

internal sealed record CreateTagRequest
{
    [FromBody]
    public TagInput Tag { get; init; } = null!;
}
