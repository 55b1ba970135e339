using System.Security.Cryptography;
using System.Text;
using Cms.Editorial.Articles;
using Cms.Publishing;
using Cms.Publishing.Articles;

namespace Cms.Tests.Publishing;

/// <summary>What makes two revisions the same; and that hashes from before a field stay right.</summary>
public sealed class ContentHashTests
{
    [Fact]
    public void It_is_of_the_members_of_the_first_version_in_their_order() =>
        Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(Full)), ContentHash.Of(Content()));

    [Fact]
    public void It_is_the_one_that_the_first_version_made() =>
        Assert.Equal(
            "0bc0a64db7be4137582a35f3f1a86aee23d9062367164649f12f138079cd1839",
            Convert.ToHexStringLower(ContentHash.Of(Content()))
        );

    [Fact]
    public void A_later_column_takes_part_only_where_it_is_not_what_it_was_before()
    {
        FactColumn[] columns =
        [
            .. ArticleColumns.All,
            new("strapline", f => f.Kicker) { Before = new(Text: null) },
            new("is_long_read", f => f.Deck is null ? "true" : "false", "boolean") { Before = new("false") },
        ];
        var plain = Content() with { Kicker = null };
        Assert.Equal(ContentHash.Of(plain), ContentHash.Of(plain, columns));

        var withStrapline = Content();
        var longRead = plain with { Deck = null };
        Assert.NotEqual(ContentHash.Of(withStrapline), ContentHash.Of(withStrapline, columns));
        Assert.NotEqual(ContentHash.Of(longRead), ContentHash.Of(longRead, columns));
        Assert.Equal(ContentHash.Of(longRead, columns), ContentHash.Of(longRead, columns.Reverse()));
    }

    [Fact]
    public void Every_column_is_of_the_first_version_or_says_what_it_was_before() =>
        Assert.Equal(
            ["slug", "kicker", "headline", "deck", "access", "disclosure", "corrections", "seo"],
            ArticleColumns.All.Where(c => c.Before is null).Select(c => c.Name)
        );

    private const string Full =
        """{"slug":"a","kicker":"K","headline":"“H” <é>","deck":"D","excerpt":"E","body":"{\"blocks\":"""
        + """[]}","sectionId":"01981f5e-0000-7000-8000-000000000001","authorIds":"""
        + """["01981f5e-0000-7000-8000-000000000002"],"tagIds":[],"relatedIds":[],"heroImage":"""
        + """{"id":"01981f5e-0000-7000-8000-000000000003","alt":"","caption":"""
        + """null,"credit":"C"},"access":"subscriber","disclosure":null,"corrections":"""
        + """[{"at":"2026-01-02T03:04:05Z","text":"T"}],"seo":{"title":"S","description":"""
        + """null,"canonicalUrl":null},"publishedAt":"2026-01-02T03:04:05.5Z"}""";

    private static ArticleContent Content() =>
        new()
        {
            Slug = "a",
            Kind = ArticleKinds.Story,
            Lang = null,
            Dir = null,
            Kicker = "K",
            Headline = "“H” <é>",
            Deck = "D",
            Excerpt = "E",
            Body = """{"blocks":[]}""",
            SectionId = new("01981f5e-0000-7000-8000-000000000001"),
            AuthorIds = [new("01981f5e-0000-7000-8000-000000000002")],
            TagIds = [],
            RelatedIds = [],
            HeroImage = new()
            {
                Id = new("01981f5e-0000-7000-8000-000000000003"),
                Alt = "",
                Credit = "C",
            },
            Access = ArticleAccess.Subscriber,
            AlertHeadline = null,
            NewsletterHeadline = null,
            Disclosure = null,
            Corrections = [new() { At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Text = "T" }],
            Seo = new() { Title = "S" },
            PublishedAt = new(2026, 1, 2, 3, 4, 5, 500, TimeSpan.Zero),
            EmbargoedUntil = null,
        };
}
