using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;

namespace Cms.Editorial.Authors;

/// <summary>Changes an author</summary>
/// <remarks>A merge patch (RFC 7396); readers see the change at once, wherever the author is named. `If-Match` must carry the `ETag` that it starts from.</remarks>
internal sealed class ChangeAuthor(ChangeLog changes, TimeProvider clock, IServiceProvider services)
    : Slice<ChangeResourceRequest<AuthorInput>>
{
    public override void Configure()
    {
        Patch("/v1/editorial/authors/{slugOrId}");
        Permissions(Access.Permissions.WriteAuthors);
        Answers<EditorialAuthor>(200, ResourceRefusals.Change);
    }

    public override async Task<IResult> ExecuteAsync(
        ChangeResourceRequest<AuthorInput> request,
        CancellationToken ct
    )
    {
        var at = clock.GetUtcNow();
        var author = await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                var head = await Resource.Author.LockAsync(
                    transaction,
                    request.SlugOrId,
                    HttpContext.Caller(),
                    request.Preconditions,
                    exclusive: false,
                    ct
                );
                var current = await EditorialAuthorRow.ReadAsync(transaction, head.Id, ct);
                var input = await request.Patch.ApplyAsync(
                    current.ToInput(),
                    merged => Rules.Check(services, merged, parameters: false),
                    (merged, faults) =>
                        AuthorWriter.FindFaultsAsync(transaction, merged, HttpContext.Caller(), faults, ct)
                );
                if (Resource.IsSame(input, current.ToInput()))
                    return current.View();
                await AuthorWriter.ChangeAsync(transaction, head.Id, input, HttpContext.Caller(), at, ct);
                var changed = await EditorialAuthorRow.ReadAsync(transaction, head.Id, ct);
                announcement.Changed("author", head.Id);
                if (current.ToInput().Avatar is { } before)
                    announcement.Touched("image", before);
                return changed.View();
            },
            ct
        );
        return new Saved<EditorialAuthor>(author, author.Revision);
    }
}
