using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Publishing;

namespace Cms.Delivery.Taxonomy;

/// <summary>Returns an author</summary>
/// <remarks>By slug or id. A former slug redirects (308) to the present one, until another author takes it. Their
/// articles are at `/v1/articles?author={slug}`.</remarks>
internal sealed class GetAuthor(DeliveryDatabase database, CachePolicy cache)
    : NamedSlice<Author, AuthorRow>(database, cache)
{
    protected override string Noun => "author";
    protected override string Select => AuthorRow.Select;
    protected override string Alias => "a";

    protected override Author View(AuthorRow row) => row.ToAuthor(ImageForm.Full);

    protected override IEnumerable<string> CacheTagsOf(AuthorRow row) => row.CacheTags();
}
