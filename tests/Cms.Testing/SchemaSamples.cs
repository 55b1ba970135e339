using System.Globalization;
using System.Text.Json.Nodes;

namespace Cms.Testing;

/// <summary>
/// Makes values from JSON Schemas: one that has every member, and what differs from it in one place, at a limit or
/// beyond.
/// </summary>
/// <param name="document">The whole document, in which references are looked up.</param>
/// <param name="known">Values of members, by name, that a schema cannot know.</param>
internal sealed class SchemaSamples(JsonObject document, IReadOnlyDictionary<string, JsonNode?> known)
{
    private readonly List<JsonObject> _above = [];

    private const string Id = "01981f5e-0000-7000-8000-000000000000";

    /// <summary>A value with every member; an array has an item of each kind.</summary>
    public JsonNode Of(JsonNode schema, string name)
    {
        var at = Shape(document, schema);
        if (at["const"] is { } only)
            return only.DeepClone();
        if (at["enum"] is JsonArray choices)
            return choices[0]!.DeepClone();
        if (at["oneOf"] is JsonArray kinds)
            return Of(kinds[0]!, name);
        switch (Type(at))
        {
            case "object":
                var whole = new JsonObject();
                _above.Add(at);
                foreach (var (member, its) in at["properties"]?.AsObject() ?? [])
                    // A list within a list: one is enough. What the server ignores may be anything.
                    if (
                        !_above.Any(above => ReferenceEquals(above, Shape(document, its!)))
                        && !IsIgnored(its!)
                    )
                        // A reference elsewhere may be the whole thing here.
                        whole[member] =
                            known.TryGetValue(member, out var value)
                            && !(value is JsonValue && Type(Shape(document, its!)) == "object")
                                ? value?.DeepClone()
                                : Of(its!, member);
                if (at["additionalProperties"] is JsonObject each)
                    whole["mastodon"] = Of(each, "mastodon");
                _above.Remove(at);
                return whole;
            case "array":
                var item = Shape(document, at["items"]!);
                return new JsonArray([
                    .. item["oneOf"] is JsonArray several
                        ? several.Select(s => Of(s!, name))
                        : [Of(at["items"]!, name)],
                ]);
            case "integer":
                return (int?)at["minimum"] ?? 1;
            case "number":
                return 0.5;
            case "boolean":
                return true;
            default:
                return FormOf(at) switch
                {
                    "uuid" => Id,
                    "date-time" => "2020-01-01T00:00:00Z",
                    "uri" => "https://site.example/a",
                    "email" => "mara@site.example",
                    _ => "text",
                };
        }
    }

    // An address that need not be absolute has a pattern and no format.
    private static string? FormOf(JsonNode schema) =>
        (string?)schema["format"]
        ?? (((string?)schema["pattern"])?.Contains("://", StringComparison.Ordinal) == true ? "uri" : null);

    private static bool IsIgnored(JsonNode schema) =>
        ((string?)schema["description"])?.StartsWith("Read only:", StringComparison.Ordinal) == true;

    /// <summary>The value as it comes out of JSON: in a node that was made here, a whole number is no double.</summary>
    public static JsonNode? AsRead(JsonNode? value) =>
        value is null ? null : JsonNode.Parse(value.ToJsonString());

    /// <summary>Every place with what is at its limits and just beyond.</summary>
    public static IEnumerable<Change> Limits(JsonObject document, JsonNode schema, JsonNode sample) =>
        Places(document, schema, sample, "").SelectMany(p => AtLimits(document, p.Schema, p.Value, p.At));

    /// <summary>Every place with values of every other kind.</summary>
    public static IEnumerable<Change> Odd(JsonObject document, JsonNode schema, JsonNode sample)
    {
        JsonNode?[] odd =
        [
            null,
            7,
            -1,
            0.5,
            true,
            "",
            " ",
            "a\nb",
            "A b!",
            "/a",
            "a-b",
            "https://site.example/a",
            "HTTP://site.example",
            "javascript:alert(1)",
            "ftp://site.example/a",
            "mara@site.example",
            "a@b@c",
            Id,
            "2020-01-01T00:00:00Z",
            "2020-01-01",
            new JsonArray(),
            new JsonObject(),
            new JsonArray("text"),
        ];
        return Places(document, schema, sample, "")
            .Where(p => p.At.Length > 0)
            .SelectMany(p => odd.Select(o => new Change(p.At, o?.DeepClone())));
    }

