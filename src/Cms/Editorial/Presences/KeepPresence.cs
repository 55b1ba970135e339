using Cms.Access;
using Cms.Editorial.Revisions;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Presences;

/// <summary>Says that you have an article open</summary>
/// <remarks>For 60 seconds: a tool says it again, every half minute or when its user goes to another block, and says
/// when the article is closed (DELETE). It is advice for others, and blocks nobody's save. Everybody who has
/// the article open is shown in `openBy` of the article and of lists, and in `presence` events of
/// `GET /v1/editorial/events`. The answer lists them too. A key or person has at most 200 articles open: one more is
/// 429 (`too-many-open-articles`).</remarks>
internal sealed class KeepPresence(NpgsqlDataSource postgres) : Slice<KeepPresenceRequest>
{
    public override void Configure()
    {
        Put("/v1/editorial/articles/{slugOrId}/presence");
        Permissions(Permission.ReadDesk);
        Answers<PresenceList>(200, ProblemKinds.NotFound, ProblemKinds.TooManyOpenArticles);
    }

    public override async Task<IResult> ExecuteAsync(KeepPresenceRequest request, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        var article = await RevisionReader.FindArticleAsync(postgres, request.SlugOrId, caller, ct);
        try
        {
            await PresenceTable.ComeAsync(postgres, article, caller, request.Presence.Blocks, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // It was deleted for good a moment ago.
            throw Refused.NotFound("article", request.SlugOrId);
        }
        return Fresh.Of(await PresenceList.ReadAsync(postgres, article, ct));
    }
}

internal sealed record KeepPresenceRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    [FromBody]
    public PresenceInput Presence { get; init; } = null!;
}

/// <summary>Where in an article somebody is.</summary>
internal sealed record PresenceInput
{
    public const int MaxBlocks = 20;

    /// <summary>The `id`s of the blocks at which the user is.</summary>
    public IReadOnlyList<string> Blocks { get; init; } = [];
}

internal sealed class PresenceInputRules : AbstractValidator<PresenceInput>
{
    public PresenceInputRules()
    {
        RuleFor(p => p.Blocks)
            .Must(
                b => b.Count <= PresenceInput.MaxBlocks,
                new SchemaWords { MaxItems = PresenceInput.MaxBlocks }
            )
            .WithErrorCode("wrong-length")
            .WithMessage($"At most {PresenceInput.MaxBlocks} blocks are named.");
        RuleForEach(p => p.Blocks).NotEmpty().HasAtMost(40);
    }
}
