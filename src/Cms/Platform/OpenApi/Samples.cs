using System.Text.Json.Nodes;

namespace Cms.Platform.OpenApi;

/// <summary>Examples of bodies: the files beside this one, named after their operation.</summary>
internal static class Samples
{
    public static JsonNode? Request(string operation) => Read($"{operation}.request.json");

    public static JsonNode? Answer(string operation) => Read($"{operation}.answer.json");

    private static JsonNode? Read(string name)
    {
        using var file = typeof(Samples).Assembly.GetManifestResourceStream($"OpenApi/{name}");
        return file is null ? null : JsonNode.Parse(file);
    }
}
