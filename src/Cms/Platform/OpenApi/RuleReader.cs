using System.Globalization;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using FluentValidation;
using FluentValidation.Validators;
using Microsoft.OpenApi;

namespace Cms.Platform.OpenApi;

/// <summary>
/// Translates FluentValidation's rules to JSON Schema. Conditional rules, and code that does not state its
/// schema (<see cref="SchemaWords"/>), are left to the description.
/// </summary>
internal sealed class RuleReader(IServiceProvider services)
{
    private static readonly SchemaWords NotBlank = new()
    {
        MinLength = 1,
        Pattern = TextRules.NotBlankPattern,
    };

    public bool HasRules(Type type) => Rules.For(services, type) is not null;

    /// <summary>Puts the limits of a property into its schema.</summary>
    /// <returns>Whether the property may not be left empty.</returns>
    public bool Apply(Type type, string property, IOpenApiSchema schema)
    {
        var required = false;
        foreach (var (rule, each) in Of(type, property))
        {
            var target = each ? (schema as OpenApiSchema)?.Items as OpenApiSchema : schema as OpenApiSchema;
            required |= !each && rule is INotEmptyValidator or INotNullValidator;
            if (target is not null)
                Limit(target, rule);
        }
        return required;
    }

    private IEnumerable<(IPropertyValidator Rule, bool Each)> Of(Type type, string property) =>
        Rules.For(services, type) is not { } validator
            ? []
            : from rule in validator.CreateDescriptor().Rules
            where rule.Member?.Name == property && !rule.HasCondition && !rule.HasAsyncCondition
            let each = IsForEach(rule)
            from component in rule.Components
            where !component.HasCondition && !component.HasAsyncCondition
            select (component.Validator, each);

    private static bool IsForEach(IValidationRule rule) =>
        rule.GetType()
            .GetInterfaces()
            .Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ICollectionRule<,>));

    private static void Limit(OpenApiSchema schema, IPropertyValidator rule)
    {
        switch (rule)
        {
            case IInSchemaWords said:
                Limit(schema, said.Words);
                break;
            case INotEmptyValidator
                when schema is { Format: null } && schema.Type?.HasFlag(JsonSchemaType.String) == true:
                Limit(schema, NotBlank);
                break;
            case INotEmptyValidator when schema.Type?.HasFlag(JsonSchemaType.Array) == true:
                schema.MinItems ??= 1;
                break;
            case ILengthValidator length:
                schema.MaxLength = length.Max > 0 ? length.Max : schema.MaxLength;
                schema.MinLength = length.Min > 0 ? length.Min : schema.MinLength;
                break;
            case IRegularExpressionValidator pattern:
                Limit(schema, new SchemaWords { Pattern = pattern.Expression });
                break;
            case IMaxItems items:
                schema.MaxItems = items.Max;
                break;
            case IBetweenValidator between
                when between.Name.StartsWith("Inclusive", StringComparison.Ordinal):
                (schema.Minimum, schema.Maximum) = (Number(between.From), Number(between.To));
                break;
            case IBetweenValidator between:
                (schema.ExclusiveMinimum, schema.ExclusiveMaximum) = (
                    Number(between.From),
                    Number(between.To)
                );
                break;
            case IComparisonValidator { ValueToCompare: int or long or double } comparison:
                Compare(schema, comparison);
                break;
        }
    }

    /// <summary>Puts a rule's words into a schema.</summary>
    private static void Limit(OpenApiSchema schema, SchemaWords words)
    {
        schema.Format = words.Format ?? schema.Format;
        schema.MinLength = words.MinLength ?? schema.MinLength;
        schema.MaxLength = words.MaxLength ?? schema.MaxLength;
        schema.MinItems = words.MinItems ?? schema.MinItems;
        schema.MaxItems = words.MaxItems ?? schema.MaxItems;
        schema.MaxProperties = words.MaxProperties ?? schema.MaxProperties;
        if (words.NotPattern is { } not)
            schema.Not = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = not };
        if (words.Pattern is { } pattern)
            schema.Pattern = schema.Pattern is { } before ? Both(before, pattern) : pattern;
        if (words.EachName is { } name)
            Limit((OpenApiSchema)(schema.PropertyNames ??= new OpenApiSchema()), name);
        if (words.EachValue is { } value && schema.AdditionalProperties is OpenApiSchema each)
            Limit(each, value);
    }

    // A schema has one pattern, and generators make odd types of an allOf for a second one. Text with a format is never
    // blank.
    private static string Both(string one, string other) =>
        (one, other) switch
        {
            _ when one == other => one,
            (TextRules.LinePattern, TextRules.NotBlankPattern)
            or (TextRules.NotBlankPattern, TextRules.LinePattern) => TextRules.NotBlankLinePattern,
            (TextRules.NotBlankPattern, _) => other,
            (_, TextRules.NotBlankPattern) => one,
            _ => throw new InvalidOperationException($"Say {one} and {other} in one pattern."),
        };

    private static void Compare(OpenApiSchema schema, IComparisonValidator rule)
    {
        var value = Number(rule.ValueToCompare);
        switch (rule.Comparison)
        {
            case Comparison.GreaterThanOrEqual:
                schema.Minimum = value;
                break;
            case Comparison.GreaterThan:
                schema.ExclusiveMinimum = value;
                break;
            case Comparison.LessThanOrEqual:
                schema.Maximum = value;
                break;
            case Comparison.LessThan:
                schema.ExclusiveMaximum = value;
                break;
        }
    }

    private static string Number(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
