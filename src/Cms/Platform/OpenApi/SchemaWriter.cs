using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Microsoft.OpenApi;

namespace Cms.Platform.OpenApi;

/// <summary>
/// What a schema describes: answers have every member, requests need only the required ones, patches none.
/// </summary>
internal enum SchemaUse
{
    Answer,

    /// <summary>An answer cut by <c>fields</c>: any member may be missing.</summary>
    Partial,
    Request,
    Patch,
}

/// <summary>
/// Writes the schemas of types from System.Text.Json's own contract of them, which is also what reads and writes the
/// JSON. A type that looks different in requests than in answers has a schema for each.
/// </summary>
internal sealed partial class SchemaWriter(RuleReader rules, XmlDocs docs)
{
    private readonly ConcurrentDictionary<string, Type> _names = new(StringComparer.Ordinal);

    /// <summary>
    /// A reference to the type's schema, written into the document's components when it is first met; a plain value's
    /// schema stands for itself.
    /// </summary>
    public IOpenApiSchema Of(Type type, SchemaUse use, OpenApiDocument document)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (MergePatch.TargetOf(type) is { } target)
            return Of(target, SchemaUse.Patch, document);
        if (use == SchemaUse.Partial && IsItsOwnPart(type, []))
            use = SchemaUse.Answer;
        if (Plain(type) is { } plain)
            return plain;
        var info = Json.Options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                // A merge patch replaces arrays whole.
                Items = Of(info.ElementType!, use == SchemaUse.Patch ? SchemaUse.Request : use, document),
            },
            JsonTypeInfoKind.Dictionary => new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                AdditionalProperties =
                    use == SchemaUse.Patch
                        ? OrNull(Of(info.ElementType!, use, document))
                        : Of(info.ElementType!, use, document),
            },
            _ => Component(type, info, use, document),
        };
    }

    /// <summary>The schema of a parameter's or a form field's value.</summary>
    public IOpenApiSchema Value(RequestPart part, OpenApiDocument document)
    {
        var names = part.Property.GetCustomAttribute<NamesOfAttribute>()?.Type ?? part.ValueType;
        var value = Of(names, SchemaUse.Request, document);
        if (part.IsList)
        {
            // An empty value between commas, or none at all, is refused.
            if (value is OpenApiSchema { Type: JsonSchemaType.String } text)
                text.MinLength = 1;
            value = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = value,
                MinItems = 1,
            };
        }
        var fallback = part.Default is null or ""
            ? null
            : JsonSerializer.SerializeToNode(part.Default, part.Default.GetType(), Json.Options);
        if (value is OpenApiSchemaReference reference)
            reference.Default = fallback; // beside a reference, JSON Schema 2020-12 lets it stand
        else
            ((OpenApiSchema)value).Default = fallback;
        return value;
    }

    /// <summary>An example in the type of its schema: <c>42</c> is a number where numbers are.</summary>
    public static JsonNode Example(Type type, string text)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(int) || type == typeof(long)
                ? JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture))
            : type == typeof(double) ? JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture))
            : type == typeof(bool) ? JsonValue.Create(bool.Parse(text))
            : JsonValue.Create(text);
    }

    private static OpenApiSchema? Plain(Type type) =>
        type == typeof(string) ? new() { Type = JsonSchemaType.String }
        : type == typeof(bool) ? new() { Type = JsonSchemaType.Boolean }
        : type == typeof(int) ? new() { Type = JsonSchemaType.Integer, Format = "int32" }
        : type == typeof(long) ? new() { Type = JsonSchemaType.Integer, Format = "int64" }
        : type == typeof(double) ? new() { Type = JsonSchemaType.Number, Format = "double" }
        : type == typeof(Guid) ? new() { Type = JsonSchemaType.String, Format = "uuid" }
        : type == typeof(DateTimeOffset) ? new() { Type = JsonSchemaType.String, Format = "date-time" }
        // Any value.
        : type == typeof(JsonElement) ? new()
        : type == typeof(IFormFile) ? new() { Type = JsonSchemaType.String, Format = "binary" }
        : null;

    private static OpenApiSchema Names(Type type) =>
        new()
        {
            Type = JsonSchemaType.String,
            Enum = [.. ParameterValue.NamesOf(type).Keys.Select(n => JsonValue.Create(n)!)],
        };

    private OpenApiSchemaReference Component(
        Type type,
        JsonTypeInfo info,
        SchemaUse use,
        OpenApiDocument document
    )
    {
        var name = NameOf(type, use);
        if (_names.GetOrAdd(name, type) != type)
            throw new InvalidOperationException(
                $"{type} and {_names[name]} would both be the schema {name}."
            );
        document.Components ??= new();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        if (!document.Components.Schemas.ContainsKey(name))
        {
            var schema = new OpenApiSchema { Description = docs.Summary(type) };
            document.Components.Schemas.Add(name, schema); // before its members, which may refer to it
            if (type.IsEnum)
                Fill(schema, type);
            else if (use != SchemaUse.Answer && IsOneMember(type))
                FillOneMember(schema, info, document);
            else if (info.PolymorphismOptions is { } polymorphism)
                Fill(schema, polymorphism, use, document);
            else
                Fill(schema, info, use, document);
        }
        return new OpenApiSchemaReference(name, document);
    }

    private void Fill(OpenApiSchema schema, Type type)
    {
        var names = Names(type);
        (schema.Type, schema.Enum) = (names.Type, names.Enum);
        var meanings = ParameterValue
            .NamesOf(type)
            .Select(n => (n.Key, Meaning: docs.Summary(type.GetField(n.Value.ToString()!)!)))
            .Where(n => n.Meaning is not null)
            .Select(n => $"\n- `{n.Key}`: {n.Meaning}");
        schema.Description += string.Concat(meanings);
    }

    private void Fill(
        OpenApiSchema schema,
        JsonPolymorphismOptions polymorphism,
        SchemaUse use,
        OpenApiDocument document
    )
    {
        schema.OneOf = [];
        schema.Discriminator = new()
        {
            PropertyName = polymorphism.TypeDiscriminatorPropertyName,
            Mapping = new Dictionary<string, OpenApiSchemaReference>(StringComparer.Ordinal),
        };
        foreach (var derived in polymorphism.DerivedTypes)
        {
            var one = (OpenApiSchemaReference)Of(derived.DerivedType, use, document);
            schema.OneOf.Add(one);
            schema.Discriminator.Mapping.Add((string)derived.TypeDiscriminator!, one);
        }
    }

    /// <summary>
    /// Whether <c>fields</c> cuts its <c>data</c>, and nothing else (<see cref="Fields.WriteData"/>).
    /// </summary>
    private static bool IsEnvelope(Type type) =>
        type.GetProperty("Data") is { } data
        && data.PropertyType != typeof(string)
        && data.PropertyType.IsAssignableTo(typeof(System.Collections.IEnumerable));

    private static bool IsOneMember(Type type) => type.IsDefined(typeof(ExactlyOneMemberAttribute));

    /// <summary>A closed schema for each member that the object may consist of.</summary>
    private void FillOneMember(OpenApiSchema schema, JsonTypeInfo info, OpenApiDocument document)
    {
        schema.OneOf = [];
        foreach (var member in info.Properties)
        {
            var name =
                char.ToUpperInvariant(member.Name[0])
                + member.Name[1..]
                + NameOf(info.Type, SchemaUse.Request);
            var value = Of(member.PropertyType, SchemaUse.Request, document);
            Annotate((PropertyInfo)member.AttributeProvider!, value);
            value.Description = docs.Summary((PropertyInfo)member.AttributeProvider!);
            document.Components!.Schemas![name] = new OpenApiSchema
            {
                Description = docs.Summary(info.Type) is { } all
                    ? $"{all.TrimEnd('.', ' ')}: as `{member.Name}`."
                    : null,
                Type = JsonSchemaType.Object,
                AdditionalPropertiesAllowed = false,
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                {
                    [member.Name] = value,
                },
                Required = new HashSet<string>([member.Name], StringComparer.Ordinal),
            };
            schema.OneOf.Add(new OpenApiSchemaReference(name, document));
        }
    }

    private void Fill(OpenApiSchema schema, JsonTypeInfo info, SchemaUse use, OpenApiDocument document)
    {
        schema.Type = JsonSchemaType.Object;
        schema.AdditionalPropertiesAllowed = false;
        schema.Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        schema.Required = new HashSet<string>(StringComparer.Ordinal);
        if (Discriminator(info.Type) is var (name, value))
        {
            schema.Properties.Add(name, new OpenApiSchema { Type = JsonSchemaType.String, Const = value });
            schema.Required.Add(name);
        }

        var sample = use == SchemaUse.Request ? Activator.CreateInstance(info.Type) : null;
        var isEnvelope = use == SchemaUse.Partial && IsEnvelope(info.Type);
        foreach (var property in Members(info, use))
        {
            var its = isEnvelope && property.Name != "data" ? SchemaUse.Answer : use;
            schema.Properties.Add(property.Name, Member(info.Type, property, its, sample, document));
            if (IsRequired(property, isEnvelope ? SchemaUse.Answer : use))
                schema.Required.Add(property.Name);
        }
    }

    private IOpenApiSchema Member(
        Type type,
        JsonPropertyInfo property,
        SchemaUse use,
        object? sample,
        OpenApiDocument document
    )
    {
        var clr = (PropertyInfo)property.AttributeProvider!;
        var member = Of(property.PropertyType, use, document);
        if (clr.GetCustomAttribute<NamesOfAttribute>() is { } names)
        {
            var one = Of(names.Type, use, document);
            if (member is OpenApiSchema { Items: not null } list)
                list.Items = one;
            else
                member = one;
        }
        Annotate(clr, member);
        if (use is SchemaUse.Request or SchemaUse.Patch)
            rules.Apply(type, clr.Name, member);
        if (property.Name == "url" && member is OpenApiSchema text)
            text.Format ??= "uri-reference";

        var description = docs.Summary(clr);
        if (
            sample is not null
            && !property.IsRequired
            && !property.IsSetNullable
            && property.Get!(sample) is { } value
        )
            description += $" Default: `{JsonSerializer.Serialize(value, Json.Options)}`.";
        if (MayBeNull(property, use))
            member = OrNull(member);
        // Beside a reference, JSON Schema 2020-12 lets a description stand.
        member.Description = description?.Trim();
        if (docs.Example(clr) is { } example && member is OpenApiSchema own)
            own.Examples = [Example(property.PropertyType, example)];
        return member;
    }

    /// <summary>The limits of what is checked by code of its own (body blocks), as its members state them.</summary>
    private static void Annotate(PropertyInfo property, IOpenApiSchema schema)
    {
        if (schema is not OpenApiSchema own)
            return;
        var isList = own.Type?.HasFlag(JsonSchemaType.Array) == true;
        foreach (var limit in property.GetCustomAttributes<ValidationAttribute>())
            switch (limit)
            {
                case RangeAttribute range:
                    own.Minimum = Convert.ToString(range.Minimum, CultureInfo.InvariantCulture);
                    own.Maximum = Convert.ToString(range.Maximum, CultureInfo.InvariantCulture);
                    break;
                case LengthAttribute length when isList:
                    (own.MinItems, own.MaxItems) = (length.MinimumLength, length.MaximumLength);
                    break;
                case LengthAttribute length:
                    (own.MinLength, own.MaxLength) = (length.MinimumLength, length.MaximumLength);
                    break;
                case MaxLengthAttribute most when isList:
                    own.MaxItems = most.Length;
                    break;
                case MaxLengthAttribute most:
                    own.MaxLength = most.Length;
                    break;
                case MinLengthAttribute least when isList:
                    own.MinItems = least.Length;
                    break;
                case MinLengthAttribute least:
                    own.MinLength = least.Length;
                    break;
                case RegularExpressionAttribute pattern:
                    own.Pattern = pattern.Pattern;
                    break;
                case UrlAttribute:
                    own.Format = "uri";
                    break;
                default:
                    throw new InvalidOperationException(
                        $"{limit.GetType().Name} has no words in JSON Schema here."
                    );
            }
    }

    /// <summary>The same, or null. A reference cannot say null itself.</summary>
    private static IOpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is not OpenApiSchema { Type: not null } own)
            return new OpenApiSchema { OneOf = [schema, new OpenApiSchema { Type = JsonSchemaType.Null }] };
        own.Type |= JsonSchemaType.Null;
        return own;
    }

    private static (string Name, string Value)? Discriminator(Type type)
    {
        for (
            var parent = type.BaseType;
            parent is not null && parent != typeof(object);
            parent = parent.BaseType
        )
            if (Json.Options.GetTypeInfo(parent).PolymorphismOptions is { } polymorphism)
                return (
                    polymorphism.TypeDiscriminatorPropertyName,
                    (string)polymorphism.DerivedTypes.Single(d => d.DerivedType == type).TypeDiscriminator!
                );
        return null;
    }
}
