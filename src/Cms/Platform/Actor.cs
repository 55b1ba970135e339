namespace Cms.Platform;

/// <summary>Who did something at the desk: a key or a person.</summary>
internal sealed record Actor
{
    /// <summary>UUIDv7: the key's id, or the person's.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether it is a key or a person.</summary>
    public required ActorKind Kind { get; init; }

    /// <summary>The key's name, or the person's.</summary>
    /// <example>Newsdesk</example>
    public required string Name { get; init; }
}

internal enum ActorKind
{
    /// <summary>An API key.</summary>
    Key,

    /// <summary>Somebody who came with a token of the newsroom's OpenID Connect provider.</summary>
    Person,
}
