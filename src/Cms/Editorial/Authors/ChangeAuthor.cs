using Cms.Changes;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Authors;

/// <summary>Changes an author</summary>
/// <remarks>A merge patch (RFC 7396); readers see the change at once, wherever the author is named. `If-Match` must carry the `ETag` that it starts from.</remarks>
internal sealed class ChangeAuthor(NpgsqlDataSource postgres, TimeProvider clock, IServiceProvider services)
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
        var author = await postgres.InTransactionAsync(
            async transaction =>
            {
                var head = await Resource.Author.LockAsync(
                    transaction,
                    request.SlugOrId,
                    request.IfMatch,
                    exclusive: false,
                    ct
                );
                var current = await EditorialAuthorRow.ReadAsync(transaction, head.Id, ct);
                var input = request.Patch.ApplyTo(current.ToInput());
                JsonBody.RefuseIfFaulty([.. Rules.Check(services, input, parameters: false)]);
                await AuthorWriter.ChangeAsync(transaction, head.Id, input, at, ct);
                var changed = await EditorialAuthorRow.ReadAsync(transaction, head.Id, ct);
                await ChangeLog.AppendAsync(transaction, [Change.Upsert("author", head.Id)], at, ct);
                return changed.View();
            },
            ct
        );
        return new Saved<EditorialAuthor>(author, author.Revision);
    }
}
