namespace Cms.Platform.Http;

/// <summary>
/// Makes the request known to whoever asks for the current one (<see cref="IHttpContextAccessor"/>, by which
/// FastEndpoints finds services) where that begins, and not for every request: the server would have it flow with each,
/// and what is answered from memory, where nobody asks, pays for that too.
/// </summary>
internal static class CurrentContext
{
    /// <summary>Leaves it to <see cref="UseCurrentContext"/> to make requests known.</summary>
    public static void AddCurrentContext(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<IHttpContextFactory>(s => new DefaultHttpContextFactory(new Unaware(s)));
    }

    /// <summary>The request is the current one for all that comes after this, until its answer is written.</summary>
    public static void UseCurrentContext(this WebApplication app)
    {
        var accessor = app.Services.GetRequiredService<IHttpContextAccessor>();
        app.Use(
            async (HttpContext context, RequestDelegate next) =>
            {
                accessor.HttpContext = context;
                try
                {
                    await next(context);
                }
                finally
                {
                    // What still runs then must not meet a request that is over, or another that was given its place.
                    accessor.HttpContext = null;
                }
            }
        );
    }

    /// <summary>All services but the one that the factory would tell of each request.</summary>
    private sealed class Unaware(IServiceProvider services) : IServiceProvider
    {
        public object? GetService(Type serviceType) =>
            serviceType == typeof(IHttpContextAccessor) ? null : services.GetService(serviceType);
    }
}
