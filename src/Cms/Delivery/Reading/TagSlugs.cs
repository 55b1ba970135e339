namespace Cms.Delivery.Reading;

/// <summary>Tags by the slugs that filters name, present or former.</summary>
internal static class TagSlugs
{
    /// <summary>
    /// SQL: the ids, as <c>v</c>, of the tags that have these slugs; or had them, where no published tag has them now.
    /// Slugs that no tag has are passed over: tags come and go with their articles.
    /// </summary>
    /// <param name="slugs">SQL of type <c>text[]</c>.</param>
    public static string Ids(string slugs) =>
        $"""
            select id v from published_tags where slug = any({slugs})
            union select f.entity_id from published_former_slugs f
            where f.entity_type = 'tag' and f.slug = any({slugs})
                and not exists (select from published_tags t where t.slug = f.slug)
            """;
}
