namespace Cms.Access;

/// <summary>Who asks: a key, its role, and the sections it is limited to (null: all).</summary>
internal sealed record Caller
{
    public required Guid? KeyId { get; init; }
    public required string Name { get; init; }
    public required Role Role { get; init; }
    public required Guid[]? SectionIds { get; init; }

    /// <summary>When the key ends; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The newsroom's own hand: the command line and the demo.</summary>
    public static readonly Caller System = new()
    {
        KeyId = null,
        Name = "system",
        Role = Role.Admin,
        SectionIds = null,
    };

    public bool May(string permission) => Role.Has(permission);

    /// <summary>Whether a section is in reach, given the way from the root to it.</summary>
    public bool Reaches(IEnumerable<Guid>? sectionPath) =>
        SectionIds is null || (sectionPath is not null && SectionIds.Intersect(sectionPath).Any());
}

internal static class CallerOfRequest
{
    private static readonly object Key = new();

    /// <summary>The authenticated caller; null for the anonymous.</summary>
    public static Caller? FindCaller(this HttpContext context) => context.Items[Key] as Caller;

    /// <summary>The authenticated caller of an endpoint that admits no other.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.FindCaller() ?? throw new InvalidOperationException("The endpoint admits the anonymous.");

    public static void SetCaller(this HttpContext context, Caller caller) => context.Items[Key] = caller;
}
