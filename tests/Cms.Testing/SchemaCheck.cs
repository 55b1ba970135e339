using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cms.Testing;

/// <summary>
/// Holds JSON against a JSON Schema (2020-12) of an OpenAPI 3.1 document: the keywords that the document uses, and an
/// exception for any other, so that none is passed over in silence.
/// </summary>
/// <param name="document">The whole document, in which references are looked up.</param>
internal sealed class SchemaCheck(JsonObject document)
{
    private readonly List<string> _faults = [];

    /// <summary>
    /// Everything in which <paramref name="value"/> differs from <paramref name="schema"/>, with a pointer to each
    /// place.
    /// </summary>
    public static IReadOnlyList<string> Faults(JsonObject document, JsonNode schema, JsonNode? value)
    {
        var check = new SchemaCheck(document);
        check.Check(schema, value, "");
        return check._faults;
    }

    /// <summary>Follows a local reference.</summary>
    public static JsonObject Resolve(JsonObject document, JsonNode node)
    {
        if ((string?)node["$ref"] is not { } reference)
            return node.AsObject();
        JsonNode? found = document;
        foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            found = found?[
                part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
            ];
        return Resolve(document, found ?? throw new InvalidOperationException($"{reference} leads nowhere."));
    }

    private void Check(JsonNode schema, JsonNode? value, string at)
    {
        if (schema is JsonValue always)
        {
            if (!always.GetValue<bool>())
                Fault(at, "nothing is allowed here");
            return;
        }
        foreach (var (keyword, rule) in schema.AsObject())
            Apply(keyword, rule!, schema.AsObject(), value, at);
    }

    private void Apply(string keyword, JsonNode rule, JsonObject schema, JsonNode? value, string at)
    {
        switch (keyword)
        {
            case "$ref":
                Check(Resolve(document, schema), value, at);
                break;
            case "type":
                var types = rule is JsonArray several ? several.Select(t => (string)t!) : [(string)rule!];
                if (!types.Any(t => Is(value, t)))
                    Fault(at, $"{Show(value)} is not {string.Join(" or ", types)}");
                break;
            case "enum":
                if (!rule.AsArray().Any(one => JsonNode.DeepEquals(one, value)))
                    Fault(at, $"{Show(value)} is none of {rule.ToJsonString()}");
                break;
            case "const":
                if (!JsonNode.DeepEquals(rule, value))
                    Fault(at, $"{Show(value)} is not {rule.ToJsonString()}");
                break;
            case "allOf":
                foreach (var one in rule.AsArray())
                    Check(one!, value, at);
                break;
            case "anyOf":
                if (!rule.AsArray().Any(one => Fits(one!, value)))
                    Fault(at, "fits none of anyOf");
                break;
            case "oneOf":
                OneOf(rule.AsArray(), schema["discriminator"], value, at);
                break;
            case "not":
                if (Fits(rule, value))
                    Fault(at, $"{Show(value)} fits what it must not fit");
                break;
            case "properties"
            or "required"
            or "additionalProperties"
            or "propertyNames"
            or "minProperties"
            or "maxProperties"
            or "dependentRequired" when value is JsonObject members:
                Object(keyword, rule, schema, members, at);
                break;
            case "items" or "minItems" or "maxItems" or "uniqueItems" when value is JsonArray items:
                Array(keyword, rule, items, at);
                break;
            case "minLength"
            or "maxLength"
            or "pattern"
            or "format" when value?.GetValueKind() == JsonValueKind.String:
                Text(keyword, rule, (string)value!, at);
                break;
            case "minimum"
            or "maximum"
            or "exclusiveMinimum"
            or "exclusiveMaximum" when value?.GetValueKind() == JsonValueKind.Number:
                Number(keyword, (double)rule, (double)value, at);
                break;
            // These say nothing of values of another type.
            case "properties"
            or "required"
            or "additionalProperties"
            or "propertyNames"
            or "minProperties"
            or "maxProperties"
            or "dependentRequired"
            or "items"
            or "minItems"
            or "maxItems"
            or "uniqueItems":
            case "minLength" or "maxLength" or "pattern" or "format":
            case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum":
            case "title" or "description" or "default" or "examples" or "deprecated" or "discriminator":
                break;
            default:
                throw new NotSupportedException($"The check does not know the keyword '{keyword}'.");
        }
    }

    private void OneOf(JsonArray choices, JsonNode? discriminator, JsonNode? value, string at)
    {
        // The discriminator names the one choice, and so lets its own faults be told.
        if (
            value is JsonObject members
            && (string?)discriminator?["propertyName"] is { } property
            && members[property]?.GetValueKind() == JsonValueKind.String
            && (string?)discriminator["mapping"]?[(string)members[property]!] is { } mapped
        )
        {
            Check(new JsonObject { ["$ref"] = mapped }, value, at);
            return;
        }
        var fitting = choices.Where(one => Fits(one!, value)).ToList();
        if (fitting.Count == 1)
            return;
        Fault(at, $"fits {fitting.Count} of the {choices.Count} choices of oneOf");
        if (fitting.Count > 0 || value is null)
            return;
        foreach (var one in choices.Where(c => (string?)c!["type"] != "null"))
            Check(one!, value, at);
    }

