using Cms.Access;
using Cms.Changes;
using Cms.Desk;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using FastEndpoints;

namespace Cms.Editorial.Authors;

/// <summary>Creates an author</summary>
/// <remarks>Readers see them at once, but never the email address. Without a `slug`, one is made from the
/// name.</remarks>
internal sealed class CreateAuthor(DeskDoor desk, TimeProvider clock) : Slice<CreateAuthorRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/authors");
        Permissions(Permission.WriteAuthors);
        Answers<EditorialAuthor>(201, ResourceRefusals.Create);
    }

    public override async Task<IResult> ExecuteAsync(CreateAuthorRequest request, CancellationToken ct)
    {
        var at = clock.GetUtcNow();
        var author = await desk.DoAsync(
            Act.CreateAuthor,
            HttpContext.Caller(),
            async edit =>
            {
                var id = await AuthorWriter.CreateAsync(
                    edit.Transaction,
                    request.Author,
                    edit.Caller,
                    edit.At,
                    ct
                );
                var made = await EditorialAuthorRow.ReadAsync(edit.Transaction, id, ct);
                edit.Announcement.Changed(EntityType.Author, id);
                return made.View();
            },
            ct
        );
        return new Saved<EditorialAuthor>(
            author,
            author.Revision,
            StatusCodes.Status201Created,
            $"/v1/editorial/authors/{author.Id}"
        );
    }
}

internal sealed record CreateAuthorRequest
{
    [FromBody]
    public AuthorInput Author { get; init; } = null!;
}
