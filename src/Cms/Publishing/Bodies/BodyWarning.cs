namespace Cms.Publishing.Bodies;

/// <summary>Something that the request's body held and the saved body does not.</summary>
internal sealed record BodyWarning
{
    /// <summary>JSON pointer into the request: `/body/html`, `/body/blocks/3/html`.</summary>
    /// <example>/body/html</example>
    public required string Pointer { get; init; }

    /// <summary>
    /// What happened, for programs; it never changes. `removed-script`, `removed-handler`, `removed-style`, `removed-formatting`,
    /// `removed-comment`, `removed-metadata`, `removed-form`, `removed-hidden`, `removed-tracking`, `removed-media`, `removed-link`,
    /// `removed-attribute`, `changed-link`, `changed-number`, `flattened`; and `more`, the last, where there were too many to list.
    /// </summary>
    /// <example>removed-media</example>
    public required string Code { get; init; }

    /// <summary>The element that it happened to; null where it was none.</summary>
    /// <example>img</example>
    public required string? Element { get; init; }

    /// <summary>How many times it happened.</summary>
    public required int Count { get; init; }

    /// <summary>A sentence for people: what was left out, where the first of it stood, and its address or the beginning of its text.</summary>
    /// <example>A picture was left out, because its address is not one that readers can open: file:///C:/pictures/bridge.png. Upload it, and use the image's id. (line 3, column 14)</example>
    public required string Detail { get; init; }
}
