using System.Globalization;
using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing.Bodies.Comparing;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Revisions;

/// <summary>Lists an article's revisions</summary>
/// <remarks>The newest come first. Every save makes one, and none is ever changed or removed while the article
/// exists. `changed` names the members that differ from the revision before, and `words` counts what came and went.
/// A page may have fewer revisions than `limit`, since long bodies fill it earlier.</remarks>
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
        var rows = await postgres.ListAsync<RevisionListRow>(Sql(from, request.Limit), arguments, ct);
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
            total,
            rows.Take(request.Limit).TakeWhile(r => r.Bodies is not null).Count()
        );
        var texts = new TextComparison();
        return new Fresh(
            Fields.WritePage(
                new Paged<Revision> { Data = [.. page.Select(r => r.View(texts))], Page = info },
                fields
            ),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }

    // By the number alone, so that every page is a range of the primary key. Two bodies are read for each revision that
    // has another than the one before, and the page ends where these are many bytes.
    private static string Sql(Position? from, int limit)
    {
        var back = from?.Backwards == true;
        var beyond = from is null ? "" : $" and number {(back ? '>' : '<')} @From";
        var order = back ? "asc" : "desc";
        var page = LongTexts.Within(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                select number id from article_revisions where article_id = @Article{beyond}
                order by number {order} limit {limit + 1}
                """
            ),
            $"id {order}",
            Bodies,
            limit
        );
        return $"""
            with recursive {page}
            select r.number, r.created_at, r.note, r.number is not distinct from a.published_revision is_published,
                   {Actors.Of("r.created_by")} created_by,
                   case when p.number is null then '{"{}"}' else {Changed} end changed, texts.value bodies
            from page join article_revisions r on r.article_id = @Article and r.number = page.id
            join articles a on a.id = r.article_id
            left join article_revisions p on p.article_id = r.article_id and p.number = r.number - 1
            left join texts on texts.n = page.n
            order by page.n
            """;
    }

    private const string Bodies = """
        select case when w.body is distinct from v.body then jsonb_build_array(w.body, v.body)::text
            else '' end value, 0 more
        from article_revisions v
        left join article_revisions w on w.article_id = v.article_id and w.number = v.number - 1
        where v.article_id = @Article and v.number = page.id
        """;

    private static readonly string Changed = ChangedMembers.Between("p", "r");
}

internal sealed record ListRevisionsRequest : PageRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Return only these fields, such as `number,createdAt,note`.</summary>
    [QueryParam]
    public override string[]? Fields { get; init; }

    /// <summary>
    /// How many items a page holds at most. It ends earlier where what is read for it would exceed 4 MB: follow
    /// `page.next` until it is null.
    /// </summary>
    [QueryParam]
    public override int Limit { get; init; } = Paging.DefaultLimit;
}

internal sealed class ListRevisionsRules : AbstractValidator<ListRevisionsRequest>
{
    public ListRevisionsRules()
    {
        this.HasPage();
        RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
    }
}
