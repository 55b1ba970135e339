using Cms.Platform.Unicode;

namespace Cms.Platform.Http.Problems;

/// <summary>
/// The request is refused. Thrown wherever the reason is found, so that the transaction around it is undone; what it
/// may be is declared by each endpoint (<see cref="Slice{TRequest}"/>), and one that is not declared is a fault of
/// ours.
/// </summary>
internal sealed class Refused(ProblemKind kind, string detail) : Exception(detail)
{
    public ProblemKind Kind => kind;
    public IReadOnlyCollection<Fault>? Errors { get; init; }
    public int MoreErrors => (Errors as Faults)?.More ?? 0;
    public int? CurrentRevision { get; init; }
    public Actor? ChangedBy { get; init; }
    public DateTimeOffset? ChangedAt { get; init; }
    public IReadOnlyList<string>? Changed { get; init; }
    public IReadOnlyList<EditConflict>? Conflicts { get; init; }

    /// <summary>Of several things that were to be done, those that cannot.</summary>
    public IReadOnlyList<(int Act, Refused Refused)>? Acts { get; init; }
    public IReadOnlyList<Usage>? UsedBy { get; init; }
    public IReadOnlyList<string>? Allowed { get; init; }
    public TimeSpan? RetryAfter { get; init; }
    public string? Restart { get; init; }
    public string? Notice { get; init; }

    /// <summary>What the log calls the request that failed, where others are told of the same failure.</summary>
    public string? TraceId { get; set; }

    public static Refused NotFound(string what, string name) =>
        new(ProblemKinds.NotFound, $"There is no {what} '{Text.Short(name)}'.");

    public static Refused Invalid(Faults faults) => Of(ProblemKinds.Invalid, faults);

    public static Refused Invalid(string pointer, string code, string detail) =>
        Invalid([Fault.At(pointer, code, detail)]);

    /// <summary>What is wrong with parameters.</summary>
    public static Refused Parameters(Faults faults) => Of(ProblemKinds.InvalidParameter, faults);

    private static Refused Of(ProblemKind kind, Faults faults) =>
        new(
            kind,
            faults.Count == 1 ? faults.First.Detail
                : faults.More == 0 ? $"{faults.Count} faults were found; see errors."
                : $"{faults.Count} faults were found; errors has the first {Faults.Max}."
        )
        {
            Errors = faults,
        };
}
