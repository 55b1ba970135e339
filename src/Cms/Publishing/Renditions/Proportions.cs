using System.Globalization;

namespace Cms.Publishing.Renditions;

/// <summary>Width to height, in lowest terms.</summary>
internal sealed record Proportions
{
    /// <summary>Those that have a name of their own in addresses.</summary>
    public static readonly IReadOnlyList<Proportions> Named =
    [
        Of(16, 9),
        Of(4, 3),
        Of(3, 2),
        Of(1, 1),
        Of(9, 16),
    ];

    private Proportions(int width, int height) => (Width, Height) = (width, height);

    public int Width { get; }
    public int Height { get; }

    public bool IsNamed => Named.Contains(this);

    public static Proportions Of(int width, int height)
    {
        var divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(width, height);
        return new(width / divisor, height / divisor);
    }

    /// <summary>Those of a name, such as <c>16x9</c>; null: none has it.</summary>
    public static Proportions? Find(string name)
    {
        foreach (var known in Named)
            if (known.ToString() == name)
                return known;
        return null;
    }

    /// <summary>The height beside a width; at least 1.</summary>
    public int HeightFor(int width) =>
        (int)Math.Max(1, Math.Round((double)width * Height / Width, MidpointRounding.AwayFromZero));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}");
}
