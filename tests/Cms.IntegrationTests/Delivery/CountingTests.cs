using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Counts that would take too long.</summary>
public sealed class CountingTests(CmsServer cms)
{
    [Theory]
    [InlineData("exact")]
    [InlineData("estimated")]
    public async Task A_count_that_takes_too_long_becomes_an_estimate(string how)
    {
        var postgres = cms.Services.GetRequiredService<NpgsqlDataSource>();

        var total = await postgres.CountAsync(
            Enum.Parse<Count>(how, ignoreCase: true),
            "select from generate_series(1, @rows) n where pg_sleep(60) is not null",
            new { rows = 500 },
            TestContext.Current.CancellationToken
        );

        Assert.False(total!.IsExact);
        Assert.InRange(total.Value, 1, 500);
    }
}
