using System.Text;
using System.Text.RegularExpressions;
using Cms.Platform.Http.Answers;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace Cms.Platform.OpenApi;

/// <summary>
/// The contract as an OpenAPI 3.1 document, made from the endpoints themselves, and the page that shows it.
/// </summary>
internal static partial class OpenApiDocumentation
{
    public const string Name = "v1";
    public const string Address = $"/openapi/{Name}.json";
    private const string Page = "/docs/api";
    private const string Script = $"{Page}/cms.js";

    public static IServiceCollection AddOpenApiDocument(
        this IServiceCollection services,
        ContractOptions options
    )
    {
        services.AddSingleton(options);
        services.AddSingleton<SliceDescriptions>();
        services.AddSingleton<IApiDescriptionGroupCollectionProvider>(s =>
            s.GetRequiredService<SliceDescriptions>()
        );
        services.AddSingleton<XmlDocs>();
        services.AddSingleton<RuleReader>();
        services.AddSingleton<SchemaWriter>();
        services.AddSingleton<Refusals>();
        services.AddSingleton(s => new Lazy<Task<byte[]>>(async () =>
            Encoding.UTF8.GetBytes(await MakeAsync(s))
        ));
        return services.AddSwaggerGen(swagger =>
        {
            swagger.SwaggerDoc(
                Name,
                new OpenApiInfo
                {
                    Title = "Cms",
                    Version = Name,
                    Summary = "A headless CMS for newsrooms.",
                    Description = Introduction(),
                    License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
                }
            );
            swagger.AddServer(new OpenApiServer { Url = "/", Description = "This server" });
            swagger.AddSecurityDefinition(
                SliceOperations.Bearer,
                new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    BearerFormat = "cms_… or JWT",
                    Description =
                        "An API key (`Authorization: Bearer cms_…`), or an access token of the OpenID Connect provider "
                        + "that the newsroom has configured.",
                }
            );
            swagger.CustomOperationIds(slice => slice.OperationId());
            swagger.TagActionsBy(slice => [TagOf(options, slice.RelativePath!)]);
            swagger.OrderActionsBy(slice => $"{slice.RelativePath} {Rank(slice.HttpMethod!)}");
            swagger.OperationFilter<SliceOperations>();
            swagger.DocumentFilter<ContractDocument>();
        });
    }

    public static void UseOpenApiDocument(this WebApplication app)
    {
        app.Services.GetRequiredService<SliceDescriptions>().Sources = (
            (IEndpointRouteBuilder)app
        ).DataSources;
        var made = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        app.MapGet(
            Address,
            async (Lazy<Task<byte[]>> document) =>
                new Document(await document.Value, made, "public, max-age=300")
        );
        app.MapGet(Script, () => Results.Text(Resource("docs.js"), "text/javascript"));
        app.Use(Confine);
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = Page[1..];
            page.DocumentTitle = "Cms: the API";
            page.SwaggerEndpoint(Address, "Cms v1");
            page.DisplayOperationId();
            page.DefaultModelsExpandDepth(0);
            page.EnableDeepLinking();
            page.EnableFilter();
            page.EnableTryItOutByDefault();
            page.InjectJavascript(Script);
        });
    }

    /// <summary>The document, with a line feed at its end. Needs no database and no running server.</summary>
    public static Task<string> WriteAsync(WebApplication app) => MakeAsync(app.Services);

    private static async Task<string> MakeAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var swagger = scope.ServiceProvider.GetRequiredService<IAsyncSwaggerProvider>();
        var document = await swagger.GetSwaggerAsync(Name);
        var json = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1);
        // The library writes the newest patch version of 3.1, which some generators and linters do not know; the
        // patches mean the same.
        return Version().Replace(json.ReplaceLineEndings("\n"), "\"openapi\": \"3.1.1\"", 1) + "\n";
    }

    /// <summary>
    /// The page loads nothing from elsewhere, and no other page may frame it: a key may have been typed into it.
    /// </summary>
    private static Task Confine(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments(Page, StringComparison.OrdinalIgnoreCase))
            context.Response.Headers.ContentSecurityPolicy =
                "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src "
                + "'self' data: blob:; frame-ancestors 'none'";
        return next(context);
    }

    private static string TagOf(ContractOptions options, string path) =>
        options.Tags.FirstOrDefault(t => path.StartsWith(t.Path, StringComparison.Ordinal))?.Name
        ?? throw new InvalidOperationException(
            $"/{path} is in no group of the document: name one in ContractText."
        );

    private static int Rank(string method) =>
        Array.IndexOf(["GET", "POST", "PUT", "PATCH", "DELETE"], method);

    [GeneratedRegex("\"openapi\": \"3\\.1\\.[0-9]+\"", RegexOptions.NonBacktracking)]
    private static partial Regex Version();

    private static string Introduction() => Resource("Introduction.md").Trim();

    private static string Resource(string name)
    {
        using var reader = new StreamReader(
            typeof(OpenApiDocumentation).Assembly.GetManifestResourceStream($"OpenApi/{name}")!
        );
        return reader.ReadToEnd();
    }
}
