using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using FastEndpoints;
using FluentValidation;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Cms.Platform.Http;

/// <summary>
/// Reads a request into its type, strictly: what is unknown, repeated, of the wrong type or against a rule is refused by
/// name, all faults at once. FastEndpoints' own binder ignores unknown parameters and stops at the first fault; and it
/// fills optional claims and headers from the query, which this one cannot.
/// </summary>
internal sealed class StrictBinder<TRequest>(IServiceProvider services) : IRequestBinder<TRequest>
    where TRequest : notnull
{
    private static readonly RequestShape Shape = RequestShape.Of(typeof(TRequest));

    public async ValueTask<TRequest> BindAsync(BinderContext context, CancellationToken ct)
    {
        var http = context.HttpContext;
        var faults = new List<Fault>();
        // FastEndpoints keeps the constructor of its EmptyRequest to itself.
        var request = (TRequest)Activator.CreateInstance(typeof(TRequest), nonPublic: true)!;

        foreach (var (name, values) in http.Request.Query)
            if (!Shape.Query.ContainsKey(name))
                faults.Add(Fault.Of(name, "unknown-parameter", UnknownParameter(name)));
            else if (values.Count > 1)
                faults.Add(Fault.Of(name, "repeated-parameter", $"'{name}' is given more than once."));

        foreach (var part in Shape.Parts)
        {
            var text = part.Source switch
            {
                PartSource.Path => http.Request.RouteValues[part.Name]?.ToString(),
                PartSource.Query => http.Request.Query[part.Name] is [{ } value, ..] ? value : null,
                PartSource.Header => Header(http.Request.Headers[part.Name]),
                _ => null,
            };
            if (text is not null)
                Set(request, part, text, Fault.Of, faults);
        }

        faults.AddRange(Rules.Check(services, request, parameters: true));
        if (faults.Count > 0)
            throw Refused.Parameters(faults);

        // Reading takes as long as the client takes to send.
        if (Shape.Body is not null || Shape.HasForm || HttpMethods.IsPost(http.Request.Method))
            Admission.Leave(http);
        if (Shape.Body is { } body)
            await BindBodyAsync(http, request, body, ct);
        else if (Shape.HasForm)
            await BindFormAsync(http, request, ct);
        else if (HttpMethods.IsPost(http.Request.Method) && await JsonBody.HasContentAsync(http.Request, ct))
            await JsonBody.RefuseContentAsync(http.Request, ct);
        return request;
    }

    private async Task BindBodyAsync(
        HttpContext http,
        TRequest request,
        RequestPart part,
        CancellationToken ct
    )
    {
        var type = part.Property.PropertyType;
        var patch = MergePatch.TargetOf(type);
        using var document = await JsonBody.ParseAsync(http.Request, patch is not null, ct);
        var faults = new List<Fault>();
        object? value = null;
        if (patch is not null)
        {
            JsonShape.CheckPatch(document.RootElement, patch, faults);
            if (faults.Count == 0)
                value = MergePatch.Create(type, document.RootElement);
        }
        else if (JsonShape.TryRead(document.RootElement, type, faults, out value))
            faults.AddRange(Rules.Check(services, value!, parameters: false));
        JsonBody.RefuseIfFaulty(faults);
        part.Property.SetValue(request, value);
    }

    private async Task BindFormAsync(HttpContext http, TRequest request, CancellationToken ct)
    {
        if (
            !MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
            throw new Refused(ProblemKinds.UnsupportedMediaType, "Send the file as multipart/form-data.");

        // Its files are kept on the disk while it is read.
        http.RequestServices.GetRequiredService<OpenFiles>().Enter(http);
        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(ct);
        }
        catch (Exception e)
            when (e is InvalidDataException || e is IOException and not BadHttpRequestException)
        {
            throw new Refused(ProblemKinds.MalformedRequest, $"The form cannot be read: {e.Message}");
        }

        var faults = new List<Fault>();
        var parts = Shape
            .Parts.Where(p => p.Source == PartSource.Form)
            .ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (
            var name in form
                .Keys.Concat(form.Files.Select(f => f.Name))
                .GroupBy(n => n, StringComparer.Ordinal)
        )
            if (!parts.ContainsKey(name.Key))
                faults.Add(
                    Fault.At(
                        JsonShape.Pointer("", name.Key),
                        "unknown-member",
                        $"There is no field '{name.Key}' here."
                    )
                );
            else if (name.Count() > 1 || form[name.Key].Count > 1)
                faults.Add(
                    Fault.At(
                        $"/{name.Key}",
                        "duplicate-member",
                        $"The field '{name.Key}' is given more than once."
                    )
                );

        foreach (var part in parts.Values)
            if (part.Property.PropertyType == typeof(IFormFile))
                part.Property.SetValue(request, form.Files.GetFile(part.Name));
            else if (form.Files.GetFile(part.Name) is not null)
                faults.Add(
                    Fault.At($"/{part.Name}", "wrong-type", $"'{part.Name}' is text, and was sent as a file.")
                );
            else if (form[part.Name] is [{ } text, ..])
                Set(request, part, text, (name, code, detail) => Fault.At($"/{name}", code, detail), faults);

        faults.AddRange(Rules.Check(services, request, parameters: false));
        JsonBody.RefuseIfFaulty(faults);
    }

    private static void Set(
        TRequest request,
        RequestPart part,
        string text,
        Func<string, string, string, Fault> fault,
        List<Fault> faults
    )
    {
        if (!Text.IsClean(text))
        {
            faults.Add(fault(part.Name, "invalid-character", $"'{part.Name}' holds a control character."));
            return;
        }
        if (!part.IsList)
        {
            if (ParameterValue.TryParse(text, part.ValueType, out var value, out var expected))
                part.Property.SetValue(request, value);
            else
                faults.Add(fault(part.Name, "wrong-type", $"'{part.Name}' must be {expected}."));
            return;
        }

        var items = text.Split(',');
        var values = Array.CreateInstance(part.ValueType, items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].Length == 0)
                faults.Add(
                    fault(part.Name, "wrong-type", $"'{part.Name}' has an empty value between its commas.")
                );
            else if (ParameterValue.TryParse(items[i], part.ValueType, out var value, out var expected))
                values.SetValue(value, i);
            else
                faults.Add(
                    fault(part.Name, "wrong-type", $"Each value of '{part.Name}' must be {expected}.")
                );
        }
        part.Property.SetValue(request, values);
    }

    private static string? Header(StringValues values) => values.Count == 0 ? null : values.ToString();

    private static string UnknownParameter(string name) =>
        Shape.Query.Count == 0
            ? $"There is no parameter '{name}' here: this address takes none."
            : $"There is no parameter '{name}' here. Known: {string.Join(", ", Shape.Query.Keys)}.";
}

