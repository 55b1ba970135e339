using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cms.Platform.Http;

/// <summary>A merge patch (RFC 7396) for a <typeparamref name="T"/>, its members already known to exist and to be of the right type.</summary>
internal sealed class MergePatch<T>(JsonObject members)
    where T : notnull
{
    public JsonObject Members => members;

    /// <summary>
    /// Lays the patch over <paramref name="current"/> and reads the outcome as strictly as a whole new resource would be.
    /// </summary>
    /// <param name="current">The resource as it would be written.</param>
    /// <param name="replaced">Members that are replaced whole instead of merged.</param>
    /// <exception cref="Refused">422: the outcome lacks a member that it must have.</exception>
    public T ApplyTo(T current, params ReadOnlySpan<string> replaced)
    {
        var target = JsonSerializer.SerializeToNode(current, Json.Options)!.AsObject();
        foreach (var name in replaced)
            if (members.ContainsKey(name))
                target.Remove(name);
        var merged = MergePatch.Merge(target, members)!;
        var faults = new List<Fault>();
        if (!JsonShape.TryRead(JsonSerializer.SerializeToElement(merged), typeof(T), faults, out var value))
            throw Refused.Invalid(faults);
        return (T)value!;
    }
}

/// <summary>RFC 7396.</summary>
internal static class MergePatch
{
    /// <summary>The algorithm of section 2.</summary>
    public static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject members)
            return patch?.DeepClone();
        var result = target as JsonObject ?? [];
        foreach (var (name, value) in members)
            if (value is null)
                result.Remove(name);
            else if (result.TryGetPropertyValue(name, out var old))
            {
                result.Remove(name);
                result[name] = Merge(old, value);
            }
            else
                result[name] = Merge(null, value);
        return result;
    }

    /// <summary>The <c>T</c> of a <see cref="MergePatch{T}"/>; null for any other type.</summary>
    public static Type? TargetOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(MergePatch<>)
            ? type.GetGenericArguments()[0]
            : null;

    // A copy: the patch outlives the document that it was read from.
    public static object Create(Type type, JsonElement json) =>
        Activator.CreateInstance(type, JsonObject.Create(json.Clone()))!;
}
