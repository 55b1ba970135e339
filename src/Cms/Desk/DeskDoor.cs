using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Desk;

/// <summary>
/// The one door for writes: everything that a caller does at the desk, keys and webhooks included, is one transaction
/// that begins and ends here. In this order: the idempotency key, the permission, the work, the audit record, the
/// announcement to the change feed, the commit. Whatever must be true of every act belongs here and is written once.
/// </summary>
internal sealed class DeskDoor(
    ChangeLog changes,
    NpgsqlDataSource postgres,
    KeptAnswers kept,
    AuditLog audit,
    TimeProvider clock
)
{
    /// <summary>Does what a request asks for, once: a retry with the same key gets the first answer again.</summary>
    /// <param name="act">What is being done.</param>
    /// <param name="context">The request.</param>
    /// <param name="work">Does it. It may run again, from the start, where PostgreSQL ended the transaction to break
    /// a deadlock. What it throws undoes all of it.</param>
    /// <param name="answer">What the caller is told.</param>
    /// <param name="ct">Gives up, until the commit has begun.</param>
    /// <exception cref="Refused">403: the caller may not do this at all. 400, 409, 422: what is wrong with the
    /// idempotency key.</exception>
    public Task<IWritable> DoAsync<T>(
        Act act,
        HttpContext context,
        Func<Edit, Task<T>> work,
        Func<T, IWritable> answer,
        CancellationToken ct
    )
    {
        var caller = context.Caller();
        var key = IdempotencyKey.Of(context, caller.Id);
        return InTransactionAsync(
            act,
            caller,
            RequestName.Of(context),
            key is null ? null : transaction => kept.FindAsync(transaction, key, context.Response, ct),
            async edit => answer(await WorkAsync(edit, work)),
            key is null ? null : (transaction, made) => kept.KeepAsync(transaction, key, made, ct),
            ct
        );
    }

    /// <summary>The first answer to a request with this idempotency key; null: it has none yet.</summary>
    /// <exception cref="Refused">400, 409, 422: what is wrong with the idempotency key.</exception>
    public async Task<IWritable?> FindFirstAsync(HttpContext context, CancellationToken ct) =>
        IdempotencyKey.Of(context, context.Caller().Id) is not { } key
            ? null
            : await postgres.InUndoneTransactionAsync(
                transaction => kept.FindAsync(transaction, key, context.Response, ct),
                ct
            );

    /// <summary>Does something that no request asks for.</summary>
    public Task<T> DoAsync<T>(Act act, Caller caller, Func<Edit, Task<T>> work, CancellationToken ct)
        where T : class =>
        InTransactionAsync(
            act,
            caller,
            default,
            before: null,
            edit => WorkAsync(edit, work),
            after: null,
            ct
        );

    /// <summary>
    /// Does something in a transaction that is undone, to see what would happen: nothing is recorded, kept or told.
    /// </summary>
    /// <exception cref="Refused">403: the caller may not do this at all.</exception>
    public Task<T> RehearseAsync<T>(Act act, Caller caller, Func<Edit, Task<T>> work, CancellationToken ct)
    {
        RequirePermission(act, caller);
        return postgres.InUndoneTransactionAsync(
            transaction => work(new(act, transaction, new(), caller, clock.GetUtcNow())),
            ct
        );
    }

    /// <summary>Does several things in one transaction that no request asks for.</summary>
    public Task<T> DoEachAsync<T>(Caller caller, Func<EditBatch, Task<T>> work, CancellationToken ct) =>
        changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                var batch = new EditBatch(transaction, announcement, caller, clock.GetUtcNow());
                var result = await work(batch);
                await AuditLog.RecordAsync(transaction, batch.Edits, default, ct);
                return result;
            },
            ct
        );

    private async Task<T> InTransactionAsync<T>(
        Act act,
        Caller caller,
        RequestName request,
        Func<NpgsqlTransaction, Task<T?>>? before,
        Func<Edit, Task<T>> work,
        Func<NpgsqlTransaction, T, Task>? after,
        CancellationToken ct
    )
        where T : class
    {
        Edit? edit = null;
        try
        {
            return await changes.InTransactionAsync(
                async (transaction, announcement) =>
                {
                    edit = null;
                    if (before is not null && await before(transaction) is { } first)
                        return first;
                    RequirePermission(act, caller);
                    edit = new(act, transaction, announcement, caller, clock.GetUtcNow());
                    var result = await work(edit);
                    await AuditLog.RecordAsync(transaction, [edit], request, ct);
                    if (after is not null)
                        await after(transaction, result);
                    return result;
                },
                ct
            );
        }
        catch (Refused refused)
        {
            await audit.RecordAsync(refused, act, caller, edit, request);
            throw;
        }
    }

    private static async Task<T> WorkAsync<T>(Edit edit, Func<Edit, Task<T>> work)
    {
        var result = await work(edit);
        if (result is IRevised revised)
            edit.Wrote(revised.Id, revised.Revision);
        return result;
    }

    /// <exception cref="Refused">403: the caller's role may not do this.</exception>
    public static void RequirePermission(Act act, Caller caller)
    {
        if (!caller.May(act.Needs))
            throw new Refused(
                ProblemKinds.Forbidden,
                $"To {act.Verb} {act.Article} takes "
                    + $"{Permission.RolesFrom(Permission.LowestFor(act.Needs))}; the {caller.Credential} is that of "
                    + $"{Permission.WithArticle(caller.Role)}."
            );
    }
}
