using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;
using FastEndpoints;

namespace Cms.Editorial.Authors;

/// <summary>Creates an author</summary>
/// <remarks>Readers see them at once, but never the email address. Without a `slug`, one is made from the
/// name.</remarks>
internal sealed class CreateAuthor(ChangeLog changes, TimeProvider clock) : Slice<CreateAuthorRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/authors");
        Permissions(Access.Permissions.WriteAuthors);
        Answers<EditorialAuthor>(201, ResourceRefusals.Create);
    }

    public override async Task<IResult> ExecuteAsync(CreateAuthorRequest request, CancellationToken ct)
    {
        var at = clock.GetUtcNow();
        var author = await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                var id = await AuthorWriter.CreateAsync(
                    transaction,
                    request.Author,
                    HttpContext.Caller(),
                    at,
                    ct
                );
                var made = await EditorialAuthorRow.ReadAsync(transaction, id, ct);
                announcement.Changed("author", id);
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
