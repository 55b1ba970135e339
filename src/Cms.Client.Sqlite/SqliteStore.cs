using System.Globalization;
using System.Text.Json;
using Cms.Client.Sync;
using Microsoft.Data.Sqlite;

namespace Cms.Client.Sqlite;

/// <summary>
/// A local copy in a SQLite file. Every write is one transaction of a write-ahead log: a process that is killed, or a
/// device that loses power, leaves the file as it was before a write or after it. Readers are not held up by a write,
/// and other processes may use the same file.
/// </summary>
/// <remarks>
/// The file is the store's own; it can be deleted at any time the store is not in use, and everything is loaded anew
/// then. A file of a later version of this class is refused; one of an earlier version is emptied, since what it held
/// is at the server.
/// </remarks>
public sealed class SqliteStore : ILocalStore, IDisposable
{
    // 'CmsC' as the number that SQLite keeps for who made a file.
    private const int ApplicationId = 0x436D7343;
    private const int Version = 1;

    private readonly string _connectionString;
    private readonly Lock _opening = new();
    private bool _isReady;

    /// <summary>A store in a file, which is made when it is first used.</summary>
    /// <param name="path">The file. Its folder must exist; SQLite puts two more files beside it.</param>
    public SqliteStore(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = true,
            // Seconds to wait for another process that is writing.
            DefaultTimeout = 30,
        }.ConnectionString;
    }

    /// <inheritdoc/>
    public Task<StorePosition?> ReadPositionAsync(CancellationToken cancellationToken) =>
        RunAsync(
            connection =>
            {
                using var read = connection.Command(SelectPosition);
                using var reader = read.ExecuteReader();
                return reader.Read()
                    ? new StorePosition
                    {
                        Scope = reader.GetString(1),
                        Cursor = reader.Text(2),
                        ETag = reader.Text(3),
                        IsComplete = reader.GetBoolean(4),
                        IsVisible = reader.GetInt64(0) == reader.GetInt64(5),
                    }
                    : null;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task BeginAsync(string scope, CancellationToken cancellationToken) =>
        WriteAsync(
            (connection, transaction) =>
            {
                connection.Execute(transaction, DropLoading);
                connection.Execute(transaction, InsertCopy, ("@scope", scope));
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<bool> ApplyAsync(StorePage page, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        return WriteAsync(
            (connection, transaction) => Apply(connection, transaction, page, cancellationToken),
            cancellationToken
        );
    }

    private static bool Apply(
        SqliteConnection connection,
        SqliteTransaction transaction,
        StorePage page,
        CancellationToken ct
    )
    {
        if (FindCopy(connection, transaction, page) is not { } copy)
            return false;
        using var upsert = connection.Command(UpsertRow, transaction);
        using var delete = connection.Command(DeleteRow, transaction);
        foreach (var change in page.Changes)
        {
            ct.ThrowIfCancellationRequested();
            if (change.Row is { } row)
                upsert
                    .With(
                        ("@copy", copy),
                        ("@type", Name(row.Type)),
                        ("@id", row.Id.ToString()),
                        ("@slug", row.Slug),
                        ("@section", row.Section?.ToString()),
                        ("@sort", row.SortKey),
                        ("@json", row.Json)
                    )
                    .ExecuteNonQuery();
            else
                delete
                    .With(("@copy", copy), ("@type", Name(change.Type)), ("@id", change.Id.ToString()))
                    .ExecuteNonQuery();
        }
        connection.Execute(
            transaction,
            UpdateCopy,
            ("@copy", copy),
            ("@cursor", page.Cursor),
            ("@etag", page.ETag)
        );
        if (page.Completes)
            connection.Execute(transaction, DropOthers, ("@copy", copy));
        return true;
    }

    /// <summary>The copy that a page is meant for, if it stands where the page begins.</summary>
    private static long? FindCopy(SqliteConnection connection, SqliteTransaction transaction, StorePage page)
    {
        using var read = connection.Command(SelectPosition, transaction);
        using var reader = read.ExecuteReader();
        return reader.Read() && reader.GetString(1) == page.Scope && reader.Text(2) == page.After
            ? reader.GetInt64(0)
            : null;
    }

    /// <inheritdoc/>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(
            (connection, transaction) =>
            {
                connection.Execute(transaction, "delete from rows; delete from copies;");
                return true;
            },
            cancellationToken
        );
        // Until then the log still has what was in them.
        await RunAsync(
            connection =>
            {
                connection.Execute(null, "pragma wal_checkpoint(truncate)");
                return true;
            },
            CancellationToken.None
        );
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreRow>> FindAsync(
        EntityType type,
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            connection => Rows(connection, SelectById, type, ("@type", Name(type)), ("@ids", Array(ids))),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<StoreRow?> FindBySlugAsync(
        EntityType type,
        string slug,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            connection =>
                Rows(connection, SelectBySlug, type, ("@type", Name(type)), ("@slug", slug)) is [var row]
                    ? row
                    : null,
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreRow>> ListAsync(StoreQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return RunAsync(
            connection =>
                Rows(
                    connection,
                    SelectList(query),
                    query.Type,
                    ("@type", Name(query.Type)),
                    ("@sections", query.Sections is { } sections ? Array(sections) : null),
                    ("@sort", query.After?.SortKey),
                    ("@id", query.After?.Id.ToString()),
                    ("@take", query.Take)
                ),
            cancellationToken
        );
    }

    /// <summary>Closes the file. The store must not be in use.</summary>
    public void Dispose()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private static IReadOnlyList<StoreRow> Rows(
        SqliteConnection connection,
        string sql,
        EntityType type,
        params (string Name, object? Value)[] parameters
    )
    {
        using var read = connection.Command(sql).With(parameters);
        using var reader = read.ExecuteReader();
        var rows = new List<StoreRow>();
        while (reader.Read())
            rows.Add(
                new StoreRow
                {
                    Type = type,
                    Id = Guid.Parse(reader.GetString(0), CultureInfo.InvariantCulture),
                    Slug = reader.Text(1),
                    Section = reader.Text(2) is { } section
                        ? Guid.Parse(section, CultureInfo.InvariantCulture)
                        : null,
                    SortKey = reader.GetString(3),
                    Json = reader.GetString(4),
                }
            );
        return rows;
    }

    private Task<T> WriteAsync<T>(Func<SqliteConnection, SqliteTransaction, T> write, CancellationToken ct) =>
        RunAsync(
            connection =>
            {
                // Immediate: it waits for another writer before it reads, so what it reads is still so when it writes.
                using var transaction = connection.BeginTransaction(deferred: false);
                var result = write(connection, transaction);
                ct.ThrowIfCancellationRequested();
                transaction.Commit();
                return result;
            },
            ct
        );

    // SQLite has no asynchronous calls: away from the caller's thread, which may be the one that draws.
    private Task<T> RunAsync<T>(Func<SqliteConnection, T> work, CancellationToken ct) =>
        Task.Run(
            () =>
            {
                using var connection = new SqliteConnection(_connectionString);
                connection.Open();
                Prepare(connection);
                return work(connection);
            },
            ct
        );

    private void Prepare(SqliteConnection connection)
    {
        // In a write-ahead log, NORMAL never leaves half a transaction; at worst a power cut takes the last ones, each
        // with its cursor.
        connection.Execute(null, "pragma synchronous = normal");
        // What is deleted may have been behind the wall: the next owner of the device shall not find it in what is free
        // of the file.
        connection.Execute(null, "pragma secure_delete = on");
        lock (_opening)
        {
            if (_isReady)
                return;
            connection.Execute(null, "pragma journal_mode = wal");
            using var transaction = connection.BeginTransaction(deferred: false);
            var maker = connection.Number(transaction, "pragma application_id");
            var version = connection.Number(transaction, "pragma user_version");
            var isEmpty = connection.Number(transaction, "select count(*) from sqlite_schema") == 0;
            if (!isEmpty && maker != ApplicationId)
                throw new InvalidOperationException(
                    "The file is a SQLite database, but not one of this store."
                );
            if (version > Version)
                throw new InvalidOperationException(
                    $"The file is of version {version} of this store, and this is version {Version}."
                );
            if (version < Version)
                connection.Execute(transaction, Schema);
            transaction.Commit();
            _isReady = true;
        }
    }

    private static string Array(IReadOnlyCollection<Guid> ids) =>
        // Guids need no escaping.
        $"[{string.Join(',', ids.Select(id => $"\"{id}\""))}]";

    private static string Name(EntityType type) => JsonNamingPolicy.CamelCase.ConvertName(type.ToString());

    private static readonly string Schema = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        drop table if exists rows;
        drop table if exists copies;
        -- At most one that is complete, which readers see, and at most one that is being loaded.
        create table copies (
            number integer primary key,
            scope text not null,
            cursor text,
            etag text,
            complete integer not null);
        create unique index one_of_each on copies (complete);
        create table rows (
            copy integer not null,
            type text not null,
            id text not null,
            slug text,
            section text,
            sort_key text not null,
            json text not null,
            primary key (copy, type, id));
        create index rows_by_slug on rows (copy, type, slug);
        create index rows_in_order on rows (copy, type, sort_key, id);
        create index rows_by_section on rows (copy, type, section, sort_key, id) where section is not null;
        pragma application_id = {ApplicationId};
        pragma user_version = {Version};
        """
    );

    private const string Visible = "(select number from copies order by complete desc limit 1)";

    private const string SelectPosition = $"""
        select number, scope, cursor, etag, complete, {Visible}
        from copies order by complete limit 1
        """;

    private const string DropLoading = """
        delete from rows where copy in (select number from copies where not complete);
        delete from copies where not complete;
        """;

    private const string InsertCopy = """
        insert into copies (number, scope, complete)
        values ((select coalesce(max(number), 0) + 1 from copies), @scope, 0)
        """;

    private const string UpsertRow = """
        insert into rows (copy, type, id, slug, section, sort_key, json)
        values (@copy, @type, @id, @slug, @section, @sort, @json)
        on conflict (copy, type, id) do update
        set slug = excluded.slug, section = excluded.section, sort_key = excluded.sort_key, json = excluded.json
        """;

    private const string DeleteRow = "delete from rows where copy = @copy and type = @type and id = @id";

    private const string DropOthers = """
        delete from rows where copy in (select number from copies where number <> @copy);
        delete from copies where number <> @copy;
        update copies set complete = 1 where number = @copy;
        """;

    private const string UpdateCopy = "update copies set cursor = @cursor, etag = @etag where number = @copy";

    private const string Columns = "select id, slug, section, sort_key, json from rows";

    private const string SelectById = $"""
        {Columns} where copy = {Visible} and type = @type and id in (select value from json_each(@ids))
        """;

    private const string SelectBySlug =
        $"{Columns} where copy = {Visible} and type = @type and slug = @slug limit 1";

    private static string SelectList(StoreQuery query)
    {
        var (beyond, direction) = query.Descending ? ("<", "desc") : (">", "asc");
        return $"""
            {Columns} where copy = {Visible} and type = @type
            {(query.Sections is null ? "" : "and section in (select value from json_each(@sections))")}
            {(query.After is null ? "" : $"and (sort_key, id) {beyond} (@sort, @id)")}
            order by sort_key {direction}, id {direction}
            limit @take
            """;
    }
}
