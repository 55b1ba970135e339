using System.Collections;

namespace Cms.Platform.Http;

/// <summary>
/// The faults of a request, in the order in which they were found: the first <see cref="Most"/> are kept, the others only counted, so that an answer
/// has a bound whatever was sent.
/// </summary>
internal sealed class Faults : IReadOnlyCollection<Fault>
{
    /// <summary>How many faults an answer tells.</summary>
    public const int Most = 100;

    private readonly List<Fault> _told = [];

    /// <summary>How many were found.</summary>
    public int Count { get; private set; }

    /// <summary>How many were found beyond those that are told.</summary>
    public int More => Count - _told.Count;

    /// <summary>Whether as many were found as are told: to look for those of another kind is not worth its cost.</summary>
    public bool IsFull => _told.Count == Most;

    public Fault First => _told[0];

    public void Add(Fault fault)
    {
        Count++;
        if (!IsFull)
            _told.Add(fault);
    }

    public void AddRange(IEnumerable<Fault> faults)
    {
        foreach (var fault in faults)
            Add(fault);
    }

    /// <summary>Adds others that are only counted.</summary>
    public void AddUntold(int count) => Count += count;

    /// <summary>Adds those that do not follow from what was found before: a missing member is empty, too, and one of the wrong type breaks each of its rules.</summary>
    public void AddIndependent(IEnumerable<Fault> faults)
    {
        var before = _told.Select(f => f.Pointer).OfType<string>().ToArray();
        AddRange(faults.Where(f => f.Pointer is null || !Array.Exists(before, p => Explains(p, f))));
    }

    /// <summary>Whether there is a fault at a place or below it.</summary>
    public bool Touch(string pointer) => _told.Exists(f => f.Pointer is { } at && IsWithin(at, pointer));

    public IEnumerator<Fault> GetEnumerator() => _told.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool Explains(string pointer, Fault fault) =>
        IsWithin(fault.Pointer!, pointer)
        // How many items a list has does not depend on what they are.
        || (IsWithin(pointer, fault.Pointer!) && fault.Code is not ("too-many" or "wrong-length"));

    private static bool IsWithin(string pointer, string above) =>
        pointer.StartsWith(above, StringComparison.Ordinal)
        && (pointer.Length == above.Length || pointer[above.Length] == '/');
}
