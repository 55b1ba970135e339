using FluentValidation;
using FluentValidation.Validators;

namespace Cms.Platform.Http.Validation;

/// <summary>A rule as JSON Schema.</summary>
internal sealed record SchemaWords
{
    public string? Format { get; init; }

    /// <summary>A regular expression that the text matches, as ECMAScript reads it.</summary>
    public string? Pattern { get; init; }

    /// <summary>A regular expression that the text does not match.</summary>
    public string? NotPattern { get; init; }

    public int? MinLength { get; init; }
    public int? MaxLength { get; init; }
    public int? MinItems { get; init; }
    public int? MaxItems { get; init; }
    public int? MaxProperties { get; init; }

    /// <summary>Of an object with names of its own: what holds for each name.</summary>
    public SchemaWords? EachName { get; init; }

    /// <summary>Of an object with names of its own: what holds for each value.</summary>
    public SchemaWords? EachValue { get; init; }
}

/// <summary>A rule that states its JSON Schema.</summary>
internal interface IInSchemaWords
{
    SchemaWords Words { get; }
}

/// <summary>
/// A rule in code with its JSON Schema. (FluentValidation's own <c>Must</c> cannot be inspected, and would be missing
/// from the contract.)
/// </summary>
internal sealed class MustValidator<T, TProperty>(Func<TProperty, bool> holds, SchemaWords words)
    : PropertyValidator<T, TProperty>,
        IInSchemaWords
{
    public SchemaWords Words => words;

    public override string Name => "MustValidator";

    public override bool IsValid(ValidationContext<T> context, TProperty value) =>
        value is null || holds(value);
}

internal static class SchemaWordRules
{
    /// <summary><c>Must</c>, and in the contract. Null passes.</summary>
    public static IRuleBuilderOptions<T, TProperty> Must<T, TProperty>(
        this IRuleBuilder<T, TProperty> rule,
        Func<TProperty, bool> holds,
        SchemaWords words
    ) => rule.SetValidator(new MustValidator<T, TProperty>(holds, words));
}

/// <summary>Texts that are one of an enum's names: the contract refers to the enum.</summary>
/// <param name="type">The enum.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamesOfAttribute(Type type) : Attribute
{
    public Type Type => type;
}

/// <summary>An object that has exactly one of its members: the contract has a schema for each.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ExactlyOneMemberAttribute : Attribute;

/// <summary>A form field that comes only together with another.</summary>
/// <param name="name">The other field's name on the wire.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TogetherWithAttribute(string name) : Attribute
{
    public string Name => name;
}
