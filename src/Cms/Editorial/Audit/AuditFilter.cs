using System.Globalization;
using System.Runtime.CompilerServices;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Audit;

/// <summary>Which records: the list, the stream and the export share it.</summary>
internal sealed record AuditFilter
{
    public Guid? Entity { get; init; }
    public Guid? Actor { get; init; }
    public string[]? Acts { get; init; }
    public AuditOutcome? Outcome { get; init; }
    public DateTimeOffset? After { get; init; }
    public DateTimeOffset? Before { get; init; }

    /// <summary>The list, newest first.</summary>
    public KeysetList List =>
        new()
        {
            Name = string.Create(
                CultureInfo.InvariantCulture,
                $"audit|{Entity}|{Actor}|{CursorName.Of(Acts)}|{Outcome}|{After?.UtcTicks}|{Before?.UtcTicks}"
            ),
            Select = AuditRow.Select,
            Key = "a.at",
            KeyType = "timestamptz",
            Id = "a.id",
            Descending = true,
            Where = Where,
            Arguments = Arguments,
        };

    private string Where =>
        "true"
        + (Entity is null ? "" : " and a.entity_id = @Entity")
        + (Actor is null ? "" : " and a.actor_id = @Actor")
        + (Acts is null ? "" : " and a.act = any(@Acts)")
        + (Outcome is null ? "" : " and a.outcome = @Result")
        + (After is null ? "" : " and a.at > @After")
        + (Before is null ? "" : " and a.at < @Before");

    private object Arguments =>
        new
        {
            Entity,
            Actor,
            Acts,
            Result = Outcome?.ToString().ToLowerInvariant(),
            After,
            Before,
        };

    /// <summary>All of them, newest first.</summary>
    public async IAsyncEnumerable<AuditRecord> StreamAsync(
        NpgsqlDataSource postgres,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await foreach (var row in List.StreamAsync<AuditRow>(postgres, row => row.Edge, ct))
            yield return row.View();
    }
}
