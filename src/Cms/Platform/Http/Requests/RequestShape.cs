using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using FastEndpoints;

namespace Cms.Platform.Http.Requests;

/// <summary>Where a part of a request travels.</summary>
internal enum PartSource
{
    Path,
    Query,
    Header,
    Body,
    Form,
}

/// <summary>One part of a request: the property that takes it, its name on the wire and where it travels.</summary>
internal sealed record RequestPart(PropertyInfo Property, string Name, PartSource Source, object? Default)
{
    /// <summary>The type of one value: of an array of values given with commas, its element.</summary>
    public Type ValueType { get; } =
        Property.PropertyType.IsArray
            ? Property.PropertyType.GetElementType()!
            : Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    public bool IsList => Property.PropertyType.IsArray;

    public bool IsRequired =>
        Source is PartSource.Path
        || (Source is PartSource.Body && !Property.IsDefined(typeof(OptionalBodyAttribute)));
}

/// <summary>Marks a body that may be left out: the property then keeps its default.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionalBodyAttribute : Attribute;

/// <summary>
/// What a request type takes, read once from its attributes. The one table behind the binder, the OpenAPI document and
/// whatever else must know an endpoint's parameters, so that they cannot disagree.
/// </summary>
internal sealed class RequestShape
{
    private static readonly ConcurrentDictionary<Type, RequestShape> Shapes = new();

    private RequestShape(Type type)
    {
        var sample = type == typeof(EmptyRequest) ? null : Activator.CreateInstance(type);
        Parts =
            type == typeof(EmptyRequest)
                ? []
                : [.. type.GetProperties().Where(p => p.CanWrite).Select(p => Part(p, sample))];
        Query = Parts
            .Where(p => p.Source == PartSource.Query)
            .ToDictionary(p => p.Name, StringComparer.Ordinal);
        Body = Parts.SingleOrDefault(p => p.Source == PartSource.Body);
        HasForm = Parts.Any(p => p.Source == PartSource.Form);
    }

    public IReadOnlyList<RequestPart> Parts { get; }
    public IReadOnlyDictionary<string, RequestPart> Query { get; }
    public RequestPart? Body { get; }
    public bool HasForm { get; }

    /// <summary>The accepted media types of the body; empty: there is no body.</summary>
    public IReadOnlyList<string> MediaTypes =>
        HasForm
            ? Body is null
                ? [JsonBody.FormType]
                : [JsonBody.FormType, "application/json"]
            : Body is null
                ? []
                : MergePatch.TargetOf(Body.Property.PropertyType) is null
                    ? ["application/json"]
                    : [JsonBody.MergePatchType, "application/json"];

    public static RequestShape Of(Type type) => Shapes.GetOrAdd(type, static t => new RequestShape(t));

    private static RequestPart Part(PropertyInfo property, object? sample)
    {
        var name =
            property.GetCustomAttribute<BindFromAttribute>()?.Name
            ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        var value = property.GetValue(sample);
        if (property.IsDefined(typeof(RouteParamAttribute)))
            return new(property, name, PartSource.Path, null);
        if (property.IsDefined(typeof(QueryParamAttribute)))
            return new(property, name, PartSource.Query, value);
        if (property.GetCustomAttribute<FromHeaderAttribute>() is { } header)
            return new(property, header.HeaderName ?? name, PartSource.Header, null);
        if (property.IsDefined(typeof(FromBodyAttribute)))
            return new(property, name, PartSource.Body, null);
        if (property.IsDefined(typeof(FormFieldAttribute)))
            return new(property, name, PartSource.Form, value);
        throw new InvalidOperationException(
            $"{property.DeclaringType!.Name}.{property.Name} says not where it travels: mark it with "
                + "RouteParam, QueryParam, FromHeader, FromBody or FormField."
        );
    }
}
