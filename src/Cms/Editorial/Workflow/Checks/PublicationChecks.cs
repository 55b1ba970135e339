using System.Text.Json;
using System.Text.RegularExpressions;
using Cms.Editorial.Articles;
using Cms.Editorial.Schedules;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;
using Npgsql;

namespace Cms.Editorial.Workflow.Checks;

/// <summary>Which advisable checks block publication in this newsroom, by their codes.</summary>
internal sealed record PublishPolicy(params IReadOnlyList<string> Required)
{
    public static readonly PublishPolicy Default = new();

    public bool Blocks(string code) => code == PublicationChecks.Required || Required.Contains(code);
}

/// <summary>What a check has found.</summary>
internal sealed record CheckFinding
{
    /// <summary>JSON pointer (RFC 6901) into the article.</summary>
    /// <example>/deck</example>
    public required string Pointer { get; init; }

    /// <summary>What was found, for a program: stable, kebab-case.</summary>
    /// <example>no-deck</example>
    public required string Code { get; init; }

    /// <summary>What was found, for a person.</summary>
    /// <example>There is no line under the headline.</example>
    public required string Detail { get; init; }
}

/// <summary>What is looked at before an article is published.</summary>
internal static partial class PublicationChecks
{
    /// <summary>Without it nothing can be published.</summary>
    public const string Required = "required-to-publish";

    /// <summary>The date that readers see has not come.</summary>
    public const string InFuture = "in-the-future";

    public const string NoAuthor = "no-author";
    public const string NoAltText = "no-alt-text";
    public const string NoDeck = "no-deck";
    public const string LongHeadline = "long-headline";
    public const string BrokenLink = "broken-link";
    public const string NoHeroImage = "no-hero-image";
    public const string EmbargoInPast = "embargo-in-the-past";

    /// <summary>The codes of checks that advise, unless a newsroom requires them.</summary>
    public static readonly IReadOnlyList<string> Advisable =
    [
        NoAuthor,
        NoAltText,
        NoDeck,
        LongHeadline,
        BrokenLink,
        NoHeroImage,
        EmbargoInPast,
    ];

    /// <summary>Search engines and phones cut longer ones.</summary>
    public const int MaxHeadlineLength = 90;

    /// <summary>What a published article must have and this one lacks.</summary>
    public static Faults Missing(Guid? section, Body body, DateTimeOffset? publishedAt, DateTimeOffset at)
    {
        var faults = new Faults();
        if (section is null)
            faults.Add(
                Fault.At("/section", Required, "An article needs a section before it can be published.")
            );
        if (body.Blocks.Count == 0)
            faults.Add(Fault.At("/body", Required, "An article needs a body before it can be published."));
        if (publishedAt > at)
            faults.Add(
                Fault.At("/publishedAt", InFuture, "The date that readers see cannot be in the future.")
            );
        return faults;
    }

    /// <summary>Everything that the checks find in a revision.</summary>
    /// <param name="images">What the pictures say by themselves that it shows.</param>
    /// <param name="at">When it is to be published.</param>
    public static async Task<IReadOnlyList<CheckFinding>> FindAsync(
        NpgsqlTransaction transaction,
        RevisionRow article,
        Body body,
        IEnumerable<ImageRow> images,
        DateTimeOffset at,
        CancellationToken ct,
        IReadOnlyCollection<Guid>? together = null
    ) =>
        [
            .. Missing(article.SectionId, body, article.PublishedAt, at).Select(Finding),
            .. Plain(article),
            .. WithoutAlt(article, body, images),
            .. await BrokenLinksAsync(transaction, article, body, ct, together),
        ];

    /// <summary>What keeps a revision from being published.</summary>
    public static async Task<Faults> BlockersAsync(
        NpgsqlTransaction transaction,
        PublishPolicy policy,
        RevisionRow article,
        Body body,
        IEnumerable<ImageRow> images,
        DateTimeOffset at,
        CancellationToken ct,
        IReadOnlyCollection<Guid>? together = null
    )
    {
        var faults = Missing(article.SectionId, body, article.PublishedAt, at);
        // As a rule nothing more is required, and nothing more is looked for.
        if (policy.Required.Count == 0)
            return faults;
        var found = Plain(article).Concat(WithoutAlt(article, body, images));
        if (policy.Blocks(BrokenLink))
            found = found.Concat(await BrokenLinksAsync(transaction, article, body, ct, together));
        faults.AddRange(
            found.Where(f => policy.Blocks(f.Code)).Select(f => Fault.At(f.Pointer, f.Code, f.Detail))
        );
        return faults;
    }

    public static CheckFinding Finding(Fault fault) => Finding(fault.Pointer ?? "", fault.Code, fault.Detail);

    private static CheckFinding Finding(string pointer, string code, string detail) =>
        new()
        {
            Pointer = pointer,
            Code = code,
            Detail = detail,
        };

