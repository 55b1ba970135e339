using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Cms.Testing;

/// <summary>
/// Handlers of tests at the end of the server's pipeline, at addresses that it does not know; and where each request
/// began.
/// </summary>
internal sealed class TestHandlers : IStartupFilter
{
    private readonly ConcurrentDictionary<string, RequestDelegate> _handlers = new();
    private readonly ConcurrentDictionary<string, bool> _beganInPool = new();

    /// <summary>Whether the request with this <c>X-Request-Id</c> began in the thread pool.</summary>
    public bool BeganInPool(string id) => _beganInPool[id];

    /// <summary>Adds a handler, and returns its path.</summary>
    public string Add(RequestDelegate handler)
    {
        var path = $"/{Names.Unique("handler")}";
        _handlers[path] = handler;
        return path;
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                (context, rest) =>
                {
                    if (context.Request.Headers["X-Request-Id"] is [{ } id])
                        _beganInPool[id] = Thread.CurrentThread.IsThreadPoolThread;
                    return rest(context);
                }
            );
            next(app);
            app.Use(
                (context, rest) =>
                    _handlers.TryGetValue(context.Request.Path, out var handler)
                        ? handler(context)
                        : rest(context)
            );
        };
}
