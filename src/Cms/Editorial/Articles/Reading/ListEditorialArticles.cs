using System.Globalization;
using System.Text;
using Cms.Access;
using Cms.Editorial.Schedules;
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

namespace Cms.Editorial.Articles.Reading;

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

    [System.Text.Json.Serialization.JsonStringEnumMemberName("-dueAt")]
    LastDueFirst,

    [System.Text.Json.Serialization.JsonStringEnumMemberName("dueAt")]
    FirstDueFirst,
}

/// <summary>Lists articles with their working copies</summary>
/// <remarks>
/// All statuses; those in the trash only with `status=trashed`. A key that is limited to sections sees only articles
/// of those. Sorted by `dueAt`, the list has only those that have one.
///
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
        var (key, keyOf) = KeyOf(request.Sort);
        var where = Where(request, caller);
        var list = new KeysetList
        {
            Name = name,
            Select = ArticleReader.SelectListed,
            Key = key,
            KeyType = "timestamptz",
            Id = "a.id",
            Descending =
                request.Sort
                    is EditorialSort.NewestFirst
                        or EditorialSort.LastUpdatedFirst
                        or EditorialSort.LastDueFirst,
            Where = where,
            Alternatives = request.Mine ? Mine : [],
            Arguments = new
            {
                Statuses = (request.Status ?? []).Select(s => JsonName(s)).ToArray(),
                Sections = request.Section ?? [],
                Authors = request.Author ?? [],
                After = request.UpdatedAfter,
                request.DueAfter,
                request.DueBefore,
                Assignee = request.Assignee == Me ? caller.Id : SlugOrId.IdOf(request.Assignee ?? ""),
                Me = caller.Id,
                Words = DeskWords.Of(request.Q),
                Reach = Reach.Of(caller),
            },
            Counted = $"select from articles a where {where}{(request.Mine ? IsMine : "")}",
        };
        var (items, page) = await list.ReadLongAsync<EditorialArticleRow>(
            postgres,
            cursors,
            request,
            "articles a",
            ArticleReader.ListedBody,
            row => (Json.Instant(keyOf(row)), row.Id),
            row => row.Body is not null,
            row => Fields.Write(ArticleReader.View(row, request.Body), fields),
            ct
        );
        return new Fresh(Fields.WritePage(items, page), Link: Paging.Link(HttpContext.Request, page));
    }

    /// <summary>The caller, as a value of <c>assignee</c>.</summary>
    public const string Me = "me";

    private static readonly string[] Mine =
    [
        "a.created_by = @Me",
        "a.assignee_id = @Me and a.created_by is distinct from @Me",
    ];

    private const string IsMine = " and (a.created_by = @Me or a.assignee_id = @Me)";

    private static (string Column, Func<EditorialArticleRow, DateTimeOffset> Of) KeyOf(EditorialSort sort) =>
        sort switch
        {
            EditorialSort.NewestFirst or EditorialSort.OldestFirst => ("a.created_at", row => row.CreatedAt),
            EditorialSort.FirstDueFirst or EditorialSort.LastDueFirst => (
                "a.due_at",
                row => row.DueAt!.Value
            ),
            _ => ("a.updated_at", row => row.UpdatedAt),
        };

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
        if (request.Assignee is not null)
            where.Append(" and a.assignee_id = @Assignee");
        if (request.DueAfter is not null)
            where.Append(" and a.due_at > @DueAfter");
        if (request.DueBefore is not null)
            where.Append(" and a.due_at < @DueBefore");
        if (request.Sort is EditorialSort.FirstDueFirst or EditorialSort.LastDueFirst)
            where.Append(" and a.due_at is not null");
        if (request.EditedSinceScheduled)
            where.Append(" and a.id = any(array(").Append(ScheduleTable.SelectEdited).Append("))");
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

    /// <summary>Only articles that this key or person is to do something with: its id, or `me`.</summary>
    /// <example>me</example>
    [QueryParam]
    public string? Assignee { get; init; }

    /// <summary>Only articles that you opened or that are assigned to you.</summary>
    [QueryParam]
    public bool Mine { get; init; }

    /// <summary>Only articles that are due after this time.</summary>
    [QueryParam]
    public DateTimeOffset? DueAfter { get; init; }

    /// <summary>Only articles that are due before this time.</summary>
    [QueryParam]
    public DateTimeOffset? DueBefore { get; init; }

    /// <summary>
    /// Only articles whose working copy differs from the revision that is scheduled (`hasUnscheduledChanges`).
    /// </summary>
    [QueryParam]
    public bool EditedSinceScheduled { get; init; }

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
                + $"{Set(Q is null ? null : new[] { Q })}|{Sort}|{Set(caller.SectionIds)}|"
                + $"{(Assignee == ListEditorialArticles.Me ? $"{caller.Id}" : Assignee)}|"
                + $"{(Mine ? $"{caller.Id}" : "")}|{DueAfter?.UtcTicks}|{DueBefore?.UtcTicks}|{EditedSinceScheduled}"
        );

    private static string Set<T>(T[]? values) => CursorName.Of(values);
}

internal sealed class ListEditorialArticlesRules : AbstractValidator<ListEditorialArticlesRequest>
{
    public ListEditorialArticlesRules()
    {
        this.HasPage();
        RuleFor(r => r.Body).IsBodyForms();
        RuleFor(r => r.Assignee)
            .Must(
                a => a is null or ListEditorialArticles.Me || SlugOrId.IdOf(a) is not null,
                new SchemaWords { Pattern = "^(me|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$" }
            )
            .WithErrorCode("wrong-form")
            .WithMessage("Give the id of a key or a person, or 'me'.");
        RuleFor(r => r.Q)
            .HasAtMost(200)
            .Must(q => q is null || TextAnalysis.HasWord(q))
            .WithErrorCode("empty")
            .WithMessage("There is no word in it.");
    }
}
