using Cms.Platform.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Transactions;

public sealed class TransactionTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statements_whose_rows_are_not_read_are_run_to_their_end_all_the_same()
    {
        var name = Names.Unique("setting");
        await cms
            .Services.GetRequiredService<NpgsqlDataSource>()
            .InTransactionAsync(
                transaction =>
                    transaction.ReadAsync(
                        """
                        select 1;
                        select 2;
                        select count(*) from generate_series(1, 2000000);
                        insert into settings (name, value) values (@name, 'written')
                        """,
                        new { name },
                        rows => rows.ReadSingleAsync<int>(),
                        Ct
                    ),
                Ct
            );

        Assert.Equal(
            "written",
            await cms.ScalarAsync<string>("select value from settings where name = @name", new { name })
        );
        await cms.ExecuteAsync("delete from settings where name = @name", new { name });
    }

    [Fact]
    public async Task What_is_undone_is_run_again_where_PostgreSQL_ended_it_as_what_is_committed()
    {
        foreach (var state in new[] { "40P01", "40001", "23503", "23505" })
        {
            var runs = 0;
            var result = await cms
                .Services.GetRequiredService<NpgsqlDataSource>()
                .InUndoneTransactionAsync(
                    async transaction =>
                    {
                        if (++runs == 1)
                            await transaction.ExecuteAsync(
                                $"do $$ begin raise exception using errcode = '{state}'; end $$",
                                new { },
                                Ct
                            );
                        return await transaction.FindAsync<int>("select 7", new { }, Ct);
                    },
                    Ct
                );
            Assert.Equal((7, 2), (result, runs));
        }
    }
}
