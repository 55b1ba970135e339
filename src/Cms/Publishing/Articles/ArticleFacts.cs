using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;

namespace Cms.Publishing.Articles;

/// <summary>
/// What an article says of itself wherever it is shown, in lists too. Rows and views inherit it, and a view takes it
/// from a row whole: a member added here, with its column in <see cref="ArticleColumns"/>, is in all of them.
/// </summary>
internal abstract record ListedFacts
{
    /// <example>the-valley-that-bet-on-halden</example>
    [JsonPropertyOrder(Place.Identity)]
    public required string Slug { get; init; }

    /// <summary>Where readers find the article in this API.</summary>
    /// <example>/v1/articles/the-valley-that-bet-on-halden</example>
    [JsonPropertyOrder(Place.Identity)]
    public string Url => $"/v1/articles/{Slug}";

    /// <summary>
    /// What kind of article it is: `story`, `brief`, `analysis`, `opinion`, `interview`, `explainer`, `roundup`,
    /// `newsletter`, `liveBlog`, `gallery`, `video`, `podcast`, or one of the newsroom's own.
    /// </summary>
    /// <example>story</example>
    [JsonPropertyOrder(Place.Identity)]
    public required string Kind { get; init; }

    /// <summary>
    /// The language that it is written in, as BCP 47 names it, such as `en` or `pt-BR`; null: the newsroom's.
    /// </summary>
    [JsonPropertyOrder(Place.Identity)]
    public required string? Lang { get; init; }

    /// <summary>Where its lines begin; null: as its language has it.</summary>
    [JsonPropertyOrder(Place.Identity)]
    public required TextDirection? Dir { get; init; }

    /// <summary>The line above the headline.</summary>
    [JsonPropertyOrder(Place.Texts)]
    public required string? Kicker { get; init; }

    /// <summary>The headline, in plain text.</summary>
    [JsonPropertyOrder(Place.Texts)]
    public required string Headline { get; init; }

    /// <summary>The line under the headline.</summary>
    [JsonPropertyOrder(Place.Texts)]
    public required string? Deck { get; init; }

    /// <summary>Who may read it to its end.</summary>
    [JsonPropertyOrder(Place.Access)]
    public required ArticleAccess Access { get; init; }
}

/// <summary>All that an article says of itself. Lists leave out what is declared here.</summary>
internal abstract record ArticleFacts : ListedFacts
{
    /// <summary>A short headline for alerts on telephones; null: use `headline`.</summary>
    [JsonPropertyOrder(Place.Details)]
    public required string? AlertHeadline { get; init; }

    /// <summary>A headline for newsletters; null: use `headline`.</summary>
    [JsonPropertyOrder(Place.Details)]
    public required string? NewsletterHeadline { get; init; }

    /// <summary>What readers should know of the newsroom's own interests.</summary>
    [JsonPropertyOrder(Place.Details)]
    public required string? Disclosure { get; init; }

    /// <summary>What was put right since, newest last.</summary>
    [JsonPropertyOrder(Place.Details)]
    public required IReadOnlyList<Correction> Corrections { get; init; } = [];

    /// <summary>What search engines are told, where that differs.</summary>
    [JsonPropertyOrder(Place.Details)]
    public required Seo? Seo { get; init; }
}

/// <summary>
/// Where the columns of <see cref="ArticleFacts"/> stand in statements. They have the same names in
/// <c>article_revisions</c> and <c>published_articles</c>.
/// </summary>
internal static class ArticleColumns
{
    /// <summary>What <see cref="ListedFacts"/> declares.</summary>
    public static readonly FactColumn[] Listed =
    [
        new("slug", f => f.Slug),
        new("kind", f => f.Kind) { Before = new(ArticleKinds.Story) },
        new("lang", f => f.Lang) { Before = new(null) },
        new("dir", f => f.Dir?.ToString().ToLowerInvariant()) { Before = new(null) },
        new("kicker", f => f.Kicker),
        new("headline", f => f.Headline),
        new("deck", f => f.Deck),
        new("access", f => f.Access.ToString().ToLowerInvariant()),
    ];

