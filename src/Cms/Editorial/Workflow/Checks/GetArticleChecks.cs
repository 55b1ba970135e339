using Cms.Access;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Editorial.ForReaders;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using Cms.Publishing.Bodies;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Workflow.Checks;

/// <summary>Checks whether an article can be published</summary>
/// <remarks>
/// `blockers` keep its working copy from being published, `advice` does not. A newsroom chooses which advice blocks
/// (`Cms__RequiredToPublish`). Nothing is changed.
///
/// | code | what it means |
/// | --- | --- |
/// | `required-to-publish` | It has no section or no body. Always blocks. |
/// | `in-the-future` | `publishedAt` has not come. Always blocks. |
/// | `no-author` | It names no author. |
/// | `no-alt-text` | A picture has no alternative text. |
/// | `no-deck` | There is no line under the headline. |
/// | `long-headline` | The headline has more than 90 characters. |
/// | `broken-link` | A link leads to an article, section, author or image that readers would not find. |
/// | `no-hero-image` | There is no picture on top. |
/// | `embargo-in-the-past` | The embargo had ended already when it was set, before the first publication. |
/// </remarks>
internal sealed class GetArticleChecks(NpgsqlDataSource postgres, PublishPolicy policy, TimeProvider clock)
    : Slice<GetArticleChecksRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/articles/{slugOrId}/checks");
        Permissions(Permission.ReadDesk);
        Answers<ArticleChecks>(200, ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(GetArticleChecksRequest request, CancellationToken ct) =>
        Fresh.Of(
            await postgres.InSnapshotAsync(
                async transaction =>
                {
                    var revision =
                        await transaction.FindAsync<RevisionRow>(
                            Select,
                            new
                            {
                                request.SlugOrId,
                                Id = Guid.TryParseExact(request.SlugOrId, "D", out var id) ? id : (Guid?)null,
                                Reach = Reach.Of(HttpContext.Caller()),
                            },
                            ct
                        ) ?? throw Refused.NotFound("article", request.SlugOrId);
                    var body = Body.Parse(revision.Body);
                    var images = await Publisher.ImagesAsync(transaction, revision, body, ct);
                    return ArticleChecks.Of(
                        revision.Number,
                        await PublicationChecks.FindAsync(
                            transaction,
                            revision,
                            body,
                            images,
                            clock.GetUtcNow(),
                            ct
                        ),
                        policy
                    );
                },
                ct
            )
        );

    private static readonly string Select = $"""
        select {RevisionRow.Columns} from {ArticleReader.Source}
        where a.id = coalesce(@Id, (select id from articles where slug = @SlugOrId)) and {Reach.Sees(
            "a.section_id"
        )}
        """;
}

/// <summary>What the checks have found in an article's working copy.</summary>
internal sealed record ArticleChecks
{
    /// <summary>The revision that was checked.</summary>
    public required int CheckedRevision { get; init; }

    /// <summary>Whether nothing keeps it from being published.</summary>
    public required bool CanBePublished { get; init; }

    /// <summary>What keeps it from being published.</summary>
    public required IReadOnlyList<CheckFinding> Blockers { get; init; }

    /// <summary>What would be better.</summary>
    public required IReadOnlyList<CheckFinding> Advice { get; init; }

    public static ArticleChecks Of(int revision, IReadOnlyList<CheckFinding> found, PublishPolicy policy)
    {
        var blockers = found.Where(f => policy.Blocks(f.Code)).ToList();
        return new()
        {
            CheckedRevision = revision,
            CanBePublished = blockers.Count == 0,
            Blockers = blockers,
            Advice = [.. found.Where(f => !policy.Blocks(f.Code))],
        };
    }
}

internal sealed record GetArticleChecksRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";
}

internal sealed class GetArticleChecksRules : AbstractValidator<GetArticleChecksRequest>
{
    public GetArticleChecksRules() => RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
}
