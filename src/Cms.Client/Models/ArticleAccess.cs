using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cms.Client;

/// <summary>
/// Who may read an article to its end. A value that this client does not know yet is kept as it came:
/// show such an article as if it were behind the wall.
/// </summary>
/// <param name="Value">The value as it is in JSON, such as <c>registered</c>.</param>
[JsonConverter(typeof(ArticleAccessConverter))]
public readonly record struct ArticleAccess(string Value)
{
    /// <summary>Anyone.</summary>
    public static ArticleAccess Public { get; } = new("public");

    /// <summary>Readers who have registered.</summary>
    public static ArticleAccess Registered { get; } = new("registered");

    /// <summary>Subscribers.</summary>
    public static ArticleAccess Subscriber { get; } = new("subscriber");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}

internal sealed class ArticleAccessConverter : JsonConverter<ArticleAccess>
{
    public override ArticleAccess Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    ) => new(Words.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, ArticleAccess value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

/// <summary>Reads the value of an open set of words.</summary>
internal static class Words
{
    public static string Read(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String
            ? reader.GetString()!
            : throw new JsonException("Expected a string.");
}
