using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http.Problems;
using Npgsql;

namespace Cms.Desk;

/// <summary>
/// The one door for writes: everything that a caller does at the desk, keys and webhooks included, is one transaction
/// that begins and ends here. In this order: the permission, the work, the announcement to the change feed, the commit.
/// Whatever must be true of every act belongs here and is written once.
/// </summary>
internal sealed class DeskDoor(ChangeLog changes, TimeProvider clock)
{
    /// <summary>Does <paramref name="work"/> in one transaction. What it throws undoes all of it.</summary>
    /// <param name="act">What is being done.</param>
    /// <param name="caller">Who does it.</param>
    /// <param name="work">Does it. It may run again, from the start, where PostgreSQL ended the transaction to break a
    /// deadlock.</param>
    /// <param name="ct">Gives up, until the commit has begun.</param>
    /// <exception cref="Refused">403: the caller may not do this at all.</exception>
    public Task<T> DoAsync<T>(Act act, Caller caller, Func<Edit, Task<T>> work, CancellationToken ct)
    {
        RequirePermission(act, caller);
        return changes.InTransactionAsync(
            (transaction, announcement) => work(new(transaction, announcement, caller, clock.GetUtcNow())),
            ct
        );
    }

    /// <exception cref="Refused">403: the caller's role may not do this.</exception>
    public static void RequirePermission(Act act, Caller caller)
    {
        if (!caller.May(act.Needs))
            throw new Refused(
                ProblemKinds.Forbidden,
                $"To {act.Verb} this needs {Permission.RolesFrom(Permission.LowestFor(act.Needs))}; the key is that of a {Permission.NameOf(caller.Role)}."
            );
    }
}

/// <summary>An act under way.</summary>
/// <param name="Transaction">Where it is done.</param>
/// <param name="Announcement">Collects what readers and apps are to be told.</param>
/// <param name="Caller">Who does it.</param>
/// <param name="At">When: one moment for all that it writes.</param>
internal sealed record Edit(
    NpgsqlTransaction Transaction,
    Announcement Announcement,
    Caller Caller,
    DateTimeOffset At
);
