using System.Globalization;
using Cms.Client.Sync;
using Microsoft.AspNetCore.Http;

namespace Cms.Client.Tests.Support;

/// <summary>
/// A newsroom that speaks <c>/v1/sync</c> and nothing else: a list of changes, and cursors that are places in it. So
/// what a copy at a cursor must hold is known to the last byte: <see cref="Expected(string?)"/>.
/// </summary>
internal sealed class FakeNewsroom
{
    private readonly Lock _lock = new();
    private readonly List<Change> _changes = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _expired;

    /// <summary>Answers the next requests in its place, one each, if they are not null.</summary>
    public Queue<RequestDelegate?> Instead { get; } = new();

    /// <summary>Whether it answers at once where it was asked to wait.</summary>
    public bool IsHasty { get; set; }

    /// <summary>A section: <c>section 1</c> has <c>Guid</c> 1.</summary>
    public void Put(EntityType type, int number, string name = "", int section = 1) =>
        Append(new Change(type, Id(type, number), Json(type, number, name, section)));

    public void Remove(EntityType type, int number) => Append(new Change(type, Id(type, number), null));

    /// <summary>One change more of a long and varied list: things come, change and go.</summary>
    public void Churn(int step)
    {
        var type = (EntityType)(step % 5);
        var number = step * 7 % 60;
        if (step % 11 == 10)
            Remove(type, number);
        else
            Put(type, number, $"step {step}");
    }

    /// <summary>Forgets what it told those who have synced up to now: they have to begin anew.</summary>
    public void Expire()
    {
        lock (_lock)
            _expired = _changes.Count;
    }

    public int Length
    {
        get
        {
            lock (_lock)
                return _changes.Count;
        }
    }

    /// <summary>What a copy at a cursor holds: JSON by type and id.</summary>
    public SortedDictionary<string, string> Expected(string? cursor)
    {
        var held = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var place = cursor is null ? 0 : Place(cursor);
        lock (_lock)
            foreach (var change in _changes.Take(place))
                if (change.Json is null)
                    held.Remove($"{change.Type} {change.Id}");
                else
                    held[$"{change.Type} {change.Id}"] = change.Json;
        return held;
    }

    /// <summary>What a copy that has everything holds.</summary>
    public SortedDictionary<string, string> Expected() => Expected($"d{Length}");