    private void Object(string keyword, JsonNode rule, JsonObject schema, JsonObject members, string at)
    {
        switch (keyword)
        {
            case "properties":
                foreach (var (name, member) in members)
                    if (rule[name] is { } property)
                        Check(property, member, $"{at}/{name}");
                break;
            case "required":
                foreach (var name in rule.AsArray().Select(n => (string)n!))
                    if (!members.ContainsKey(name))
                        Fault($"{at}/{name}", "is missing");
                break;
            case "propertyNames":
                foreach (var (name, _) in members)
                    Check(rule, JsonValue.Create(name), $"{at}/{name}");
                break;
            case "minProperties" when members.Count < (int)rule:
                Fault(at, $"has {members.Count} members, fewer than {(int)rule}");
                break;
            case "maxProperties" when members.Count > (int)rule:
                Fault(at, $"has {members.Count} members, more than {(int)rule}");
                break;
            case "minProperties" or "maxProperties":
                break;
            case "dependentRequired":
                foreach (var (name, others) in rule.AsObject().Where(r => members.ContainsKey(r.Key)))
                foreach (var other in others!.AsArray().Where(o => !members.ContainsKey((string)o!)))
                    Fault($"{at}/{other}", $"is missing beside {name}");
                break;
            default:
                foreach (var (name, member) in members)
                    if (schema["properties"]?[name] is null)
                    {
                        if (rule is JsonValue flag && !flag.GetValue<bool>())
                            Fault($"{at}/{name}", "is not declared");
                        else
                            Check(rule, member, $"{at}/{name}");
                    }
                break;
        }
    }

    private void Array(string keyword, JsonNode rule, JsonArray items, string at)
    {
        if (keyword == "minItems" && items.Count < (int)rule)
            Fault(at, $"has {items.Count} items, fewer than {(int)rule}");
        if (keyword == "maxItems" && items.Count > (int)rule)
            Fault(at, $"has {items.Count} items, more than {(int)rule}");
        if (keyword == "uniqueItems" && items.Select(i => i?.ToJsonString()).Distinct().Count() < items.Count)
            Fault(at, "has an item twice");
        if (keyword == "items")
            for (var i = 0; i < items.Count; i++)
                Check(rule, items[i], string.Create(CultureInfo.InvariantCulture, $"{at}/{i}"));
    }

    private void Text(string keyword, JsonNode rule, string text, string at)
    {
        var length = text.EnumerateRunes().Count();
        if (keyword == "minLength" && length < (int)rule)
            Fault(at, $"has {length} characters, fewer than {(int)rule}");
        if (keyword == "maxLength" && length > (int)rule)
            Fault(at, $"has {length} characters, more than {(int)rule}");
        if (keyword == "pattern" && !Matches(text, (string)rule!))
            Fault(at, $"'{text}' does not match {rule}");
        if (keyword == "format" && !HasFormat(text, (string)rule!))
            Fault(at, $"'{text}' is no {rule}");
    }

    // In ECMAScript, which JSON Schema's patterns are of, $ is the end of the text and not also before a last line
    // feed.
    private static bool Matches(string text, string pattern) =>
        Regex.IsMatch(
            text,
            pattern.EndsWith('$') ? pattern[..^1] + @"\z" : pattern,
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1)
        );

    private void Number(string keyword, double bound, double value, string at)
    {
        var holds = keyword switch
        {
            "minimum" => value >= bound,
            "maximum" => value <= bound,
            "exclusiveMinimum" => value > bound,
            _ => value < bound,
        };
        if (!holds)
            Fault(at, $"{value} is against {keyword} {bound}");
    }

    private bool Fits(JsonNode schema, JsonNode? value)
    {
        var check = new SchemaCheck(document);
        check.Check(schema, value, "");
        return check._faults.Count == 0;
    }

    private static bool HasFormat(string text, string format) =>
        format switch
        {
            "uuid" => Guid.TryParseExact(text, "D", out _),
            "date-time" => DateTimeOffset.TryParseExact(
                text,
                ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out _
            ),
            "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
            "uri-reference" => Uri.IsWellFormedUriString(text, UriKind.RelativeOrAbsolute),
            "email" => text.Contains('@', StringComparison.Ordinal),
            // Formats of numbers say nothing of texts.
            "binary" or "int32" or "int64" or "double" => true,
            _ => throw new NotSupportedException($"The check does not know the format '{format}'."),
        };

    private static bool Is(JsonNode? value, string type) =>
        (value?.GetValueKind() ?? JsonValueKind.Null) switch
        {
            JsonValueKind.Null => type == "null",
            JsonValueKind.Object => type == "object",
            JsonValueKind.Array => type == "array",
            JsonValueKind.String => type == "string",
            JsonValueKind.True or JsonValueKind.False => type == "boolean",
            _ => type == "number" || (type == "integer" && double.IsInteger((double)value!)),
        };

    private static string Show(JsonNode? value)
    {
        var text = value?.ToJsonString() ?? "null";
        return text.Length > 60 ? text[..60] + "…" : text;
    }

    private void Fault(string at, string what) => _faults.Add($"{(at.Length == 0 ? "/" : at)}: {what}");
}
