using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Cms.Publishing;

namespace Cms.Tests.Demo;

/// <summary>
/// The demo newsroom holds together: what refers to something finds it, and nothing is empty that a reader would see.
/// </summary>
public sealed partial class DemoNewsroomTests
{
    private const int LongRead = 1200;
    private const int LargestImage = 120 * 1024;

    private static readonly Assembly Server = Assembly.Load("cms");

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    [Fact]
    public void The_newsroom_has_no_faults() => Assert.Empty(Faults(Read(Json())));

    [Theory]
    [InlineData("/articles/0/section", "\"sport\"", "section sport")]
    [InlineData("/articles/0/authors/0", "\"nobody\"", "author nobody")]
    [InlineData("/articles/0/tags/0", "\"nothing\"", "tag nothing")]
    [InlineData("/articles/0/related/0", "\"never-written\"", "related never-written")]
    [InlineData(
        "/articles/0/related/0",
        "\"northgate-to-close-calder-south\"",
        "related northgate-to-close-calder-south"
    )]
    [InlineData("/articles/0/heroImage/key", "\"unpainted\"", "image unpainted")]
    [InlineData("/articles/0/heroImage/caption", "\"\"", "heroImage is empty")]
    [InlineData("/articles/0/bodyFile", "\"articles/none.md\"", "body articles/none.md")]
    [InlineData("/articles/0/slug", "\"Not A Slug\"", "slug Not A Slug")]
    [InlineData("/articles/0/publishedAt", "null", "publishedAt")]
    [InlineData("/articles/0/publishedAt", "\"2027-01-01T00:00:00Z\"", "publishedAt")]
    [InlineData("/articles/0/headline", "\" \"", "headline is empty")]
    [InlineData("/articles/1/slug", "\"the-valley-that-bet-on-halden\"", "twice")]
    [InlineData("/images/0/alt", "\"\"", "alt is empty")]
    [InlineData("/images/0/credit", "\"\"", "credit is empty")]
    [InlineData("/images/0/file", "\"none.jpg\"", "file none.jpg")]
    [InlineData("/images/0/focalPoint/x", "1.5", "focal point")]
    [InlineData("/authors/0/avatar", "\"unpainted\"", "avatar unpainted")]
    [InlineData("/sections/2/parent", "\"sport\"", "parent sport")]
    public void A_planted_fault_is_found(string place, string value, string expected)
    {
        var newsroom = JsonNode.Parse(Json())!;
        var path = place.Split('/')[1..];
        var parent = path[..^1].Aggregate(newsroom, Step);
        var planted = JsonNode.Parse(value);
        if (parent is JsonArray array)
        {
            array[int.Parse(path[^1], CultureInfo.InvariantCulture)] = planted;
        }
        else
        {
            parent[path[^1]] = planted;
        }

        Assert.Contains(
            Faults(Read(newsroom.ToJsonString())),
            fault => fault.Contains(expected, StringComparison.Ordinal)
        );

        static JsonNode Step(JsonNode node, string name) =>
            node is JsonArray list ? list[int.Parse(name, CultureInfo.InvariantCulture)]! : node[name]!;
    }

