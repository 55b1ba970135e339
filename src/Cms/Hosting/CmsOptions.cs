using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Cms.Access.People;
using Cms.Editorial.Workflow.Checks;
using Cms.Images.Files;
using Cms.Platform;
using Cms.Publishing;
using Cms.Publishing.Bodies;

namespace Cms.Hosting;

/// <summary>
/// What can be configured (<c>Cms:*</c> in settings, <c>Cms__*</c> in the environment). All of it has a default.
/// </summary>
internal sealed partial record CmsOptions
{
    // Longer than any of the times is meant to be, and short enough for what reckons with them.
    private const int Century = 36_500;
    private const int Day = 86_400;

    // So long that it cannot be guessed from an address that it has signed.
    private const int MinSecret = 32;

    // More than a server can have at work.
    private const int MaxRequests = 100_000;

    [Setting(
        SettingGroup.Site,
        "The origin of the newsroom's site, such as `https://site.example`. With it articles, sections and authors say "
            + "where they are there (`webUrl`).",
        Default = "none"
    )]
    public string? SiteUrl { get; set; }

    [Setting(
        SettingGroup.Site,
        "Where the site has an article: with `{slug}` or `{id}`, and if need be `{section}` (its slug), `{year}`, "
            + "`{month}`, `{day}` (of the publication, in UTC)."
    )]
    public string ArticlePath { get; set; } = SitePaths.Usual.Article.Pattern;

    [Setting(SettingGroup.Site, "Where the site has a section: with `{slug}` or `{id}`.")]
    public string SectionPath { get; set; } = SitePaths.Usual.Section.Pattern;

    [Setting(SettingGroup.Site, "Where the site has an author: with `{slug}` or `{id}`.")]
    public string AuthorPath { get; set; } = SitePaths.Usual.Author.Pattern;

    [Setting(SettingGroup.Site, "Where the site has a tag: with `{slug}` or `{id}`.")]
    public string TagPath { get; set; } = SitePaths.Usual.Tag.Pattern;

    /// <summary>Reads what is configured; what is not, or is empty, has its default.</summary>
    /// <exception cref="SettingException">A setting is not known, cannot be read, or is out of its range.</exception>
    public static CmsOptions Read(IConfiguration configuration)
    {
        var options = new CmsOptions();
        foreach (var setting in configuration.GetSection("Cms").GetChildren())
        {
            var property =
                typeof(CmsOptions).GetProperty(
                    setting.Key,
                    BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase
                ) ?? throw new SettingException($"There is no setting Cms__{setting.Key}.");
            if (ValueOf(setting, property) is { } value)
                property.SetValue(options, value);
        }
        RequireLogLevels(configuration);
        RequireHosts(nameof(ExternalImageHosts), options.ExternalImageHosts);
        RequireHosts(nameof(EmbedHosts), options.EmbedHosts);
        _ = options.WidthsOfRenditions();
        RequireSecrets(options.SigningSecrets);
        _ = OriginOf(nameof(PublicUrl), options.PublicUrl);
        _ = options.OriginOfMedia();
        options.RequireStores();
        _ = options.OriginOfSite();
        _ = options.PathsOfSite();
        RequireChecks(options.RequiredToPublish);
        options.Tokens = TokenSettings.Read(options);
        return options;
    }

    /// <summary>Whose tokens people may come with; null: nobody's.</summary>
    internal TokenPolicy? Tokens { get; private set; }

    /// <summary>The origin of the site; null: it is not known.</summary>
    internal Uri? OriginOfSite() => OriginOf(nameof(SiteUrl), SiteUrl);

    /// <exception cref="SettingException">One of them is no pattern.</exception>
    internal SitePaths PathsOfSite() =>
        new(
            Path(nameof(ArticlePath), ArticlePath, SitePath.NamesOfArticles),
            Path(nameof(SectionPath), SectionPath, SitePath.Names),
            Path(nameof(AuthorPath), AuthorPath, SitePath.Names),
            Path(nameof(TagPath), TagPath, SitePath.Names)
        );

    private static SitePath Path(string name, string pattern, IReadOnlyList<string> names) =>
        SitePath.FindFault(pattern, names) is { } fault
            ? throw new SettingException(
                $"Cms__{name} is '{pattern}', {fault}. Use one such as /articles/{{slug}}."
            )
            : new(pattern);

