using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Cms.Platform.Http;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using FastEndpoints;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Cms.Platform.OpenApi;

/// <summary>
/// Writes an operation from what its slice declares (answer, refusals, redirect), from the table that its binder reads
/// by, and from its XML documentation.
/// </summary>
internal sealed class SliceOperations(
    SchemaWriter schemas,
    RuleReader rules,
    Refusals refusals,
    XmlDocs docs,
    ContractOptions options
) : IOperationFilter
{
    public const string Bearer = "bearer";

    /// <summary>On a media type: the schema of an answer that `fields` has cut.</summary>
    public const string WithFields = "x-with-fields";

    private const string FieldsName = "fields";

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var (slice, document) = (context.ApiDescription, context.Document);
        var definition = slice.Get<EndpointDefinition>();
        var shape = RequestShape.Of(definition.ReqDtoType);
        var traits = Traits.Of(slice);

        operation.Summary = docs.Summary(definition.EndpointType);
        operation.Description = docs.Remarks(definition.EndpointType);
        Secure(operation, slice, definition, document);
        operation.Parameters =
        [
            .. Parameters(slice, definition.ReqDtoType, shape, document),
            .. traits.RequestHeaders,
        ];
        operation.RequestBody =
            shape is { Body: { } either, HasForm: true }
                ? Either(Form(definition.ReqDtoType, shape, document), JsonBody(slice, either, document))
            : shape.Body is { } body ? JsonBody(slice, body, document)
            : shape.HasForm ? Form(definition.ReqDtoType, shape, document)
            : null;
        operation.Responses = Responses(slice, traits, document);
    }

    private void Secure(
        OpenApiOperation operation,
        ApiDescription slice,
        EndpointDefinition definition,
        OpenApiDocument document
    )
    {
        var key = new OpenApiSecurityRequirement
        {
            [new OpenApiSecuritySchemeReference(Bearer, document)] = [],
        };
        if (slice.Find<IAllowAnonymous>() is not null)
        {
            // Delivery shows more with a key; other public operations ignore keys.
            operation.Security = Traits.IsDelivery(slice) ? [new OpenApiSecurityRequirement(), key] : [];
            return;
        }
        operation.Security = [key];
        if (definition.AllowedPermissions is not { Count: > 0 } permissions)
            return;
        var roles = permissions.Select(options.LowestRole).Distinct().Select(r => $"`{r}`");
        operation.Description = (
            $"{operation.Description}\n\nNeeds a key with the role {string.Join(" or ", roles)}, or a "
            + "higher one."
        ).TrimStart();
    }

    private IEnumerable<IOpenApiParameter> Parameters(
        ApiDescription slice,
        Type request,
        RequestShape shape,
        OpenApiDocument document
    )
    {
        var partial = PartialOf(slice, shape, document);
        var needsRevision =
            slice.Find<RefusalMetadata>()?.Kinds.Contains(ProblemKinds.RevisionRequired) == true;
        foreach (var part in shape.Parts)
        {
            ParameterLocation? where = part.Source switch
            {
                PartSource.Path => ParameterLocation.Path,
                PartSource.Query => ParameterLocation.Query,
                PartSource.Header => ParameterLocation.Header,
                _ => null,
            };
            if (where is null)
                continue;
            var schema = schemas.Value(part, document);
            var mayNotBeEmpty = rules.Apply(request, part.Property.Name, schema);
            yield return new OpenApiParameter
            {
                Name = part.Name,
                In = where,
                Required =
                    part.IsRequired
                    || (mayNotBeEmpty && part.Default is null or "")
                    || (part.Name == "If-Match" && needsRevision),
                Description = Describe(part, partial),
                Schema = schema,
                Style = part.IsList ? ParameterStyle.Form : null,
                Explode = !part.IsList && where == ParameterLocation.Query,
                Example = ExampleOf(slice, part) is { } example ? Example(part, example) : null,
            };
        }
    }

    private string? Describe(RequestPart part, string? partial)
    {
        var text = docs.Summary(part.Property);
        return part.Name == FieldsName
            ? $"{text} A path may go through lists and objects, and includes everything below it. The "
                + $"answer then has the schema `{partial}`."
            : text;
    }

    /// <summary>For path parameters, a thing of the group's kind; otherwise the parameter's own example.</summary>
    private string? ExampleOf(ApiDescription slice, RequestPart part) =>
        part.Source == PartSource.Path
            ? options
                .Tags.First(t => slice.RelativePath!.StartsWith(t.Path, StringComparison.Ordinal))
                .Examples.GetValueOrDefault(part.Name)
                ?? throw new InvalidOperationException(
                    $"{{{part.Name}}} of /{slice.RelativePath} has no example: name one in ContractText."
                )
            : docs.Example(part.Property);

    private static JsonNode Example(RequestPart part, string example) =>
        part.IsList
            ? new JsonArray([.. example.Split(',').Select(v => SchemaWriter.Example(part.ValueType, v))])
            : SchemaWriter.Example(part.ValueType, example);

    /// <summary>
    /// Writes the schema of an answer cut by <c>fields</c> into the components, and returns its name.
    /// </summary>
    private string? PartialOf(ApiDescription slice, RequestShape shape, OpenApiDocument document) =>
        shape.Query.ContainsKey(FieldsName)
        && schemas.Of(slice.Get<AnswerMetadata>().Type, SchemaUse.Partial, document)
            is OpenApiSchemaReference partial
            ? partial.Reference.Id
            : null;

    private OpenApiRequestBody JsonBody(ApiDescription slice, RequestPart body, OpenApiDocument document)
    {
        var type = body.Property.PropertyType;
        var content = new OpenApiMediaType
        {
            Schema = schemas.Of(type, SchemaUse.Request, document),
            Example = Samples.Request(slice.OperationId()),
        };
        var contents = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal);
        if (MergePatch.TargetOf(type) is not null)
            contents.Add(Http.Requests.JsonBody.MergePatchType, content);
        contents.Add("application/json", content);
        return new OpenApiRequestBody { Required = body.IsRequired, Content = contents };
    }

    private static OpenApiRequestBody Either(OpenApiRequestBody form, OpenApiRequestBody json)
    {
        foreach (var (type, content) in json.Content!)
            form.Content!.Add(type, content);
        return form;
    }

    private OpenApiRequestBody Form(Type request, RequestShape shape, OpenApiDocument document)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            AdditionalPropertiesAllowed = false,
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal),
            Required = new HashSet<string>(StringComparer.Ordinal),
        };
        foreach (var part in shape.Parts.Where(p => p.Source == PartSource.Form))
        {
            var field = schemas.Value(part, document);
            if (rules.Apply(request, part.Property.Name, field))
                schema.Required.Add(part.Name);
            if (part.Property.GetCustomAttribute<TogetherWithAttribute>() is { } pair)
            {
                schema.DependentRequired ??= new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
                schema.DependentRequired.Add(part.Name, [pair.Name]);
            }
            field.Description = docs.Summary(part.Property);
            schema.Properties.Add(part.Name, field);
        }
        return new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal)
            {
                ["multipart/form-data"] = new OpenApiMediaType { Schema = schema },
            },
        };
    }

    private OpenApiResponses Responses(ApiDescription slice, Traits traits, OpenApiDocument document)
    {
        var answer = slice.Get<AnswerMetadata>();
        var responses = new OpenApiResponses
        {
            [answer.Status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = DescriptionOf(answer),
                Headers = AnswerHeaders.Of(document, traits.Headers),
                Content = Content(slice, answer, traits, document),
            },
        };
        if (traits.HasRanges)
            responses["206"] = new OpenApiResponse
            {
                Description = "The part of the file that `Range` asked for.",
                Headers = AnswerHeaders.Of(document, [.. traits.Headers, "Content-Range"]),
                Content = Content(slice, answer, traits, document),
            };
        if (traits is { IsConditional: true, IsAlwaysSent: false })
            responses["304"] = new OpenApiResponse
            {
                Description = traits.HasNoDate
                    ? "Nothing has changed: your copy, which `If-None-Match` names, is current."
                    : "You have the present answer already: what you sent in `If-None-Match` or "
                        + "`If-Modified-Since` still holds.",
                Headers = AnswerHeaders.Of(document, traits.Headers.Except(NotOfUnchanged)),
            };
        if (slice.Find<RedirectMetadata>() is { } redirect)
            responses["308"] = new OpenApiResponse
            {
                Description = redirect.Reason,
                Headers = AnswerHeaders.Of(
                    document,
                    ["X-Request-Id", "Location", "Cache-Control", "Cache-Tag"]
                ),
            };
        refusals.Write(
            document,
            responses,
            [
                .. slice.Get<RefusalMetadata>().Kinds,
                .. traits.IsConditional ? [ProblemKinds.PreconditionFailed] : Array.Empty<ProblemKind>(),
                .. traits.HasRanges ? [ProblemKinds.RangeNotSatisfiable] : Array.Empty<ProblemKind>(),
            ]
        );
        return responses;
    }

    // What the client has with what it keeps (RFC 9110, 15.4.5).
    private static readonly string[] NotOfUnchanged = ["Accept-Ranges", "Cache-Tag", "Link"];

    private string DescriptionOf(AnswerMetadata answer)
    {
        if (answer.Status == StatusCodes.Status204NoContent)
            return "Done.";
        var type = answer.Type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Paged<>))
            return "A page of the list.";
        var text = docs.Summary(type) ?? "Done.";
        return answer.Status == StatusCodes.Status201Created ? "Made. " + text : text;
    }

    private Dictionary<string, IOpenApiMediaType>? Content(
        ApiDescription slice,
        AnswerMetadata answer,
        Traits traits,
        OpenApiDocument document
    )
    {
        if (answer.Type == typeof(NoContent))
            return null;
        if (traits.MediaTypes is { } types)
            return types.ToDictionary(
                t => t,
                t =>
                    (IOpenApiMediaType)
                        new OpenApiMediaType
                        {
                            Schema = new OpenApiSchema
                            {
                                Type = JsonSchemaType.String,
                                Format = t.StartsWith("text/", StringComparison.Ordinal) ? null : "binary",
                            },
                        },
                StringComparer.Ordinal
            );
        var schema = schemas.Of(answer.Type, SchemaUse.Answer, document);
        var content = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/json"] = new OpenApiMediaType
            {
                Schema = schema,
                Example = Samples.Answer(slice.OperationId(), schema, document),
            },
        };
        if (
            PartialOf(slice, RequestShape.Of(slice.Get<EndpointDefinition>().ReqDtoType), document) is
            { } partial
        )
            ((OpenApiMediaType)content["application/json"]).Extensions = new Dictionary<
                string,
                IOpenApiExtension
            >(StringComparer.Ordinal)
            {
                [WithFields] = new JsonNodeExtension(
                    new JsonObject { ["$ref"] = "#/components/schemas/" + partial }
                ),
            };
        foreach (var type in slice.Find<AlternativeMetadata>()?.MediaTypes ?? [])
            content.Add(
                type,
                new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }
            );
        return content;
    }
}
