using System.Diagnostics.CodeAnalysis;

namespace Cms.Publishing.Bodies;

/// <summary>What is wrong with a body, and where.</summary>
/// <param name="Pointer">JSON pointer from the body member: <c>/blocks/3/html</c>.</param>
/// <param name="Code">Stable, for programs: <c>required</c>, <c>empty</c>, <c>too-long</c>,
/// <c>too-long-sanitised</c>, <c>too-many</c>, <c>too-deep</c>, <c>too-complex</c>, <c>out-of-range</c>,
/// <c>invalid</c>, <c>ragged</c>.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record BodyFault(string Pointer, string Code, string Detail);

/// <summary>A body that was read, or everything that is wrong with it.</summary>
internal sealed class BodyResult
{
    private BodyResult(Body? body, IReadOnlyList<BodyFault> faults, IReadOnlyList<BodyWarning> warnings)
    {
        Body = body;
        Faults = faults;
        Warnings = warnings;
    }

    public Body? Body { get; }

    /// <summary>Empty when there is a body.</summary>
    public IReadOnlyList<BodyFault> Faults { get; }

    /// <summary>The parts of the input that the body does not keep.</summary>
    public IReadOnlyList<BodyWarning> Warnings { get; }

    [MemberNotNullWhen(true, nameof(Body))]
    public bool IsValid => Body is not null;

    public static BodyResult Of(Body body) => new(body, [], []);

    public static BodyResult Of(Body body, IReadOnlyList<BodyWarning> warnings) => new(body, [], warnings);

    public static BodyResult Of(IReadOnlyList<BodyFault> faults) => new(null, faults, []);

    public static BodyResult Of(string pointer, string code, string detail) =>
        new(null, [new BodyFault(pointer, code, detail)], []);
}
