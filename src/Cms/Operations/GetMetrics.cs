using System.Net;
using Cms.Platform;
using Cms.Platform.Http;
using Cms.Platform.Http.Problems;
using FastEndpoints;

namespace Cms.Operations;

/// <summary>Returns the server's metrics</summary>
/// <remarks>
/// For Prometheus, and for others that read its text or OpenMetrics: requests by route and status, connections, the
/// memory of answers, the pool of database connections, the runtime. Routes are named by their templates; no address,
/// slug, key or person is in it. Only networks that the server was told of may ask (itself alone, unless
/// `Cms__MetricsFrom` says otherwise), and nothing that came through a proxy: to all others there is nothing here
/// (404).
/// </remarks>
internal sealed class GetMetrics(MetricsAccess access, MetricsExport export, ILogger<GetMetrics> log)
    : Slice<EmptyRequest>
{
    protected override Admitted Admitted => Admitted.Always;

    public override void Configure()
    {
        Get("/metrics");
        AllowAnonymous();
        Answers<MetricsText>(200, ProblemKinds.NotFound);
        Options(b =>
            b.WithMetadata(
                new ContentMetadata("text/plain", "application/openmetrics-text")
                {
                    Headers = ["Last-Modified", "Vary of text"],
                }
            )
        );
    }

    public override Task<IResult> ExecuteAsync(EmptyRequest request, CancellationToken ct)
    {
        if (export.Write is not { } write || !access.Admits(HttpContext))
        {
            if (export.Write is not null && access.IsFirstRefusal())
                log.LogWarning(
                    "{Address} asked for /metrics and was told that nothing is there: Cms__MetricsFrom "
                        + "does not name it, or it came through a proxy.",
                    HttpContext.Connection.RemoteIpAddress
                );
            throw new Refused(ProblemKinds.NotFound, "Nothing is at this address.");
        }
        return Task.FromResult<IResult>(new Answer(write));
    }

    private sealed record Answer(RequestDelegate Write) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            context.Response.Headers.CacheControl = "no-store";
            return Write(context);
        }
    }
}

/// <summary>Metrics as text.</summary>
internal sealed record MetricsText;

/// <summary>What writes the metrics; nothing does where they are turned off.</summary>
internal sealed class MetricsExport
{
    public RequestDelegate? Write { get; set; }
}

/// <summary>
/// Who may see the metrics: by network, since what collects them often has no key to send. A request that a proxy has
/// passed on comes from the proxy's address, which says nothing of who asks: it is never admitted.
/// </summary>
/// <param name="networks">Networks, such as <c>10.0.0.0/8</c>, or single addresses.</param>
internal sealed class MetricsAccess(IEnumerable<string> networks)
{
    private static readonly string[] OfProxies = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

    private readonly IPNetwork[] _networks = [.. networks.Select(n => Networks.Parse("Cms__MetricsFrom", n))];
    private int _refused;

    public bool Admits(HttpContext context)
    {
        // A socket that has no address is one of this machine's own (a Unix socket).
        var address = context.Connection.RemoteIpAddress ?? IPAddress.Loopback;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return _networks.Any(n => n.Contains(address)) && !OfProxies.Any(context.Request.Headers.ContainsKey);
    }

    /// <summary>Whether nobody has been refused yet: the log says it once.</summary>
    public bool IsFirstRefusal() => Interlocked.Exchange(ref _refused, 1) == 0;
}