    /// <summary>Texts of a query parameter, each with the value that it stands for.</summary>
    public static IEnumerable<(string Text, JsonNode? Value)> ParameterValues(
        JsonObject document,
        JsonNode schema
    )
    {
        var at = Shape(document, schema);
        if (Type(at) == "array")
        {
            var item = Shape(document, at["items"]!);
            foreach (var (text, value) in ParameterValues(document, item).Where(v => !v.Text.Contains(',')))
                yield return (text, new JsonArray(value?.DeepClone()));
            if ((int?)at["maxItems"] is { } most)
                foreach (var count in new[] { most, most + 1 })
                {
                    // Different ones: what is named twice counts once.
                    var words = Enumerable.Range(0, count).Select(i => $"word{i}").ToArray();
                    yield return (
                        string.Join(',', words),
                        new JsonArray([.. words.Select(w => (JsonNode)w)])
                    );
                }
            yield return ("word,,word", new JsonArray("word", "", "word"));
            yield break;
        }
        if (at["enum"] is JsonArray choices)
            foreach (var choice in choices.Select(c => (string)c!))
            {
                yield return (choice, choice);
                if (char.IsLower(choice[0]))
                    yield return (
                        char.ToUpperInvariant(choice[0]) + choice[1..],
                        char.ToUpperInvariant(choice[0]) + choice[1..]
                    );
            }
        foreach (var limit in new[] { (int?)at["minimum"], (int?)at["maximum"] })
            if (limit is { } bound)
                foreach (var number in new[] { bound - 1, bound, bound + 1 })
                    yield return (number.ToString(CultureInfo.InvariantCulture), number);
        if ((int?)at["maxLength"] is { } length)
            foreach (var count in new[] { length, length + 1 })
                yield return (new string('a', count), new string('a', count));
        if (Type(at) == "boolean")
            yield return ("true", true);
        if ((string?)at["format"] == "date-time")
            yield return ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z");
        foreach (var text in new[] { "", "word", "7", "yes" })
            yield return (
                text,
                Type(at) == "integer" && int.TryParse(text, CultureInfo.InvariantCulture, out var whole)
                    ? whole
                    : text
            );
    }

    private static IEnumerable<Change> AtLimits(
        JsonObject document,
        JsonObject schema,
        JsonNode? value,
        string at
    )
    {
        if (at.Length > 0)
            yield return new(at, null);
        foreach (var (text, bound) in new[] { ("minLength", -1), ("maxLength", 1) })
            if ((int?)schema[text] is { } length)
                foreach (var count in new[] { length, length + bound })
                    yield return new(at, Text(schema, count));
        foreach (var (text, bound) in new[] { ("minimum", -1), ("maximum", 1) })
            if ((int?)schema[text] is { } number)
            {
                yield return new(at, number);
                yield return new(at, number + bound);
                if (Type(schema) == "integer")
                    yield return new(at, number + 0.5);
            }
        if (value is JsonArray items && items.Count > 0)
        {
            if ((int?)schema["minItems"] is 1 || schema["items"] is not null)
                yield return new(at, new JsonArray());
            if ((int?)schema["maxItems"] is { } most)
                foreach (var count in new[] { most, most + 1 })
                    yield return new(
                        at,
                        new JsonArray([.. Enumerable.Range(0, count).Select(i => Numbered(items[0], i))])
                    );
        }
        if (value is not JsonObject members)
            yield break;
        yield return new($"{at}/unknownMember", "text");
        foreach (var (name, _) in members)
            yield return new($"{at}/{name}", null, IsGone: true);
        if ((int?)schema["maxProperties"] is { } many)
            foreach (var count in new[] { many, many + 1 })
            {
                var whole = new JsonObject();
                for (var i = 0; i < count; i++)
                    whole[$"name{i}"] = "text";
                yield return new(at, whole);
            }
        if (schema["propertyNames"]?["maxLength"] is { } longest)
            foreach (var count in new[] { (int)longest, (int)longest + 1, 0 })
                yield return new(at, new JsonObject { [new string('n', count)] = "text" });
        // Two of which there must be one.
        if (schema["oneOf"] is JsonArray kinds && schema["discriminator"] is null)
        {
            var both = members.DeepClone().AsObject();
            foreach (var (name, _) in kinds.SelectMany(k => Shape(document, k!)["properties"]!.AsObject()))
                both[name] ??= "text";
            yield return new(at, both);
            yield return new(at, new JsonObject());
            foreach (var (name, _) in kinds.SelectMany(k => Shape(document, k!)["properties"]!.AsObject()))
                if (!members.ContainsKey(name))
                    yield return new(at, new JsonObject { [name] = "text" });
        }
    }

