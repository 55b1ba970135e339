using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Notes that the desk writes about articles.</summary>
public sealed class NoteTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Notes_are_listed_thread_by_thread_until_they_are_resolved()
    {
        var notes = await NotesAsync();
        var first = await cms.Editor.PostAsync(notes, Says("First"));
        var second = await cms.Contributor.PostAsync(notes, Says("Second"));
        var reply = await cms.Contributor.PostAsync($"{first["url"]}/replies", Says("To the first"));
        var again = await cms.Editor.PostAsync($"{reply["url"]}/replies", Says("To the reply"));

        Assert.Equal(["First", "To the first", "To the reply", "Second"], await TextsAsync(notes));
        Assert.Equal(
            [null, (string?)first["id"], (string?)first["id"]],
            new[] { first, reply, again }.Select(n => (string?)n["inReplyTo"])
        );
        // A page ends within a thread, and the next goes on there.
        var page = await cms.Viewer.GetJsonAsync($"{notes}?limit=2&count=exact");
        Assert.Equal(4, (int?)page["page"]!["total"]);
        Assert.Equal(
            ["To the reply", "Second"],
            await TextsAsync($"{notes}?limit=2&cursor={page["page"]!["next"]}")
        );

        var resolved = await cms.Contributor.ActAsync($"{reply["url"]}/resolve");

        Assert.Equal((string?)first["id"], (string?)resolved["id"]);
        Assert.NotNull((string?)resolved["resolvedAt"]);
        Assert.Equal("key", (string?)resolved["resolvedBy"]!["kind"]);
        Assert.Equal(["Second"], await TextsAsync($"{notes}?resolved=false"));
        Assert.Equal(["First", "To the first", "To the reply"], await TextsAsync($"{notes}?resolved=true"));
        // Whoever comes second changes nothing.
        var twice = await cms.Editor.ActAsync($"{first["url"]}/resolve");
        Assert.Equal((string?)resolved["resolvedAt"], (string?)twice["resolvedAt"]);
        var open = await cms.Editor.ActAsync($"{first["url"]}/reopen");
        Assert.Null((string?)open["resolvedAt"]);
        Assert.Equal(
            (string?)second["id"],
            (string?)(await cms.Viewer.GetJsonAsync((string)second["url"]!))["id"]
        );
    }

    [Fact]
    public async Task A_note_makes_no_revision_and_is_in_the_audit_log_without_its_words()
    {
        var article = await cms.DraftAsync();
        var word = Names.Unique("word");
        var note = await cms.Editor.PostAsync(Notes(article), Says(word));
        await cms.Editor.ActAsync($"{note["url"]}/resolve");
        await cms.Editor.DeleteAsync((string)note["url"]!, Ct);

        var shown = await cms.Viewer.GetJsonAsync($"/v1/editorial/articles/{article["id"]}");
        var audit = await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={article["id"]}");

        Assert.Equal((int?)article["revision"], (int?)shown["revision"]);
        Assert.Equal((string?)article["updatedAt"], (string?)shown["updatedAt"]);
        Assert.Equal(
            ["article.delete-note", "article.resolve-note", "article.note"],
            audit["data"]!.AsArray().Select(r => (string?)r!["act"]).Take(3)
        );
        Assert.DoesNotContain(word, audit.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_may_be_about_a_block_that_there_is()
    {
        var article = await cms.DraftAsync(
            new() { ["body"] = new JsonObject { ["markdown"] = "One.\n\nTwo." } }
        );
        var block = (string)article["body"]!["blocks"]![1]!["id"]!;

        var note = await cms.Editor.PostAsync(Notes(article), Says("Which?", ("block", block)));
        var refused = await cms.Editor.PostAsync(
            Notes(article),
            new JsonObject
            {
                ["text"] = "Which?",
                ["block"] = "no-such-block",
                ["mentions"] = new JsonArray($"{Guid.CreateVersion7()}"),
            },
            HttpStatusCode.UnprocessableEntity
        );

        Assert.Equal(block, (string?)note["block"]);
        Assert.Equal(["/block unknown-block", "/mentions/0 unknown-reference"], refused.Faults());
    }

    [Fact]
    public async Task Webhooks_are_told_whom_a_note_calls_and_where_it_is_but_not_what_it_says()
    {
        var article = await cms.DraftAsync();
        var colleague = await cms.NewKeyAsync(Role.Contributor);
        var word = Names.Unique("word");
        var listed = await ListedAsync(colleague.Id);
        Assert.Equal("contributor", (string?)listed["role"]);

        var note = await cms.Editor.PostAsync(
            Notes(article),
            Says(word, ("mentions", new JsonArray($"{colleague.Id}", $"{colleague.Id}")))
        );

        var told = await cms.ScalarAsync<string>(
            "select data::text from events where type = 'note.created' and entity_id = @id::uuid",
            new { id = (string)article["id"]! }
        );
        var data = JsonNode.Parse(told!)!;
        Assert.Equal((string?)note["url"], (string?)data["url"]);
        Assert.Equal(colleague.Id.ToString(), (string?)Assert.Single(data["mentions"]!.AsArray())!["id"]);
        Assert.DoesNotContain(word, told, StringComparison.Ordinal);
        Assert.DoesNotContain((string)article["headline"]!, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_wrote_a_note_deletes_it_unless_it_has_replies()
    {
        var notes = await NotesAsync();
        var note = await cms.Contributor.PostAsync(notes, Says("Mine"));
        var address = (string)note["url"]!;
        var reply = await cms.Editor.PostAsync($"{address}/replies", Says("Yours"));

        Assert.Equal(403, await cms.Editor.DeleteAsync(address, Ct).StatusAsync());
        Assert.Equal(409, await cms.Contributor.DeleteAsync(address, Ct).StatusAsync());
        Assert.Equal(204, await cms.Editor.DeleteAsync((string)reply["url"]!, Ct).StatusAsync());
        Assert.Equal(204, await cms.Contributor.DeleteAsync(address, Ct).StatusAsync());
        Assert.Equal(404, await cms.Contributor.DeleteAsync(address, Ct).StatusAsync());
        var other = await cms.Contributor.PostAsync(notes, Says("For the admin"));
        Assert.Equal(204, await cms.Admin.DeleteAsync((string)other["url"]!, Ct).StatusAsync());
    }

    [Fact]
    public async Task Notes_about_articles_out_of_reach_are_not_there()
    {
        var article = await cms.DraftAsync(new() { ["section"] = await cms.SectionAsync() });
        var note = await cms.Editor.PostAsync(Notes(article), Says("Quietly"));
        using var elsewhere = cms.Client(
            (await cms.NewKeyAsync(Role.Editor, [await cms.SectionAsync()])).Token
        );
        var another = await cms.DraftAsync();

        foreach (var address in new[] { Notes(article), (string)note["url"]! })
            await elsewhere.GetJsonAsync(address, HttpStatusCode.NotFound);
        await elsewhere.PostAsync(Notes(article), Says("No"), HttpStatusCode.NotFound);
        foreach (var act in new[] { "resolve", "reopen" })
            await elsewhere.ActAsync($"{note["url"]}/{act}", HttpStatusCode.NotFound);
        await elsewhere.PostAsync($"{note["url"]}/replies", Says("No"), HttpStatusCode.NotFound);
        Assert.Equal(404, await elsewhere.DeleteAsync((string)note["url"]!, Ct).StatusAsync());
        // Nor is a note there under another article.
        await cms.Editor.GetJsonAsync($"{Notes(another)}/{note["id"]}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_note_that_is_sent_again_is_written_once()
    {
        var notes = await NotesAsync();
        using var client = cms.As("editor");
        client.DefaultRequestHeaders.Add("Idempotency-Key", Names.Unique("key"));

        var first = await client.PostAsync(notes, Says("Once"));
        var second = await client.PostAsync(notes, Says("Once"));

        Assert.Equal((string?)first["id"], (string?)second["id"]);
        Assert.Equal(["Once"], await TextsAsync(notes));
    }

    [Fact]
    public async Task An_article_is_deleted_with_its_notes()
    {
        var article = await cms.DraftAsync();
        var note = await cms.Editor.PostAsync(Notes(article), Says("First"));
        await cms.Editor.PostAsync($"{note["url"]}/replies", Says("Second"));

        using var deleted = await cms.Admin.SendDeleteAsync(
            $"/v1/editorial/articles/{article["id"]}?permanently=true",
            "*"
        );

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(
            0,
            await cms.ScalarAsync<long>(
                "select count(*) from article_notes where article_id = @id::uuid",
                new { id = (string)article["id"]! }
            )
        );
    }

    private async Task<JsonNode> ListedAsync(Guid id)
    {
        var address = "/v1/editorial/actors?kind=key&limit=100";
        for (var cursor = ""; ; )
        {
            var page = await cms.Viewer.GetJsonAsync(address + cursor);
            if (page["data"]!.AsArray().FirstOrDefault(a => (string?)a!["id"] == $"{id}") is { } found)
                return found;
            cursor = $"&cursor={(string?)page["page"]!["next"] ?? throw new KeyNotFoundException()}";
        }
    }

    private async Task<string> NotesAsync() => Notes(await cms.DraftAsync());

    private static string Notes(JsonObject article) => $"/v1/editorial/articles/{article["id"]}/notes";

    private static JsonObject Says(string text, params (string Name, JsonNode Value)[] others)
    {
        var note = new JsonObject { ["text"] = text };
        foreach (var (name, value) in others)
            note[name] = value;
        return note;
    }

    private async Task<string?[]> TextsAsync(string address) =>
        [.. (await cms.Viewer.GetJsonAsync(address))["data"]!.AsArray().Select(n => (string?)n!["text"])];
}
