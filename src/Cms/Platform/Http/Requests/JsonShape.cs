using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Unicode;

namespace Cms.Platform.Http.Requests;

/// <summary>
/// Holds JSON against the type that it is to become, and finds all faults at once with a pointer to each: unknown,
/// repeated and missing members, and values of the wrong type. (System.Text.Json alone stops at the first.)
/// </summary>
internal static class JsonShape
{
    public const string NotText = "invalid-character";
    public const string Duplicate = "duplicate-member";
    private const int MaxItems = 10_000;

    /// <summary>
    /// Reads <paramref name="json"/> as <paramref name="type"/>. Adds a fault for everything that does not fit, and
    /// still reads the rest, so that the other faults of the request can be found too. Null if nothing useful is left.
    /// </summary>
    public static object? Read(JsonElement json, Type type, Faults faults)
    {
        var found = new Faults();
        Check(json, Json.Options.GetTypeInfo(type), "", patch: false, found);
        faults.AddRange(found);
        faults.AddUntold(found.More);
        if (found.Count > 0)
            return WhatFits.Read(json, type, found);
        var value = json.Deserialize(type, Json.Options);
        if (value is null)
            faults.Add(Fault.At("", "wrong-type", "Expected an object."));
        return value;
    }

    /// <summary>Checks a merge patch (RFC 7396): any member may be absent, and null takes away.</summary>
    public static void CheckPatch(JsonElement json, Type type, Faults faults) =>
        Check(json, Json.Options.GetTypeInfo(type), "", patch: true, faults);

