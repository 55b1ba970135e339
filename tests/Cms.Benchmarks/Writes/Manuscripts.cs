using System.Globalization;
using Cms.Benchmarks.Corpus;
using Cms.Editorial.Articles;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Search;

namespace Cms.Benchmarks.Writes;

/// <summary>
/// Articles to write, each another one: 6 KB of text, a section, two authors, three tags, a hero image.
/// </summary>
/// <remarks>
/// Texts are made before anything is measured. Authors, tags and images are those of published articles, so a
/// publication
/// brings nothing new to readers but the article itself.
/// </remarks>
internal sealed class Manuscripts
{
    private const int Bytes = 6_000;
    private const int Texts = 400;
    private const int Authors = 2;
    private const int Tags = 3;

    private readonly IReadOnlyList<Text> _texts;
    private readonly IReadOnlyList<Place> _sections;
    private readonly IReadOnlyList<Thing> _authors;
    private readonly IReadOnlyList<Thing> _tags;
    private readonly IReadOnlyList<Picture> _images;
    private int _count;

    private Manuscripts(
        IReadOnlyList<Text> texts,
        IReadOnlyList<Place> sections,
        IReadOnlyList<Thing> authors,
        IReadOnlyList<Thing> tags,
        IReadOnlyList<Picture> images
    ) => (_texts, _sections, _authors, _tags, _images) = (texts, sections, authors, tags, images);

    /// <summary>The author with the most articles.</summary>
    public Thing HotAuthor => _authors[0];

    /// <summary>The tag with the most articles.</summary>
    public Thing HotTag => _tags[0];

    public static async Task<Manuscripts> ReadAsync(Newsroom newsroom, int seed, CancellationToken ct)
    {
        var postgres = newsroom.Postgres;
        return new(
            MakeTexts(seed),
            await postgres.ListAsync<Place>(SelectSections, new { }, ct),
            await postgres.ListAsync<Thing>(SelectAuthors, new { }, ct),
            await postgres.ListAsync<Thing>(SelectTags, new { }, ct),
            await postgres.ListAsync<Picture>(SelectImages, new { }, ct)
        );
    }

    /// <param name="isHot">Whether it is in the largest section, by the busiest author, under the commonest
    /// tag.</param>
    public Manuscript Next(bool isHot = false)
    {
        var number = Interlocked.Increment(ref _count);
        var text = _texts[number % _texts.Count];
        // Strides without a common divisor with the counts, more or less: every one in turn.
        var author = 1 + (number * 7 % (_authors.Count - 2));
        var tag = 1 + (number * 11 % (_tags.Count - 3));
        return new()
        {
            Number = number,
            Text = text,
            // Not at its end: long slugs are cut.
            Headline = string.Create(CultureInfo.InvariantCulture, $"{text.Beginning} {number} {text.Rest}"),
            Kicker = text.Kicker,
            Deck = text.Deck,
            Section = isHot ? _sections[0] : _sections[1 + (number * 13 % (_sections.Count - 1))],
            Authors = isHot ? [_authors[0], _authors[author]] : [.. _authors.Skip(author).Take(Authors)],
            Tags = isHot ? [_tags[0], .. _tags.Skip(tag).Take(Tags - 1)] : [.. _tags.Skip(tag).Take(Tags)],
            Image = _images[number % _images.Count],
        };
    }

    /// <summary>The same article with another body and deck, each time.</summary>
    public Manuscript Rewritten(Manuscript old)
    {
        var version = old.Version + 1;
        var text = _texts[(old.Number + version) % _texts.Count];
        return old with { Version = version, Text = text, Deck = text.Deck };
    }

    private static List<Text> MakeTexts(int seed)
    {
        var dice = new Dice(seed);
        var prose = new Prose(dice);
        var texts = new List<Text>(Texts);
        for (var i = 0; i < Texts; i++)
        {
            var blocks = new List<Block>();
            for (var left = Bytes; left > 0; )
                foreach (var piece in prose.Body().Take(3).Where(_ => left > 0))
                {
                    blocks.Add(piece.Block);
                    left -= piece.Json.Length;
                }
            var body = new Body { Blocks = blocks };
            texts.Add(
                new()
                {
                    Beginning = prose.Line(2, 3),
                    Rest = prose.Line(4, 6),
                    Kicker = prose.Line(1, 2),
                    Deck = prose.Line(12, 24),
                    Body = body,
                    Json = body.ToJson(),
                    Excerpt = body.Excerpt(ArticleLimits.MadeExcerpt, walled: false),
                    WordCount = body.WordCount,
                    ReadingMinutes = body.ReadingMinutes,
                }
            );
        }
        return texts;
    }

