using Cms.Platform.Http;
using FastEndpoints;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace Cms.Platform.OpenApi;

/// <summary>
/// Tells Swashbuckle which operations there are: the slices, and only by method and path. (FastEndpoints' own
/// description makes of every request a body, forgets the parameters in the path and declares answers that are never
/// given.)
/// </summary>
internal sealed class SliceDescriptions : IApiDescriptionGroupCollectionProvider
{
    /// <summary>Where the endpoints are; set once the pipeline is built.</summary>
    public IEnumerable<EndpointDataSource> Sources { get; set; } = [];

    public ApiDescriptionGroupCollection ApiDescriptionGroups =>
        new(
            [new ApiDescriptionGroup(null, [.. Sources.SelectMany(s => s.Endpoints).SelectMany(Describe)])],
            1
        );

    private static IEnumerable<ApiDescription> Describe(Endpoint endpoint)
    {
        if (endpoint is not RouteEndpoint route || route.Metadata.GetMetadata<AnswerMetadata>() is null)
            yield break;
        foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            yield return new ApiDescription
            {
                HttpMethod = method,
                RelativePath = route.RoutePattern.RawText!.TrimStart('/'),
                ActionDescriptor = new ActionDescriptor { EndpointMetadata = [.. route.Metadata] },
            };
    }
}

internal static class DescriptionOfSlice
{
    public static T? Find<T>(this ApiDescription description)
        where T : class => description.ActionDescriptor.EndpointMetadata.OfType<T>().LastOrDefault();

    public static T Get<T>(this ApiDescription description)
        where T : class =>
        description.Find<T>()
        ?? throw new InvalidOperationException($"{description.RelativePath} has no {typeof(T).Name}.");

    public static string OperationId(this ApiDescription description) =>
        description.Get<EndpointDefinition>().EndpointType.Name;
}
