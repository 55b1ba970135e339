using Cms.Client.Http;

namespace Cms.Client.Editorial.Http;

/// <summary>What the desk's problem details have besides, as they travel.</summary>
internal sealed record DeskProblem
{
    public int? CurrentRevision { get; init; }
    public Actor? ChangedBy { get; init; }
    public DateTimeOffset? ChangedAt { get; init; }
    public IReadOnlyList<string>? Changed { get; init; }
    public IReadOnlyList<EditConflict>? Conflicts { get; init; }
    public IReadOnlyList<Usage>? UsedBy { get; init; }
    public IReadOnlyList<string>? Allowed { get; init; }
    public IReadOnlyList<RefusedAct>? Acts { get; init; }

    /// <summary>The exception for an answer that is no success.</summary>
    public static CmsProblemException Read(Answer answer)
    {
        var problem = ProblemBody.Read(answer);
        var more = ProblemBody.Find(answer, DeskJson.Default.DeskProblem) ?? new();
        return problem.Code switch
        {
            ProblemCodes.RevisionChanged or ProblemCodes.MergeConflict => new EditConflictException(
                problem,
                more
            ),
            ProblemCodes.WrongStatus => new WrongStatusException(problem, more.Allowed ?? []),
            ProblemCodes.BatchRefused => new BatchRefusedException(problem, more.Acts ?? []),
            ProblemCodes.InUse => new InUseException(problem, more.UsedBy ?? []),
            _ => problem,
        };
    }
}
