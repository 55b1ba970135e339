using System.Text.Json;
using System.Text.Json.Nodes;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;

namespace Cms.Platform.Http.Requests;

/// <summary>A merge patch (RFC 7396) for a <typeparamref name="T"/>, and the faults of its members.</summary>
internal sealed class MergePatch<T>(JsonObject members, Faults faults)
    where T : notnull
{
    public MergePatch(JsonObject members)
        : this(members, []) { }

    public JsonObject Members => members;

    /// <summary>The patch with other members, and with the faults that it has.</summary>
    public MergePatch<T> With(JsonObject others) => new(others, faults);

    /// <summary>
    /// Applies the patch to <paramref name="current"/> and reads the result as strictly as a new resource. All its
    /// faults come at once: types, rules, and what <paramref name="references"/> finds.
    /// </summary>
    /// <param name="current">The resource as it would be written.</param>
    /// <param name="rules">Finds violations of rules.</param>
    /// <param name="references">Adds the faults that only the database can find.</param>
    /// <param name="replaced">Members that are replaced whole instead of merged.</param>
    /// <exception cref="Refused">422.</exception>
    public async Task<T> ApplyAsync(
        T current,
        Func<T, IEnumerable<Fault>> rules,
        Func<T, Faults, Task>? references = null,
        params string[] replaced
    )
    {
        var target = JsonSerializer.SerializeToNode(current, Json.Options)!.AsObject();
        foreach (var name in replaced)
            if (members.ContainsKey(name))
                target.Remove(name);
        var merged = JsonSerializer.SerializeToElement(MergePatch.Merge(target, members)!);
        var all = new Faults();
        all.AddRange(faults);
        // Members that the patch removes may be missing; faulty members were reported before, and removed from it.
        var found = new Faults();
        var value = JsonShape.Read(merged, typeof(T), found);
        all.AddIndependent(found);
        if (value is not null)
        {
            all.AddIndependent(rules((T)value));
            if (references is not null)
                await references((T)value, all);
        }
        JsonBody.RefuseIfFaulty(all);
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

    /// <summary>The patch without its faulty members, and their faults; null if no part of it can be applied.</summary>
    public static object? Create(Type type, JsonElement json, Faults faults) =>
        WhatFits.Without(json, faults) is { } members
            ? Activator.CreateInstance(type, members, faults)
            : null;
}
