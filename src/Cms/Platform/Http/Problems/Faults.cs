using System.Collections;

namespace Cms.Platform.Http.Problems;

/// <summary>
/// The faults of a request in the order in which they were found. The first <see cref="Max"/> are kept and the others
/// counted, so that the answer has a maximum size.
/// </summary>
internal sealed class Faults : IReadOnlyCollection<Fault>
{
    /// <summary>How many faults an answer lists.</summary>
    public const int Max = 100;

    private readonly List<Fault> _told = [];

    /// <summary>How many were found.</summary>
    public int Count { get; private set; }

    /// <summary>How many were found beyond those that are listed.</summary>
    public int More => Count - _told.Count;

    /// <summary>Whether the list is full: then checking for faults of another kind is not worth its cost.</summary>
    public bool IsFull => _told.Count == Max;

    public Fault First => _told[0];

    public void Add(Fault fault)
    {
        Count++;
        if (!IsFull)
            _told.Add(fault);
    }

    /// <summary>Adds a fault that is created only if it is listed: a hostile body has a million of them.</summary>
    public void Add(Func<Fault> fault)
    {
        if (IsFull)
            Count++;
        else
            Add(fault());
    }

    public void AddRange(IEnumerable<Fault> faults)
    {
        foreach (var fault in faults)
            Add(fault);
    }

    /// <summary>Counts further faults without listing them.</summary>
    public void AddUntold(int count) => Count += count;

    /// <summary>
    /// Adds the faults that do not follow from earlier ones: a missing member is also empty, and a member of the wrong
    /// type breaks all its rules.
    /// </summary>
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
        // The length of a list does not depend on its items.
        || (IsWithin(pointer, fault.Pointer!) && fault.Code is not ("too-many" or "wrong-length"));

    private static bool IsWithin(string pointer, string above) =>
        pointer.StartsWith(above, StringComparison.Ordinal)
        && (pointer.Length == above.Length || pointer[above.Length] == '/');
}