    public static string Pointer(string parent, string member) =>
        $"{parent}/{member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    private static void Check(JsonElement json, JsonTypeInfo type, string pointer, bool patch, Faults faults)
    {
        if (json.ValueKind == JsonValueKind.Null && pointer.Length > 0)
            return; // whether null may stand here is the member's to say
        if (MergePatch.TargetOf(type.Type) is { } target)
        {
            Check(json, Json.Options.GetTypeInfo(target), pointer, patch: true, faults);
            return;
        }
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(json, type, pointer, patch, faults);
                break;
            case JsonTypeInfoKind.Enumerable:
                CheckArray(json, type, pointer, faults);
                break;
            case JsonTypeInfoKind.Dictionary:
                CheckDictionary(json, type, pointer, patch, faults);
                break;
            default:
                CheckLeaf(json, type, pointer, faults);
                break;
        }
    }

    private static void CheckObject(
        JsonElement json,
        JsonTypeInfo type,
        string pointer,
        bool patch,
        Faults faults
    )
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(Fault.At(pointer, "wrong-type", $"Expected an object, found {Name(json)}."));
            return;
        }

        string? discriminator = null;
        if (type.PolymorphismOptions is { } polymorphism)
        {
            discriminator = polymorphism.TypeDiscriminatorPropertyName;
            if (Derived(json, polymorphism, pointer, faults) is not { } derived)
                return;
            type = derived;
        }

        var members = type.Properties.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            if (!TryName(member, pointer, faults, out var name))
                continue;
            var at = Pointer(pointer, name);
            if (!seen.Add(name))
                faults.Add(
                    Fault.At(
                        at,
                        "duplicate-member",
                        $"The member '{Text.Short(name)}' is there more than once."
                    )
                );
            else if (name == discriminator)
                continue;
            else if (!members.TryGetValue(name, out var property))
                faults.Add(() => UnknownMember(at, name, members.Keys));
            else if (member.Value.ValueKind == JsonValueKind.Null)
            {
                if (!patch && !property.IsSetNullable)
                    faults.Add(Fault.At(at, "wrong-type", $"'{name}' may not be null."));
            }
            else
                // A merge patch reaches into objects of the target; what is polymorphic or in an array is replaced
                // whole.
                Check(member.Value, Json.Options.GetTypeInfo(property.PropertyType), at, patch, faults);
        }
        if (patch && discriminator is null)
            return;
        foreach (var property in type.Properties)
            if (property.IsRequired && !seen.Contains(property.Name))
                faults.Add(
                    Fault.At(Pointer(pointer, property.Name), "missing", $"'{property.Name}' is missing.")
                );
    }

    private static JsonTypeInfo? Derived(
        JsonElement json,
        JsonPolymorphismOptions polymorphism,
        string pointer,
        Faults faults
    )
    {
        var name = polymorphism.TypeDiscriminatorPropertyName;
        var known = string.Join(", ", polymorphism.DerivedTypes.Select(d => d.TypeDiscriminator));
        // Not TryGetProperty, which fails over the name of another member that is half of a surrogate pair.
        var given = json.EnumerateObject().FirstOrDefault(m => NameOf(m) == name).Value;
        if (given.ValueKind == JsonValueKind.Undefined)
            faults.Add(Fault.At(Pointer(pointer, name), "missing", $"'{name}' is missing: one of {known}."));
        else if (given.ValueKind != JsonValueKind.String)
            faults.Add(Fault.At(Pointer(pointer, name), "wrong-type", $"Expected one of {known}."));
        else
        {
            var type = TextOf(given);
            foreach (var derived in polymorphism.DerivedTypes)
                if (type == (string)derived.TypeDiscriminator!)
                    return Json.Options.GetTypeInfo(derived.DerivedType);
            faults.Add(() =>
                Fault.At(
                    Pointer(pointer, name),
                    "wrong-type",
                    $"There is no '{name}' such as this: one of {known}."
                        + Nearest.Hint(
                            type ?? "",
                            polymorphism.DerivedTypes.Select(d => (string)d.TypeDiscriminator!)
                        )
                )
            );
        }
        return null;
    }

    private static void CheckArray(JsonElement json, JsonTypeInfo type, string pointer, Faults faults)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            faults.Add(
                Fault.At(
                    pointer,
                    "wrong-type",
                    $"Expected an array, found {Name(json)}. Put it into brackets: [ … ]."
                )
            );
            return;
        }
        var element = Json.Options.GetTypeInfo(type.ElementType!);
        var before = faults.Count;
        var i = 0;
        foreach (var item in json.EnumerateArray())
        {
            var at = $"{pointer}/{i++}";
            if (item.ValueKind == JsonValueKind.Null)
                faults.Add(Fault.At(at, "wrong-type", "An item may not be null."));
            else
                Check(item, element, at, patch: false, faults);
        }
        // Each list has its own, lower limit in the rules. This one protects the rules: they check every item.
        if (i > MaxItems && faults.Count == before)
            faults.Add(
                Fault.At(pointer, "too-many", $"No list has more than {MaxItems} items; this has {i}.")
            );
    }

    private static void CheckDictionary(
        JsonElement json,
        JsonTypeInfo type,
        string pointer,
        bool patch,
        Faults faults
    )
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(Fault.At(pointer, "wrong-type", $"Expected an object, found {Name(json)}."));
            return;
        }
        var element = Json.Options.GetTypeInfo(type.ElementType!);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            if (!TryName(member, pointer, faults, out var name))
                continue;
            var at = Pointer(pointer, name);
            // Names with the same stored form are the same.
            if (!seen.Add(Text.Stored(name)))
                faults.Add(
                    Fault.At(
                        at,
                        "duplicate-member",
                        $"The member '{Text.Short(name)}' is there more than once."
                    )
                );
            else if (member.Value.ValueKind != JsonValueKind.Null)
                Check(member.Value, element, at, patch, faults);
            else if (!patch)
                faults.Add(Fault.At(at, "wrong-type", $"'{name}' may not be null."));
        }
    }

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A fault for an unknown member, with the likely intended name.</summary>
    internal static Fault UnknownMember(string pointer, string name, ICollection<string> known) =>
        Fault.At(
            pointer,
            "unknown-member",
            $"There is no member '{Text.Short(name)}' here.{Nearest.Hint(name, known)} Known: "
                + $"{string.Join(", ", known)}."
        );

    internal static bool TryName(JsonProperty member, string pointer, Faults faults, out string name)
    {
        name = NameOf(member) ?? "";
        var fault = NameOf(member) is null ? "half of a surrogate pair" : Text.FindFault(name);
        if (fault is not null)
            faults.Add(Fault.At(pointer, NotText, $"The name of a member holds {fault}."));
        return fault is null;
    }

    private static void CheckLeaf(JsonElement json, JsonTypeInfo type, string pointer, Faults faults)
    {
        var target = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (target == typeof(string))
        {
            CheckText(json, pointer, faults);
            return;
        }
        if (target == typeof(DateTimeOffset) && json.ValueKind == JsonValueKind.String)
        {
            if (Instants.Read(TextOf(json), out _) is { } wrong)
                faults.Add(
                    Fault.At(
                        pointer,
                        wrong.Code,
                        $"Expected a time such as {Instants.Example}"
                            + $"{(wrong.Reason.Length > 0 ? ": " + wrong.Reason : ", found another text")}."
                    )
                );
            return;
        }
        if (!Fits(json, type, target))
            faults.Add(() =>
                Fault.At(
                    pointer,
                    "wrong-type",
                    $"Expected {Expected(target)}, found {Name(json)}.{Hint(json, target)}"
                )
            );
    }

    // Checked without exceptions: a million of them would take a minute.
    private static bool Fits(JsonElement json, JsonTypeInfo type, Type target)
    {
        var isNumber = json.ValueKind == JsonValueKind.Number;
        if (target == typeof(int))
            return isNumber && json.TryGetInt32(out _);
        if (target == typeof(bool))
            return json.ValueKind is JsonValueKind.True or JsonValueKind.False;
        // The serialiser accepts enum names in any case; the contract does not.
        if (target.IsEnum)
            return json.ValueKind == JsonValueKind.String
                && TextOf(json) is { } name
                && ParameterValue.NamesOf(target).ContainsKey(name);
        if (target == typeof(Guid))
            return json.ValueKind == JsonValueKind.String
                && TextOf(json) is not null
                && json.TryGetGuid(out _);
        try
        {
            _ = json.Deserialize(type.Type, Json.Options);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static void CheckText(JsonElement json, string pointer, Faults faults)
    {
        if (json.ValueKind != JsonValueKind.String)
            faults.Add(
                Fault.At(
                    pointer,
                    "wrong-type",
                    $"Expected a string, found {Name(json)}."
                        + (json.ValueKind == JsonValueKind.Number ? " Put it into quotes." : "")
                )
            );
        else if (TextOf(json) is not { } text)
            faults.Add(Fault.At(pointer, NotText, "The text holds half of a surrogate pair."));
        else if (Text.FindFault(text) is { } fault)
            faults.Add(Fault.At(pointer, NotText, $"The text holds {fault}."));
    }

    /// <summary>The value as it should be written.</summary>
    private static string Hint(JsonElement json, Type target)
    {
        if (target == typeof(int) && json.ValueKind == JsonValueKind.Number)
            return $" Whole numbers here go from {int.MinValue} to {int.MaxValue}.";
        if (json.ValueKind != JsonValueKind.String || TextOf(json) is not { } text)
            return "";
        if (target.IsEnum)
            return Nearest.Hint(text.Trim(), ParameterValue.NamesOf(target).Keys);
        if (target == typeof(bool))
            return bool.TryParse(text, out var value)
                ? $" Write {(value ? "true" : "false")} without quotes."
                : "";
        if (target == typeof(int) || target == typeof(double))
            return double.TryParse(
                text,
                System.Globalization.NumberStyles.Float,
                System.Globalization.CultureInfo.InvariantCulture,
                out _
            )
                ? " Write the number without quotes."
                : "";
        return target == typeof(Guid) && Guid.TryParse(text, out var id) ? $" Write it as {id}." : "";
    }

    private static string Expected(Type type) =>
        type.IsEnum ? "one of " + string.Join(", ", ParameterValue.NamesOf(type).Keys)
        : type == typeof(Guid) ? "an id (a UUID)"
        : type == typeof(DateTimeOffset) ? "a time such as 2026-10-01T08:00:00Z"
        : type == typeof(bool) ? "true or false"
        : type == typeof(int) ? "a whole number"
        : "a number";

    private static string Name(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "a boolean",
            JsonValueKind.Array => "an array",
            JsonValueKind.Object => "an object",
            _ => "null",
        };
}
