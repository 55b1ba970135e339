using Cms.Access;
using Cms.Desk;
using Cms.Editorial.ForReaders;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using FastEndpoints;

namespace Cms.Editorial.Articles;

/// <summary>Moves an article to the trash</summary>
/// <remarks>
/// Readers no longer see it (410); the desk can restore it. With `permanently=true` (role `admin`) it is gone with all
/// its revisions; its published addresses stay 410 and are never given to another article.
/// </remarks>
internal sealed class DeleteArticle(DeskDoor desk) : DeskSlice<DeleteArticleRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/articles/{slugOrId}");
        Does(Act.TrashArticle);
        AnswersNothing(
            ProblemKinds.NotFound,
            ProblemKinds.WrongStatus,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired
        );
    }

    public override async Task<IResult> ExecuteAsync(DeleteArticleRequest request, CancellationToken ct)
    {
        return await DoAsync(
            request.Permanently ? Act.EraseArticle : Act.TrashArticle,
            async edit =>
            {
                var head = await ArticleHead.LockAsync(
                    edit,
                    request.SlugOrId,
                    request.Preconditions,
                    true,
                    ct
                );
                if (request.Permanently)
                    await EraseAsync(edit, head, ct);
                else
                    await TrashAsync(edit, head, ct);
                edit.Wrote(head.Id, request.Permanently ? null : head.Revision);
                return head;
            },
            _ => new Done(),
            ct
        );
    }

    /// <summary>Moves it to the trash.</summary>
    /// <exception cref="Refused">403, 409.</exception>
    public static async Task TrashAsync(Edit edit, ArticleHead head, CancellationToken ct)
    {
        head.After(ArticleAct.Trash);
        // Taking a live story from readers is the desk's decision, not a contributor's.
        if (head.PublishedRevision is not null && !edit.Caller.May(Permission.Publish))
            throw new Refused(
                ProblemKinds.Forbidden,
                "A contributor may not withdraw a published article; that needs "
                    + $"{Permission.RolesFrom(Permission.LowestFor(Permission.Publish))}."
            );
        await edit.Transaction.ExecuteAsync(
            ArticleStates.Update,
            ArticleStates.Arguments(head, ArticleStatus.Trashed, edit.Caller, edit.At),
            ct
        );
        await ScheduleTable.DropAsync(edit.Transaction, head.Id, ct);
        await Publisher.WithdrawAsync(edit.Transaction, edit.Announcement, head.Id, withdrawal: null, ct);
    }

    private static async Task EraseAsync(Edit edit, ArticleHead head, CancellationToken ct)
    {
        await edit.Transaction.ExecuteAsync("delete from articles where id = @Id", new { head.Id }, ct);
        await ArticleSlugs.ReleaseUnusedAsync(edit.Transaction, head.Id, used: null, ct);
        await Publisher.WithdrawAsync(edit.Transaction, edit.Announcement, head.Id, withdrawal: null, ct);
    }
}

internal sealed record DeleteArticleRequest : ChangingRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Deletes for good instead of moving to the trash. Role `admin`.</summary>
    [QueryParam]
    public bool Permanently { get; init; }
}
