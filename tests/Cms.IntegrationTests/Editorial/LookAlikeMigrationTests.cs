using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.IntegrationTests.Editorial;

/// <summary>A database from a time when tags that look the same were let in.</summary>
public sealed class LookAlikeMigrationTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_that_look_the_same_already_are_kept_and_no_more_can_come()
    {
        var name = Names.Unique("lookalike").Replace('-', '_');
        await cms.ExecuteAsync($"create database {name}");
        var connectionString = new NpgsqlConnectionStringBuilder(cms.ConnectionString)
        {
            Database = name,
            Pooling = false,
        }.ConnectionString;
        await using var postgres = Database.Open(connectionString);
        await Migrator.MigrateAsync(postgres, Ct);
        await postgres.ExecuteAsync(
            """
            insert into tags (id, slug, name, sort_name, created_at, updated_at) values
                ('01890a5d-ac96-774b-bcce-000000000001', 'elan', E'\u00C9lan', 'elan', '2026-01-01Z', now()),
                ('01890a5d-ac96-774b-bcce-000000000002', 'elan-2', E'e\u0301LAN ', 'elan', '2026-01-02Z', now()),
                ('01890a5d-ac96-774b-bcce-000000000003', 'nothing', E'\u200B', 'x', '2026-01-03Z', now())
            """,
            new { },
            Ct
        );
        await using (var connection = await postgres.OpenConnectionAsync(Ct))
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            await NameKeys.FillAsync(connection, transaction, Ct);
            await transaction.CommitAsync(Ct);
        }

        Assert.Equal(
            [
                "elan élan",
                "elan-2 ?01890a5d-ac96-774b-bcce-000000000002",
                "nothing ?01890a5d-ac96-774b-bcce-000000000003",
            ],
            await postgres.ListAsync<string>(
                "select slug || ' ' || name_key from tags order by slug",
                new { },
                Ct
            )
        );
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            postgres.ExecuteAsync(
                """
                insert into tags (id, slug, name, name_key, sort_name, created_at, updated_at)
                values (gen_random_uuid(), 'elan-3', 'élan', 'élan', 'elan', now(), now())
                """,
                new { },
                Ct
            )
        );
        Assert.Equal("tags_name_key", refused.ConstraintName);
    }
}
