namespace Cms.Publishing.Bodies.Blocks;

/// <summary>The numbering of a list, in one canonical form: defaults are null.</summary>
internal readonly record struct ListNumbers(
    bool Ordered,
    int? Start,
    bool? Reversed,
    ListNumbering? Numbering
)
{
    /// <summary>The numbers of a list with so many items, and the values that its items state.</summary>
    public static (ListNumbers Numbers, int?[] Values) Of(
        bool ordered,
        int? start,
        bool? reversed,
        ListNumbering? numbering,
        IReadOnlyList<int?> values
    )
    {
        var kept = new int?[values.Count];
        if (!ordered)
            return (default, kept);
        var numbers = new ListNumbers(true, start, reversed is true ? true : null, numbering);
        if (values.Count > 0 && values[0] is { } first)
            numbers = numbers with { Start = first };
        if (numbers.Start == numbers.Default(values.Count))
            numbers = numbers with { Start = null };
        long next = numbers.First(values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0 && values[i] is { } value && value != next)
            {
                kept[i] = value;
                next = value;
            }

            next += numbers.Step;
        }

        return (numbers, kept);
    }

    public static ListNumbers Of(ListBlock list) =>
        new(list.Ordered, list.Start, list.Reversed, list.Numbering);

    public static ListNumbers Of(NestedList list) =>
        new(list.Ordered, list.Start, list.Reversed, list.Numbering);

    public int Step => Reversed is true ? -1 : 1;

    /// <summary>Whether Markdown can express it; otherwise it is written as HTML.</summary>
    public bool IsPlain => Reversed is null && Numbering is null;

    /// <summary>The number of the first of so many items.</summary>
    public int First(int items) => Start ?? Default(items);

    private int Default(int items) => Reversed is true ? items : 1;
}
