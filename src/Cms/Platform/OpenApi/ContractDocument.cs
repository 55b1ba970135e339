using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Cms.Platform.OpenApi;

/// <summary>What belongs to the document as a whole: its groups, and an order that does not depend on chance.</summary>
internal sealed class ContractDocument(ContractOptions options) : IDocumentFilter
{
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        var used = swaggerDoc
            .Paths.Values.SelectMany(p => p.Operations ?? [])
            .SelectMany(o => o.Value.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(t => t.Reference.Id)
            .ToHashSet(StringComparer.Ordinal);
        swaggerDoc.Tags = options
            .Tags.Where(t => used.Contains(t.Name))
            .Select(t => new OpenApiTag { Name = t.Name, Description = t.Description })
            .ToHashSet();
        if (swaggerDoc.Components is not { } components)
            return;
        components.Schemas = Sorted(components.Schemas);
        components.Responses = Sorted(components.Responses);
        components.Headers = Sorted(components.Headers);
        components.Examples = Sorted(components.Examples);
    }

    private static SortedDictionary<string, T>? Sorted<T>(IDictionary<string, T>? components) =>
        components is null ? null : new(components, StringComparer.Ordinal);
}