    // Items that are names must be different ones.
    private static JsonNode? Numbered(JsonNode? item, int i) =>
        item is JsonValue value && value.TryGetValue<string>(out var text) && text == "text"
            ? $"{text} {i}"
            : item?.DeepClone();

    private static string Text(JsonObject schema, int length)
    {
        var (start, end) = FormOf(schema) switch
        {
            "uri" => ("https://site.example/", ""),
            "email" => ("", "@site.example"),
            _ => ("", ""),
        };
        return start + new string('a', Math.Max(0, length - start.Length - end.Length)) + end;
    }

    private static IEnumerable<(string At, JsonObject Schema, JsonNode? Value)> Places(
        JsonObject document,
        JsonNode schema,
        JsonNode? value,
        string at
    )
    {
        var shape = Shape(document, schema);
        yield return (at, shape, value);
        if (shape["oneOf"] is JsonArray kinds)
            shape = kinds
                .Select(k => Shape(document, k!))
                .First(k => value is null || SchemaCheck.Faults(document, k, value) is []);
        if (value is JsonObject members)
            foreach (var (name, member) in members)
                if ((shape["properties"]?[name] ?? shape["additionalProperties"]) is JsonObject its)
                    foreach (var place in Places(document, its, member, $"{at}/{name}"))
                        yield return place;
        if (value is JsonArray items && shape["items"] is { } each)
            for (var i = 0; i < items.Count; i++)
                foreach (var place in Places(document, each, items[i], $"{at}/{i}"))
                    yield return place;
    }

    /// <summary>The schema itself: without the reference to it, and without the null beside it.</summary>
    private static JsonObject Shape(JsonObject document, JsonNode schema)
    {
        var found = SchemaCheck.Resolve(document, schema);
        if (found["oneOf"] is JsonArray choices && choices.Count(c => (string?)c!["type"] != "null") == 1)
            return Shape(document, choices.Single(c => (string?)c!["type"] != "null")!);
        return found;
    }

    private static string? Type(JsonObject schema) =>
        schema["type"] is JsonArray several
            ? several.Select(t => (string)t!).Single(t => t != "null")
            : (string?)schema["type"];

    /// <summary>Another value in one place.</summary>
    internal sealed record Change(string At, JsonNode? Value, bool IsGone = false)
    {
        public JsonNode? ApplyTo(JsonNode? body)
        {
            if (At.Length == 0)
                return Value?.DeepClone();
            var steps = At.Split('/')[1..];
            var parent = body;
            foreach (var step in steps[..^1])
                parent = parent is JsonArray list
                    ? list[int.Parse(step, CultureInfo.InvariantCulture)]
                    : parent![step];
            switch (parent)
            {
                case JsonArray items:
                    items[int.Parse(steps[^1], CultureInfo.InvariantCulture)] = Value?.DeepClone();
                    break;
                case JsonObject members when IsGone:
                    members.Remove(steps[^1]);
                    break;
                case JsonObject members:
                    members[steps[^1]] = Value?.DeepClone();
                    break;
            }
            return body;
        }

        public override string ToString()
        {
            var text = IsGone ? "is left out" : $"= {Value?.ToJsonString() ?? "null"}";
            return $"{At} {(text.Length > 60 ? text[..60] + "…" : text)}";
        }
    }
}
