using Cms.Platform.Http;
using Cms.Platform.Postgres;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial;

internal sealed class ResourceListRules : AbstractValidator<ResourceListRequest>
{
    public ResourceListRules()
    {
        RuleFor(r => r.Limit).InclusiveBetween(1, Paging.MaxLimit);
        RuleFor(r => r.Cursor).MaximumLength(2_000);
        RuleFor(r => r.Q).MaximumLength(200);
    }
}

/// <summary>A page of one of the desk's plain lists.</summary>
internal static class ResourceList
{
    /// <param name="list">The list's name, for its cursors.</param>
    /// <param name="select">The statement over <c>r</c>, without where.</param>
    /// <param name="key">The column it is sorted by, and its type.</param>
    /// <param name="search">The text that <c>q</c> looks into.</param>
    /// <param name="edge">Sort key and id of a row.</param>
    /// <param name="view">What a row becomes.</param>
    public static async Task<IResult> ReadAsync<TRow, TView>(
        NpgsqlDataSource postgres,
        Cursors cursors,
        HttpRequest http,
        ResourceListRequest request,
        string list,
        string select,
        (string Column, string Type) key,
        string search,
        Func<TRow, (string Key, Guid Id)> edge,
        Func<TRow, TView> view,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<TView>(request.Fields);
        var name = $"desk {list}|{request.Q}";
        var from = request.Cursor is null ? null : cursors.Read(name, request.Cursor);
        // These lists are small beside the articles (thousands): a look at each name is cheaper than an index on its words.
        var where = string.IsNullOrWhiteSpace(request.Q) ? "true" : $"{search} ilike all(@Words)";
        var arguments = new
        {
            Words = (request.Q ?? "")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(w => $"%{Escape(w)}%")
                .ToArray(),
            from?.Key,
            from?.Id,
            Take = request.Limit + 1,
        };
        var rows = await postgres.ListAsync<TRow>(
            KeysetSql.Page(select, key.Column, key.Type, "r.id", from, where: where),
            arguments,
            ct
        );
        long? total =
            request.Count == Count.Exact
                ? await postgres.FindAsync<long>(
                    $"select count(*) from ({select} where {where}) n",
                    arguments,
                    ct
                )
                : null;
        var (page, info) = Paging.Cut(cursors, name, rows, request.Limit, from, edge, total);
        return new Fresh(
            Fields.WritePage(new Paged<TView> { Data = [.. page.Select(view)], Page = info }, fields),
            Link: Paging.Link(http, info)
        );
    }

    private static string Escape(string word) =>
        word.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
}
