using Cms.Access;
using Cms.Changes;
using Cms.Delivery.Reading;

namespace Cms.Delivery.Sync;

/// <summary>The statements that read a page of the feed.</summary>
internal static class ChangeStatements
{
    /// <summary>
    /// The things of a type that are there, up to where the feed was when the sync began. Compared as rows: a plan that
    /// was made for any type would rather walk the whole feed in its order, and pass over the other types.
    /// </summary>
    public static string Loading(SyncScope scope, EntityType type, Caller? caller) =>
        scope.Sections.Count == 0 || type == EntityType.Section
            ? $"""
                select entity_type, entity_id, sequence, true is_there from changes g
                where (entity_type, sequence) > (@Type, @Position) and (entity_type, sequence) <= (@Type, @Since)
                    and op = 'upsert'
                  and {Wall.MaySeeChanged(caller)}
                order by entity_type, sequence limit @Take
                """
            : $"""
                select entity_type, entity_id, min(sequence) sequence, true is_there
                from unnest(@Sections) s cross join lateral (
                    select entity_type, entity_id, sequence from section_changes c
                    where section_id = s and entity_type = @Type and sequence > @Position and sequence <= @Since
                        and op = 'upsert'
                      and {OfImage(Wall.MaySeeChanged(caller))}
                    order by sequence limit @Take) c
                group by entity_type, entity_id order by sequence limit @Take
                """;

    /// <summary>
    /// What changed since. Of several sections' feeds each gives as many rows as the page takes; a thing that is in two
    /// of them stands at its first number, so that the page never ends beyond what was read of any feed.
    /// </summary>
    public static string Following(SyncScope scope, Caller? caller) =>
        scope.Sections.Count == 0
            ? $"""
                select entity_type, entity_id, sequence, op = 'upsert' and {Wall.MaySeeChanged(
                    caller
                )} is_there, coalesce(reason, 'unpublished') reason
                from changes g
                where sequence > @Position and entity_type = any(@Types) and {Wall.MayHaveSeenChanged(caller)}
                order by sequence limit @Take
                """
            : $"""
                with changed as (
                    select entity_type, entity_id, min(sequence) sequence from (
                        (select entity_type, entity_id, sequence from changes
                         where entity_type = 'section' and 'section' = any(@Types) and sequence > @Position
                         order by sequence limit @Take)
                        union all
                        select c.entity_type, c.entity_id, c.sequence from unnest(@Sections) s cross join lateral (
                            select entity_type, entity_id, sequence from section_changes c
                            where section_id = s and sequence > @Position and entity_type = any(@Types)
                              and {OfImage(Wall.MayHaveSeenChanged(caller))}
                            order by sequence limit @Take) c) feeds
                    group by entity_type, entity_id order by sequence limit @Take)
                select c.entity_type, c.entity_id, c.sequence,
                       case c.entity_type when 'section' then g.op = 'upsert'
                           else exists (select from section_changes m
                               where m.entity_id = c.entity_id and m.entity_type = c.entity_type
                                 and m.section_id = any(@Sections) and m.op = 'upsert')
                               and {OfImage(Wall.MaySeeChanged(caller))} end is_there,
                       coalesce(g.reason, 'moved') reason
                from changed c left join changes g using (entity_type, entity_id)
                order by c.sequence
                """;

    /// <summary>
    /// A condition over the newsroom's feed <c>g</c> for pictures <c>c</c> of a section's feed: only pictures can be
    /// hidden behind the wall.
    /// </summary>
    private static string OfImage(string condition) =>
        $"""
            case when c.entity_type = 'image' then coalesce((
                select {condition} from changes g where g.entity_id = c.entity_id
                    and g.entity_type = c.entity_type), false) else true end
            """;
}

/// <summary>A change as the feed has it.</summary>
internal sealed record ChangeRow
{
    public required string EntityType { get; init; }
    public required Guid EntityId { get; init; }
    public required long Sequence { get; init; }
    public required bool IsThere { get; init; }
    public string? Reason { get; init; }

    public EntityType Type => Enum.Parse<EntityType>(EntityType, ignoreCase: true);
    public int Rank => (int)Type;
    public DeletionReason ReasonOf => Enum.Parse<DeletionReason>(Reason!, ignoreCase: true);
}
