using Cms.Access;
using Cms.Platform;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Desk;

/// <summary>
/// The record of what was done at the desk. Acts are recorded in their own transaction: there is no act without its
/// record, and no record of what was undone.
/// </summary>
internal sealed class AuditLog(
    NpgsqlDataSource postgres,
    RefusedActs refusals,
    TimeProvider clock,
    ILogger<AuditLog> log
)
{
    /// <summary>Refusals that say something about a caller: it may not, or somebody else was quicker.</summary>
    private static readonly ProblemKind[] Recorded =
    [
        ProblemKinds.Forbidden,
        ProblemKinds.RevisionChanged,
        ProblemKinds.PreconditionFailed,
    ];

    /// <summary>Records acts that are done, in their transaction.</summary>
    /// <exception cref="InvalidOperationException">An act has not said what it wrote.</exception>
    public static async Task RecordAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<Edit> edits,
        RequestName request,
        CancellationToken ct
    )
    {
        var written = edits.SelectMany(e => e.Records).ToList();
        if (written.FirstOrDefault(e => !e.HasWritten) is { } silent)
            throw new InvalidOperationException($"'{silent.Act}' has not said what it wrote (Edit.Wrote).");
        if (written.Count == 0)
            return;
        var records = written.SelectMany(e => e.Acts.Select(act => (Edit: e, Act: act))).ToList();
        await transaction.ExecuteAsync(
            Insert,
            new
            {
                Ids = records.Select(r => Ids.New(r.Edit.At)).ToArray(),
                Acts = records.Select(r => r.Act.Name).ToArray(),
                Types = records.Select(r => r.Act.Entity).ToArray(),
                Entities = records.Select(r => r.Edit.EntityId).ToArray(),
                Froms = records.Select(r => r.Edit.FromRevision).ToArray(),
                // An array of arrays must be even: one text for each.
                Sections = records.Select(r => SectionsOf(r.Edit)).ToArray(),
                Tos = records.Select(r => r.Edit.ToRevision).ToArray(),
                Notes = records.Select(r => r.Edit.Note).ToArray(),
                edits[0].At,
                ActorId = edits[0].Caller.Id,
                ActorName = edits[0].Caller.Name,
                Outcome = "done",
                Refusal = (string?)null,
                Request = request.Text,
                RequestId = request.Id,
            },
            ct
        );
    }

    /// <summary>
    /// Records a refusal, or counts it if the caller has many (<see cref="RefusedActs"/>). Nothing that goes wrong here
    /// hides the refusal itself.
    /// </summary>
    /// <param name="edit">How far the act came; null: it did not begin.</param>
    public async Task RecordAsync(Refused refused, Act act, Caller caller, Edit? edit, RequestName request)
    {
        if (!Recorded.Contains(refused.Kind) || !refusals.Count(new(act, refused.Kind.Code, caller)))
            return;
        try
        {
            var at = clock.GetUtcNow();
            await postgres.ExecuteAsync(
                Insert,
                new
                {
                    Ids = new[] { Ids.New(at) },
                    Acts = new[] { act.Name },
                    Types = new[] { act.Entity },
                    at,
                    ActorId = caller.Id,
                    ActorName = caller.Name,
                    Entities = new[] { edit?.EntityId },
                    Froms = new[] { edit?.FromRevision },
                    Sections = new string?[1],
                    Tos = new int?[1],
                    Notes = new string?[1],
                    Outcome = "refused",
                    Refusal = refused.Kind.Code,
                    Request = request.Text,
                    RequestId = request.Id,
                },
                CancellationToken.None
            );
        }
#pragma warning disable CA1031 // the caller must get the refusal, whatever else fails
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogWarning("A refusal could not be recorded in the audit log: {Reason}", e.Message);
        }
    }

    private static string? SectionsOf(Edit edit) =>
        edit.FromSections is { } sections ? $"{{{string.Join(',', sections)}}}" : null;

    // At the end of the transaction: an article stands where it does after the act.
    private const string Insert = """
        insert into audit_log (id, at, actor_id, actor_name, act, entity_type, entity_id, from_revision, to_revision,
            sections_before, sections_after, outcome, refusal, note, request, request_id)
        select id, @At, @ActorId, @ActorName, act, type, entity, from_revision, to_revision,
            case when type = 'article' and @Outcome = 'done' then coalesce(sections::uuid[], section_path(
                (select r.section_id from article_revisions r
                 where r.article_id = entity and r.number = from_revision)), '{}') end,
            case when type = 'article' and @Outcome = 'done' then coalesce(section_path(
                (select w.section_id from articles w where w.id = entity)), '{}') end,
            @Outcome, @Refusal, note, @Request, @RequestId
        from unnest(@Ids, @Acts, @Types, @Entities, @Froms, @Tos, @Sections, @Notes)
            a(id, act, type, entity, from_revision, to_revision, sections, note)
        """;
}

/// <summary>How the audit log names a request.</summary>
/// <param name="Text">Method and path, cut where it is very long; null: it was no request.</param>
/// <param name="Id"><c>X-Request-Id</c>.</param>
internal readonly record struct RequestName(string? Text, string? Id)
{
    private const int MaxLength = 300;

    public static RequestName Of(HttpContext context)
    {
        var text = $"{context.Request.Method} {context.Request.Path}";
        var end = text.Length <= MaxLength ? text.Length : MaxLength;
        // A character of two halves is not cut: PostgreSQL takes no half.
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        return new(text[..end], context.TraceIdentifier);
    }
}
