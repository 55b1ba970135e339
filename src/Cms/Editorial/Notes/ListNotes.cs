using Cms.Access;
using Cms.Editorial.Revisions;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Notes;

/// <summary>Lists the notes about an article</summary>
/// <remarks>The oldest come first, each with its replies behind it.</remarks>
internal sealed class ListNotes(NpgsqlDataSource postgres, Cursors cursors) : Slice<ListNotesRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/articles/{slugOrId}/notes");
        Permissions(Permission.ReadDesk);
        Answers<Paged<Note>>(200, ProblemKinds.NotFound, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(ListNotesRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<Note>(request.Fields);
        var article = await RevisionReader.FindArticleAsync(
            postgres,
            request.SlugOrId,
            HttpContext.Caller(),
            ct
        );
        var list = new KeysetList
        {
            Name = $"notes|{article}|{request.Resolved}",
            Select = NoteRow.Select,
            Key = "n.thread_id",
            KeyType = "uuid",
            Id = "n.id",
            Where = "n.article_id = @article" + (request.Resolved is null ? "" : IsResolved),
            Arguments = new { article, request.Resolved },
        };
        var (page, info) = await list.ReadAsync<NoteRow>(
            postgres,
            cursors,
            request,
            row => (row.ThreadId.ToString(), row.Id),
            ct
        );
        return new Fresh(
            Fields.WritePage(new Paged<Note> { Data = [.. page.Select(r => r.View())], Page = info }, fields),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }

    private const string IsResolved = """
         and (select t.resolved_at is not null from article_notes t where t.id = n.thread_id) = @Resolved
        """;
}

internal sealed record ListNotesRequest : PageRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Only notes that are resolved, or only those that are open, each with their replies.</summary>
    [QueryParam]
    public bool? Resolved { get; init; }

    /// <summary>Return only these fields, such as `text,createdBy.name`.</summary>
    [QueryParam]
    public override string[]? Fields { get; init; }
}

internal sealed class ListNotesRules : PageRules<ListNotesRequest>;
