using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using FluentValidation;

namespace Cms.Platform.Http.Validation;

/// <summary>
/// Runs the FluentValidation rules of a request or a body. One validator for each type, found by it; stateless
/// singletons.
/// </summary>
internal static class Rules
{
    private static readonly ConcurrentDictionary<Type, IValidator?> Validators = new();

    /// <summary>
    /// The faults of <paramref name="value"/>, all of them: as parameters or as pointers into the body.
    /// </summary>
    public static IEnumerable<Fault> Check(IServiceProvider services, object value, bool parameters)
    {
        if (For(services, value.GetType()) is not { } validator)
            yield break;
        var failures = validator.Validate(new ValidationContext<object>(value)).Errors;
        // What follows asks the type for its attributes, which takes as long as the validation: not for what is in
        // order.
        if (failures.Count == 0)
            yield break;
        var isForm = RequestShapeOrNull(value.GetType())?.HasForm == true;
        foreach (var failure in failures)
        {
            var (code, detail) = (Code(failure.ErrorCode), failure.ErrorMessage);
            // A form's fields are validated with its parameters' type: each kind of fault belongs to one of the two
            // calls.
            if (isForm && parameters == IsFormField(value.GetType(), failure.PropertyName))
                continue;
            yield return parameters
                ? Fault.Of(ParameterName(value.GetType(), failure.PropertyName), code, detail)
                : Fault.At(PointerOf(failure.PropertyName), code, detail);
        }
    }

    public static IValidator? For(IServiceProvider services, Type type) =>
        Validators.GetOrAdd(
            type,
            t =>
                typeof(Rules)
                    .Assembly.GetTypes()
                    .Where(c => !c.IsAbstract && c.IsAssignableTo(typeof(IValidator<>).MakeGenericType(t)))
                    .Select(c => (IValidator)ActivatorUtilities.CreateInstance(services, c))
                    .SingleOrDefault()
        );

    private static RequestShape? RequestShapeOrNull(Type type) =>
        type.GetProperties().Any(p => p.IsDefined(typeof(FastEndpoints.FormFieldAttribute), false))
            ? RequestShape.Of(type)
            : null;

    private static bool IsFormField(Type type, string property) =>
        RequestShape
            .Of(type)
            .Parts.Any(p =>
                p.Source == PartSource.Form
                && property.StartsWith(p.Property.Name, StringComparison.OrdinalIgnoreCase)
            );

    private static string ParameterName(Type type, string path)
    {
        var property = path.Split('[', '.')[0];
        return RequestShape
                .Of(type)
                .Parts.FirstOrDefault(p =>
                    p.Property.Name.Equals(property, StringComparison.OrdinalIgnoreCase)
                )
                ?.Name
            ?? JsonNamingPolicy.CamelCase.ConvertName(property);
    }

    /// <summary><c>HeroImage.Alt</c> → <c>/heroImage/alt</c>, <c>Authors[2]</c> → <c>/authors/2</c>.</summary>
    internal static string PointerOf(string path)
    {
        var pointer = new StringBuilder();
        foreach (var part in path.Split('.', '['))
            if (part.Length > 0)
                pointer
                    .Append('/')
                    .Append(part.EndsWith(']') ? part[..^1] : JsonNamingPolicy.CamelCase.ConvertName(part));
        return pointer.ToString();
    }

    private static string Code(string code) =>
        code switch
        {
            "NotEmptyValidator" or "NotNullValidator" => "empty",
            "MaximumLengthValidator" or "CodePointsValidator" => "too-long",
            "MinimumLengthValidator" => "too-short",
            "LengthValidator" or "ExactLengthValidator" => "wrong-length",
            "RegularExpressionValidator" => "wrong-form",
            "EmailValidator" => "wrong-form",
            "GreaterThanOrEqualValidator" or "GreaterThanValidator" => "too-small",
            "LessThanOrEqualValidator" or "LessThanValidator" => "too-large",
            "InclusiveBetweenValidator" or "ExclusiveBetweenValidator" => "out-of-range",
            _ => code.EndsWith("Validator", StringComparison.Ordinal) ? "invalid-value" : code,
        };
}
