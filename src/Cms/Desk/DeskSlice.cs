using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;

namespace Cms.Desk;

/// <summary>
/// An act of the desk as an endpoint. It says once, in <c>Configure</c>, which act it is: from that follow who may call
/// it, how the audit log names it, and that it takes an <c>Idempotency-Key</c>.
/// </summary>
internal abstract class DeskSlice<TRequest>(DeskDoor desk) : Slice<TRequest>
    where TRequest : notnull
{
    /// <summary>Declares the act. Before <c>Answers</c>.</summary>
    protected void Does(Act act)
    {
        Permissions(act.Needs);
        Options(b => b.WithMetadata(act));
        if (TakesKey)
            Options(b => b.WithMetadata(new RetriableMetadata()));
    }

    /// <summary>Whether doing it again would do it twice.</summary>
    private bool TakesKey => Definition.Verbs?.Any(m => m is "POST" or "PATCH") == true;

    protected override IEnumerable<ProblemKind> Brings =>
        TakesKey ? [ProblemKinds.RequestInProgress, ProblemKinds.IdempotencyKeyReused] : [];

    /// <summary>Does the act, and answers (see <see cref="DeskDoor"/>).</summary>
    /// <param name="work">Does it in the edit's transaction.</param>
    /// <param name="answer">What the caller is told.</param>
    protected Task<IResult> DoAsync<T>(
        Func<Edit, Task<T>> work,
        Func<T, IWritable> answer,
        CancellationToken ct
    ) => DoAsync(Act, work, answer, ct);

    /// <summary>Does another act than the declared one, where the request says which.</summary>
    protected async Task<IResult> DoAsync<T>(
        Act act,
        Func<Edit, Task<T>> work,
        Func<T, IWritable> answer,
        CancellationToken ct
    ) => await desk.DoAsync(act, HttpContext, work, answer, ct);

    /// <summary>
    /// What was answered to this request before, for acts that need something from elsewhere first; null: nothing.
    /// </summary>
    protected Task<IWritable?> FirstAnswerAsync(CancellationToken ct) => desk.FindFirstAsync(HttpContext, ct);

    /// <summary>Does the act in a transaction that is undone, and answers what would happen.</summary>
    protected async Task<IResult> RehearseAsync<T>(
        Func<Edit, Task<T>> work,
        Func<T, IWritable> answer,
        CancellationToken ct
    ) => answer(await desk.RehearseAsync(Act, HttpContext.Caller(), work, ct));

    private Act Act =>
        HttpContext.GetEndpoint()?.Metadata.GetMetadata<Act>()
        ?? throw new InvalidOperationException($"{GetType().Name} does not say which act it is (Does).");
}
