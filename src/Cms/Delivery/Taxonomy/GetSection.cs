using Cms.Delivery.Articles;
using Cms.Delivery.Reading;

namespace Cms.Delivery.Taxonomy;

/// <summary>Returns a section</summary>
/// <remarks>By slug or id. A former slug redirects (308) to the present one, until another section takes it. Its
/// articles are at `/v1/articles?section={slug}`.</remarks>
internal sealed class GetSection(DeliveryDatabase database, CachePolicy cache)
    : NamedSlice<Section, SectionRow>(database, cache)
{
    protected override string Noun => "section";
    protected override string Select => SectionRow.Select;
    protected override string Alias => "s";

    protected override Section View(SectionRow row) => row.ToSection();

    protected override IEnumerable<string> CacheTagsOf(SectionRow row) =>
        row.ParentId is { } parent ? [$"section:{row.Id}", $"section:{parent}"] : [$"section:{row.Id}"];
}
