using Cms.Platform.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.Testing;

/// <summary>As long as it is there no words are put into the index of search.</summary>
internal sealed class HeldWords(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    public Task<int> ExecuteAsync(string sql, object arguments) =>
        transaction.ExecuteAsync(sql, arguments, TestContext.Current.CancellationToken);

    public Task CommitAsync() => transaction.CommitAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}

internal static class HeldWordsOfServer
{
    public static async Task<HeldWords> HoldWordsAsync(this CmsServer cms)
    {
        var ct = TestContext.Current.CancellationToken;
        var connection = await cms.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(ct);
        var held = new HeldWords(connection, await connection.BeginTransactionAsync(ct));
        await held.ExecuteAsync(
            "select pg_advisory_xact_lock(hashtextextended('cms:waiting-words', 0))",
            new { }
        );
        return held;
    }
}