    private const string SelectSections = """
        select s.id, s.slug::text slug, section_path(s.id) path from published_sections s
        order by (select count(*) from published_article_sections u where u.section_id = s.id)
            * (case when exists (select from sections c where c.parent_id = s.id) then 0 else 1 end) desc, id
        """;

    private const string SelectAuthors = """
        select a.id, a.slug::text slug, a.avatar_image_id avatar
        from published_article_authors u join authors a on a.id = u.author_id
        group by a.id order by count(*) desc, a.id
        """;

    private const string SelectTags = """
        select t.id, t.slug::text slug, null::uuid avatar
        from published_article_tags u join tags t on t.id = u.tag_id
        group by t.id order by count(*) desc, t.id
        """;

    private const string SelectImages = """
        select i.id, i.alt, i.caption, i.credit from changes c join published_images i on i.id = c.entity_id
        where c.entity_type = 'image' and c.op = 'upsert' and c.is_open and i.is_open
          and exists (select from published_article_images u where u.image_id = i.id)
        order by md5(i.id::text) limit 2000
        """;
}

/// <summary>The words of an article.</summary>
internal sealed record Text
{
    /// <summary>How its headline begins.</summary>
    public required string Beginning { get; init; }
    public required string Rest { get; init; }
    public required string Kicker { get; init; }
    public required string Deck { get; init; }
    public required Body Body { get; init; }

    /// <summary>The body as it is stored.</summary>
    public required string Json { get; init; }
    public required string Excerpt { get; init; }
    public required int WordCount { get; init; }
    public required int ReadingMinutes { get; init; }
}

internal sealed record Place
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required Guid[] Path { get; init; }
}

/// <summary>An author or a tag.</summary>
internal sealed record Thing
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required Guid? Avatar { get; init; }
}

internal sealed record Picture
{
    public required Guid Id { get; init; }
    public required string? Alt { get; init; }
    public required string? Caption { get; init; }
    public required string? Credit { get; init; }
}

/// <summary>An article as somebody writes it.</summary>
internal sealed record Manuscript
{
    public required int Number { get; init; }

    /// <summary>How often it was rewritten.</summary>
    public int Version { get; init; }
    public required Text Text { get; init; }
    public required string Headline { get; init; }
    public required string Kicker { get; init; }
    public required string Deck { get; init; }
    public required Place Section { get; init; }
    public required IReadOnlyList<Thing> Authors { get; init; }
    public required IReadOnlyList<Thing> Tags { get; init; }
    public required Picture Image { get; init; }

    public string Slug => Publishing.Slug.From(Headline);

    /// <summary>The request that creates it.</summary>
    public string ToJson() =>
        $$"""
            {"headline":{{Json.WriteText(Headline)}},"kicker":{{Json.WriteText(Kicker)}},
            "deck":{{Json.WriteText(Deck)}},"section":"{{Section.Slug}}",
            "authors":{{Json.WriteText(Authors.Select(a => a.Slug))}},
            "tags":{{Json.WriteText(Tags.Select(t => t.Slug))}},
            "heroImage":{"id":"{{Image.Id}}"},"body":{{Text.Json}}}
            """;

    /// <summary>What the server would store of it.</summary>
    public ArticleContent ToContent() =>
        new()
        {
            Slug = Slug,
            Kind = ArticleKinds.Story,
            Lang = null,
            Dir = null,
            Kicker = Kicker,
            Headline = Headline,
            Deck = Deck,
            Excerpt = null,
            Body = Text.Json,
            SectionId = Section.Id,
            AuthorIds = [.. Authors.Select(a => a.Id)],
            TagIds = [.. Tags.Select(t => t.Id)],
            RelatedIds = [],
            HeroImage = new() { Id = Image.Id },
            Access = ArticleAccess.Public,
            AlertHeadline = null,
            NewsletterHeadline = null,
            Disclosure = null,
            Corrections = [],
            Seo = null,
            PublishedAt = null,
            EmbargoedUntil = null,
        };

    /// <summary>The words of its body and picture, as the server indexes them.</summary>
    public string OpenWords() =>
        IndexText.Of(
            SearchableArticle
                .Of(
                    Text.Body,
                    isWalled: false,
                    _ => null,
                    SearchableArticle.Of(new(null, null, null), new(Image.Alt, Image.Caption, Image.Credit))
                )
                .Open
        );
}
