using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Unicode;

namespace Cms.Platform.Lists;

/// <summary>
/// A sparse field set: <c>fields=headline,section.name</c>. Paths go through arrays; a path's end takes all below it.
/// </summary>
internal sealed class Fields
{
    private static readonly ConcurrentDictionary<Type, Fields> Known = new();
    private readonly Dictionary<string, Fields?> _members = new(StringComparer.Ordinal);

    /// <exception cref="Refused">400: a path that <typeparamref name="T"/> does not have.</exception>
    public static Fields? Parse<T>(string[]? paths)
    {
        if (paths is null)
            return null;
        var fields = new Fields();
        var faults = new Faults();
        var known = Known.GetOrAdd(typeof(T), static t => OfType(t, 0)!);
        foreach (var path in paths)
            if (!fields.Add(path, known))
                faults.Add(
                    Fault.Of(
                        "fields",
                        "unknown-field",
                        $"There is no field '{Text.Short(path)}' "
                            + $"here.{Nearest.Hint(path, known.Paths(""))} Known: "
                            + $"{string.Join(", ", known._members.Keys)}."
                    )
                );
        return faults.Count == 0 ? fields : throw Refused.Parameters(faults);
    }

    /// <summary>Writes <paramref name="value"/>, cut to these fields.</summary>
    public static byte[] Write<T>(T value, Fields? fields) =>
        fields is null ? Json.Write(value) : Prune(writer => fields.Write(writer, Element(value)));

    /// <summary>Writes a page with each item cut to these fields.</summary>
    public static byte[] WritePage<T>(Paged<T> page, Fields? fields) => WriteData(page, fields);

    /// <summary>Writes a page of items that are JSON already.</summary>
    public static byte[] WritePage(IReadOnlyList<byte[]> items, PageInfo info)
    {
        var end = Json.Write(info);
        using var page = new MemoryStream(items.Sum(item => item.Length + 1) + end.Length + 32);
        page.Write("{\"data\":["u8);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                page.WriteByte((byte)',');
            page.Write(items[i]);
        }
        page.Write("],\"page\":"u8);
        page.Write(end);
        page.WriteByte((byte)'}');
        return page.ToArray();
    }

    /// <summary>Writes an answer with each item of its <c>data</c> cut to these fields.</summary>
    public static byte[] WriteData<T>(T answer, Fields? fields) =>
        fields is null
            ? Json.Write(answer)
            : Prune(writer =>
            {
                writer.WriteStartObject();
                foreach (var member in Element(answer).EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    if (member.Name == "data")
                        fields.Write(writer, member.Value);
                    else
                        member.Value.WriteTo(writer);
                }
                writer.WriteEndObject();
            });

    private static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value, Json.Options);

    private static byte[] Prune(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (
            var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Json.Options.Encoder })
        )
            write(writer);
        return buffer.ToArray();
    }

    private void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                    if (_members.TryGetValue(member.Name, out var below))
                    {
                        writer.WritePropertyName(member.Name);
                        if (below is null)
                            member.Value.WriteTo(writer);
                        else
                            below.Write(writer, member.Value);
                    }
                writer.WriteEndObject();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private IEnumerable<string> Paths(string above)
    {
        foreach (var (name, below) in _members)
        {
            yield return above + name;
            foreach (var path in below?.Paths($"{above}{name}.") ?? [])
                yield return path;
        }
    }

    private bool Add(string path, Fields known)
    {
        var at = this;
        var names = path.Split('.');
        for (var i = 0; i < names.Length; i++)
        {
            if (!known._members.TryGetValue(names[i], out var below))
                return false;
            var taken = at._members.TryGetValue(names[i], out var next);
            if (taken && next is null)
                return true; // all of it was asked for already
            if (i == names.Length - 1)
            {
                at._members[names[i]] = null;
                return true;
            }
            if (below is null)
                return false;
            at._members[names[i]] = next ??= new Fields();
            (at, known) = (next, below);
        }
        return true;
    }

    private static Fields? OfType(Type type, int depth)
    {
        var info = Json.Options.GetTypeInfo(type);
        if (info.Kind == JsonTypeInfoKind.Enumerable)
            return OfType(info.ElementType!, depth);
        // What is polymorphic (body blocks) or keyed by data (social) is taken whole or not at all.
        if (info.Kind != JsonTypeInfoKind.Object || info.PolymorphismOptions is not null || depth > 4)
            return null;
        var fields = new Fields();
        foreach (var property in info.Properties)
            fields._members[property.Name] = OfType(property.PropertyType, depth + 1);
        return fields;
    }
}
