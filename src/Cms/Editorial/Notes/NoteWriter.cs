using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Npgsql;

namespace Cms.Editorial.Notes;

/// <summary>
/// Writes notes and replies. They are no part of the article: they make no revision, and an editor at work on it does
/// not wait for them.
/// </summary>
internal static class NoteWriter
{
    public const string CreatedEvent = "note.created";

    /// <summary>The article that notes are about, if the caller sees it.</summary>
    /// <exception cref="Refused">404.</exception>
    public static async Task<Target> FindArticleAsync(Edit edit, string slugOrId, CancellationToken ct)
    {
        var id = SlugOrId.IdOf(slugOrId);
        var found =
            await edit.Transaction.FindAsync<Target>(
                $"""
                select a.id, a.revision from articles a where {(
                    id is null ? "a.slug = @slugOrId" : "a.id = @id"
                )}
                    and {Reach.Sees("a.section_id")} for key share
                """,
                new
                {
                    slugOrId,
                    id,
                    Reach = Reach.Of(edit.Caller),
                },
                ct
            ) ?? throw Refused.NotFound("article", slugOrId);
        edit.Found(found.Id, found.Revision);
        edit.Wrote(found.Id, found.Revision);
        return found;
    }

    /// <summary>A note of the article, locked.</summary>
    /// <exception cref="Refused">404.</exception>
    public static async Task<NoteHead> FindNoteAsync(
        Edit edit,
        Target article,
        Guid note,
        CancellationToken ct
    ) =>
        await edit.Transaction.FindAsync<NoteHead>(
            """
            select n.id, n.thread_id, n.created_by from article_notes n
            where n.id = @note and n.article_id = @Id for update
            """,
            new { note, article.Id },
            ct
        ) ?? throw Refused.NotFound("note", note.ToString());

    /// <param name="edit">The act.</param>
    /// <param name="article">What it is about.</param>
    /// <param name="text">What it says.</param>
    /// <param name="block">The block that it is about.</param>
    /// <param name="thread">The note that it replies to; null: it begins a thread.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<Note> WriteAsync(
        Edit edit,
        Target article,
        INoteText text,
        string? block,
        Guid? thread,
        CancellationToken ct
    )
    {
        var faults = new Faults();
        await FindFaultsAsync(edit.Transaction, text, faults, ct);
        if (block is not null && !await HasBlockAsync(edit.Transaction, article, block, ct))
            faults.Add(
                Fault.At(
                    "/block",
                    "unknown-block",
                    $"The body has no block with the id '{Text.Short(block)}'."
                )
            );
        JsonBody.RefuseIfFaulty(faults);
        var id = Ids.New(edit.At);
        await edit.Transaction.ExecuteAsync(
            Insert,
            new
            {
                id,
                Article = article.Id,
                Thread = thread ?? id,
                text.Text,
                block,
                edit.At,
                By = edit.Caller.Id,
                Mentions = text.Mentions.Distinct().ToArray(),
            },
            ct
        );
        var note = await ReadAsync(edit.Transaction, id, ct);
        // Receivers may not be meant to know of the article, nor of what is said about it: only what an editor's tool
        // needs to find it, and whom it is to call.
        edit.Announcement.Tell(
            CreatedEvent,
            edit.Act.Entity,
            article.Id,
            Json.WriteText(
                new
                {
                    type = "note",
                    id,
                    url = note.Url,
                    article = article.Id,
                    inReplyTo = note.InReplyTo,
                    block,
                    mentions = note.Mentions,
                    createdBy = note.CreatedBy,
                }
            )
        );
        return note;
    }

    public static async Task<Note> ReadAsync(NpgsqlTransaction transaction, Guid id, CancellationToken ct) =>
        (await transaction.FindAsync<NoteRow>($"{NoteRow.Select} where n.id = @id", new { id }, ct))!.View();

    /// <summary>Adds the faults that only the database can find.</summary>
    public static async Task FindFaultsAsync(
        NpgsqlTransaction transaction,
        INoteText text,
        Faults faults,
        CancellationToken ct
    )
    {
        if (text.Mentions is not { Count: > 0 and <= INoteText.MaxMentions } mentions)
            return;
        var known = (
            await transaction.ListAsync<Guid>(
                "select id from actors where id = any(@Mentions)",
                new { Mentions = mentions.ToArray() },
                ct
            )
        ).ToHashSet();
        faults.AddIndependent(
            mentions
                .Select((id, n) => (id, n))
                .Where(m => !known.Contains(m.id))
                .Select(m =>
                    Fault.At($"/mentions/{m.n}", "unknown-reference", $"There is no key or person '{m.id}'.")
                )
        );
    }

    private static async Task<bool> HasBlockAsync(
        NpgsqlTransaction transaction,
        Target article,
        string block,
        CancellationToken ct
    )
    {
        var revision = await ArticleWriter.FindRevisionAsync(transaction, article.Id, article.Revision, ct);
        return BlockIds.Complete(Body.Parse(revision.Body)).Blocks.Any(b => b.Id == block);
    }

    private const string Insert = """
        insert into article_notes (id, article_id, thread_id, text, block, created_at, created_by)
        values (@id, @Article, @Thread, @Text, @block, @At, @By);
        insert into note_mentions (note_id, actor_id, n)
        select @id, m.id, m.n from unnest(@Mentions) with ordinality m(id, n)
        """;

    internal sealed record Target(Guid Id, int Revision);

    /// <summary>A note under a lock.</summary>
    internal sealed record NoteHead
    {
        public required Guid Id { get; init; }
        public required Guid ThreadId { get; init; }
        public required Guid? CreatedBy { get; init; }
    }
}
