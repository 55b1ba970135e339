using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using FastEndpoints;

namespace Cms.Platform.Http;

/// <summary>
/// A use case as an endpoint. It declares in <c>Configure</c> what it answers and every way it refuses; both reach the
/// OpenAPI document. A refusal that was not declared is sent all the same, and logged as an error; the integration
/// tests fail on every answer that the document does not have.
/// </summary>
internal abstract class Slice<TRequest> : Endpoint<TRequest, IResult>
    where TRequest : notnull
{
    /// <summary>When it needs one of the places for work in the database (<see cref="Admission"/>).</summary>
    protected virtual Admitted Admitted => Admitted.ForItsWork;

    /// <summary>Work before the request takes an admission place.</summary>
    protected virtual Task PrepareAsync(TRequest request, CancellationToken ct) => Task.CompletedTask;

    public sealed override async Task OnBeforeHandleAsync(TRequest req, CancellationToken ct)
    {
        await PrepareAsync(req, ct);
        if (Admitted == Admitted.ForItsWork)
            await Resolve<Admission>().EnterAsync(HttpContext, ct);
        else
            Admission.Leave(HttpContext);
    }

    /// <summary>Declares the success, and the refusals of this use case besides those that its nature brings.</summary>
    protected void Answers<T>(int status, params ProblemKind[] refusals)
    {
        RequestBinder(new StrictBinder<TRequest>(Resolve<IServiceProvider>()));
        var shape = RequestShape.Of(typeof(TRequest));
        if (shape.Body is not null || shape.HasForm)
        {
            // Routing would refuse other types without listing the accepted ones.
            Description(b => b.ClearDefaultAccepts());
            if (shape.Body?.IsRequired != false)
                Options(b => b.WithMetadata(new BodyMetadata(shape.MediaTypes)));
        }
        if (Admitted == Admitted.ForItsWork)
            Options(b => b.WithMetadata(new AdmittedForItsWork()));
        Options(b =>
            b.WithMetadata(
                new AnswerMetadata(typeof(T), status),
                new RefusalMetadata([.. Nature(shape).Concat(Brings).Concat(refusals).Distinct()])
            )
        );
    }

    /// <summary>Declares a success without a body (204).</summary>
    protected void AnswersNothing(params ProblemKind[] refusals) => Answers<NoContent>(204, refusals);

    /// <summary>
    /// Declares that answers to anonymous readers are kept in memory, by their address: they depend on nothing else,
    /// and name what they show by cache tags.
    /// </summary>
    protected void Kept() =>
        Options(b => b.WithMetadata(new KeptMetadata(RequestShape.Of(typeof(TRequest)))));

    /// <summary>Refusals that all slices of a kind have.</summary>
    protected virtual IEnumerable<ProblemKind> Brings => [];

    private IEnumerable<ProblemKind> Nature(RequestShape shape)
    {
        if (Definition.AllowedPermissions is { Count: > 0 })
        {
            yield return ProblemKinds.Unauthenticated;
            yield return ProblemKinds.Forbidden;
        }
        yield return ProblemKinds.InvalidParameter;
        yield return ProblemKinds.NotAcceptable;
        yield return ProblemKinds.TooManyRequests;
        yield return ProblemKinds.InternalError;
        yield return ProblemKinds.Unavailable;
        yield return ProblemKinds.Overloaded;
        if (shape.Body is null && !shape.HasForm)
            yield break;
        yield return ProblemKinds.MalformedRequest;
        yield return ProblemKinds.TooLarge;
        yield return ProblemKinds.UnsupportedMediaType;
        yield return ProblemKinds.Invalid;
    }
}

/// <summary>When a use case needs a place for work in the database.</summary>
internal enum Admitted
{
    /// <summary>Once it is bound, until its answer begins to be sent.</summary>
    ForItsWork,

    /// <summary>For each of its reads, which take one themselves: it waits between them.</summary>
    ForEachRead,

    /// <summary>Never: it asks nothing of the database, or must not be told that others are at it.</summary>
    Always,
}

/// <summary>Marks an endpoint that is <see cref="Admitted.ForItsWork"/>.</summary>
internal sealed record AdmittedForItsWork;

/// <summary>Marks an endpoint that takes an <c>Idempotency-Key</c>.</summary>
internal sealed record RetriableMetadata;

/// <summary>Marks an endpoint whose answers are kept in memory.</summary>
internal sealed record KeptMetadata(RequestShape Shape);

/// <summary>Headers that an answer may have besides those of its kind.</summary>
internal sealed record AnswerHeadersMetadata(params string[] Names);

/// <summary>Marks an answer without a body.</summary>
internal sealed record NoContent;

/// <summary>What an endpoint answers when it does not refuse.</summary>
internal sealed record AnswerMetadata(Type Type, int Status);

/// <summary>Marks an endpoint that needs a body, of one of these types.</summary>
internal sealed record BodyMetadata(IReadOnlyList<string> MediaTypes);

/// <summary>Every way in which an endpoint may refuse.</summary>
internal sealed record RefusalMetadata(IReadOnlyList<ProblemKind> Kinds);

/// <summary>An endpoint that may also redirect (308), and why.</summary>
internal sealed record RedirectMetadata(string Reason);

/// <summary>
/// An answer that is not JSON: its media types, and whether parts of it can be asked for (<c>Range</c>).
/// </summary>
internal sealed record ContentMetadata(params string[] MediaTypes)
{
    public bool HasRanges { get; init; }

    /// <summary>Headers that it has besides those of every answer.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];
}

/// <summary>Headers that a success has besides those of its kind.</summary>
internal sealed record HeadersMetadata(params string[] Names);

/// <summary>A delivery answer that nobody may keep: it has no entity tag and no cache tags.</summary>
internal sealed record UncachedMetadata;

/// <summary>Media types that an answer can be had in besides JSON, if <c>Accept</c> prefers them.</summary>
internal sealed record AlternativeMetadata(params string[] MediaTypes);

/// <summary>
/// A page of the change feed: its entity tag is that of the position it leads to, and no date says what is new in it.
/// </summary>
internal sealed record PositionMetadata;
