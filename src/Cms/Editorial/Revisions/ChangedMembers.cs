using Cms.Publishing.Articles;

namespace Cms.Editorial.Revisions;

/// <summary>Which members of an article differ between two revisions, as SQL.</summary>
internal static class ChangedMembers
{
    private static readonly (string Member, string Column)[] Plain =
    [
        .. ArticleColumns.Listed.Select(c => (c.Member, c.Name)),
        ("excerpt", "excerpt"),
        ("section", "section_id"),
        ("authors", "author_ids"),
        ("heroImage", "hero_image"),
        ("tags", "tag_ids"),
        .. ArticleColumns.Details.Select(c => (c.Member, c.Name)),
        ("publishedAt", "published_at"),
        ("embargoedUntil", "embargoed_until"),
    ];

    /// <summary>
    /// The names of the members that differ between two rows of <c>article_revisions</c>, as <c>text[]</c>. Of related
    /// articles only those within <c>@Reach</c> count, and of blocks not their ids.
    /// </summary>
    public static string Between(string one, string other) =>
        $"""
            array_remove(array[{string.Join(
                ", ",
                Plain.Select(p => Case(p.Member, $"{one}.{p.Column} is distinct from {other}.{p.Column}"))
            )},
                {Case(
                "body",
                $"{one}.body is distinct from {other}.body and {Blocks(one)} is distinct from {Blocks(other)}"
            )},
                {Case(
                "related",
                $"{one}.related_ids is distinct from {other}.related_ids "
                    + $"and {Related(one)} is distinct from {Related(other)}"
            )}], null)
            """;

    private static string Case(string member, string differs) => $"case when {differs} then '{member}' end";

    private static string Blocks(string revision) =>
        $"(select jsonb_agg(b.value - 'id' order by b.n) from jsonb_array_elements({revision}.body -> "
        + "'blocks') with ordinality b(value, n))";

    private static string Related(string revision) =>
        $"""
            array(select u.id from unnest({revision}.related_ids) with ordinality u(id, n)
                where @Reach::uuid[] is null or exists (select from articles x where x.id = u.id and {Reach.MayName(
                "x"
            )}) order by u.n)
            """;
}
