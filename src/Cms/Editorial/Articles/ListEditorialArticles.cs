using System.Globalization;
using System.Text;
using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Search;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Articles;

/// <summary>How the desk's list can be sorted; a minus means descending.</summary>
internal enum EditorialSort
{
    [System.Text.Json.Serialization.JsonStringEnumMemberName("-updatedAt")]
    LastUpdatedFirst,

    [System.Text.Json.Serialization.JsonStringEnumMemberName("updatedAt")]
    FirstUpdatedFirst,

    [System.Text.Json.Serialization.JsonStringEnumMemberName("-createdAt")]
    NewestFirst,

    [System.Text.Json.Serialization.JsonStringEnumMemberName("createdAt")]
    OldestFirst,
}

/// <summary>Lists articles with their working copies</summary>
/// <remarks>
/// All statuses; those in the trash only with `status=trashed`. A key that is limited to sections sees only articles
/// of those.
/// Body is `none` unless asked for. A page may have fewer articles than `limit`, since long ones fill it earlier: it
/// ends at about 4 MB of bodies and corrections. Bodies count without being asked for, since excerpts are made of them.
/// </remarks>
internal sealed class ListEditorialArticles(NpgsqlDataSource postgres, Cursors cursors)
    : Slice<ListEditorialArticlesRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/articles");
        Permissions(Permission.ReadDesk);
        Answers<Paged<EditorialArticle>>(200, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(
        ListEditorialArticlesRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<EditorialArticle>(request.Fields);
        var caller = HttpContext.Caller();
        var name = request.Name(caller);
        var faults = new Faults();
        request = request with
        {
            Section = await FilterReferences.ResolveAsync(
                postgres,
                Resource.Section,
                request.Section,
                faults,
                ct
            ),
            Author = await FilterReferences.ResolveAsync(
                postgres,
                Resource.Author,
                request.Author,
                faults,
                ct
            ),
        };
        if (faults.Count > 0)
            throw Refused.Parameters(faults);
        var byCreation = request.Sort is EditorialSort.NewestFirst or EditorialSort.OldestFirst;
        var where = Where(request, caller);
        var list = new KeysetList
        {
            Name = name,
            Select = ArticleReader.SelectListed,
            Key = byCreation ? "a.created_at" : "a.updated_at",
            KeyType = "timestamptz",
            Id = "a.id",
            Descending = request.Sort is EditorialSort.NewestFirst or EditorialSort.LastUpdatedFirst,
            Where = where,
            Arguments = new
            {
                Statuses = (request.Status ?? []).Select(s => JsonName(s)).ToArray(),
                Sections = request.Section ?? [],
                Authors = request.Author ?? [],
                After = request.UpdatedAfter,
                Words = DeskWords.Of(request.Q),
                Reach = Reach.Of(caller),
            },
            Counted = $"select from articles a where {where}",
        };
        var (items, page) = await list.ReadLongAsync<EditorialArticleRow>(
            postgres,
            cursors,
            request,
            ArticleReader.Source,
            ArticleReader.ListedBody,
            row => (Json.Instant(byCreation ? row.CreatedAt : row.UpdatedAt), row.Id),
            row => row.Body is not null,
            row => Fields.Write(ArticleReader.View(row, request.Body), fields),
            ct
        );
        return new Fresh(Fields.WritePage(items, page), Link: Paging.Link(HttpContext.Request, page));
    }

    private static string Where(ListEditorialArticlesRequest request, Caller caller)
    {
        var where = new StringBuilder(
            request.Status is null ? "a.status <> 'trashed'" : "a.status = any(@Statuses)"
        );
        if (request.Section is not null)
            where
                .Append(" and a.section_id in (")
                .Append(Reach.SectionsBelow("s.slug = any(@Sections)"))
                .Append(')');
        if (caller.SectionIds is not null)
            where.Append(" and ").Append(Reach.Sees("a.section_id"));
        if (request.Author is not null)
            where.Append(
                """
                 and exists (select from article_authors u join authors x on x.id = u.author_id
                     where u.article_id = a.id and x.slug = any(@Authors))
                """
            );
        if (request.UpdatedAfter is not null)
            where.Append(" and a.updated_at > @After");
        if (request.Q is not null)
            where.Append(
                $"""
                 and exists (select from article_words w
                     where w.article_id = a.id and w.words @@ ({DeskWords.Select}))
                """
            );
        return where.ToString();
    }

    private static string JsonName(ArticleStatus status) =>
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(status.ToString());
}

internal sealed record ListEditorialArticlesRequest : PageRequest
{
    /// <summary>Only articles in any of these statuses. Without it: all but `trashed`.</summary>
    [QueryParam]
    public ArticleStatus[]? Status { get; init; }

    /// <summary>Slugs of sections: articles of any of them, and of the sections below.</summary>
    [QueryParam]
    public string[]? Section { get; init; }

    /// <summary>Slugs of authors: articles by any of them.</summary>
    [QueryParam]
    public string[]? Author { get; init; }

    /// <summary>Only articles saved after this time.</summary>
    [QueryParam]
    public DateTimeOffset? UpdatedAfter { get; init; }

    /// <summary>Words of the headline, kicker, deck or slug; each as a beginning.</summary>
    /// <example>data centre</example>
    [QueryParam]
    public string? Q { get; init; }

    /// <summary>What the list is sorted by; a minus puts the greatest first.</summary>
    [QueryParam]
    public EditorialSort Sort { get; init; }

    /// <summary>Forms of the body to include, with commas between.</summary>
    [QueryParam]
    public BodyForm[] Body { get; init; } = [BodyForm.None];

    /// <summary>Return only these fields, such as `headline,status`.</summary>
    [QueryParam]
    public override string[]? Fields { get; init; }

    /// <summary>
    /// How many items a page holds at most. It ends earlier where what is read for it would exceed 4 MB: follow
    /// `page.next` until it is null.
    /// </summary>
    [QueryParam]
    public override int Limit { get; init; } = Paging.DefaultLimit;

    public string Name(Caller caller) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"desk|{Set(Status)}|{Set(Section)}|{Set(Author)}|{UpdatedAfter?.UtcTicks}|"
                + $"{Set(Q is null ? null : new[] { Q })}|{Sort}|{Set(caller.SectionIds)}"
        );

    private static string Set<T>(T[]? values) => CursorName.Of(values);
}

internal sealed class ListEditorialArticlesRules : AbstractValidator<ListEditorialArticlesRequest>
{
    public ListEditorialArticlesRules()
    {
        this.HasPage();
        RuleFor(r => r.Body).IsBodyForms();
        RuleFor(r => r.Q)
            .HasAtMost(200)
            .Must(q => q is null || TextAnalysis.HasWord(q))
            .WithErrorCode("empty")
            .WithMessage("There is no word in it.");
    }
}
