using Cms.Access;
using Cms.Platform;
using Cms.Platform.Http.Answers;

namespace Cms.Editorial.Notes;

/// <summary>What somebody at the desk says about an article, or in reply to that. Readers never see it.</summary>
internal sealed record Note
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its own address.</summary>
    public required string Url { get; init; }

    /// <summary>The id of the note that it replies to; null: it is no reply.</summary>
    public required Guid? InReplyTo { get; init; }

    /// <summary>Plain text.</summary>
    /// <example>Who says so? Name the second source.</example>
    public required string Text { get; init; }

    /// <summary>
    /// The `id` of the block that it is about, which may be gone from the body by now; null: the article.
    /// </summary>
    public required string? Block { get; init; }

    /// <summary>Whom it calls.</summary>
    public required IReadOnlyList<Actor> Mentions { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who wrote it.</summary>
    public required Actor? CreatedBy { get; init; }

    /// <summary>When it was resolved, with its replies; null: it is open, or is a reply.</summary>
    public required DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Who resolved it.</summary>
    public required Actor? ResolvedBy { get; init; }
}

/// <summary>A note as its statements give it.</summary>
internal sealed record NoteRow
{
    public required Guid Id { get; init; }
    public required Guid ArticleId { get; init; }
    public required Guid ThreadId { get; init; }
    public required string Text { get; init; }
    public required string? Block { get; init; }
    public required string Mentions { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string? CreatedBy { get; init; }
    public required DateTimeOffset? ResolvedAt { get; init; }
    public required string? ResolvedBy { get; init; }

    public static readonly string Select = $"""
        select n.id, n.article_id, n.thread_id, n.text, n.block, n.created_at, n.resolved_at,
               {Actors.Of("n.created_by")} created_by, {Actors.Of("n.resolved_by")} resolved_by,
               coalesce((select jsonb_agg({Actors.Of("m.actor_id")} order by m.n)
                   from note_mentions m where m.note_id = n.id), '[]') mentions
        from article_notes n
        """;

    public Note View() =>
        new()
        {
            Id = Id,
            Url = AddressOf(ArticleId, Id),
            InReplyTo = ThreadId == Id ? null : ThreadId,
            Text = Text,
            Block = Block,
            Mentions = Json.Read<Actor[]>(Mentions),
            CreatedAt = CreatedAt,
            CreatedBy = CreatedBy is null ? null : Json.Read<Actor>(CreatedBy),
            ResolvedAt = ResolvedAt,
            ResolvedBy = ResolvedBy is null ? null : Json.Read<Actor>(ResolvedBy),
        };

    public static string AddressOf(Guid article, Guid note) =>
        $"/v1/editorial/articles/{article}/notes/{note}";
}
