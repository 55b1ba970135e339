using Cms.Desk;
using Cms.Editorial.Schedules;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Publishing;
using Cms.Publishing.Bodies;

namespace Cms.Editorial.Articles;

/// <summary>
/// Saves articles, and publishes them in the same act where that is asked for: what the endpoints of one article and
/// the batch have in common.
/// </summary>
internal sealed class ArticleDesk(Scheduling scheduling, ArticleKinds kinds, IServiceProvider services)
{
    /// <param name="body">Its body, parsed before the transaction.</param>
    public async Task<ArticleHead> CreateAsync(
        Edit edit,
        ArticleInput input,
        BodyResult? body,
        bool publish,
        string? note,
        CancellationToken ct
    )
    {
        if (publish)
            edit.Also(Act.PublishArticle);
        var head = await ArticleWriter.CreateAsync(
            edit.Transaction,
            input,
            body,
            publish,
            OfKind(input),
            edit.Caller,
            edit.At,
            ct,
            note: note
        );
        if (publish)
            await scheduling.PublishAsync(edit, head, new PublishInput(), ct);
        return head;
    }

    /// <param name="head">The article, locked.</param>
    /// <param name="body">The body that the patch brings, parsed before the transaction.</param>
    public async Task<ArticleHead> ChangeAsync(
        Edit edit,
        ArticleHead head,
        MergePatch<ArticleInput> patch,
        BodyResult? body,
        bool publish,
        string? note,
        CancellationToken ct
    )
    {
        if (publish)
            edit.Also(Act.PublishArticle);
        head = await ArticleWriter.ChangeAsync(
            edit.Transaction,
            head,
            patch,
            body,
            publish,
            input => Rules.Check(services, input, parameters: false).Concat(OfKind(input)),
            note,
            edit.Caller,
            edit.At,
            ct
        );
        if (publish)
            await scheduling.PublishAsync(edit, head, new PublishInput(), ct);
        return head;
    }

    // The newsroom's own kinds are a setting, which rules do not know.
    private IEnumerable<Fault> OfKind(ArticleInput input) =>
        ArticleKinds.IsName(input.Kind) && !kinds.Has(input.Kind)
            ? [Fault.At("/kind", "unknown-kind", kinds.Unknown(input.Kind))]
            : [];
}
