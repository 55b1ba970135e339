using Cms.Access;

namespace Cms.Editorial;

/// <summary>
/// What a key limited to sections sees of other sections: only what is published. Every statement of the desk that
/// shows, names or finds something uses these conditions with the parameter <c>@Reach</c>; one that forgets the
/// parameter fails. See decisions/0020.
/// </summary>
internal static class Reach
{
    /// <summary>The value of <c>@Reach</c>: null for a key without limits.</summary>
    public static Guid[]? Of(Caller caller) => caller.SectionIds;

    /// <summary>
    /// Whether a working copy is in reach, by the column of its section. Without a section, it is in reach of keys
    /// without limits only.
    /// </summary>
    public static string Sees(string section) =>
        $"(@Reach::uuid[] is null or {section} in ({SectionsBelow("s.id = any(@Reach)")}))";

    /// <summary>
    /// Whether an article <paramref name="a"/> may be named: its working copy is in reach, or it is published.
    /// </summary>
    public static string MayName(string a) => $"({a}.status = 'published' or {Sees($"{a}.section_id")})";

    /// <summary>
    /// The article with an id as JSON, as the caller may see it: its working copy, what is published of it, or nothing.
    /// </summary>
    public static string Name(string id) =>
        $"""
            (select json_build_object('id', x.id,
                    'slug', case when {Sees("x.section_id")} then x.slug else p.slug end,
                    'headline', case when {Sees("x.section_id")} then x.headline else p.headline end,
                    'status', x.status)
             from articles x left join published_articles p on p.id = x.id
             where x.id = {id} and {MayName("x")})
            """;

    /// <summary>
    /// Whether a tag <paramref name="r"/> is in reach. It reveals the articles that carry it; an unused one belongs to
    /// everybody.
    /// </summary>
    public static string SeesTag(string r) =>
        $"""
            (@Reach::uuid[] is null
             or exists (select from published_article_tags u where u.tag_id = {r}.id)
             or exists (select from article_tags u join articles a on a.id = u.article_id
                 where u.tag_id = {r}.id and {Sees("a.section_id")})
             or not exists (select from article_tags u where u.tag_id = {r}.id))
            """;

    /// <summary>
    /// Whether an image <paramref name="r"/> is in reach: its caption may reveal an unpublished story. An unused one is
    /// in everybody's library.
    /// </summary>
    public static string SeesImage(string r) =>
        $"""
            (@Reach::uuid[] is null
             or exists (select from published_images p where p.id = {r}.id and p.is_open)
             or exists (select from article_images u join articles a on a.id = u.article_id
                 where u.image_id = {r}.id and {Sees("a.section_id")})
             or exists (select from published_article_images u join published_articles p on p.id = u.article_id
                 where u.image_id = {r}.id and p.section_path && @Reach)
             or not exists (select from article_images u where u.image_id = {r}.id
                 union all select from published_article_images u where u.image_id = {r}.id))
            """;

    /// <summary>
    /// The articles that use <c>@Id</c>, by two tables: with the working headline if that is in reach, otherwise with
    /// the published one, otherwise without a name.
    /// </summary>
    /// <param name="what">What is used, as the tables are named after it: <c>tag</c>.</param>
    public static string Users(string what) =>
        $"""
            select 'article' type, a.id, case when {Sees(
                "a.section_id"
            )} then a.headline else p.headline end name
            from article_{what}s u join articles a on a.id = u.article_id
                left join published_articles p on p.id = a.id where u.{what}_id = @Id
            union
            select 'article', p.id, p.headline from published_article_{what}s u
                join published_articles p on p.id = u.article_id
            where u.{what}_id = @Id and p.id not in (select article_id from article_{what}s where {what}_id = @Id)
            """;

    /// <summary>The sections that a condition over <c>sections s</c> names, and all below them.</summary>
    public static string SectionsBelow(string roots) =>
        $"""
            with recursive below(id) as (
                select s.id from sections s where {roots}
                union select s.id from sections s join below b on s.parent_id = b.id)
            select id from below
            """;
}
