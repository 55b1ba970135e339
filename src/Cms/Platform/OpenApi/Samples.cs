using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Cms.Platform.OpenApi;

/// <summary>Examples of bodies: the files beside this one, named after their operation.</summary>
internal static class Samples
{
    public static JsonNode? Request(string operation) => Read($"{operation}.request.json");

    /// <summary>
    /// An answer has every member of its schema. Its file leaves out what is null, so that a new member needs no word
    /// in examples that do not show it.
    /// </summary>
    public static JsonNode? Answer(string operation, IOpenApiSchema schema, OpenApiDocument document) =>
        Read($"{operation}.answer.json") is { } sample ? Completed(sample, schema, document) : null;

    private static JsonNode? Read(string name)
    {
        using var file = typeof(Samples).Assembly.GetManifestResourceStream($"OpenApi/{name}");
        return file is null ? null : JsonNode.Parse(file);
    }

    private static JsonNode? Completed(JsonNode? value, IOpenApiSchema schema, OpenApiDocument document)
    {
        var own = Resolved(schema, document);
        switch (value)
        {
            case JsonArray items when own.Items is { } item:
                return new JsonArray([.. items.Select(i => Completed(i?.DeepClone(), item, document))]);
            case JsonObject members when own.Properties is { Count: > 0 } properties:
                var whole = new JsonObject();
                foreach (var (name, property) in properties)
                    if (members.TryGetPropertyValue(name, out var said))
                        whole.Add(name, Completed(said?.DeepClone(), property, document));
                    else if (own.Required?.Contains(name) == true && MayBeNull(property))
                        whole.Add(name, null);
                // What the schema does not know stays, for the linters to find.
                foreach (var (name, said) in members)
                    if (!properties.ContainsKey(name))
                        whole.Add(name, said?.DeepClone());
                return whole;
            default:
                return value?.DeepClone();
        }
    }

    private static IOpenApiSchema Resolved(IOpenApiSchema schema, OpenApiDocument document) =>
        schema switch
        {
            OpenApiSchemaReference reference => document.Components!.Schemas![reference.Reference.Id!],
            { OneOf: { } either } when MayBeNull(schema) => Resolved(
                either.First(s => s.Type != JsonSchemaType.Null),
                document
            ),
            _ => schema,
        };

    private static bool MayBeNull(IOpenApiSchema schema) =>
        schema is OpenApiSchema
        && (
            schema.Type?.HasFlag(JsonSchemaType.Null) == true
            || schema.OneOf?.Any(s => s is OpenApiSchema && s.Type == JsonSchemaType.Null) == true
        );
}
