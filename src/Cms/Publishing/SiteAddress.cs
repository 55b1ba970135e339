using System.Globalization;
using System.Text.RegularExpressions;

namespace Cms.Publishing;

/// <summary>
/// Where things are on the newsroom's site, by patterns that it configures. One process serves one newsroom, so this is
/// the same for all of it.
/// </summary>
internal static class SiteAddress
{
    private static string? _site;
    private static SitePaths _paths = SitePaths.Usual;

    /// <summary>Called once, before anything is served.</summary>
    /// <param name="site">The origin of the site; null: nobody knows where things are there.</param>
    /// <param name="paths">The patterns of its paths.</param>
    public static void Configure(Uri? site, SitePaths paths) =>
        (_site, _paths) = (site?.AbsoluteUri.TrimEnd('/'), paths);

    public static string? OfArticle(Guid id, string slug, string section, DateTimeOffset publishedAt) =>
        _site is null ? null : _site + _paths.Article.Fill(id, slug, section, publishedAt);

    public static string? OfSection(Guid id, string slug) =>
        _site is null ? null : _site + _paths.Section.Fill(id, slug);

    public static string? OfAuthor(Guid id, string slug) =>
        _site is null ? null : _site + _paths.Author.Fill(id, slug);

    public static string? OfTag(Guid id, string slug) =>
        _site is null ? null : _site + _paths.Tag.Fill(id, slug);
}

/// <summary>The paths of a site.</summary>
internal sealed record SitePaths(SitePath Article, SitePath Section, SitePath Author, SitePath Tag)
{
    public static readonly SitePaths Usual = new(
        new("/articles/{slug}"),
        new("/sections/{slug}"),
        new("/authors/{slug}"),
        new("/tags/{slug}")
    );
}

/// <summary>A pattern of paths, such as <c>/{section}/{year}/{slug}</c>.</summary>
internal sealed partial record SitePath(string Pattern)
{
    /// <summary>What any thing has.</summary>
    public static readonly IReadOnlyList<string> Names = ["slug", "id"];

    /// <summary>What an article has besides: the slug of its section, and the day of its publication in UTC.</summary>
    public static readonly IReadOnlyList<string> NamesOfArticles =
    [
        .. Names,
        "section",
        "year",
        "month",
        "day",
    ];

    /// <summary>What is wrong with a pattern, as the end of a sentence; null: nothing.</summary>
    public static string? FindFault(string pattern, IReadOnlyList<string> names)
    {
        if (!pattern.StartsWith('/') || pattern.StartsWith("//", StringComparison.Ordinal))
            return "which does not begin with one slash";
        if (pattern.AsSpan().ContainsAny(" \\?#\""))
            return "which has a character that a path cannot have";
        var used = Name().Matches(pattern).Select(m => m.Groups["name"].Value).ToList();
        if (used.FirstOrDefault(n => !names.Contains(n)) is { } unknown)
            return $"which has {{{unknown}}}: known are {string.Join(", ", names.Select(n => $"{{{n}}}"))}";
        if (!used.Contains("slug") && !used.Contains("id"))
            return "which has neither {slug} nor {id}, so that all things would have one address";
        return Name().Replace(pattern, "").AsSpan().ContainsAny("{}")
            ? "which has a brace without its other"
            : null;
    }

    public string Fill(Guid id, string slug, string section = "", DateTimeOffset publishedAt = default)
    {
        var at = publishedAt.ToUniversalTime();
        return Name()
            .Replace(
                Pattern,
                m =>
                    m.Groups["name"].Value switch
                    {
                        "slug" => slug,
                        "id" => id.ToString(),
                        "section" => section,
                        "year" => at.Year.ToString("0000", CultureInfo.InvariantCulture),
                        "month" => at.Month.ToString("00", CultureInfo.InvariantCulture),
                        _ => at.Day.ToString("00", CultureInfo.InvariantCulture),
                    }
            );
    }

    [GeneratedRegex("\\{(?<name>[^{}]*)\\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
