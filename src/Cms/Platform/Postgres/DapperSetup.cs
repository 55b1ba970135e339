using System.Data;
using System.Runtime.CompilerServices;
using Cms.Platform.Http.Answers;
using Dapper;

namespace Cms.Platform.Postgres;

/// <summary>Dapper's settings for PostgreSQL: snake_case columns, and timestamptz as a UTC DateTimeOffset.</summary>
internal static class DapperSetup
{
#pragma warning disable CA2255 // every host, test and benchmark must see the same mapping
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Apply()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // Dapper's own mapping would win over the handler, and Npgsql refuses an offset that is not UTC.
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new InstantHandler());
    }

    /// <summary>Columns of JSON are read into members of this type.</summary>
    public static void ReadsAsJson<T>() => SqlMapper.AddTypeHandler(new JsonHandler<T>());

    private sealed class JsonHandler<T> : SqlMapper.TypeHandler<T>
    {
        public override T? Parse(object value) => Json.Read<T>((string)value);

        // Written as text beside a cast, so that a statement shows the type of its column.
        public override void SetValue(IDbDataParameter parameter, T? value) =>
            parameter.Value = value is null ? DBNull.Value : Json.WriteText(value);
    }

    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            value is DateTimeOffset instant ? instant.ToUniversalTime() : new((DateTime)value, TimeSpan.Zero);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = value.ToUniversalTime();
    }
}
