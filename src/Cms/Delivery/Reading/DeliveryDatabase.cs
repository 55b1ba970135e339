using System.Diagnostics.Metrics;
using System.Runtime.ExceptionServices;
using Cms.Changes;
using Cms.Platform.Http.Problems;
using Npgsql;

namespace Cms.Delivery.Reading;

/// <summary>
/// Where delivery reads: a replica that is known to have all that this node knows of, and otherwise the primary. So
/// what was acknowledged to a writer is never followed by an older answer, however far a replica lags. Why this is
/// right: decisions/0010.
/// </summary>
internal sealed class DeliveryDatabase : IDisposable
{
    private const int MaxTries = 3;

    private readonly NpgsqlDataSource _primary;
    private readonly Replicas _replicas;
    private readonly ChangeSignal _signal;
    private readonly ILogger<DeliveryDatabase> _log;
    private readonly Meter _meter;
    private readonly Counter<long> _reads;

    public DeliveryDatabase(
        NpgsqlDataSource primary,
        Replicas replicas,
        ChangeSignal signal,
        IMeterFactory meters,
        ILogger<DeliveryDatabase> log
    )
    {
        (_primary, _replicas, _signal, _log) = (primary, replicas, signal, log);
        _meter = meters.Create("Cms.DeliveryDatabase");
        _reads = _meter.CreateCounter<long>(
            "cms.delivery.reads",
            description: "Requests that read the database, by where."
        );
    }

    /// <summary>
    /// Reads, all of it in one place but for names (<see cref="KnownNames"/>). It may be done again from the start, in
    /// the primary, if a replica fails in the middle or what was read does not fit together: so it must only read. It
    /// runs with a token of its own, to its end: a statement takes milliseconds and is bounded in time, and to cancel
    /// the statements of a few hundred readers who have hung up at once, each over a connection made for that, kept
    /// everybody else waiting for up to two seconds.
    /// </summary>
    /// <exception cref="NotOnReplicaException">Thrown by <paramref name="read"/> where only the primary can
    /// tell.</exception>
    public async Task<T> ReadAsync<T>(
        Func<NpgsqlDataSource, CancellationToken, Task<T>> read,
        CancellationToken ct
    )
    {
        ct.ThrowIfCancellationRequested();
        if (Choose() is var (replica, session))
        {
            try
            {
                var result = await read(replica.Postgres, CancellationToken.None);
                // Another server that took its address in the meantime may be behind.
                if (replica.IsStill(session))
                {
                    _reads.Add(1, new KeyValuePair<string, object?>("from", "replica"));
                    return result;
                }
            }
            catch (Refused) when (!replica.IsStill(session))
            {
                // Nor can it say what there is not.
            }
            catch (Exception e) when (e is NotOnReplicaException or ChangedMeanwhileException)
            {
                // The primary can tell.
            }
            catch (PrimaryException e)
            {
                // Nothing that the replica has done, and the primary would do it again.
                ExceptionDispatchInfo.Throw(e.InnerException!);
            }
            catch (Exception e)
                when (IsOfDatabase(e)
                    && e is not PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }
                )
            {
                // What takes too long here would take as long there. A statement that was in the way of the replay ends
                // alone, and one that waited in vain says nothing of others; anything else may be the end of the
                // server.
                if (e is not PostgresException { SqlState: not ['5', '7', 'P', ..] } && !HasWaited(e))
                    replica.Discard();
                _log.LogWarning(
                    "The replica {Replica} failed, and the primary was asked: {Reason}",
                    replica.Name,
                    e.Message
                );
            }
        }
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await read(_primary, CancellationToken.None);
                _reads.Add(1, new KeyValuePair<string, object?>("from", "primary"));
                return answer;
            }
            catch (ChangedMeanwhileException e)
            {
                // Each time something has been deleted within the millisecond between two statements.
                if (attempt == MaxTries)
                    throw new Refused(ProblemKinds.Unavailable, $"Too much changes at once. {e.Message}")
                    {
                        RetryAfter = TimeSpan.FromSeconds(1),
                    };
            }
            catch (PrimaryException e)
            {
                ExceptionDispatchInfo.Throw(e.InnerException!);
            }
        }
    }

    /// <summary>Whether a read was given the primary.</summary>
    public bool IsPrimary(NpgsqlDataSource postgres) => postgres == _primary;

    public void Dispose() => _meter.Dispose();

    private (Replica Replica, int Session)? Choose() =>
        _replicas.IsEmpty || _signal.Least is not { } head ? null : _replicas.At(head);

    private static bool HasWaited(Exception e) =>
        e is TimeoutException or NpgsqlException { InnerException: TimeoutException };

    private static bool IsOfDatabase(Exception e) =>
        e is NpgsqlException or TimeoutException || e.Source == "Npgsql";
}

/// <summary>What was asked cannot be told by a replica.</summary>
internal sealed class NotOnReplicaException : Exception;

/// <summary>What one statement found is no longer there for the next: all must be read again.</summary>
internal sealed class ChangedMeanwhileException(string what) : Exception(what);

/// <summary>The primary was asked in the middle of a read, and failed: no replica is to blame.</summary>
internal sealed class PrimaryException(Exception e) : Exception(e.Message, e);
