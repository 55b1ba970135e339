using FluentValidation;
using FluentValidation.Validators;

namespace Cms.Platform.Lists;

/// <summary>A rule that bounds how many items a list has, and can be asked how many.</summary>
internal interface IMostItems
{
    int Most { get; }
}

/// <summary>
/// At most so many items. (A rule of its own, not <c>Must</c>: the OpenAPI document says what it can read.)
/// </summary>
internal sealed class MostItemsValidator<T, TItem>(int most)
    : PropertyValidator<T, IReadOnlyList<TItem>?>,
        IMostItems
{
    public int Most => most;

    public override string Name => "MostItemsValidator";

    public override bool IsValid(ValidationContext<T> context, IReadOnlyList<TItem>? value) =>
        value is null || value.Count <= most;
}
