using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Platform.Http.Requests;

/// <summary>
/// Finds broken references of a new thing when the request has other faults already, so that the answer lists all of
/// them. A request without faults does not come here: the write itself checks and locks its references.
/// </summary>
internal interface IReferenceCheck
{
    /// <summary>The type of the body.</summary>
    Type Of { get; }

    Task FindFaultsAsync(HttpContext context, object input, Faults faults, CancellationToken ct);
}

/// <param name="Transaction">Where the database is asked. It is undone.</param>
/// <param name="Context">The request.</param>
/// <param name="Prepared">What was made of the input before a place was taken.</param>
/// <param name="Faults">What was found until now, and where more is added.</param>
internal sealed record ReferenceSearch(
    NpgsqlTransaction Transaction,
    HttpContext Context,
    object? Prepared,
    Faults Faults
)
{
    public DateTimeOffset At => Context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}

internal sealed class ReferenceCheck<T>(
    Func<ReferenceSearch, T, CancellationToken, Task> find,
    Func<HttpContext, T, CancellationToken, Task<object?>>? prepare
) : IReferenceCheck
    where T : notnull
{
    public Type Of => typeof(T);

    public async Task FindFaultsAsync(HttpContext context, object input, Faults faults, CancellationToken ct)
    {
        var prepared = prepare is null ? null : await prepare(context, (T)input, ct);
        await context.RequestServices.GetRequiredService<Admission>().EnterAsync(context, ct);
        await context
            .RequestServices.GetRequiredService<NpgsqlDataSource>()
            .InTransactionAsync(
                async transaction =>
                {
                    await find(new(transaction, context, prepared, faults), (T)input, ct);
                    return true;
                },
                ct
            );
        Admission.Leave(context);
    }
}

internal static class ReferenceChecks
{
    public static void AddReferenceCheck<T>(
        this IServiceCollection services,
        Func<ReferenceSearch, T, CancellationToken, Task> find,
        Func<HttpContext, T, CancellationToken, Task<object?>>? prepare = null
    )
        where T : notnull => services.AddSingleton<IReferenceCheck>(new ReferenceCheck<T>(find, prepare));
}
