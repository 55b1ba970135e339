namespace Cms.Platform.Http;

/// <summary>
/// The request is refused. Thrown wherever the reason is found, so that the transaction around it is undone; what it
/// may be is declared by each endpoint (<see cref="Slice{TRequest}"/>), and one that is not declared is a fault of ours.
/// </summary>
internal sealed class Refused(ProblemKind kind, string detail) : Exception(detail)
{
    private const int MostFaults = 50;

    public ProblemKind Kind => kind;
    public IReadOnlyList<Fault>? Errors { get; init; }
    public int? CurrentRevision { get; init; }
    public IReadOnlyList<Usage>? UsedBy { get; init; }
    public TimeSpan? RetryAfter { get; init; }
    public string? Restart { get; init; }

    /// <summary>What the log calls the request that failed, where others are told of the same failure.</summary>
    public string? TraceId { get; set; }

    public static Refused NotFound(string what, string name) =>
        new(ProblemKinds.NotFound, $"There is no {what} '{name}'.");

    public static Refused Invalid(IReadOnlyList<Fault> faults) =>
        new(
            ProblemKinds.Invalid,
            faults.Count == 1 ? faults[0].Detail : $"{faults.Count} faults were found; see errors."
        )
        {
            Errors = faults,
        };

    public static Refused Invalid(string pointer, string code, string detail) =>
        Invalid([Fault.At(pointer, code, detail)]);

    /// <summary>What is wrong with parameters. Only the first are told: one address can have thousands of faults, and each would make the answer longer than the request.</summary>
    public static Refused Parameters(IReadOnlyList<Fault> faults) =>
        new(
            ProblemKinds.InvalidParameter,
            faults.Count == 1 ? faults[0].Detail
                : faults.Count <= MostFaults ? $"{faults.Count} parameters are invalid; see errors."
                : $"{faults.Count} parameters are invalid; errors has the first {MostFaults}."
        )
        {
            Errors = [.. faults.Take(MostFaults)],
        };
}