    /// <summary>What <see cref="ArticleFacts"/> declares besides.</summary>
    public static readonly FactColumn[] Details =
    [
        new("alert_headline", f => f.AlertHeadline) { Before = new(null) },
        new("newsletter_headline", f => f.NewsletterHeadline) { Before = new(null) },
        new("disclosure", f => f.Disclosure),
        new("corrections", f => Json.WriteText(f.Corrections), "jsonb"),
        new("seo", f => f.Seo is null ? null : Json.WriteText(f.Seo), "jsonb"),
    ];

    public static readonly FactColumn[] All = [.. Listed, .. Details];

    /// <summary>The names: <c>slug, kicker, …</c></summary>
    public static readonly string Names = Join(All, c => c.Name);

    /// <summary>The values of <see cref="Parameters"/>: <c>@slug, …, @seo::jsonb</c></summary>
    public static readonly string Values = Join(
        All,
        c => c.Cast is null ? $"@{c.Name}" : $"@{c.Name}::{c.Cast}"
    );

    /// <summary>In an upsert: <c>slug = excluded.slug, …</c></summary>
    public static readonly string Excluded = Join(All, c => $"{c.Name} = excluded.{c.Name}");

    /// <summary>Selects them from a table: <c>p.slug, p.kicker, …</c></summary>
    public static string Select(string table, params string[] except) =>
        Join(All.Where(c => !except.Contains(c.Name)), c => $"{table}.{c.Name}");

    /// <summary>Selects only what lists show.</summary>
    public static string SelectListed(string table) => Join(Listed, c => $"{table}.{c.Name}");

    /// <summary>Selects only what lists do not show.</summary>
    public static string SelectDetails(string table) => Join(Details, c => $"{table}.{c.Name}");

    /// <summary>Selects only those that were not there in the first version.</summary>
    public static string SelectLater(string table) =>
        Join(All.Where(c => c.Before is not null), c => $"{table}.{c.Name}");

    /// <summary>Arguments of a statement that writes <see cref="Values"/>.</summary>
    /// <param name="facts">What they are.</param>
    /// <param name="others">The statement's other arguments.</param>
    public static Args Parameters(ArticleFacts facts, object others) =>
        new Args(others).With(All.Select(c => (c.Name, c.Text(facts))));

    private static string Join(IEnumerable<FactColumn> columns, Func<FactColumn, string> form) =>
        string.Join(", ", columns.Select(form));

#pragma warning disable CA2255 // whoever reads rows must find the types of their columns
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void TellDapper()
    {
        DapperSetup.ReadsAsJson<IReadOnlyList<Correction>>();
        DapperSetup.ReadsAsJson<Seo>();
    }
}

/// <summary>A column of <see cref="ArticleFacts"/>. Reading goes by the name.</summary>
/// <param name="Name">Of the column; the member has the same name.</param>
/// <param name="Text">Its value as text, as PostgreSQL reads it.</param>
/// <param name="Cast">The type that the text is cast to; null: it is text.</param>
internal sealed record FactColumn(string Name, Func<ArticleFacts, string?> Text, string? Cast = null)
{
    /// <summary>The member's name in JSON.</summary>
    public string Member { get; } =
        JsonNamingPolicy.CamelCase.ConvertName(
            string.Concat(Name.Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]))
        );

    /// <summary>
    /// For every column that was not there in the first version: what it is in the articles from before. Only another
    /// value takes part in the content hash, so the hashes of these articles stay what they are.
    /// </summary>
    public Before? Before { get; init; }
}

/// <summary>What a column is in the articles from before it.</summary>
internal sealed record Before(string? Text);

/// <summary>In which order JSON has an article's members, whichever type declares them.</summary>
internal static class Place
{
    public const int First = -7;
    public const int Identity = -6;
    public const int State = -5;
    public const int Texts = -4;
    public const int Excerpt = -3;
    public const int Access = -2;
    public const int Dates = -1;

    // 0: what a view says by itself, if it says nothing else.
    public const int Details = 1;
    public const int Last = 2;
}
