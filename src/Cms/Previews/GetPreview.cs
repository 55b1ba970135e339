using System.Data;
using Cms.Access;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.ForReaders;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Articles;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Previews;

/// <summary>Shows a preview</summary>
/// <remarks>
/// The article as `GET /v1/articles/{slugOrId}` will answer once it is published, with the same parameters: the whole
/// body, also behind the wall, and pictures and authors that nothing published shows yet. Nobody may keep the answer.
/// If the article cannot be published as it is, the answer is 409, and `errors` says what it lacks. The preview of a
/// release is read at `/v1/previews/{token}/articles`.
/// </remarks>
internal sealed class GetPreview(NpgsqlDataSource postgres, KnownNames names, TimeProvider clock)
    : Slice<GetPreviewRequest>
{
    public override void Configure()
    {
        Get("/v1/previews/{token}");
        AllowAnonymous();
        Answers<Article>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.PreviewImpossible,
            ProblemKinds.Unauthenticated
        );
        Options(b => b.WithMetadata(PreviewAnswers.Metadata));
    }

    public override async Task<IResult> ExecuteAsync(GetPreviewRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<Article>(request.Fields);
        var article = await postgres.InUndoneTransactionAsync(
            transaction => PublishAndReadAsync(transaction, request, ct),
            ct,
            IsolationLevel.RepeatableRead
        );
        PreviewAnswers.SetHeaders(HttpContext);
        return new Fresh(Fields.Write(article, fields));
    }

    /// <summary>
    /// The article is published in a transaction that is undone, and read as delivery reads it. So the preview cannot
    /// differ from what readers will get (decisions/0036).
    /// </summary>
    private async Task<Article> PublishAndReadAsync(
        NpgsqlTransaction transaction,
        GetPreviewRequest request,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        var target =
            await transaction.FindAsync<Target>(
                SelectTarget,
                new { Hash = PreviewToken.Hash(request.Token), now },
                ct
            ) ?? throw PreviewAnswers.NotFound();
        var heads = await ArticleHead.ReadAllAsync(transaction, [target.ArticleId], Caller.System, ct);
        if (!heads.TryGetValue(target.ArticleId, out var head))
            throw PreviewAnswers.NotFound();
        try
        {
            await Publisher.PreviewAsync(
                transaction,
                head with
                {
                    Revision = target.Revision ?? head.Revision,
                },
                now,
                ct
            );
        }
        catch (Refused refused)
        {
            throw new Refused(ProblemKinds.PreviewImpossible, refused.Message) { Errors = refused.Errors };
        }
        catch (PostgresException e) when (e.ConstraintName == "published_articles_slug_key")
        {
            throw new Refused(
                ProblemKinds.PreviewImpossible,
                "The revision has a slug that belongs to another article by now."
            );
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.NotNullViolation)
        {
            throw new Refused(
                ProblemKinds.PreviewImpossible,
                "The revision refers to a section, author, tag or image that has been deleted since."
            );
        }
        return (
            await PublishedArticle.ReadAsync(
                transaction,
                names,
                head.Id.ToString(),
                request.Body,
                request.Images,
                _ => Caller.System,
                ct
            )
        )!;
    }

    private static readonly string SelectTarget = $"""
        select v.article_id, v.revision
        from previews v
        join articles a on a.id = v.article_id
        {PreviewMaker.Join}
        where v.token_hash = @Hash and v.expires_at > @now and {PreviewMaker.MayStill(Act.CreatePreview)}
          and ({PreviewMaker.Reach} is null or {PreviewMaker.Reach} && section_path(a.section_id))
        """;

    private sealed record Target
    {
        public required Guid ArticleId { get; init; }
        public required int? Revision { get; init; }
    }
}

internal sealed record GetPreviewRequest
{
    /// <summary>The token of the preview.</summary>
    [RouteParam]
    public string Token { get; init; } = "";

    /// <summary>Forms of the body to include, with commas between.</summary>
    [QueryParam]
    public BodyForm[] Body { get; init; } = [BodyForm.Blocks];

    /// <summary>`full` adds renditions and crops to images (`sources`, `crops`); `compact` leaves them out.</summary>
    [QueryParam]
    public ImageForm Images { get; init; } = ImageForm.Full;

    /// <summary>Return only these fields, such as `headline,section.name`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }
}

internal sealed class GetPreviewRules : AbstractValidator<GetPreviewRequest>
{
    public GetPreviewRules()
    {
        RuleFor(r => r.Token).NotEmpty().HasAtMost(PreviewToken.Length);
        RuleFor(r => r.Body).IsBodyForms();
    }
}
