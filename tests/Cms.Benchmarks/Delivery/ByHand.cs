using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cms.Benchmarks.Harness;
using Cms.Delivery.Articles;
using Cms.Platform.Http.Answers;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Cms.Benchmarks.Delivery;

/// <summary>
/// The first page of articles as one would write it for speed alone: Kestrel, one statement through Npgsql, columns by
/// number, JSON written as they come. Either the statement brings the names of sections, authors and tags, or they were
/// read once, at the start, and are never looked at again. Nothing is bound, checked, tagged or hashed. Its document is
/// the server's to the byte.
/// </summary>
internal static class ByHand
{
    public const string Command = "by-hand";
    public const string Database = "ConnectionStrings__Cms";
    public const string KnowsNames = "ByHand__KnowsNames";

    private const int Limit = Paging.DefaultLimit;
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static async Task RunAsync(CancellationToken ct)
    {
        await using var postgres = Platform.Postgres.Database.Open(
            Environment.GetEnvironmentVariable(Database)!
        );
        var cursors = await Reading.CursorsAsync(postgres, ct);
        var list = new ListArticlesRequest().Name();
        var known = Environment.GetEnvironmentVariable(KnowsNames) is null
            ? null
            : (await postgres.ListAsync<Known>(SelectKnown, new { }, ct)).ToDictionary(k => k.Id);
        var sql = known is null ? WithNames : WithIds;
        await BareServer.ServeAsync(
            0,
            context => AnswerAsync(context.Response, postgres, sql, known, cursors, list),
            ct
        );
    }

    private static async Task AnswerAsync(
        HttpResponse response,
        NpgsqlDataSource postgres,
        string sql,
        Dictionary<Guid, Known>? known,
        Cursors cursors,
        string list
    )
    {
        var buffer = new ArrayBufferWriter<byte>(32 * 1024);
        await using (var connection = await postgres.OpenConnectionAsync())
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await using var rows = await command.ExecuteReaderAsync();
            using var json = new Utf8JsonWriter(buffer, Options);
            json.WriteStartObject();
            json.WriteStartArray("data");
            var (count, key, id) = (0, "", Guid.Empty);
            while (await rows.ReadAsync())
            {
                if (++count > Limit)
                    continue;
                (key, id) = (Instant(rows, 7), rows.GetGuid(0));
                WriteArticle(json, rows, known);
            }
            json.WriteEndArray();
            json.WriteStartObject("page");
            json.WriteNumber("limit", Limit);
            json.WriteString(
                "next",
                count > Limit ? cursors.Write(list, new Position { Key = key, Id = id }) : null
            );
            json.WriteNull("previous");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.WrittenCount;
        await response.BodyWriter.WriteAsync(buffer.WrittenMemory);
    }

    // The page first, its articles after. The number is that of Limit and one more.
    private const string Page = """
        with page as materialized (
            select id, published_at from published_articles order by published_at desc, id desc limit 21)
        select p.id, p.slug, p.kicker, p.headline, p.deck, p.excerpt, p.access, p.published_at, p.updated_at,
            p.word_count, p.reading_minutes,
               h.id, coalesce(p.hero_alt, h.alt), coalesce(p.hero_caption, h.caption),
                   coalesce(p.hero_credit, h.credit),
               h.focal_x, h.focal_y, f.width, f.height, f.dominant_color, f.thumb_hash, p.section_id
        """;

    private const string From = """
        from page join published_articles p on p.id = page.id
        left join images h on h.id = p.hero_image_id
        left join image_files f on f.sha256 = h.sha256
        """;

    private const string Order = "order by page.published_at desc, page.id desc";

    private const string WithNames = $"""
        {Page}, s.slug, s.name,
               coalesce((select json_agg(json_build_object('id', a.id, 'slug', a.slug, 'name', a.name) order by u.n)
                   from unnest(p.author_ids) with ordinality u(id, n) join authors a on a.id = u.id), '[]'),
               coalesce((select json_agg(json_build_object('slug', t.slug, 'name', t.name) order by u.n)
                   from unnest(p.tag_ids) with ordinality u(id, n) join tags t on t.id = u.id), '[]')
        {From} join sections s on s.id = p.section_id
        {Order}
        """;

    private const string WithIds = $"{Page}, p.author_ids, p.tag_ids {From} {Order}";

    private const string SelectKnown = """
        select id, slug, name from sections union all select id, slug, name from authors
        union all select id, slug, name from tags
        """;

    private sealed record Known(Guid Id, string Slug, string Name);