    /// <summary>The origin in front of <c>/media</c>; null: addresses are relative.</summary>
    internal Uri? OriginOfMedia() =>
        OriginOf(nameof(MediaUrl), MediaUrl) ?? OriginOf(nameof(PublicUrl), PublicUrl);

    private static Uri? OriginOf(string name, string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.Query.Length + url.Fragment.Length + url.UserInfo.Length == 0
            ? url
        : throw new SettingException(
            $"Cms__{name} is '{text}', which is not an origin. Use one such as https://api.example, if need be "
                + "with a path."
        );

    /// <summary><see cref="RenditionWidths"/> as numbers; null: the usual ones.</summary>
    internal IReadOnlyList<int>? WidthsOfRenditions() =>
        RenditionWidths is null
            ? null
            :
            [
                .. RenditionWidths.Select(
                    (width, i) =>
                        int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        && number is > 0 and <= ImageLimits.MaxSide
                            ? number
                            : throw new SettingException(
                                $"Cms__RenditionWidths__{i} is '{width}': it must be a whole number between 1 and "
                                    + $"{ImageLimits.MaxSide}."
                            )
                ),
            ];

    private static void RequireSecrets(string[] secrets)
    {
        for (var i = 0; i < secrets.Length; i++)
            if (secrets[i].Length < MinSecret)
                throw new SettingException(
                    $"Cms__SigningSecrets__{i} has {secrets[i].Length} characters: it must have {MinSecret} or more."
                );
    }

    private static void RequireChecks(string[] codes)
    {
        for (var i = 0; i < codes.Length; i++)
            if (!PublicationChecks.Advisable.Contains(codes[i]))
                throw new SettingException(
                    $"Cms__RequiredToPublish__{i} is '{codes[i]}', which is none of "
                        + $"{string.Join(", ", PublicationChecks.Advisable)}."
                );
    }

    private static void RequireHosts(string name, string[]? hosts)
    {
        if (hosts is [ExternalHosts.None])
            return;
        for (var i = 0; i < hosts?.Length; i++)
            if (hosts[i] is ExternalHosts.None)
                throw new SettingException($"Cms__{name} must be either none or a list of hosts.");
            else if (!ExternalHosts.IsHost(hosts[i]))
                throw new SettingException(
                    $"Cms__{name}__{i} is '{hosts[i]}', which is not a host. Use a host such as "
                        + "images.example, its subdomains (*.images.example), or none."
                );
    }

    /// <summary>The framework would end the start with its stack, and without the name of the setting.</summary>
    private static void RequireLogLevels(IConfiguration configuration)
    {
        var logging = configuration.GetSection("Logging");
        // For all that writes a log, and for each (Logging:Console:LogLevel).
        foreach (
            var section in logging
                .GetChildren()
                .Select(c => c.GetSection("LogLevel"))
                .Append(logging.GetSection("LogLevel"))
        )
        foreach (var (key, level) in section.AsEnumerable())
            if (level is { Length: > 0 } value && !Enum.TryParse<LogLevel>(value, ignoreCase: true, out _))
                throw new SettingException(
                    $"{key.Replace(":", "__", StringComparison.Ordinal)} is '{value}', which is none of "
                        + $"{string.Join(", ", Enum.GetNames<LogLevel>())}."
                );
    }

    private static object? ValueOf(IConfigurationSection setting, PropertyInfo property)
    {
        if (setting.Value is "")
            return null;
        var name = $"Cms__{property.Name}";
        var isList = property.PropertyType.IsArray;
        if (isList && setting.Value is not null)
            throw new SettingException($"{name} is a list: set {name}__0, {name}__1 and so on.");
        if (!isList && setting.GetChildren().Any())
            throw new SettingException($"{name} is one value, not several.");
        object? value;
        try
        {
            value = setting.Get(property.PropertyType);
        }
        catch (InvalidOperationException)
        {
            throw new SettingException($"{name} is '{setting.Value}', which is not {KindOf(property)}.");
        }
        if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(value))
            throw new SettingException(
                $"{name} is {setting.Value}: it must be between {range.Minimum} and {range.Maximum}."
            );
        return value;
    }

    private static string KindOf(PropertyInfo property) =>
        property.PropertyType == typeof(bool) ? "true or false"
        : property.PropertyType == typeof(int) ? "a whole number that fits"
        : "a number";
}
