using System.Globalization;
using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Revisions;

/// <summary>Lists an article's revisions</summary>
/// <remarks>The newest come first. Every save makes one, and none is ever changed or removed while the article
/// exists. `changed` names the members that differ from the revision before.</remarks>
internal sealed class ListRevisions(NpgsqlDataSource postgres, Cursors cursors) : Slice<ListRevisionsRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/articles/{slugOrId}/revisions");
        Permissions(Permission.ReadDesk);
        Answers<Paged<Revision>>(200, ProblemKinds.NotFound, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(ListRevisionsRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<Revision>(request.Fields);
        var caller = HttpContext.Caller();
        var article = await RevisionReader.FindArticleAsync(postgres, request.SlugOrId, caller, ct);
        var name = $"revisions|{article}";
        var from = request.Cursor is null ? null : cursors.Read(name, request.Cursor);
        var arguments = new
        {
            Article = article,
            From = from is null ? (int?)null : int.Parse(from.Key, CultureInfo.InvariantCulture),
            Reach = Reach.Of(caller),
        };
        var rows = await postgres.ListAsync<RevisionListRow>(Sql(from, request.Limit + 1), arguments, ct);
        // An article's last number is how many it has: none is missing.
        var total = await postgres.CountAsync(
            request.Count,
            "select from article_revisions where article_id = @Article",
            arguments,
            ct
        );
        var (page, info) = Paging.Cut(
            cursors,
            name,
            rows,
            request.Limit,
            from,
            row => (row.Number.ToString(CultureInfo.InvariantCulture), article),
            total
        );
        return new Fresh(
            Fields.WritePage(
                new Paged<Revision> { Data = [.. page.Select(r => r.View())], Page = info },
                fields
            ),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }

    // By the number alone, so that every page is a range of the primary key.
    private static string Sql(Position? from, int take)
    {
        var back = from?.Backwards == true;
        var beyond = from is null ? "" : $" and r.number {(back ? '>' : '<')} @From";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            select r.number, r.created_at, r.note, r.number is not distinct from a.published_revision is_published,
                   (select json_build_object('id', k.id, 'name', k.name) from api_keys k where k.id = r.created_by) created_by,
                   case when p.number is null then '{"{}"}' else {Changed} end changed
            from articles a join article_revisions r on r.article_id = a.id
            left join article_revisions p on p.article_id = r.article_id and p.number = r.number - 1
            where a.id = @Article and r.article_id = @Article{beyond} order by r.number {(
                back ? "asc" : "desc"
            )} limit {take}
            """
        );
    }

    private static readonly string Changed = ChangedMembers.Between("p", "r");
}

internal sealed record ListRevisionsRequest : IPageRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Return only these fields, such as `number,createdAt,note`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }

    /// <summary>
    /// `exact` counts the list into `page.total`, for at most two seconds; where these are not enough, it is
    /// estimated, and `page.totalIsExact` is false. `estimated` counts up to 10,000 and estimates beyond, which costs
    /// little in any list. Without it nothing is counted.
    /// </summary>
    [QueryParam]
    public Count Count { get; init; }

    /// <summary>
    /// How many items a page holds at most. It ends earlier where what is read for it would exceed 4 MB: follow
    /// `page.next` until it is null.
    /// </summary>
    [QueryParam]
    public int Limit { get; init; } = Paging.DefaultLimit;

    /// <summary>Where to read on: `page.next` or `page.previous` of another page of the same list.</summary>
    [QueryParam]
    public string? Cursor { get; init; }
}

internal sealed class ListRevisionsRules : AbstractValidator<ListRevisionsRequest>
{
    public ListRevisionsRules()
    {
        this.HasPage();
        RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
    }
}