    // Numbers as they stand in the statement; that it comes out the same is checked before anything is measured.
    private static void WriteArticle(
        Utf8JsonWriter json,
        NpgsqlDataReader row,
        Dictionary<Guid, Known>? known
    )
    {
        var slug = row.GetString(1);
        json.WriteStartObject();
        json.WriteString("id", row.GetGuid(0));
        json.WriteString("slug", slug);
        json.WriteString("url", "/v1/articles/" + slug);
        json.WriteString("kicker", Text(row, 2));
        json.WriteString("headline", row.GetString(3));
        json.WriteString("deck", Text(row, 4));
        json.WriteString("excerpt", row.GetString(5));
        json.WriteString("access", row.GetString(6));
        json.WriteString("publishedAt", Instant(row, 7));
        json.WriteString("updatedAt", Instant(row, 8));
        json.WriteNumber("wordCount", row.GetInt32(9));
        json.WriteNumber("readingMinutes", row.GetInt32(10));
        json.WritePropertyName("section");
        if (known is null)
        {
            WriteThing(json, row.GetGuid(21), row.GetString(22), row.GetString(23), "/v1/sections/");
            WriteAuthors(json, row.GetString(24));
            WriteHero(json, row);
            WriteTags(json, row.GetString(25));
        }
        else
        {
            WriteThing(json, known[row.GetGuid(21)], "/v1/sections/");
            json.WriteStartArray("authors");
            foreach (var author in row.GetFieldValue<Guid[]>(22))
                WriteThing(json, known[author], "/v1/authors/");
            json.WriteEndArray();
            WriteHero(json, row);
            json.WriteStartArray("tags");
            foreach (var tag in row.GetFieldValue<Guid[]>(23))
                WriteTag(json, known[tag].Slug, known[tag].Name);
            json.WriteEndArray();
        }
        json.WriteNull("body");
        json.WriteBoolean("bodyTruncated", false);
        json.WriteEndObject();
    }

    private static void WriteAuthors(Utf8JsonWriter json, string text)
    {
        using var authors = JsonDocument.Parse(text);
        json.WriteStartArray("authors");
        foreach (var author in authors.RootElement.EnumerateArray())
            WriteThing(
                json,
                author.GetProperty("id"u8).GetGuid(),
                author.GetProperty("slug"u8).GetString()!,
                author.GetProperty("name"u8).GetString()!,
                "/v1/authors/"
            );
        json.WriteEndArray();
    }

    private static void WriteTags(Utf8JsonWriter json, string text)
    {
        using var tags = JsonDocument.Parse(text);
        json.WriteStartArray("tags");
        foreach (var tag in tags.RootElement.EnumerateArray())
            WriteTag(json, tag.GetProperty("slug"u8).GetString()!, tag.GetProperty("name"u8).GetString()!);
        json.WriteEndArray();
    }

    private static void WriteTag(Utf8JsonWriter json, string slug, string name)
    {
        json.WriteStartObject();
        json.WriteString("slug", slug);
        json.WriteString("name", name);
        json.WriteEndObject();
    }

    private static void WriteThing(Utf8JsonWriter json, Known thing, string path) =>
        WriteThing(json, thing.Id, thing.Slug, thing.Name, path);

    private static void WriteThing(Utf8JsonWriter json, Guid id, string slug, string name, string path)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("slug", slug);
        json.WriteString("name", name);
        json.WriteString("url", path + slug);
        json.WriteEndObject();
    }

    private static void WriteHero(Utf8JsonWriter json, NpgsqlDataReader row)
    {
        if (row.IsDBNull(11))
        {
            json.WriteNull("heroImage");
            return;
        }
        var id = row.GetGuid(11);
        json.WriteStartObject("heroImage");
        json.WriteString("id", id);
        json.WriteString("url", MediaUrl.Original(id, version: 1));
        json.WriteString("alt", Text(row, 12));
        json.WriteString("caption", Text(row, 13));
        json.WriteString("credit", Text(row, 14));
        json.WriteNumber("width", row.GetInt32(17));
        json.WriteNumber("height", row.GetInt32(18));
        if (row.IsDBNull(15))
            json.WriteNull("focalPoint");
        else
        {
            json.WriteStartObject("focalPoint");
            json.WriteNumber("x", row.GetDouble(15));
            json.WriteNumber("y", row.GetDouble(16));
            json.WriteEndObject();
        }
        json.WriteString("dominantColor", Text(row, 19));
        json.WriteString("thumbHash", Text(row, 20));
        json.WriteEndObject();
    }

    private static string? Text(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static string Instant(NpgsqlDataReader row, int column) =>
        Json.Instant(new(row.GetDateTime(column), TimeSpan.Zero));
}
