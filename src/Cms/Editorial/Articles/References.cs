using Cms.Access;
using Cms.Editorial.Tags;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Npgsql;

namespace Cms.Editorial.Articles;

/// <summary>Whose references are looked up.</summary>
/// <param name="Caller">Who writes it.</param>
/// <param name="Article">The article; null while it is not made.</param>
/// <param name="Known">Related articles of its previous revision. They may be deleted by now: an old article must stay
/// saveable.</param>
internal sealed record Referrer(Caller Caller, Guid? Article, IReadOnlyCollection<Guid> Known);

/// <summary>The ids behind the slugs, ids and names that an article is written with.</summary>
internal sealed record References(Guid? SectionId, Guid[] AuthorIds, Guid[] TagIds, Guid[] RelatedIds)
{
    /// <summary>
    /// Finds what an article refers to, and adds a fault for each missing reference. Creates missing tags, unless there
    /// are faults.
    /// </summary>
    public static async Task<References> ResolveAsync(
        NpgsqlTransaction transaction,
        ArticleInput article,
        Body body,
        Referrer referrer,
        Faults faults,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var found = (
            await transaction.ListAsync<Found>(
                SelectReferences,
                new
                {
                    Sections = article.Section is null ? Array.Empty<string>() : [article.Section],
                    Authors = article.Authors.Take(ArticleLimits.Authors).ToArray(),
                    Related = article.Related.Take(ArticleLimits.Related).ToArray(),
                    Images = body
                        .ImageIds.Concat(article.HeroImage is null ? [] : [article.HeroImage.Id])
                        .ToArray(),
                    Reach = Reach.Of(referrer.Caller),
                },
                ct
            )
        ).ToLookup(f => f.Kind, StringComparer.Ordinal);

        var missing = new Faults();
        var section = Ids(found["section"], "section", _ => "/section", missing).FirstOrDefault();
        var authors = Ids(found["author"], "author", n => $"/authors/{n}", missing);
        RefuseRepeated(authors, "author", "/authors", missing);
        var related = Related(found["related"], article, referrer, missing);
        foreach (var image in found["image"].Where(f => f.Id is null))
            missing.Add(
                image.Reference == article.HeroImage?.Id.ToString()
                    ? Fault.At(
                        "/heroImage/id",
                        "unknown-reference",
                        $"There is no image '{image.Reference}'."
                    )
                    : Fault.At(
                        "/body",
                        "unknown-reference",
                        $"The body shows the image '{image.Reference}', which does not exist."
                    )
            );
        faults.AddIndependent(missing);

        var tags = await TagNames.GetOrCreateAsync(
            transaction,
            [.. article.Tags.Take(ArticleLimits.Tags)],
            referrer.Caller,
            faults,
            at,
            ct
        );
        return new(
            article.Section is null || section == Guid.Empty ? null : section,
            authors,
            [.. tags.Distinct()],
            [.. related.Distinct()]
        );
    }

    /// <summary>An article that the caller may name; null: there is none.</summary>
    public static async Task<Guid?> FindArticleAsync(
        NpgsqlTransaction transaction,
        string reference,
        Caller caller,
        CancellationToken ct
    )
    {
        var found = await transaction.ListAsync<Found>(
            SelectReferences,
            new
            {
                Sections = Array.Empty<string>(),
                Authors = Array.Empty<string>(),
                Related = new[] { reference },
                Images = Array.Empty<Guid>(),
                Reach = Reach.Of(caller),
            },
            ct
        );
        return found[0].Id;
    }

    private static Guid[] Related(
        IEnumerable<Found> found,
        ArticleInput article,
        Referrer referrer,
        Faults faults
    )
    {
        // The slug that this save gives to the article itself: not found, since it is not stored yet.
        var own = article.Slug ?? Slug.From(article.Headline ?? "");
        var others = new List<Found>();
        foreach (var reference in found.OrderBy(f => f.N))
            if (
                (reference.Id is { } id && id == referrer.Article)
                || (reference.Id is null && reference.Reference == own)
            )
                faults.Add(
                    Fault.At(
                        $"/related/{reference.N - 1}",
                        "self-reference",
                        $"'{reference.Reference}' is this article itself: an article cannot be related to itself."
                    )
                );
            else if (
                reference.Id is not null
                || !Guid.TryParse(reference.Reference, out var known)
                || !referrer.Known.Contains(known)
            )
                others.Add(reference);
        return Ids(others, "article", n => $"/related/{n}", faults);
    }

    private static Guid[] Ids(IEnumerable<Found> found, string what, Func<int, string> pointer, Faults faults)
    {
        var ids = new List<Guid>();
        foreach (var reference in found.OrderBy(f => f.N))
            if (reference.Id is { } id)
                ids.Add(id);
            else
                faults.Add(
                    Fault.At(
                        pointer(reference.N - 1),
                        "unknown-reference",
                        $"There is no {what} '{Text.Short(reference.Reference ?? "")}'."
                    )
                );
        return [.. ids];
    }

    private static void RefuseRepeated(Guid[] ids, string what, string pointer, Faults faults)
    {
        if (ids.Distinct().Count() < ids.Length)
            faults.Add(Fault.At(pointer, "repeated", $"An {what} is named more than once."));
    }

    private const string AsId =
        "case when r.ref ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then r.ref::uuid end";

    // A key limited to sections does not find other sections' drafts and pictures, and finds their articles by
    // published slugs only.
    private static readonly string SelectReferences = $"""
        select 'section' kind, r.n::int n, r.ref reference, coalesce(i.id, s.id) id
        from unnest(@Sections) with ordinality r(ref, n)
        left join sections i on i.id = {AsId} left join sections s on s.slug = r.ref
        union all
        select 'author', r.n::int, r.ref, coalesce(i.id, s.id)
        from unnest(@Authors) with ordinality r(ref, n)
        left join authors i on i.id = {AsId} left join authors s on s.slug = r.ref
        union all
        select 'related', r.n::int, r.ref, coalesce(i.id, s.id, p.id)
        from unnest(@Related) with ordinality r(ref, n)
        left join articles i on i.id = {AsId} and {Reach.MayName("i")}
        left join article_slugs w on w.slug = r.ref
        left join articles s on s.id = w.article_id and {Reach.Sees("s.section_id")}
        left join published_slugs h on h.slug = r.ref left join published_articles p on p.id = h.article_id
        union all
        select 'image', r.n::int, r.id::text, i.id
        from unnest(@Images) with ordinality r(id, n) left join images i on i.id = r.id and {Reach.SeesImage(
            "i"
        )}
        """;

    private sealed record Found
    {
        public required string Kind { get; init; }
        public required int N { get; init; }
        public required string? Reference { get; init; }
        public required Guid? Id { get; init; }
    }
}
