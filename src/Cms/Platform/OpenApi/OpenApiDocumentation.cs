namespace Cms.Platform.OpenApi;

internal static class OpenApiDocumentation
{
    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services) => services;

    public static void UseOpenApiDocument(this WebApplication app) { }

    public static Task<string> WriteAsync(WebApplication app) => Task.FromResult("{}\n");
}
