using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cms.Platform.Unicode;

namespace Cms.Platform.Http.Requests;

/// <summary>Text in which spaces and line breaks at the ends count, such as code: it is stored with them.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class VerbatimAttribute : Attribute;

/// <summary>An empty value differs from a missing one here: it has its own meaning, or a rule refuses it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EmptyIsNotNullAttribute : Attribute;

/// <summary>
/// Converts every string of a body to its stored form (<see cref="Text.Stored"/>) where it is read, so that no field
/// can be forgotten. An optional string that is empty becomes null.
/// </summary>
internal sealed class InputText : JsonConverter<string>
{
    private readonly Func<string, string> _form;

    private InputText(Func<string, string> form) => _form = form;

    public static InputText Stored { get; } = new(Text.Stored);

    private static InputText Verbatim { get; } = new(Text.WithoutVariants);

    /// <summary>For the JSON options: applies the attributes of a property.</summary>
    public static void Apply(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType != typeof(string))
                continue;
            if (property.AttributeProvider?.IsDefined(typeof(VerbatimAttribute), inherit: true) == true)
                property.CustomConverter = Verbatim;
            if (
                property is { IsSetNullable: true, Set: { } set }
                && property.AttributeProvider?.IsDefined(typeof(EmptyIsNotNullAttribute), inherit: true)
                    != true
            )
                property.Set = (target, value) => set(target, value is "" ? null : value);
        }
    }

    public override string Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException("Expected a string.");
        string text;
        try
        {
            text = reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("The string holds half of a surrogate pair.", e);
        }
        return Text.FindFault(text) is { } fault
            ? throw new JsonException($"The string holds {fault}.")
            : _form(text);
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);

    public override string ReadAsPropertyName(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    ) => _form(reader.GetString()!);

    public override void WriteAsPropertyName(
        Utf8JsonWriter writer,
        string value,
        JsonSerializerOptions options
    ) => writer.WritePropertyName(value);
}
