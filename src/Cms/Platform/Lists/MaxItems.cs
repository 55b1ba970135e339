using FluentValidation;
using FluentValidation.Validators;

namespace Cms.Platform.Lists;

/// <summary>A rule that bounds how many items a list has, and can be asked how many.</summary>
internal interface IMaxItems
{
    int Max { get; }
}

/// <summary>
/// At most so many items. (A rule of its own, not <c>Must</c>: the OpenAPI document says what it can read.)
/// </summary>
internal sealed class MaxItemsValidator<T, TItem>(int max)
    : PropertyValidator<T, IReadOnlyList<TItem>?>,
        IMaxItems
{
    public int Max => max;

    public override string Name => "MaxItemsValidator";

    public override bool IsValid(ValidationContext<T> context, IReadOnlyList<TItem>? value) =>
        value is null || value.Count <= max;
}
