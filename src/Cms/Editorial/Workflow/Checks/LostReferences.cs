using Cms.Editorial.Articles;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing.Bodies;
using Npgsql;

namespace Cms.Editorial.Workflow.Checks;

/// <summary>
/// What an older revision names and cannot have any more. Things that a working copy names cannot be deleted, and its
/// slug is its own; older revisions keep nothing.
/// </summary>
internal static class LostReferences
{
    public static async Task FindAsync(
        NpgsqlTransaction transaction,
        Guid article,
        RevisionRow revision,
        Body body,
        Faults faults,
        CancellationToken ct
    )
    {
        var hero = revision.HeroImage?.Id;
        var gone = await transaction.ListAsync<Lost>(
            SelectLost,
            new
            {
                article,
                revision.Slug,
                Section = revision.SectionId,
                Authors = revision.AuthorIds,
                Tags = revision.TagIds,
                Images = body.ImageIds.Concat(hero is { } id ? [id] : []).Distinct().ToArray(),
            },
            ct
        );
        foreach (var (kind, thing, n) in gone)
            faults.Add(
                kind == "slug"
                    ? Fault.At(
                        "/slug",
                        "slug-taken",
                        $"The slug '{revision.Slug}' of revision {revision.Number} belongs to another article by now. "
                            + "Choose a newer revision."
                    )
                    : Fault.At(
                        kind switch
                        {
                            "section" => "/section",
                            "author" => $"/authors/{n - 1}",
                            "tag" => $"/tags/{n - 1}",
                            _ => thing == hero ? "/heroImage/id" : "/body",
                        },
                        "unknown-reference",
                        $"The {kind} '{thing}' of revision {revision.Number} is gone. Choose a newer revision."
                    )
            );
    }

    private const string SelectLost = """
        select 'slug' kind, s.article_id id, 1 n from article_slugs s where s.slug = @Slug and s.article_id <> @article
        union all
        select 'section' kind, @Section::uuid id, 1 n
        where @Section::uuid is not null and not exists (select from sections where id = @Section)
        union all
        select 'author', u.id, u.n::int from unnest(@Authors) with ordinality u(id, n)
        where not exists (select from authors x where x.id = u.id)
        union all
        select 'tag', u.id, u.n::int from unnest(@Tags) with ordinality u(id, n)
        where not exists (select from tags x where x.id = u.id)
        union all
        select 'image', u.id, u.n::int from unnest(@Images) with ordinality u(id, n)
        where not exists (select from images x where x.id = u.id)
        """;

    private sealed record Lost(string Kind, Guid Id, int N);
}
