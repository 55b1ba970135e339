using System.Globalization;
using System.Text.Json.Nodes;
using Cms.Platform.Http;
using FastEndpoints;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Cms.Platform.OpenApi;

/// <summary>
/// Writes an operation from what its slice declares (answer, refusals, redirect), from the table that its binder reads by, and
/// from its XML documentation.
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

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var (slice, document) = (context.ApiDescription, context.Document);
        var definition = slice.Get<EndpointDefinition>();
        var shape = RequestShape.Of(definition.ReqDtoType);
        var traits = Traits.Of(slice);

        operation.Summary = docs.Summary(definition.EndpointType);
        operation.Description = docs.Remarks(definition.EndpointType);
        Secure(operation, slice, definition, document);
        operation.Parameters = [.. Parameters(slice, definition.ReqDtoType, shape), .. traits.RequestHeaders];
        operation.RequestBody =
            shape.Body is { } body ? JsonBody(slice, body, document)
            : shape.HasForm ? Form(definition.ReqDtoType, shape)
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
            if (Traits.IsDelivery(slice))
                operation.Security = [new OpenApiSecurityRequirement(), key];
            return;
        }
        operation.Security = [key];
        if (definition.AllowedPermissions is not { Count: > 0 } permissions)
            return;
        var roles = permissions.Select(options.LowestRole).Distinct().Select(r => $"`{r}`");
        operation.Description =
            $"{operation.Description}\n\nNeeds a key with the role {string.Join(" or ", roles)}, or a higher one.".TrimStart();
    }

    private IEnumerable<IOpenApiParameter> Parameters(ApiDescription slice, Type request, RequestShape shape)
    {
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
            var schema = SchemaWriter.Value(part);
            var mayNotBeEmpty = rules.Apply(request, part.Property.Name, schema);
            yield return new OpenApiParameter
            {
                Name = part.Name,
                In = where,
                Required =
                    part.IsRequired
                    || (mayNotBeEmpty && part.Default is null or "")
                    || (part.Name == "If-Match" && needsRevision),
                Description = Describe(part),
                Schema = schema,
                Style = part.IsList ? ParameterStyle.Form : null,
                Explode = !part.IsList && where == ParameterLocation.Query,
                Example = docs.Example(part.Property) is { } example ? Example(part, example) : null,
            };
        }
    }

    private string? Describe(RequestPart part)
    {
        var text = docs.Summary(part.Property);
        return part.Name == "fields"
            ? text
                + " Paths go through lists and objects; a path's end takes all below it. The answer then lacks the other members, also those that its schema requires."
            : text;
    }

    private static JsonNode Example(RequestPart part, string example) =>
        part.IsList
            ? new JsonArray([.. example.Split(',').Select(v => (JsonNode)JsonValue.Create(v))])
            : JsonValue.Create(example);

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
            contents.Add(Http.JsonBody.MergePatchType, content);
        contents.Add("application/json", content);
        return new OpenApiRequestBody { Required = true, Content = contents };
    }

    private OpenApiRequestBody Form(Type request, RequestShape shape)
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
            var field = SchemaWriter.Value(part);
            if (rules.Apply(request, part.Property.Name, field))
                schema.Required.Add(part.Name);
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
        if (traits.IsConditional)
            responses["304"] = new OpenApiResponse
            {
                Description = traits.HasNoDate
                    ? "Nothing has changed: you are at the position that `If-None-Match` names."
                    : "You have the present answer already: what you sent in `If-None-Match` or `If-Modified-Since` still holds.",
                Headers = AnswerHeaders.Of(document, traits.Headers.Except(NotOfUnchanged)),
            };
        if (slice.Find<RedirectMetadata>() is { } redirect)
            responses["308"] = new OpenApiResponse
            {
                Description = redirect.Reason,
                Headers = AnswerHeaders.Of(document, ["X-Request-Id", "Location", "Cache-Control"]),
            };
        refusals.Write(
            document,
            responses,
            [
                .. slice.Get<RefusalMetadata>().Kinds,
                .. traits.HasRanges
                    ? [ProblemKinds.PreconditionFailed, ProblemKinds.RangeNotSatisfiable]
                    : Array.Empty<ProblemKind>(),
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
        var content = new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/json"] = new OpenApiMediaType
            {
                Schema = schemas.Of(answer.Type, SchemaUse.Answer, document),
                Example = Samples.Answer(slice.OperationId()),
            },
        };
        foreach (var type in slice.Find<AlternativeMetadata>()?.MediaTypes ?? [])
            content.Add(
                type,
                new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }
            );
        return content;
    }
}