    /// <summary>What a store shows its readers.</summary>
    public static async Task<SortedDictionary<string, string>> HeldAsync(ILocalStore store)
    {
        var held = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var type in Enum.GetValues<EntityType>())
        foreach (
            var row in await store.ListAsync(new StoreQuery { Type = type, Take = int.MaxValue }, default)
        )
            held[$"{row.Type} {row.Id}"] = row.Json;
        return held;
    }

    public static Guid Id(EntityType type, int number) => new(number, 0, (short)(0x7000 + type), new byte[8]);

    public async Task AnswerAsync(HttpContext context)
    {
        // The runtime asks again by itself, unseen, where a connection that was used before breaks and nothing of the
        // answer has been read.
        if (Instead.Count > 0)
            context.Response.Headers.Connection = "close";
        if (Instead.TryDequeue(out var instead) && instead is not null)
        {
            await instead(context);
            return;
        }
        var query = context.Request.Query;
        var cursor = (string?)query["cursor"];
        if (cursor is not null && (query.ContainsKey("types") || !"fd".Contains(cursor[0])))
        {
            await Answers.Problem(400, "invalid-cursor")(context);
            return;
        }
        if (cursor is ['d', ..] && IsExpired(Place(cursor)))
        {
            await Answers.Problem(410, "sync-expired", restart: "/v1/sync?types=article")(context);
            return;
        }
        await PageAsync(context, cursor, int.Parse(query["limit"]!, CultureInfo.InvariantCulture));
    }

    private async Task PageAsync(HttpContext context, string? cursor, int limit)
    {
        var from = cursor is null ? 0 : Place(cursor);
        if (context.Request.Query.ContainsKey("wait") && !IsHasty)
            await WaitAsync(from, context.RequestAborted);
        List<Change> page;
        bool hasMore;
        lock (_lock)
        {
            page = [.. _changes.Skip(from).Take(limit)];
            hasMore = from + page.Count < _changes.Count;
        }
        var to = from + page.Count;
        context.Response.Headers.ETag = $"\"{to}\"";
        if (page.Count == 0 && context.Request.Headers.IfNoneMatch == $"\"{to}\"")
        {
            context.Response.StatusCode = 304;
            return;
        }
        // Until it is complete a first sync goes on whatever is forgotten.
        var kind = hasMore && cursor is (null or ['f', ..]) ? 'f' : 'd';
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(
            $$"""
            {"changes":[{{string.Join(
                ',',
                page.Select(c => c.ToString())
            )}}],"cursor":"{{kind}}{{to}}","hasMore":{{(hasMore ? "true" : "false")}}}
            """
        );
    }

    private async Task WaitAsync(int from, CancellationToken aborted)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (from < _changes.Count)
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(aborted);
        }
    }

    private void Append(Change change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _changes.Add(change);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        changed.SetResult();
    }

    private bool IsExpired(int place)
    {
        lock (_lock)
            return place < _expired;
    }

    private static int Place(string cursor) => int.Parse(cursor.AsSpan(1), CultureInfo.InvariantCulture);

    private static string Json(EntityType type, int number, string name, int section)
    {
        var id = Id(type, number);
        return type switch
        {
            EntityType.Section => $$"""{"id":"{{id}}","slug":"section-{{number}}","name":"Section """
                + $$"""{{name}}","url":"/v1/sections/section-{{number}}","description":null,"position":"""
                + $$"""{{number}},"parent":null}""",
            EntityType.Image => $$"""{"id":"{{id}}","url":"/media/{{id}}/original","alt":"Alt """
                + $$"""{{name}}","caption":"Caption","credit":"Credit","width":4,"height":"""
                + """3,"focalPoint":null,"placeholder":null}""",
            EntityType.Author => $$"""{"id":"{{id}}","slug":"author-{{number}}","name":"Author """
                + $$"""{{name}}","url":"/v1/authors/author-{{number}}","jobTitle":"Reporter","bio":"""
                + """null,"social":{},"avatar":null}""",
            EntityType.Tag => $$"""{"id":"{{id}}","slug":"tag-{{number}}","name":"Tag {{name}}"}""",
            _ => Article(id, number, name, section),
        };
    }

    private static string Article(Guid id, int number, string name, int section)
    {
        var second = (number % 60).ToString("D2", CultureInfo.InvariantCulture);
        var (home, author) = (Id(EntityType.Section, section), Id(EntityType.Author, 1));
        var (image, tag) = (Id(EntityType.Image, 1), Id(EntityType.Tag, 1));
        var next = Id(EntityType.Article, number + 1);
        return $$$"""
            {"id":"{{{id}}}","slug":"article-{{{number}}}","url":"/v1/articles/article-{{{number}}}","kicker":null,
            "headline":"Article {{{name}}}","deck":null,"excerpt":"","access":"public",
            "publishedAt":"2026-10-01T08:00:{{{second}}}Z",
            "updatedAt":"2026-10-01T08:00:00Z","wordCount":1,"readingMinutes":1,"section":"{{{home}}}",
            "authors":["{{{author}}}"],
            "heroImage":{"id":"{{{image}}}","alt":null,"caption":"Here","credit":null},"tags":["{{{tag}}}"],
            "body":{"blocks":[{"type":"paragraph","html":"{{{name}}}"},{"type":"image","image":{"id":"{{{image}}}"}}]},
            "bodyTruncated":false,"disclosure":null,"corrections":[],"seo":null,"related":["{{{next}}}"]}
            """;
    }

    private sealed record Change(EntityType Type, Guid Id, string? Json)
    {
        public override string ToString() =>
            $$"""{"type":"{{EntityTypes.Name(Type)}}","id":"{{Id}}","o"""
            + $$"""p":"{{(Json is null ? "delete" : "upsert")}}","reason":"""
            + $$"""{{(Json is null ? "\"unpublished\"" : "null")}},"data":{{Json ?? "null"}}}""";
    }
}
