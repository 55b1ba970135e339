using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Operations;

/// <summary>How the server is.</summary>
internal sealed record HealthReport
{
    /// <example>ok</example>
    public required string Status { get; init; }
}

/// <summary>Tells whether the process is alive</summary>
/// <remarks>Does not use the database. If this fails, restart the process.</remarks>
internal sealed class GetLiveness : Slice<EmptyRequest>
{
    protected override Admitted Admitted => Admitted.Always;

    public override void Configure()
    {
        Get("/health/live");
        AllowAnonymous();
        Answers<HealthReport>(200);
    }

    public override Task<IResult> ExecuteAsync(EmptyRequest request, CancellationToken ct) =>
        Task.FromResult<IResult>(Fresh.Of(new HealthReport { Status = "ok" }));
}

/// <summary>Tells whether the server can serve</summary>
/// <remarks>503 while the database cannot be reached, so that a load balancer uses other nodes.</remarks>
internal sealed class GetReadiness(NpgsqlDataSource postgres) : Slice<EmptyRequest>
{
    protected override Admitted Admitted => Admitted.Always;

    public override void Configure()
    {
        Get("/health/ready");
        AllowAnonymous();
        Answers<HealthReport>(200);
    }

    public override async Task<IResult> ExecuteAsync(EmptyRequest request, CancellationToken ct)
    {
        await postgres.FindAsync<int>("select 1", new { }, ct);
        return Fresh.Of(new HealthReport { Status = "ok" });
    }
}
