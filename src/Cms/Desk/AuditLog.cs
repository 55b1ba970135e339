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
internal sealed class AuditLog(NpgsqlDataSource postgres, TimeProvider clock, ILogger<AuditLog> log)
{
    /// <summary>Refusals that say something about a caller: it may not, or somebody else was quicker.</summary>
    private static readonly ProblemKind[] Recorded =
    [
        ProblemKinds.Forbidden,
        ProblemKinds.RevisionChanged,
        ProblemKinds.PreconditionFailed,
    ];

    /// <summary>Records an act that is done, in its transaction.</summary>
    /// <exception cref="InvalidOperationException">The act has not said what it wrote.</exception>
    public static Task RecordAsync(Edit edit, RequestName request, CancellationToken ct)
    {
        if (!edit.HasWritten)
            throw new InvalidOperationException($"'{edit.Act}' has not said what it wrote (Edit.Wrote).");
        var acts = edit.Acts.ToList();
        return edit.Transaction.ExecuteAsync(
            Insert,
            new
            {
                Ids = acts.Select(_ => Ids.New(edit.At)).ToArray(),
                Acts = acts.Select(a => a.Name).ToArray(),
                Types = acts.Select(a => a.Entity).ToArray(),
                edit.At,
                ActorId = edit.Caller.KeyId,
                ActorName = edit.Caller.Name,
                edit.EntityId,
                edit.FromRevision,
                edit.ToRevision,
                Outcome = "done",
                Refusal = (string?)null,
                edit.Note,
                Request = request.Text,
                RequestId = request.Id,
            },
            ct
        );
    }

    /// <summary>Records a refusal. Nothing that goes wrong here hides the refusal itself.</summary>
    /// <param name="edit">How far the act came; null: it did not begin.</param>
    public async Task RecordAsync(Refused refused, Act act, Caller caller, Edit? edit, RequestName request)
    {
        if (!Recorded.Contains(refused.Kind))
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
                    ActorId = caller.KeyId,
                    ActorName = caller.Name,
                    edit?.EntityId,
                    edit?.FromRevision,
                    ToRevision = (int?)null,
                    Outcome = "refused",
                    Refusal = refused.Kind.Code,
                    Note = (string?)null,
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

    private const string Insert = """
        insert into audit_log (id, at, actor_id, actor_name, act, entity_type, entity_id, from_revision, to_revision,
            outcome, refusal, note, request, request_id)
        select id, @At, @ActorId, @ActorName, act, type, @EntityId, @FromRevision, @ToRevision,
            @Outcome, @Refusal, @Note, @Request, @RequestId
        from unnest(@Ids, @Acts, @Types) a(id, act, type)
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
        return new(text.Length > MaxLength ? text[..MaxLength] : text, context.TraceIdentifier);
    }
}
