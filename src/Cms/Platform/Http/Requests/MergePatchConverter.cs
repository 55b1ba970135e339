using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cms.Platform.Http.Requests;

/// <summary>
/// A merge patch as a member of something else. Its form is checked with the whole (<see cref="JsonShape"/>), its rules
/// when it is applied.
/// </summary>
internal sealed class MergePatchConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => MergePatch.TargetOf(typeToConvert) is not null;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)
            Activator.CreateInstance(typeof(Of<>).MakeGenericType(MergePatch.TargetOf(typeToConvert)!))!;

    private sealed class Of<T> : JsonConverter<MergePatch<T>>
        where T : notnull
    {
        public override MergePatch<T> Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) =>
            JsonNode.Parse(ref reader) is JsonObject members
                ? new(members)
                : throw new JsonException("Expected an object.");

        public override void Write(
            Utf8JsonWriter writer,
            MergePatch<T> value,
            JsonSerializerOptions options
        ) => value.Members.WriteTo(writer, options);
    }
}
