using Cms.Access;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial;

internal sealed class ResourceListRules : AbstractValidator<ResourceListRequest>
{
    public ResourceListRules()
    {
        this.HasPage();
        RuleFor(r => r.Q).HasAtMost(200);
    }
}

/// <summary>A page of one of the desk's plain lists.</summary>
internal static class ResourceList
{
    /// <param name="resource">What is listed, within the caller's reach.</param>
    /// <param name="select">The statement over <c>r</c>, without where.</param>
    /// <param name="key">The column it is sorted by, and its type.</param>
    /// <param name="search">The text that <c>q</c> looks into.</param>
    /// <param name="edge">Sort key and id of a row.</param>
    /// <param name="view">What a row becomes.</param>
    public static async Task<IResult> ReadAsync<TRow, TView>(
        NpgsqlDataSource postgres,
        Cursors cursors,
        HttpContext http,
        ResourceListRequest request,
        Resource resource,
        string select,
        (string Column, string Type) key,
        string search,
        Func<TRow, (string Key, Guid Id)> edge,
        Func<TRow, TView> view,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<TView>(request.Fields);
        // These lists are small beside the articles (thousands): a look at each name is cheaper than an index on its
        // words.
        var words = Patterns(request.Q);
        var caller = http.Caller();
        var keyset = new KeysetList
        {
            Name = $"desk {resource.Table}|{request.Q}|{CursorName.Of(caller.SectionIds)}",
            Select = select,
            Key = key.Column,
            KeyType = key.Type,
            Id = "r.id",
            Where =
                (words.Length == 0 ? "true" : $"{search} ilike all(@Words)")
                + (caller.SectionIds is null ? "" : $" and {resource.Sees("r")}"),
            Arguments = new { Words = words, Reach = Reach.Of(caller) },
        };
        var (page, info) = await keyset.ReadAsync(postgres, cursors, request, edge, ct);
        return new Fresh(
            Fields.WritePage(new Paged<TView> { Data = [.. page.Select(view)], Page = info }, fields),
            Link: Paging.Link(http.Request, info)
        );
    }

    /// <summary>The words of a query as patterns of <c>ilike</c>, each anywhere.</summary>
    public static string[] Patterns(string? query) =>
        [.. (query ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => $"%{Escape(w)}%")];

    private static string Escape(string word) =>
        word.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
}
