using Cms.Platform.Http;
using Npgsql;

namespace Cms.Delivery.Reading;

/// <summary>A use case of readers: it asks a replica or the primary, whichever may answer.</summary>
internal abstract class DeliverySlice<TRequest>(DeliveryDatabase database) : Slice<TRequest>
    where TRequest : notnull
{
    public sealed override Task<IResult> ExecuteAsync(TRequest request, CancellationToken ct) =>
        database.ReadAsync((postgres, own) => AnswerAsync(postgres, request, own), ct);

    /// <param name="postgres">Where to read.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="ct">Gives up.</param>
    protected abstract Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        TRequest request,
        CancellationToken ct
    );

    /// <summary>Answers GET at an address to everybody, and keeps what it answers.</summary>
    protected void Reads(string address)
    {
        Get(address);
        AllowAnonymous();
        Kept();
    }
}
