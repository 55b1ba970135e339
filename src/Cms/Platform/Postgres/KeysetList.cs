using System.Globalization;
using System.Runtime.CompilerServices;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Dapper;
using Npgsql;

namespace Cms.Platform.Postgres;

/// <summary>A list that is read by keyset: what it selects, and the two keys that it is sorted by.</summary>
internal sealed record KeysetList
{
    private const int StreamedAtOnce = 1_000;

    /// <summary>Names the list with its filter and sort: what its cursors are bound to.</summary>
    public required string Name { get; init; }

    /// <summary>The statement, without its where clause.</summary>
    public required string Select { get; init; }

    /// <summary>The column it is sorted by.</summary>
    public required string Key { get; init; }

    /// <summary>That column's type, for the cursor's text.</summary>
    public required string KeyType { get; init; }

    /// <summary>The column that breaks ties.</summary>
    public required string Id { get; init; }

    /// <summary>Whether the list begins with the greatest.</summary>
    public bool Descending { get; init; }

    /// <summary>The conditions of its filter.</summary>
    public string Where { get; init; } = "true";

    /// <summary>
    /// Conditions of which a row of a list with long texts must meet one besides, and meets no two. Each may be a range
    /// of another index: they are read apart and merged.
    /// </summary>
    public IReadOnlyList<string> Alternatives { get; init; } = [];

    /// <summary>The parameters of its filter.</summary>
    public object? Arguments { get; init; }

    /// <summary>The rows to be counted; as a rule the list itself, but a cheaper statement may do.</summary>
    public string? Counted { get; init; }

    /// <summary>Reads the page that is asked for.</summary>
    /// <param name="edge">The sort key and id of a row, as the cursor has them.</param>
    /// <exception cref="Refused">400: the cursor is not of this list.</exception>
    public async Task<(IReadOnlyList<TRow> Rows, PageInfo Info)> ReadAsync<TRow>(
        NpgsqlDataSource postgres,
        Cursors cursors,
        IPageRequest request,
        Func<TRow, (string Key, Guid Id)> edge,
        CancellationToken ct
    )
    {
        var from = request.Cursor is null ? null : cursors.Read(Name, request.Cursor);
        var arguments = ArgumentsFrom(from);
        var rows = await postgres.ListAsync<TRow>(Sql(from, request.Limit + 1), arguments, ct);
        var total = await CountAsync(postgres, request, arguments, ct);
        return Paging.Cut(cursors, Name, rows, request.Limit, from, edge, total);
    }

    /// <summary>
    /// Reads a page of rows that each have a long text, which <see cref="Select"/> takes from <c>texts.value</c>. The
    /// page ends when it is full.
    /// </summary>
    /// <param name="source">The tables of the list, for its keys and its filter.</param>
    /// <param name="text">See <see cref="LongTexts"/>.</param>
    /// <param name="edge">The sort key and id of a row, as the cursor has them.</param>
    /// <param name="hasText">Whether a row has its text.</param>
    /// <param name="render">A row as JSON.</param>
    /// <exception cref="Refused">400: the cursor is not of this list.</exception>
    public async Task<(IReadOnlyList<byte[]> Items, PageInfo Info)> ReadLongAsync<TRow>(
        NpgsqlDataSource postgres,
        Cursors cursors,
        IPageRequest request,
        string source,
        string text,
        Func<TRow, (string Key, Guid Id)> edge,
        Func<TRow, bool> hasText,
        Func<TRow, byte[]> render,
        CancellationToken ct
    )
    {
        var from = request.Cursor is null ? null : cursors.Read(Name, request.Cursor);
        var arguments = ArgumentsFrom(from);
        var order = IsDown(from) ? "desc" : "asc";
        var page = LongTexts.Within(
            KeysSql(source, from, request.Limit + 1),
            $"k {order}, id {order}",
            text,
            request.Limit
        );
        var rows = await postgres.ListAsync<TRow>(
            $"""
            with recursive {page}
            {Select} join page on page.id = {Id} left join texts on texts.n = page.n
            order by page.n
            """,
            arguments,
            ct
        );
        var total = await CountAsync(postgres, request, arguments, ct);
        var items = Paging.Fit(rows.Take(request.Limit).TakeWhile(hasText), render);
        var (_, info) = Paging.Cut(cursors, Name, rows, request.Limit, from, edge, total, items.Count);
        if (from?.Backwards == true)
            items.Reverse();
        return (items, info);
    }

    /// <summary>
    /// All rows, from the first. They are read in parts, so that no transaction waits for a slow reader.
    /// </summary>
    /// <param name="edge">The sort key and id of a row, as the cursor has them.</param>
    public async IAsyncEnumerable<TRow> StreamAsync<TRow>(
        NpgsqlDataSource postgres,
        Func<TRow, (string Key, Guid Id)> edge,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        for (Position? from = null; ; )
        {
            var rows = await postgres.ListAsync<TRow>(Sql(from, StreamedAtOnce), ArgumentsFrom(from), ct);
            foreach (var row in rows)
                yield return row;
            if (rows.Count < StreamedAtOnce)
                yield break;
            var (key, id) = edge(rows[^1]);
            from = new Position { Key = key, Id = id };
        }
    }

    private DynamicParameters ArgumentsFrom(Position? from)
    {
        var arguments = new DynamicParameters(Arguments);
        arguments.AddDynamicParams(new { from?.Key, from?.Id });
        return arguments;
    }

    private Task<ListTotal?> CountAsync(
        NpgsqlDataSource postgres,
        IPageRequest request,
        DynamicParameters arguments,
        CancellationToken ct
    ) => postgres.CountAsync(request.Count, Counted ?? $"{Select} where {Where}", arguments, ct);

    private bool IsDown(Position? from) => Descending != (from?.Backwards == true);

    private string KeysSql(string source, Position? from, int take)
    {
        var keys = this with { Select = $"select {Id} id, {Key} k from {source}" };
        if (Alternatives.Count == 0)
            return keys.Sql(from, take);
        var parts = Alternatives.Select(one => (keys with { Where = $"{one} and {Where}" }).Sql(from, take));
        var order = IsDown(from) ? "desc" : "asc";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            select id, k from (({string.Join(") union all (", parts)})) parts
            order by k {order}, id {order} limit {take}
            """
        );
    }

    // Both keys in one direction, so that the row comparison is one index condition. How many rows are taken stands
    // there as a number: with a parameter a tenth of the table is reckoned with, and a plan of its own made for every
    // page.
    private string Sql(Position? from, int take)
    {
        var down = IsDown(from);
        var beyond = from is null ? "" : $" and ({Key}, {Id}) {(down ? '<' : '>')} (@Key::{KeyType}, @Id)";
        var order = down ? "desc" : "asc";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Select} where {Where}{beyond} order by {Key} {order}, {Id} {order} limit {take}"
        );
    }
}
