using Cms.Changes;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Validation;

namespace Cms.Editorial.Authors;

/// <summary>Changes an author</summary>
/// <remarks>A merge patch (RFC 7396); readers see the change at once, wherever the author is named. `If-Match` must
/// carry the `ETag` that it starts from.</remarks>
internal sealed class ChangeAuthor(DeskDoor desk, IServiceProvider services)
    : DeskSlice<ChangeResourceRequest<AuthorInput>>(desk)
{
    public override void Configure()
    {
        Patch("/v1/editorial/authors/{slugOrId}");
        Does(Act.ChangeAuthor);
        Answers<EditorialAuthor>(200, ResourceRefusals.Change);
    }

    public override async Task<IResult> ExecuteAsync(
        ChangeResourceRequest<AuthorInput> request,
        CancellationToken ct
    )
    {
        return await DoAsync(
            async edit =>
            {
                var head = await Resource.Author.LockAsync(
                    edit,
                    request.SlugOrId,
                    request.Preconditions,
                    exclusive: false,
                    ct
                );
                var current = await EditorialAuthorRow.ReadAsync(edit.Transaction, head.Id, ct);
                var input = await request.Patch.ApplyAsync(
                    current.ToInput(),
                    merged => Rules.Check(services, merged, parameters: false),
                    (merged, faults) =>
                        AuthorWriter.FindFaultsAsync(edit.Transaction, merged, edit.Caller, faults, ct)
                );
                if (Resource.IsSame(input, current.ToInput()))
                    return current.View();
                await AuthorWriter.ChangeAsync(edit.Transaction, head.Id, input, edit.Caller, edit.At, ct);
                var changed = await EditorialAuthorRow.ReadAsync(edit.Transaction, head.Id, ct);
                edit.Announcement.Changed(EntityType.Author, head.Id);
                if (current.ToInput().Avatar is { } before)
                    edit.Announcement.Touched(EntityType.Image, before);
                return changed.View();
            },
            author => new Saved<EditorialAuthor>(author, author.Revision),
            ct
        );
    }
}
