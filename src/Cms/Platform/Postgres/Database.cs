using Npgsql;

namespace Cms.Platform.Postgres;

/// <summary>Opens the database the way this server uses it.</summary>
internal static class Database
{
    /// <summary>The most connections that its pool has.</summary>
    public static int PoolOf(NpgsqlDataSource postgres) =>
        new NpgsqlConnectionStringBuilder(postgres.ConnectionString).MaxPoolSize;

    public static NpgsqlDataSource Open(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var fresh = new NpgsqlConnectionStringBuilder();
        // Our statements are few and repeated. Only what the operator left at Npgsql's default is set here.
        if (settings.MaxAutoPrepare == fresh.MaxAutoPrepare)
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (100, 2);
        if (settings.CommandTimeout == fresh.CommandTimeout)
            settings.CommandTimeout = 15;
        // PostgreSQL comes with 100 connections; a burst must wait for one here rather than be turned away there.
        if (settings.MaxPoolSize == fresh.MaxPoolSize)
            settings.MaxPoolSize = 80;
        settings.ApplicationName ??= "cms";
        // Metrics name the pool by this; without it by its address and user.
        return new NpgsqlDataSourceBuilder(settings.ConnectionString)
        {
            Name = settings.ApplicationName,
        }.Build();
    }
}
