using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Unicode;
using FastEndpoints;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Cms.Platform.Http.Requests;

/// <summary>
/// Reads a request into its type, strictly: what is unknown, repeated, of the wrong type or against a rule is refused
/// by name, all faults at once. FastEndpoints' own binder ignores unknown parameters and stops at the first fault; and
/// it fills optional claims and headers from the query, which this one cannot.
/// </summary>
internal sealed class StrictBinder<TRequest>(IServiceProvider services) : IRequestBinder<TRequest>
    where TRequest : notnull
{
    private static readonly RequestShape Shape = RequestShape.Of(typeof(TRequest));

    public async ValueTask<TRequest> BindAsync(BinderContext context, CancellationToken ct)
    {
        var http = context.HttpContext;
        var faults = new Faults();
        // FastEndpoints keeps the constructor of its EmptyRequest to itself.
        var request = (TRequest)Activator.CreateInstance(typeof(TRequest), nonPublic: true)!;

        BindParameters(http.Request, request, faults);
        faults.AddRange(Rules.Check(services, request, parameters: true));

        // Reading takes as long as the client needs to send.
        if (Shape.Body is not null || Shape.HasForm || HttpMethods.IsPost(http.Request.Method))
            Admission.Leave(http);
        if (Shape is { Body: not null, HasForm: true } && JsonBody.IsForm(http.Request))
            await BindFormAsync(http, request, faults, ct);
        else if (
            Shape.Body is { } body
            && (body.IsRequired || await JsonBody.HasContentAsync(http.Request, ct))
        )
            await BindBodyAsync(http, request, body, faults, ct);
        else if (Shape.HasForm)
            await BindFormAsync(http, request, faults, ct);
        else if (faults.Count > 0)
            throw Refused.Parameters(faults);
        else if (
            Shape.Body is null
            && HttpMethods.IsPost(http.Request.Method)
            && await JsonBody.HasContentAsync(http.Request, ct)
        )
            await JsonBody.RefuseContentAsync(http.Request, ct);
        return request;
    }

    private static void BindParameters(HttpRequest http, TRequest request, Faults faults)
    {
        foreach (var name in PercentEncoding.FaultyParameters(http.QueryString.Value))
            faults.Add(
                Fault.Of(
                    name,
                    "invalid-encoding",
                    $"'{Text.Short(name)}' is not percent-encoded UTF-8: after each % come two "
                        + "hexadecimal digits, and the bytes make characters. A percent sign is written %25."
                )
            );
        // An unreadable body has no members to check.
        if (faults.Count > 0)
            return;

        foreach (var (name, values) in http.Query)
            if (!Shape.Query.TryGetValue(name, out var part))
                faults.Add(Fault.Of(name, "unknown-parameter", UnknownParameter(name)));
            else if (values.Count > 1 && !part.IsList)
                faults.Add(Fault.Of(name, "repeated-parameter", $"'{name}' is given more than once."));

        foreach (var part in Shape.Parts)
        {
            var text = part.Source switch
            {
                PartSource.Path => http.RouteValues[part.Name]?.ToString(),
                // Some generated clients write a list as a,b, others as a repeated parameter.
                PartSource.Query => http.Query[part.Name] is { Count: > 0 } values
                    ? part.IsList
                        ? string.Join(',', values.ToArray())
                        : values[0]
                    : null,
                PartSource.Header => Header(http.Headers[part.Name]),
                _ => null,
            };
            if (text is not null)
                Set(request, part, text, Fault.Of, faults);
        }
    }

    private async Task BindBodyAsync(
        HttpContext http,
        TRequest request,
        RequestPart part,
        Faults faults,
        CancellationToken ct
    )
    {
        var type = part.Property.PropertyType;
        var patch = MergePatch.TargetOf(type);
        using var document = await JsonBody.ParseAsync(http.Request, patch is not null, ct);
        if (patch is not null)
        {
            var found = new Faults();
            JsonShape.CheckPatch(document.RootElement, patch, found);
            if (faults.Count == 0 && MergePatch.Create(type, document.RootElement, found) is { } members)
            {
                // Its other faults appear when it is applied to the resource.
                part.Property.SetValue(request, members);
                return;
            }
            faults.AddRange(found);
            faults.AddUntold(found.More);
            JsonBody.RefuseIfFaulty(faults);
        }
        else if (JsonShape.Read(document.RootElement, type, faults) is { } value)
        {
            faults.AddIndependent(Rules.Check(services, value, parameters: false));
            if (faults.Count is > 0 and < Faults.Max)
                foreach (var check in services.GetServices<IReferenceCheck>().Where(c => c.Of == type))
                    await check.FindFaultsAsync(http, value, faults, ct);
            part.Property.SetValue(request, value);
        }
        JsonBody.RefuseIfFaulty(faults);
    }

    private async Task BindFormAsync(HttpContext http, TRequest request, Faults faults, CancellationToken ct)
    {
        if (
            !MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
            throw new Refused(
                ProblemKinds.UnsupportedMediaType,
                $"Send the file as multipart/form-data, not {Text.Short(http.Request.ContentType ?? "without a type")}."
            );

        // Its files are buffered on disk while it is read.
        http.RequestServices.GetRequiredService<OpenFiles>().Enter(http);
        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(ct);
            await ContentDigest.SetAsync(http.Request, form, ct);
        }
        catch (Exception e)
            when (e is InvalidDataException || e is IOException and not BadHttpRequestException)
        {
            throw new Refused(ProblemKinds.MalformedRequest, $"The form cannot be read: {e.Message}");
        }

        var found = new Faults();
        var parts = Shape
            .Parts.Where(p => p.Source == PartSource.Form)
            .ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (
            var name in form
                .Keys.Concat(form.Files.Select(f => f.Name))
                .GroupBy(n => n, StringComparer.Ordinal)
        )
            if (!parts.ContainsKey(name.Key))
                found.Add(
                    Fault.At(
                        JsonShape.Pointer("", name.Key),
                        "unknown-member",
                        $"There is no field '{Text.Short(name.Key)}' "
                            + $"here.{Nearest.Hint(name.Key, parts.Keys)} Known: "
                            + $"{string.Join(", ", parts.Keys)}."
                    )
                );
            else if (name.Count() > 1 || form[name.Key].Count > 1)
                found.Add(
                    Fault.At(
                        $"/{name.Key}",
                        JsonShape.Duplicate,
                        $"The field '{name.Key}' is given more than once."
                    )
                );

        foreach (var part in parts.Values)
            if (part.Property.PropertyType == typeof(IFormFile))
                SetFile(request, part, form, found);
            else if (form.Files.GetFile(part.Name) is not null)
                found.Add(
                    Fault.At($"/{part.Name}", "wrong-type", $"'{part.Name}' is text, and was sent as a file.")
                );
            else if (form[part.Name] is [{ } text, ..])
                Set(request, part, text, (name, code, detail) => Fault.At($"/{name}", code, detail), found);

        found.AddIndependent(Rules.Check(services, request, parameters: false));
        faults.AddRange(found);
        JsonBody.RefuseIfFaulty(faults);
    }

    private static void SetFile(TRequest request, RequestPart part, IFormCollection form, Faults faults)
    {
        if (form.Files.GetFile(part.Name) is { } file)
        {
            part.Property.SetValue(request, file);
            if (file.FileName.Contains(Unreadable, StringComparison.Ordinal))
                faults.Add(
                    Fault.At($"/{part.Name}", "invalid-encoding", "The file's name is not valid UTF-8.")
                );
        }
        else if (form.ContainsKey(part.Name))
            faults.Add(
                Fault.At(
                    $"/{part.Name}",
                    "missing",
                    $"'{part.Name}' is a file, and was sent as text: its part of the form needs a filename."
                )
            );
    }

    private static void Set(
        TRequest request,
        RequestPart part,
        string text,
        Func<string, string, string, Fault> fault,
        Faults faults
    )
    {
        if (Text.FindFault(text) is { } unfit)
        {
            faults.Add(fault(part.Name, JsonShape.NotText, $"'{part.Name}' holds {unfit}."));
            return;
        }
        // The form reader replaces invalid UTF-8 with this character, which would then be stored.
        if (part.Source == PartSource.Form && text.Contains(Unreadable, StringComparison.Ordinal))
        {
            faults.Add(
                fault(
                    part.Name,
                    "invalid-encoding",
                    $"'{part.Name}' is not valid UTF-8, or contains U+FFFD, the sign for unreadable bytes."
                )
            );
            return;
        }
        // Paths are compared as sent. In a query, a space at the end marks the last word as complete.
        text = part.Source switch
        {
            PartSource.Form => Text.Stored(text),
            PartSource.Query => Text.WithoutVariants(text),
            _ => text,
        };
        if (!part.IsList)
        {
            // Forms always send all fields: an empty one counts as missing.
            if (part.Source == PartSource.Form && text.Length == 0)
                return;
            if (ParameterValue.TryParse(text, part.ValueType, out var value, out var wrong))
                part.Property.SetValue(request, value);
            else
                faults.Add(fault(part.Name, wrong.Code, $"'{part.Name}' must be {wrong.Expected}."));
            return;
        }

        // Repeated values count once.
        var items = text.Split(',').Select(Text.Stored).Distinct(StringComparer.Ordinal).ToArray();
        var values = Array.CreateInstance(part.ValueType, items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].Length == 0)
                faults.Add(fault(part.Name, "wrong-type", $"'{part.Name}' has an empty value."));
            else if (ParameterValue.TryParse(items[i], part.ValueType, out var value, out var wrong))
                values.SetValue(value, i);
            else
                faults.Add(
                    fault(part.Name, wrong.Code, $"Each value of '{part.Name}' must be {wrong.Expected}.")
                );
        }
        part.Property.SetValue(request, values);
    }

    private const char Unreadable = '\uFFFD';

    private static string? Header(StringValues values) => values.Count == 0 ? null : values.ToString();

    private static string UnknownParameter(string name) =>
        Shape.Query.Count == 0
            ? $"There is no parameter '{Text.Short(name)}' here: this address takes none."
            : $"There is no parameter '{Text.Short(name)}' here.{Nearest.Hint(name, Shape.Query.Keys)} "
                + $"Known: {string.Join(", ", Shape.Query.Keys)}.";
}

/// <summary>Parameter values: text to the type of a property.</summary>
internal static class ParameterValue
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, object>> Enums = new();

    /// <param name="wrong">What it must be, as the end of a sentence, and the code of the fault.</param>
    public static bool TryParse(
        string text,
        Type type,
        out object? value,
        out (string Code, string Expected) wrong
    )
    {
        wrong.Code = "wrong-type";
        var isRead = TryParse(text, type, out value, out wrong.Expected, ref wrong.Code);
        return isRead;
    }

    private static bool TryParse(
        string text,
        Type type,
        out object? value,
        out string expected,
        ref string code
    )
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
            var fault = Instants.Read(text, out var instant);
            value = instant;
            if (fault is null)
                return true;
            code = fault.Value.Code;
            expected =
                $"a time such as {Instants.Example} (write + as %2B)"
                + (fault.Value.Reason.Length > 0 ? ": " + fault.Value.Reason : "");
            return false;
        }
        if (type.IsEnum)
        {
            var names = NamesOf(type);
            if (names.TryGetValue(text, out value))
                return true;
            var hint = Nearest.Hint(text, names.Keys).TrimEnd('?');
            expected = "one of " + string.Join(", ", names.Keys) + (hint.Length > 0 ? "." + hint : "");
            return false;
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
