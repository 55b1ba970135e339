using Cms.Delivery.Articles;
using Cms.Delivery.Reading;

namespace Cms.Delivery.Taxonomy;

/// <summary>Returns a tag</summary>
/// <remarks>
/// By slug or id, if a published article carries it. A former slug redirects (308) to the present one, and so does the
/// slug of a tag that was merged into another, until another tag takes it. Its articles are at
/// `/v1/articles?tag={slug}`.
/// </remarks>
internal sealed class GetTag(DeliveryDatabase database, CachePolicy cache)
    : NamedSlice<CountedTag, TagRow>(database, cache)
{
    protected override string Noun => "tag";

    protected override string Select =>
        $"""
            select {TagRow.Columns}, (select count(*) from published_article_tags u where u.tag_id = t.id)::int
                article_count
            from published_tags t
            """;

    protected override string Alias => "t";

    protected override CountedTag View(TagRow row) => row.ToCountedTag();

    // Each publication may change the count.
    protected override IEnumerable<string> CacheTagsOf(TagRow row) => ["tags", $"tag:{row.Id}", "articles"];
}
