using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cms.Platform.Http.Answers;
using Cms.Platform.Lists;

namespace Cms.Platform.OpenApi;

// Which members a schema has in a request, a patch and an answer; and its name, which is the same where they are.
internal sealed partial class SchemaWriter
{
    private static IEnumerable<JsonPropertyInfo> Members(JsonTypeInfo info, SchemaUse use) =>
        info.Properties.Where(p =>
            use is SchemaUse.Answer or SchemaUse.Partial
                ? p.Get is not null
                : p.Set is not null && p.AttributeProvider is not null
        );

    private static bool IsRequired(JsonPropertyInfo property, SchemaUse use) =>
        use switch
        {
            SchemaUse.Answer => property
                .AttributeProvider!.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true)
                .Length == 0,
            SchemaUse.Request => property.IsRequired,
            _ => false,
        };

    private static bool MayBeNull(JsonPropertyInfo property, SchemaUse use) =>
        use switch
        {
            // What would be null is left out instead.
            SchemaUse.Answer or SchemaUse.Partial => property.IsGetNullable
                && IsRequired(property, SchemaUse.Answer),
            SchemaUse.Request => property.IsSetNullable,
            // Null removes a member, and a required member cannot be removed.
            _ => !property.IsRequired,
        };

    private string NameOf(Type type, SchemaUse use)
    {
        if (type.IsGenericType)
            return type.GetGenericTypeDefinition() == typeof(Paged<>)
                ? NameOf(type.GetGenericArguments()[0], use) + "Page"
                : throw new InvalidOperationException($"{type} has no name in the document.");
        var isInput = type.Name.EndsWith("Input", StringComparison.Ordinal);
        var stem = isInput ? type.Name[..^5] : type.Name;
        return use switch
        {
            SchemaUse.Answer => type.Name,
            SchemaUse.Partial => type.Name + "Partial",
            SchemaUse.Patch when !IsOneMember(type) && !IsItsOwnPatch(type, []) => stem + "Patch",
            _ => isInput || IsSameBothWays(type, []) ? type.Name : stem + "Write",
        };
    }

    /// <summary>Whether a request may say exactly what an answer says.</summary>
    private bool IsSameBothWays(Type type, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum || Plain(type) is not null || !seen.Add(type))
            return true;
        var info = Json.Options.GetTypeInfo(type);
        if (info.ElementType is { } element)
            return IsSameBothWays(element, seen);
        if (info.PolymorphismOptions is { } polymorphism)
            return polymorphism.DerivedTypes.All(d => IsSameBothWays(d.DerivedType, seen));
        return !rules.HasRules(type)
            && info.Properties.All(p =>
                p.Get is not null
                && p.Set is not null
                && IsRequired(p, SchemaUse.Answer) == IsRequired(p, SchemaUse.Request)
                && MayBeNull(p, SchemaUse.Answer) == MayBeNull(p, SchemaUse.Request)
                && IsSameBothWays(p.PropertyType, seen)
            );
    }

    /// <summary>Whether nothing of it is required, or <c>fields</c> cannot cut into it.</summary>
    private static bool IsItsOwnPart(Type type, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum || Plain(type) is not null || !seen.Add(type))
            return true;
        var info = Json.Options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => IsItsOwnPart(info.ElementType!, seen),
            JsonTypeInfoKind.Dictionary => true,
            _ => info.PolymorphismOptions is not null
                || info.Properties.All(p =>
                    p.Get is null || (!IsRequired(p, SchemaUse.Answer) && IsItsOwnPart(p.PropertyType, seen))
                ),
        };
    }

    /// <summary>Whether a request for the whole leaves out and takes away as freely as a patch does.</summary>
    private static bool IsItsOwnPatch(Type type, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum || Plain(type) is not null || !seen.Add(type))
            return true;
        var info = Json.Options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => true,
            JsonTypeInfoKind.Dictionary => false,
            _ => info.PolymorphismOptions is null
                && info.Properties.All(p =>
                    p.Set is not null
                    && !p.IsRequired
                    && p.IsSetNullable
                    && IsItsOwnPatch(p.PropertyType, seen)
                ),
        };
    }
}
