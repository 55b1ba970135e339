using System.Text.Json.Serialization;
using Cms.Platform.Http.Validation;

namespace Cms.Platform.Http.Problems;

/// <summary>A refusal as RFC 9457 problem details.</summary>
internal sealed record Problem
{
    public const string ContentType = "application/problem+json";

    /// <summary>Relative URL of a page that explains this kind of problem.</summary>
    /// <example>/problems/invalid</example>
    public required string Type { get; init; }

    /// <summary>The kind of problem in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status code, again.</summary>
    public required int Status { get; init; }

    /// <summary>What was wrong with this request, for a person.</summary>
    public required string Detail { get; init; }

    /// <summary>The path of the request.</summary>
    public required string Instance { get; init; }

    /// <summary>The kind of problem for a program: stable, kebab-case.</summary>
    /// <example>invalid</example>
    public required string Code { get; init; }

    /// <summary>Finds the request in the server's log.</summary>
    public required string TraceId { get; init; }

    /// <summary>The faults of the input, at most 100 of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyCollection<Fault>? Errors { get; init; }

    /// <summary>
    /// How many faults there are beyond those in <c>errors</c>. Absent if <c>errors</c> has all of them.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MoreErrors { get; init; }

    /// <summary>With <c>revision-changed</c>: the revision that the resource has now.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? CurrentRevision { get; init; }

    /// <summary>
    /// With <c>revision-changed</c> of an article: who saved the present revision; null if it was the
    /// newsroom's own command line.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Actor? ChangedBy { get; init; }

    /// <summary>With <c>revision-changed</c> of an article: when the present revision was saved.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>
    /// With <c>revision-changed</c> of an article: the members that differ between the revision that <c>If-Match</c>
    /// names and the present one. Absent if it names none that there ever was.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Changed { get; init; }

    /// <summary>With <c>merge-conflict</c>: the members and blocks that both edits touch.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EditConflict>? Conflicts { get; init; }

    /// <summary>With <c>batch-refused</c>: the acts that cannot be done, each with its problem.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ActProblem>? Acts { get; init; }

    /// <summary>With <c>in-use</c>: what uses the resource; the first ten.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Usage>? UsedBy { get; init; }

    /// <summary>
    /// With <c>wrong-status</c>: what your key may do with the article now, by the names in addresses; <c>change</c> is
    /// PATCH, <c>trash</c> is DELETE.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Allowed { get; init; }

    /// <summary>With <c>sync-expired</c>: the address to start again at.</summary>
    /// <example>/v1/sync?section=power</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Restart { get; init; }

    /// <summary>With <c>withdrawn</c>: what the newsroom says of it to its readers, in plain text.</summary>
    /// <example>This article was removed because its main source has withdrawn what he said.</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Notice { get; init; }
}

/// <summary>An act of a batch that cannot be done.</summary>
internal sealed record ActProblem
{
    /// <summary>Its position in `acts`, from 0.</summary>
    public required int Act { get; init; }

    /// <summary>What its own endpoint would have answered; pointers are into that request.</summary>
    public required Problem Problem { get; init; }
}

/// <summary>
/// One fault of the input: where it is (<c>pointer</c> into the body, or the name of a <c>parameter</c>) and what it
/// is.
/// </summary>
internal sealed record Fault
{
    /// <summary>JSON pointer (RFC 6901) into the request's body.</summary>
    /// <example>/headline</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pointer { get; init; }

    /// <summary>
    /// Name of the query, path or header parameter as written in the request: <c>as-you-type</c>, <c>If-Match</c>.
    /// </summary>
    /// <example>limit</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parameter { get; init; }

    /// <summary>What is wrong, for a program: stable, kebab-case.</summary>
    /// <example>too-long</example>
    public required string Code { get; init; }

    /// <summary>What is wrong, for a person.</summary>
    public required string Detail { get; init; }

    /// <summary>The maximum length of a pointer and of a message, since both may quote the input.</summary>
    public const int MaxLength = 1_000;

    public static Fault At(string pointer, string code, string detail) =>
        new()
        {
            Pointer = Cut(pointer),
            Code = code,
            Detail = Cut(detail),
        };

    public static Fault Of(string parameter, string code, string detail) =>
        new()
        {
            Parameter = Cut(parameter),
            Code = code,
            Detail = Cut(detail),
        };

    internal static string Cut(string text)
    {
        if (text.Length <= MaxLength)
            return text;
        var end = char.IsHighSurrogate(text[MaxLength - 2]) ? MaxLength - 2 : MaxLength - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}

/// <summary>What may use a resource.</summary>
internal enum UsageType
{
    Article,
    Section,
    Author,
    Key,
}

/// <summary>Something that uses a resource and so keeps it from being deleted.</summary>
internal sealed record Usage
{
    /// <summary>What it is.</summary>
    /// <example>article</example>
    [NamesOf(typeof(UsageType))]
    public required string Type { get; init; }

    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its headline or name.</summary>
    public required string Name { get; init; }
}

/// <summary>What an edit did to a member or a block.</summary>
internal enum EditAct
{
    /// <summary>It says something else.</summary>
    Changed,

    /// <summary>It stands elsewhere.</summary>
    Moved,

    /// <summary>It is gone.</summary>
    Removed,
}

/// <summary>Something that two edits touch in ways that cannot both be kept.</summary>
internal sealed record EditConflict
{
    /// <summary>The member of the article.</summary>
    /// <example>body</example>
    public required string Member { get; init; }

    /// <summary>The id of the block, in the body; otherwise null.</summary>
    public required string? Block { get; init; }

    /// <summary>What your edit does to it.</summary>
    public required EditAct Mine { get; init; }

    /// <summary>What was done to it since the revision that your edit starts from.</summary>
    public required EditAct Theirs { get; init; }
}
