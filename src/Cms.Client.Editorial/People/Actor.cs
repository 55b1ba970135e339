using System.Text.Json.Serialization;

namespace Cms.Client.Editorial;

/// <summary>A key or a person, as those see it who work beside it.</summary>
public sealed record Actor
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether it is a key or a person; null from a server that does not say.</summary>
    public ActorKind? Kind { get; init; }

    /// <summary>Its name, such as <c>Newsdesk</c>.</summary>
    public required string Name { get; init; }
}

/// <summary>What an actor is. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>person</c>.</param>
[JsonConverter(typeof(ActorKindConverter))]
public readonly record struct ActorKind(string Value)
{
    /// <summary>An API key.</summary>
    public static ActorKind Key { get; } = new("key");

    /// <summary>A person, who signs in with an OpenID Connect provider.</summary>
    public static ActorKind Person { get; } = new("person");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}
