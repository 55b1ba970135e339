using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;

namespace Cms.Platform.Lists;

/// <summary>
/// Reads JSON without its faulty parts, only to check the rest against rules and references;
/// the result is then discarded. So one answer lists all kinds of faults.
/// </summary>
internal static class WhatFits
{
    private static readonly JsonSerializerOptions Lenient = Relaxed();

    public static object? Read(JsonElement json, Type type, Faults faults) =>
        Without(json, faults) is { } rest ? Deserialize(rest, type) : null;

    /// <summary>
    /// The object without its faults: faulty members are removed, faulty items of a list become empty. Null if the rest
    /// cannot be checked.
    /// </summary>
    public static JsonObject? Without(JsonElement json, Faults faults)
    {
        if (
            json.ValueKind != JsonValueKind.Object
            || faults.IsFull
            || faults.Any(f => f.Code == JsonShape.Duplicate || f.Pointer!.Length >= Fault.MaxLength)
        )
            return null;
        try
        {
            var root = JsonObject.Create(json.Clone())!;
            foreach (var fault in faults)
                Remove(root, fault.Pointer!);
            return root;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // A name of which half is missing.
            return null;
        }
    }

    public static object? Deserialize(JsonObject rest, Type type)
    {
        try
        {
            return rest.Deserialize(type, Lenient);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            // The last: a name of which half is missing, which is found only when it is read.
            return null;
        }
    }

    private static void Remove(JsonObject root, string pointer)
    {
        JsonNode? at = root;
        var names = pointer.Split('/')[1..];
        for (var i = 0; i < names.Length && at is not null; i++)
        {
            var name = names[i]
                .Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            var isLast = i == names.Length - 1;
            if (
                at is JsonArray list
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            )
            {
                if (isLast && n < list.Count)
                    list[n] = null;
                at = isLast || n >= list.Count ? null : list[n];
            }
            else if (at is JsonObject members)
            {
                // A block of unknown type cannot be checked.
                if (isLast && name == "type" && at.Parent is JsonArray blocks)
                    blocks[blocks.IndexOf(at)] = null;
                else if (isLast)
                    members.Remove(name);
                at = isLast ? null : members[name];
            }
            else
                at = null;
        }
    }

    private static JsonSerializerOptions Relaxed()
    {
        var options = new JsonSerializerOptions(Json.Options)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
            RespectNullableAnnotations = false,
        };
        options.TypeInfoResolver = options.TypeInfoResolver!.WithAddedModifier(static type =>
        {
            foreach (var property in type.Properties)
                property.IsRequired = false;
        });
        return options;
    }
}