/// <summary>Parameter values: text to the type of a property.</summary>
internal static class ParameterValue
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, object>> Enums = new();

    public static bool TryParse(string text, Type type, out object? value, out string expected)
    {
        value = null;
        expected = "";
        if (type == typeof(string))
        {
            value = text;
            return true;
        }
        if (type == typeof(int))
        {
            expected = "a whole number";
            var parsed = int.TryParse(
                text,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var number
            );
            value = number;
            return parsed;
        }
        if (type == typeof(double))
        {
            expected = "a number";
            var parsed = double.TryParse(
                text,
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var number
            );
            value = number;
            return parsed && double.IsFinite(number);
        }
        if (type == typeof(bool))
        {
            expected = "true or false";
            value = text is "true";
            return text is "true" or "false";
        }
        if (type == typeof(Guid))
        {
            expected = "an id (a UUID)";
            var parsed = Guid.TryParseExact(text, "D", out var id);
            value = id;
            return parsed;
        }
        if (type == typeof(DateTimeOffset))
        {
            expected = "a time such as 2026-10-01T08:00:00Z (write + as %2B)";
            var parsed = Json.TryInstant(text, out var instant);
            value = instant;
            return parsed;
        }
        if (type.IsEnum)
        {
            var names = NamesOf(type);
            expected = "one of " + string.Join(", ", names.Keys);
            return names.TryGetValue(text, out value);
        }
        throw new InvalidOperationException($"Parameters of type {type.Name} cannot be read.");
    }

    /// <summary>The names of an enum on the wire: camelCase, or what <c>JsonStringEnumMemberName</c> says.</summary>
    public static Dictionary<string, object> NamesOf(Type type) =>
        Enums.GetOrAdd(
            type,
            static t =>
                Enum.GetValues(t)
                    .Cast<object>()
                    .ToDictionary(
                        v => JsonSerializer.SerializeToElement(v, t, Json.Options).GetString()!,
                        StringComparer.Ordinal
                    )
        );
}
