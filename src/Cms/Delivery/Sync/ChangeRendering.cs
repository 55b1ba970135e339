using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http.Answers;
using Cms.Publishing;
using Npgsql;

namespace Cms.Delivery.Sync;

/// <summary>Changes as JSON.</summary>
internal static class ChangeRendering
{
    /// <summary>Articles that one query reads: a page may end with any of them.</summary>
    private const int MaxArticlesAtOnce = 50;

    private const int MaxThingsAtOnce = 1_000;

    /// <summary>
    /// What the changed things are now, as JSON: the first of them, as many as there is room for, and the very first in
    /// any case. Each is written as soon as it is read.
    /// </summary>
    public static async Task<List<(ChangeRow Row, byte[] Json)>> RenderAsync(
        NpgsqlTransaction transaction,
        ChangeRow[] rows,
        SyncScope scope,
        Caller? caller,
        long room,
        bool isFirst,
        CancellationToken ct
    )
    {
        var changes = new byte[rows.Length][];
        var end = rows.Length;
        for (var i = 0; i < rows.Length; i++)
            if (!rows[i].IsThere)
                Write(i, Deletion(rows[i].Type, rows[i].EntityId, rows[i].ReasonOf));
        foreach (var type in rows.Where(r => r.IsThere).Select(r => r.Type).Distinct().Order())
        {
            var places = Enumerable
                .Range(0, rows.Length)
                .Where(i => rows[i].IsThere && rows[i].Type == type)
                .ToArray();
            // Articles can be megabytes, and what is read beyond the end of the page is read for nothing: so few at
            // first, then ever more.
            var (most, atOnce) =
                type == EntityType.Article ? (MaxArticlesAtOnce, 4) : (MaxThingsAtOnce, MaxThingsAtOnce);
            for (
                var from = 0;
                from < places.Length && places[from] < end;
                from += atOnce, atOnce = Math.Min(2 * atOnce, most)
            )
                await ReadAsync(
                    type,
                    places.Skip(from).Take(atOnce).Where(i => i < end).ToDictionary(i => rows[i].EntityId)
                );
        }
        return [.. rows.Zip(changes).Take(end)];

        async Task ReadAsync(EntityType type, Dictionary<Guid, int> places)
        {
            var things = SyncedThings.ReadAsync(
                transaction,
                type,
                [.. places.OrderBy(p => p.Value).Select(p => p.Key)],
                !scope.Body.Contains(BodyForm.None),
                ct
            );
            await foreach (var thing in things)
                if (places.Remove(thing.Id, out var place) && place < end)
                    Write(place, Json.Write(thing.ChangeFor(scope, caller)));
            if (places.Values.Any(place => place < end))
                throw new InvalidOperationException(
                    $"The feed has a {type} that is not there: {places.Keys.First()}"
                );
        }

        void Write(int place, byte[] json)
        {
            if (json.Length > room && !(isFirst && place == 0))
            {
                end = Math.Min(end, place);
                return;
            }
            changes[place] = json;
            room -= json.Length;
        }
    }

    /// <summary>Says that something is gone.</summary>
    public static byte[] Deletion(EntityType type, Guid id, DeletionReason reason) =>
        Json.Write(DeletionOf(type, id, reason));

    private static EntityChange DeletionOf(EntityType type, Guid id, DeletionReason reason)
    {
        const ChangeOp op = ChangeOp.Delete;
        return type switch
        {
            EntityType.Section => new SectionChange
            {
                Id = id,
                Op = op,
                Reason = reason,
                Data = null,
            },
            EntityType.Image => new ImageChange
            {
                Id = id,
                Op = op,
                Reason = reason,
                Data = null,
            },
            EntityType.Author => new AuthorChange
            {
                Id = id,
                Op = op,
                Reason = reason,
                Data = null,
            },
            EntityType.Tag => new TagChange
            {
                Id = id,
                Op = op,
                Reason = reason,
                Data = null,
            },
            _ => new ArticleChange
            {
                Id = id,
                Op = op,
                Reason = reason,
                Data = null,
            },
        };
    }
}
