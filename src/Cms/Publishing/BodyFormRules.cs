using Cms.Platform.Http.Validation;
using FluentValidation;

namespace Cms.Publishing;

internal static class BodyFormRules
{
    public static IRuleBuilderOptions<T, BodyForm[]> IsBodyForms<T>(this IRuleBuilder<T, BodyForm[]> rule) =>
        rule.Must(forms => forms.Length == 1 || !forms.Contains(BodyForm.None))
            .WithErrorCode("contradiction")
            .WithMessage("'none' stands alone.");
}