    private static IEnumerable<CheckFinding> Plain(RevisionRow article)
    {
        if (article.AuthorIds.Length == 0)
            yield return Finding("/authors", NoAuthor, "It names no author.");
        if (string.IsNullOrEmpty(article.Deck))
            yield return Finding("/deck", NoDeck, "There is no line under the headline.");
        if (article.Headline.EnumerateRunes().Count() is > MaxHeadlineLength and var length)
            yield return Finding(
                "/headline",
                LongHeadline,
                $"The headline has {length} characters; beyond {MaxHeadlineLength}, search engines and phones cut it."
            );
        if (article.HeroImage is null)
            yield return Finding("/heroImage", NoHeroImage, "There is no picture on top.");
        // One that ended while it waited has done its work.
        if (!article.WasPublished && article.EmbargoedUntil is { } embargo && embargo <= article.SavedAt)
            yield return Finding(
                "/embargoedUntil",
                EmbargoInPast,
                $"The embargo had ended when it was set: {Ahead.Text(embargo)}. It holds nothing back."
            );
    }

    // An empty text is said on purpose: the picture only decorates.
    private static IEnumerable<CheckFinding> WithoutAlt(
        ArticleContent article,
        Body body,
        IEnumerable<ImageRow> images
    )
    {
        var said = images.Where(i => !string.IsNullOrEmpty(i.Alt)).Select(i => i.Id).ToHashSet();
        if (article.HeroImage is { Alt: null } hero && !said.Contains(hero.Id))
            yield return Finding("/heroImage/alt", NoAltText, "The picture on top has no alternative text.");
        for (var n = 0; n < body.Blocks.Count; n++)
            if (body.Blocks[n] is ImageBlock { Image: { Alt: null } image } && !said.Contains(image.Id))
                yield return Finding(
                    $"/body/blocks/{n}/image/alt",
                    NoAltText,
                    "The picture has no alternative text: say what it shows, or that it only decorates (\"\")."
                );
    }

    /// <summary>Links to this newsroom's own things that readers would not find.</summary>
    private static async Task<IReadOnlyList<CheckFinding>> BrokenLinksAsync(
        NpgsqlTransaction transaction,
        ArticleContent article,
        Body body,
        CancellationToken ct,
        IReadOnlyCollection<Guid>? together = null
    )
    {
        var links = Links(body).ToList();
        if (links.Count == 0)
            return [];
        var broken = (
            await transaction.ListAsync<string>(
                SelectBroken,
                new
                {
                    Kinds = links.Select(l => l.Kind).ToArray(),
                    Names = links.Select(l => l.Name).ToArray(),
                    article.Slug,
                    Together = together?.ToArray() ?? [],
                },
                ct
            )
        ).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. links
                .Where(l => broken.Contains($"{l.Kind}/{l.Name}"))
                .Select(l =>
                    Finding(
                        $"/body/blocks/{l.Block}",
                        BrokenLink,
                        $"It links to {l.Url}, which readers would not find."
                    )
                ),
        ];
    }

    private static IEnumerable<(int Block, string Url, string Kind, string Name)> Links(Body body)
    {
        for (var n = 0; n < body.Blocks.Count; n++)
        {
            if (body.Blocks[n] is CodeBlock)
                continue;
            // Text cannot look like a tag: its signs are escaped.
            var json = JsonSerializer.Serialize(body.Blocks[n], Body.Json);
            foreach (Match link in Link().Matches(json))
                yield return (
                    n,
                    link.Groups["url"].Value,
                    link.Groups["kind"].Value,
                    link.Groups["name"].Value
                );
        }
    }

    [GeneratedRegex(
        """(?:<a [^>]*?href=\\"|"href":")(?<url>/(?:v1/)?(?<kind>articles|sections|authors|images|"""
            + """media)/(?<name>[^"\\/?#]+))""",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Link();

    private const string AsId =
        "case when l.name ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then l.name::uuid end";

    private static readonly string SelectBroken = $"""
        select distinct l.kind || '/' || l.name
        from unnest(@Kinds, @Names) l(kind, name)
        where not case
            when l.kind = 'articles' then l.name = @Slug
                or coalesce({AsId} = any(@Together), false)
                or exists (select from article_slugs s where s.slug = l.name and s.article_id = any(@Together))
                or exists (select from published_articles p where p.id = {AsId})
                or exists (select from published_slugs s join published_articles p on p.id = s.article_id
                    where s.slug = l.name)
            when l.kind = 'sections' then exists (select from sections s where s.id = {AsId} or s.slug = l.name)
            when l.kind = 'authors' then exists (select from authors s where s.id = {AsId} or s.slug = l.name)
            else exists (select from images i where i.id = {AsId}) end
        """;
}
