using Cms.Changes;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using FastEndpoints;

namespace Cms.Editorial.Authors;

/// <summary>Creates an author</summary>
/// <remarks>Readers see them at once, but never the email address. Without a `slug`, one is made from the
/// name.</remarks>
internal sealed class CreateAuthor(DeskDoor desk) : DeskSlice<CreateAuthorRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/authors");
        Does(Act.CreateAuthor);
        Answers<EditorialAuthor>(201, ResourceRefusals.Create);
    }

    public override async Task<IResult> ExecuteAsync(CreateAuthorRequest request, CancellationToken ct)
    {
        return await DoAsync(
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
            author => new Saved<EditorialAuthor>(
                author,
                author.Revision,
                StatusCodes.Status201Created,
                $"/v1/editorial/authors/{author.Id}"
            ),
            ct
        );
    }
}

internal sealed record CreateAuthorRequest
{
    [FromBody]
    public AuthorInput Author { get; init; } = null!;
}
