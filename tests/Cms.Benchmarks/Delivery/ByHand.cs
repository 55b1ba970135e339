using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cms.Benchmarks.Harness;
using Cms.Delivery;
using Cms.Platform.Http;
using Cms.Publishing;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Cms.Benchmarks.Delivery;

/// <summary>
/// The first page of articles as one would write it for speed alone: Kestrel, the server's own statement through Npgsql, columns by number, JSON
/// written as they come. Nothing is bound, checked, tagged or hashed. Its document is the server's to the byte.
/// </summary>
internal static class ByHand
{
    public const string Command = "by-hand";
    public const string Database = "ConnectionStrings__Cms";

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
        var sql = Reading.NewestFirst().OneRange(Limit + 1, positioned: false, ArticleRows.Columns);
        var list = new ListArticlesRequest().Name();
        await BareServer.ServeAsync(
            0,
            context => AnswerAsync(context.Response, postgres, sql, cursors, list),
            ct
        );
    }

    private static async Task AnswerAsync(
        HttpResponse response,
        NpgsqlDataSource postgres,
        string sql,
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
                WriteArticle(json, rows);
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

    // Numbers as they stand in ArticleRows.Columns; that it comes out the same is checked before anything is measured.
    private static void WriteArticle(Utf8JsonWriter json, NpgsqlDataReader row)
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
        json.WriteNumber("wordCount", row.GetInt32(10));
        json.WriteNumber("readingMinutes", row.GetInt32(11));
        json.WritePropertyName("section");
        WriteThing(json, row.GetGuid(14), row.GetString(15), row.GetString(16), "/v1/sections/");
        WriteAuthors(json, row.GetString(17));
        WriteHero(json, row);
        WriteTags(json, row.GetString(18));
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
        {
            json.WriteStartObject();
            json.WriteString("slug", tag.GetProperty("slug"u8).GetString());
            json.WriteString("name", tag.GetProperty("name"u8).GetString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

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
        if (row.IsDBNull(19))
        {
            json.WriteNull("heroImage");
            return;
        }
        var id = row.GetGuid(19);
        json.WriteStartObject("heroImage");
        json.WriteString("id", id);
        json.WriteString("url", MediaUrl.Of(id));
        json.WriteString("alt", Text(row, 20));
        json.WriteString("caption", Text(row, 21));
        json.WriteString("credit", Text(row, 22));
        json.WriteNumber("width", row.GetInt32(25));
        json.WriteNumber("height", row.GetInt32(26));
        if (row.IsDBNull(23))
            json.WriteNull("focalPoint");
        else
        {
            json.WriteStartObject("focalPoint");
            json.WriteNumber("x", row.GetDouble(23));
            json.WriteNumber("y", row.GetDouble(24));
            json.WriteEndObject();
        }
        json.WriteString("placeholder", Text(row, 27));
        json.WriteEndObject();
    }

    private static string? Text(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static string Instant(NpgsqlDataReader row, int column) =>
        Json.Instant(new(row.GetDateTime(column), TimeSpan.Zero));
}