    [Fact]
    public void There_is_enough_of_everything()
    {
        var newsroom = Read(Json());
        var articles = newsroom.Articles;
        Assert.Equal(
            "power enterprise people politics",
            string.Join(' ', newsroom.Sections.Where(s => s.Parent is null).Select(s => s.Slug))
        );
        Assert.Equal(8, newsroom.Authors.Count);
        Assert.True(newsroom.Images.Count >= 14);
        Assert.True(newsroom.Tags.Count >= 12);
        Assert.True(articles.Count >= 36);
        Assert.Equal(3, articles.Count(a => a.Status is Status.Draft));
        Assert.Equal(1, articles.Count(a => a.Status is Status.Unpublished));
        Assert.True(articles.Count(a => Words(a) >= LongRead) >= 3);
        Assert.True(articles.Count(a => a.Status is Status.Published && Words(a) is >= 80 and <= 150) >= 8);
        Assert.True(articles.Count(a => a.Authors.Count > 1) >= 4);
        Assert.True(articles.Count(a => a.Access is Access.Registered) >= 3);
        Assert.Contains(articles, a => a.Access is Access.Subscriber);
        Assert.Contains(articles, a => a.Corrections.Count > 0);
        Assert.Contains(articles, a => a.Disclosure is not null);
        Assert.Contains(articles, a => a.HeroImage is { Caption: not null });
        Assert.Contains(articles, a => a.HeroImage is { Credit: not null });
        Assert.Contains(
            articles,
            a => a.Related.Any(other => articles.Single(b => Same(b.Slug, other)).Related.Contains(a.Slug))
        );
        Assert.All(
            (string[])[".jpg", ".png", ".webp"],
            kind => Assert.Contains(newsroom.Images, i => i.File.EndsWith(kind, StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Nothing_lies_about_unused()
    {
        var newsroom = Read(Json());
        var expected = newsroom
            .Articles.Select(a => $"Demo/{a.BodyFile}")
            .Concat(newsroom.Images.Select(i => $"Demo/images/{i.File}"))
            .Append("Demo/newsroom.json");
        var present = Server
            .GetManifestResourceNames()
            .Where(n => n.StartsWith("Demo/", StringComparison.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal), present.Order(StringComparer.Ordinal));
        Assert.All(newsroom.Tags, t => Assert.Contains(newsroom.Articles, a => a.Tags.Contains(t.Slug)));
        Assert.All(
            newsroom.Authors,
            x => Assert.Contains(newsroom.Articles, a => a.Authors.Contains(x.Slug))
        );
        Assert.All(
            newsroom.Sections,
            s =>
                Assert.Contains(
                    newsroom.Articles,
                    a => Same(a.Section, s.Slug) && a.Status is Status.Published
                )
        );
    }

    private static List<string> Faults(Newsroom newsroom)
    {
        var inspection = new Inspection(newsroom);
        inspection.References();
        inspection.Images();
        inspection.Articles();
        return inspection.Faults;
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);

    private static int Words(Article article) =>
        Text(article.BodyFile)!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    private static string Json() => Text("newsroom.json")!;

    private static Newsroom Read(string json) => JsonSerializer.Deserialize<Newsroom>(json, Strict)!;

    private static string? Text(string name)
    {
        using var stream = Server.GetManifestResourceStream($"Demo/{name}");
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Slug();

    [GeneratedRegex(@"!\[[^\]]*\]\(image:(?<name>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ImageInBody();

    [GeneratedRegex(@"\]\(/articles/(?<name>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinkInBody();

    private sealed class Inspection
    {
        private readonly Newsroom _newsroom;
        private readonly HashSet<string> _sections;
        private readonly HashSet<string> _authors;
        private readonly HashSet<string> _images;
        private readonly HashSet<string> _tags;
        private readonly HashSet<string> _live;

        public Inspection(Newsroom newsroom)
        {
            _newsroom = newsroom;
            _sections = Unique("section", newsroom.Sections.Select(s => s.Slug));
            _authors = Unique("author", newsroom.Authors.Select(a => a.Slug));
            _images = Unique("image", newsroom.Images.Select(i => i.Key));
            _tags = Unique("tag", newsroom.Tags.Select(t => t.Slug));
            Unique("article", newsroom.Articles.Select(a => a.Slug));
            _live = newsroom
                .Articles.Where(a => a.Status is Status.Published)
                .Select(a => a.Slug)
                .ToHashSet(StringComparer.Ordinal);
        }

        public List<string> Faults { get; } = [];

        public void References()
        {
            foreach (var section in _newsroom.Sections)
            {
                Filled(section.Slug, "name", section.Name);
                Filled(section.Slug, "description", section.Description);
                Check(
                    section.Parent is null || _sections.Contains(section.Parent),
                    section.Slug,
                    $"parent {section.Parent}"
                );
            }

            foreach (var tag in _newsroom.Tags)
            {
                Filled(tag.Slug, "name", tag.Name);
            }

            foreach (var author in _newsroom.Authors)
            {
                Filled(author.Slug, "name", author.Name);
                Filled(author.Slug, "jobTitle", author.JobTitle);
                Filled(author.Slug, "bio", author.Bio);
                Check(
                    author.Email.EndsWith(".example", StringComparison.Ordinal),
                    author.Slug,
                    $"email {author.Email}"
                );
                Check(
                    author.Avatar is null || _images.Contains(author.Avatar),
                    author.Slug,
                    $"avatar {author.Avatar}"
                );
                Check(author.Social.All(s => s.Key.Length > 0 && s.Value.Length > 0), author.Slug, "social");
            }
        }

        public void Images()
        {
            foreach (var image in _newsroom.Images)
            {
                Filled(image.Key, "alt", image.Alt);
                Filled(image.Key, "credit", image.Credit);
                Check(image.FocalPoint is { X: >= 0 and <= 1, Y: >= 0 and <= 1 }, image.Key, "focal point");
                using var file = Server.GetManifestResourceStream($"Demo/images/{image.File}");
                Check(file is { Length: > 1024 and <= LargestImage }, image.Key, $"file {image.File}");
            }
        }

        public void Articles()
        {
            foreach (var article in _newsroom.Articles)
            {
                var slug = article.Slug;
                Filled(slug, "headline", article.Headline);
                Check(
                    article.Status is Status.Draft || !string.IsNullOrWhiteSpace(article.Deck),
                    slug,
                    "deck is empty"
                );
                Check(new ArticleKinds([]).Has(article.Kind ?? "story"), slug, "kind is unknown");
                Check(article.Kicker is null || article.Kicker.Trim().Length > 0, slug, "kicker is empty");
                Check(_sections.Contains(article.Section), slug, $"section {article.Section}");
                Check(article.Authors.Count > 0, slug, "no authors");
                Every(slug, "author", article.Authors, _authors);
                Every(slug, "tag", article.Tags, _tags);
                Every(slug, "related", article.Related, _live);
                Check(!article.Related.Contains(slug), slug, "related to itself");
                Check(
                    article.Status is Status.Draft
                        ? article.PublishedAt is null
                        : article.PublishedAt is { Year: 2026, Month: >= 8 and <= 10 },
                    slug,
                    $"publishedAt {article.PublishedAt}"
                );
                Check(
                    article.Corrections.All(c => c.At > article.PublishedAt && c.Text.Length > 0),
                    slug,
                    "correction"
                );
                Pictured(article);
            }
        }

        private void Pictured(Article article)
        {
            if (article.HeroImage is { } hero)
            {
                Check(_images.Contains(hero.Key), article.Slug, $"image {hero.Key}");
                Check(
                    hero.Alt is not "" && hero.Caption is not "" && hero.Credit is not "",
                    article.Slug,
                    "heroImage is empty"
                );
            }

            var body = Text(article.BodyFile);
            Check(body is { Length: > 100 }, article.Slug, $"body {article.BodyFile}");
            Every(
                article.Slug,
                "image",
                ImageInBody().Matches(body ?? "").Select(m => m.Groups["name"].Value),
                _images
            );
            Every(
                article.Slug,
                "link",
                LinkInBody().Matches(body ?? "").Select(m => m.Groups["name"].Value),
                _live
            );
        }

        private void Check(bool holds, string where, string what)
        {
            if (!holds)
            {
                Faults.Add($"{where}: {what}");
            }
        }

        private void Filled(string where, string what, string value) =>
            Check(!string.IsNullOrWhiteSpace(value), where, $"{what} is empty");

        private void Every(string where, string what, IEnumerable<string> names, HashSet<string> known)
        {
            foreach (var name in names)
            {
                Check(known.Contains(name), where, $"{what} {name}");
            }
        }

        private HashSet<string> Unique(string what, IEnumerable<string> slugs)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var slug in slugs)
            {
                Check(Slug().IsMatch(slug), what, $"slug {slug}");
                Check(seen.Add(slug), what, $"{slug} twice");
            }

            return seen;
        }
    }

    private enum Access
    {
        Public,
        Registered,
        Subscriber,
    }

    private enum Status
    {
        Draft,
        Published,
        Unpublished,
    }

    private sealed record Newsroom(
        List<Section> Sections,
        List<Author> Authors,
        List<Image> Images,
        List<Tag> Tags,
        List<Article> Articles
    );

    private sealed record Section(string Slug, string Name, string Description, int Position, string? Parent);

    private sealed record Author(
        string Slug,
        string Name,
        string JobTitle,
        string Bio,
        Dictionary<string, string> Social,
        string Email,
        string? Avatar
    );

    private sealed record Image(
        string Key,
        string File,
        string Alt,
        string? Caption,
        string Credit,
        FocalPoint FocalPoint
    );

    private sealed record FocalPoint(double X, double Y);

    private sealed record Tag(string Slug, string Name);

    private sealed record Article(
        string Slug,
        string? Kicker,
        string Headline,
        string? Deck,
        string? Excerpt,
        string BodyFile,
        string Section,
        List<string> Authors,
        HeroImage? HeroImage,
        List<string> Tags,
        Access Access,
        string? Disclosure,
        List<Correction> Corrections,
        Seo? Seo,
        List<string> Related,
        Status Status,
        DateTimeOffset? PublishedAt
    )
    {
        // Most are stories, which goes without saying.
        public string? Kind { get; init; }
    }

    private sealed record HeroImage(
        string Key,
        string? Alt = null,
        string? Caption = null,
        string? Credit = null
    );

    private sealed record Correction(DateTimeOffset At, string Text);

    private sealed record Seo(string? Title, string? Description, string? CanonicalUrl);
}
