using Cms.Access;
using Cms.Changes;
using Cms.Desk;
using Cms.Editorial.Workflow;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Articles;

/// <summary>Moves an article to the trash</summary>
/// <remarks>
/// Readers no longer see it (410); the desk can restore it. With `permanently=true` (role `admin`) it is gone with all
/// its revisions; its published addresses stay 410 and are never given to another article.
/// </remarks>
internal sealed class DeleteArticle(DeskDoor desk, TimeProvider clock) : Slice<DeleteArticleRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/articles/{slugOrId}");
        Permissions(Permission.WriteOwn);
        AnswersNothing(
            ProblemKinds.NotFound,
            ProblemKinds.Forbidden,
            ProblemKinds.Unauthenticated,
            ProblemKinds.WrongStatus,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired
        );
    }

    public override async Task<IResult> ExecuteAsync(DeleteArticleRequest request, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        await desk.DoAsync(
            request.Permanently ? Act.EraseArticle : Act.TrashArticle,
            caller,
            async edit =>
            {
                var head = await ArticleHead.LockAsync(
                    edit.Transaction,
                    request.SlugOrId,
                    caller,
                    request.Preconditions,
                    true,
                    ct
                );
                if (request.Permanently)
                    await EraseAsync(edit.Transaction, edit.Announcement, head, ct);
                else
                    await TrashAsync(edit.Transaction, edit.Announcement, head, caller, ct);
                return head;
            },
            ct
        );
        return TypedResults.NoContent();
    }

    private async Task TrashAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        ArticleHead head,
        Caller caller,
        CancellationToken ct
    )
    {
        head.After(ArticleAct.Trash);
        // Taking a live story from readers is the desk's decision, not a contributor's.
        if (head.PublishedRevision is not null && !caller.May(Permission.Publish))
            throw new Refused(
                ProblemKinds.Forbidden,
                $"A contributor may not withdraw a published article; that needs {Permission.RolesFrom(Permission.LowestFor(Permission.Publish))}."
            );
        var at = clock.GetUtcNow();
        await transaction.ExecuteAsync(
            ArticleStates.Update,
            ArticleStates.Arguments(head, ArticleStatus.Trashed, caller, at),
            ct
        );
        await Publisher.WithdrawAsync(transaction, announcement, head.Id, deleted: true, ct);
    }

    private static async Task EraseAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        ArticleHead head,
        CancellationToken ct
    )
    {
        await transaction.ExecuteAsync("delete from articles where id = @Id", new { head.Id }, ct);
        await ArticleSlugs.ReleaseUnusedAsync(transaction, head.Id, used: null, ct);
        await Publisher.WithdrawAsync(transaction, announcement, head.Id, deleted: true, ct);
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
