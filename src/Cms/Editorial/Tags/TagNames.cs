using Cms.Access;
using Cms.Platform;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Cms.Publishing.Search;
using Npgsql;

namespace Cms.Editorial.Tags;

/// <summary>Tags by the names that writers give them.</summary>
internal static class TagNames
{
    private const int Attempts = 5;

    /// <summary>
    /// Finds the tag of each id, slug or name (or of a name that looks the same). A new name creates a tag, unless
    /// there are faults.
    /// </summary>
    public static async Task<Guid[]> GetOrCreateAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<string> names,
        Caller caller,
        Faults faults,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        if (names.Count == 0)
            return [];
        // After earlier faults an item may be missing.
        var wanted = names.Select(n => new Wanted(n ?? "", NameKey.Of(n ?? ""))).ToArray();
        for (var attempt = 1; ; attempt++)
        {
            var found = await FindAsync(transaction, wanted, caller, ct);
            var missing = wanted
                .Where(w => !found.ContainsKey(w.Name))
                .DistinctBy(w => w.Key)
                .OrderBy(w => w.Key, StringComparer.Ordinal)
                .ToArray();
            // A tag that is there after it was made, and gone at the next look, is being deleted by somebody as fast as
            // it comes.
            faults.AddIndependent(
                missing
                    .Where(w => attempt > Attempts || Guid.TryParse(w.Name, out _))
                    .Select(w =>
                        Fault.At(
                            $"/tags/{Array.IndexOf(wanted, w)}",
                            "unknown-reference",
                            $"There is no tag '{w.Name}'."
                        )
                    )
            );
            if (faults.Count > 0)
                return [];
            if (missing.Length == 0)
                return [.. wanted.Select(w => found[w.Name])];
            // In one order, so that two writers of the same new tags wait for each other instead of deadlocking.
            foreach (var tag in missing)
                await CreateAsync(transaction, tag, at, ct);
        }
    }

    private static async Task<Dictionary<string, Guid>> FindAsync(
        NpgsqlTransaction transaction,
        Wanted[] wanted,
        Caller caller,
        CancellationToken ct
    ) => (
            await transaction.ListAsync<Named>(
                SelectByName,
                new
                {
                    Names = wanted.Select(w => w.Name).ToArray(),
                    Keys = wanted.Select(w => w.Key).ToArray(),
                    Reach = Reach.Of(caller),
                },
                ct
            )
        ).DistinctBy(t => t.Name, StringComparer.Ordinal).ToDictionary(t => t.Name, t => t.Id, StringComparer.Ordinal);

    private static async Task CreateAsync(
        NpgsqlTransaction transaction,
        Wanted tag,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var slug = Slug.From(tag.Name, "tag");
        foreach (var candidate in await Resource.Tag.FreeSlugsAsync(transaction, slug, ct))
        {
            // Whoever made the same tag in the meantime made it for both.
            var outcome = await transaction.FindAsync<int>(
                InsertTag,
                new
                {
                    Id = Ids.New(at),
                    Slug = candidate,
                    tag.Name,
                    tag.Key,
                    NameText = IndexText.OfName(tag.Name),
                    SortName = SortKey.Of(tag.Name),
                    at,
                },
                ct
            );
            if (outcome == 1)
                return;
        }
        throw new Refused(ProblemKinds.SlugTaken, $"No free slug was found for the tag '{tag.Name}'.");
    }

    // An id is the best match, then a slug, a name, a former slug, and the name of a tag that was merged into another.
    // By its name a tag is found also where it is not seen: two of one name there cannot be, and whoever writes the
    // name learns nothing.
    private static readonly string SelectByName = $$"""
        select name, id from (
            select n.name, t.id, 1 rank from unnest(@Names) n(name)
            join tags t on t.id = case
                when n.name ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then n.name::uuid end
                and {{Reach.SeesTag("t")}}
            union all
            select n.name, t.id, 2 from unnest(@Names) n(name) join tags t on t.slug = n.name and {{Reach.SeesTag(
            "t"
        )}}
            union all
            select n.name, t.id, 3 from unnest(@Names, @Keys) n(name, key) join tags t on t.name_key = n.key
            union all
            select n.name, t.id, 4 from unnest(@Names) n(name)
            join former_slugs f on f.entity_type = 'tag' and f.slug = n.name
            join tags t on t.id = f.entity_id and {{Reach.SeesTag("t")}}
            union all
            select n.name, m.into_id, 5 from unnest(@Names, @Keys) n(name, key)
            join merged_tags m on m.name_key = n.key) found
        order by name, rank
        """;

    // 1: it is there now, by us or by another; 0: the slug belongs to a tag of another name.
    private const string InsertTag = """
        with made as (
            insert into tags (id, slug, name, name_key, name_text, sort_name, created_at, updated_at)
            values (@Id, @Slug, @Name, @Key, @NameText, @SortName, @at, @at)
            on conflict do nothing
            returning 1)
        select case when exists (select from made) or exists (select from tags where name_key = @Key) then 1 else 0 end
        """;

    private sealed record Wanted(string Name, string Key);

    private sealed record Named
    {
        public required string Name { get; init; }
        public required Guid Id { get; init; }
    }
}
