namespace Cms.Publishing.Bodies;

/// <summary>A part of the sent body that was not saved.</summary>
internal sealed record BodyWarning
{
    /// <summary>JSON pointer into the request: `/body/html`, `/body/blocks/3/html`.</summary>
    /// <example>/body/html</example>
    public required string Pointer { get; init; }

    /// <summary>
    /// What happened. Codes never change. `removed-script`, `removed-handler`, `removed-style`, `removed-formatting`,
    /// `removed-comment`, `removed-metadata`, `removed-form`, `removed-hidden`, `removed-tracking`, `removed-media`,
    /// `removed-link`, `removed-attribute`, `changed-link`, `changed-number`, `flattened`; and `more`, as the last one,
    /// if there were too many to list.
    /// </summary>
    /// <example>removed-media</example>
    public required string Code { get; init; }

    /// <summary>The element that was affected; null if none.</summary>
    /// <example>img</example>
    public required string? Element { get; init; }

    /// <summary>How many times it happened.</summary>
    public required int Count { get; init; }

    /// <summary>
    /// A sentence for people: what was left out, where it first occurred, and its address or the beginning of its text.
    /// </summary>
    /// <example>A picture was left out, because its address is not one that readers can open:
    /// file:///C:/pictures/bridge.png. Upload it, and use the image's id. (line 3, column 14)</example>
    public required string Detail { get; init; }
}
