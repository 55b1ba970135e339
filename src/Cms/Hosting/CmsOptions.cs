using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Cms.Access.People;
using Cms.Editorial.Workflow.Checks;
using Cms.Images.Files;
using Cms.Images.Storage;
using Cms.Platform;
using Cms.Publishing;
using Cms.Publishing.Bodies;

namespace Cms.Hosting;

/// <summary>
/// What can be configured (<c>Cms:*</c> in settings, <c>Cms__*</c> in the environment). All of it has a default.
/// </summary>
internal sealed record CmsOptions
{
    // Longer than any of the times is meant to be, and short enough for what reckons with them.
    private const int Century = 36_500;
    private const int Day = 86_400;

    // So long that it cannot be guessed from an address that it has signed.
    private const int MinSecret = 32;

    // More than a server can have at work.
    private const int MaxRequests = 100_000;

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "Where image files are kept. All nodes share it and run as the same user, who alone may read "
            + "the files (modes 0700 and 0600).",
        Default = "`media` in the data directory"
    )]
    public string? MediaDirectory { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "Where renditions of images are kept, on the disk of one node or shared. They can be made again: a "
            + "backup does not need them.",
        Default = "`renditions` in the data directory"
    )]
    public string? RenditionDirectory { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "A place in S3 for image files, such as `s3://bucket/originals`, instead of the media directory. What is "
            + "still there is read there: `cms images move` moves it.",
        Default = "none"
    )]
    public string? MediaStore { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "A place in S3 for renditions that nodes share, such as `s3://bucket/renditions`. Each node keeps those that "
            + "it uses on its disk. Give the place a rule that removes old ones.",
        Default = "none"
    )]
    public string? RenditionStore { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "The address of a server that speaks S3, such as `https://s3.example`.",
        Default = "Amazon's, by the region"
    )]
    public string? S3Endpoint { get; set; }

    [Setting(SettingGroup.DatabaseAndFiles, "The region of the buckets.")]
    public string S3Region { get; set; } = "us-east-1";

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "The key id for S3.",
        Default = "what the AWS SDK finds: its variables, its files, or the machine's role"
    )]
    public string? S3AccessKey { get; set; }

    [Setting(SettingGroup.DatabaseAndFiles, "The secret of that key.", Default = "none")]
    public string? S3SecretKey { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "Whether the bucket is in the path of addresses, and not in the name of the host. Most servers besides "
            + "Amazon's need it."
    )]
    public bool S3PathStyle { get; set; }

    [Setting(
        SettingGroup.DatabaseAndFiles,
        "The most disk for renditions; the least recently used are removed."
    )]
    [Range(1, 100_000)]
    public int RenditionGigabytes { get; set; } = 10;

    [Setting(
        SettingGroup.Caching,
        "Seconds that a shared cache may answer without asking this server (`Cache-Control` of "
            + "delivery)."
    )]
    [Range(0, int.MaxValue)]
    public int MaxAge { get; set; } = 30;

    [Setting(
        SettingGroup.Caching,
        "Seconds after that in which a cache may still give the old answer while it fetches the new " + "one."
    )]
    [Range(0, int.MaxValue)]
    public int StaleWhileRevalidate { get; set; } = 300;

    [Setting(
        SettingGroup.Caching,
        "Seconds in which a cache may give the old answer while this server does not answer."
    )]
    [Range(0, int.MaxValue)]
    public int StaleIfError { get; set; } = 86_400;

    [Setting(
        SettingGroup.Content,
        "Days for which deletions are kept for apps that sync. An app that was away longer starts " + "again."
    )]
    [Range(0, Century)]
    public int DeletionDays { get; set; } = 180;

    [Setting(SettingGroup.Content, "Days for which events and the delivery log of webhooks are kept.")]
    [Range(0, Century)]
    public int EventDays { get; set; } = 30;

    [Setting(
        SettingGroup.Caching,
        "The most memory for cached answers; 0: no cache. Names of sections, authors and tags take a "
            + "few MB more."
    )]
    [Range(0, int.MaxValue)]
    public int CacheMegabytes { get; set; } = 128;

    [Setting(
        SettingGroup.Content,
        "The language of the articles, for search, by its name in PostgreSQL: `german`, `french`, …, "
            + "or `simple` for none. A change rebuilds the index in the background.",
        Default = "the last one set; `english` at first"
    )]
    public string? SearchLanguage { get; set; }

    [Setting(SettingGroup.SyncAndEvents, "Seconds between the comments that keep an idle event stream open.")]
    [Range(1, Day)]
    public int HeartbeatSeconds { get; set; } = 15;

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

    [Setting(SettingGroup.Webhooks, "Allows plain http.")]
    public bool WebhookAllowHttp { get; set; }

    [Setting(
        SettingGroup.Webhooks,
        "Allows loopback, private and other addresses outside the public internet."
    )]
    public bool WebhookAllowPrivate { get; set; }

    [Setting(SettingGroup.Webhooks, "Seconds that a receiver has to answer.")]
    [Range(1, Day)]
    public int WebhookTimeout { get; set; } = 15;

    [Setting(
        SettingGroup.Webhooks,
        "Seconds before a failed delivery is retried. Each further wait doubles, up to 8 hours."
    )]
    [Range(1, Day)]
    public int WebhookFirstRetry { get; set; } = 5;

    [Setting(
        SettingGroup.Load,
        "Readers' requests that may use the database at once.",
        Default = "46: five eighths of the pool, less `Cms__ConcurrentSyncs`"
    )]
    [Range(0, MaxRequests)]
    public int ConcurrentReads { get; set; }

    [Setting(
        SettingGroup.Load,
        "Editors' requests that may use the database at once.",
        Default = "20: a quarter of the pool"
    )]
    [Range(0, MaxRequests)]
    public int ConcurrentEdits { get; set; }

    [Setting(
        SettingGroup.Load,
        "Requests to `/v1/sync` and `/v1/events` that may use the database at once.",
        Default = "4: a twentieth of the pool"
    )]
    [Range(0, MaxRequests)]
    public int ConcurrentSyncs { get; set; }

    [Setting(
        SettingGroup.SyncAndEvents,
        "The most memory for sync pages and events that clients are still receiving. When little is "
            + "free, pages get shorter; when nothing is free, new requests get 503."
    )]
    [Range(1, 1_000_000)]
    public int SyncMegabytes { get; set; } = 64;

    [Setting(
        SettingGroup.SyncAndEvents,
        "Open requests to `/v1/sync` and `/v1/events`, waiting ones included; more get 503."
    )]
    [Range(1, int.MaxValue)]
    public int MaxStreams { get; set; } = 10_000;

    [Setting(
        SettingGroup.SyncAndEvents,
        "The same for each client address; more get 429 (`too-many-streams`). Unless you set it, "
            + "loopback and private addresses have no limit, since a proxy there speaks for many clients. "
            + "Raise it if a CDN connects from public addresses.",
        Default = "200"
    )]
    [Range(0, int.MaxValue)]
    public int MaxStreamsPerAddress { get; set; }

    [Setting(
        SettingGroup.SyncAndEvents,
        "Different selections (types, sections, body forms, rights) that open streams may follow; "
            + "more get 503."
    )]
    [Range(1, int.MaxValue)]
    public int MaxStreamScopes { get; set; } = 1_000;

    [Setting(
        SettingGroup.Load,
        "Further requests of each of these kinds that may wait; the rest get 503 (`overloaded`).",
        Default = "460: ten times `Cms__ConcurrentReads`"
    )]
    [Range(0, 10 * MaxRequests)]
    public int MaxWaiting { get; set; }

    [Setting(SettingGroup.Load, "Seconds that such a request may wait before it gets 503.")]
    [Range(0.0, Day)]
    public double LongestWait { get; set; } = 2;

    [Setting(
        SettingGroup.Connections,
        "Open client connections; further ones are closed at once. The server raises its limit on "
            + "open files (`ulimit -n`) as far as it may, and allows fewer connections if that limit is "
            + "too low."
    )]
    [Range(1, int.MaxValue)]
    public int MaxConnections { get; set; } = 20_000;

    [Setting(
        SettingGroup.Connections,
        "The same for each client address (for IPv6, each /64 network). Connections from this "
            + "machine are not limited.",
        Default = "a quarter of all"
    )]
    [Range(0, int.MaxValue)]
    public int MaxConnectionsPerAddress { get; set; }

    [Setting(
        SettingGroup.Connections,
        "Networks of reverse proxies, such as `10.0.0.0/8`. Their connections are not limited by "
            + "address.",
        Default = "none"
    )]
    public string[] Proxies { get; set; } = [];

    [Setting(SettingGroup.Access, "Whether `/metrics` exists.")]
    public bool Metrics { get; set; } = true;

    [Setting(
        SettingGroup.Access,
        "Networks that may read `/metrics`, such as `10.0.0.0/8`.",
        Default = "this machine"
    )]
    public string[]? MetricsFrom { get; set; }

    [Setting(
        SettingGroup.Access,
        "Browser origins that may call the editorial API (CORS).",
        Default = "none"
    )]
    public string[] EditorialOrigins { get; set; } = [];

    [Setting(
        SettingGroup.Content,
        "Whether images may be loaded from loopback, private and other addresses outside the public internet "
            + "(`POST /v1/editorial/images` with `url`)."
    )]
    public bool ImagesFromPrivate { get; set; }

    [Setting(
        SettingGroup.Content,
        "Hosts of external pictures in bodies; `none` allows none. `images.example` is that host "
            + "only, `*.images.example` all its subdomains. Saving a picture from another host is 422. "
            + "What is stored stays readable.",
        Default = "any"
    )]
    public string[]? ExternalImageHosts { get; set; }

    [Setting(SettingGroup.Content, "The same for embeds.", Default = "any")]
    public string[]? EmbedHosts { get; set; }

    [Setting(
        SettingGroup.Content,
        "The newsroom's own kinds of article beside `story`, `brief` and so on, such as `photoEssay`.",
        Default = "none"
    )]
    public string[] ArticleKinds { get; set; } = [];

    [Setting(
        SettingGroup.Content,
        "Checks that an article must pass to be published, besides having a section and a body: "
            + "`no-author`, `no-alt-text`, `no-deck`, `long-headline`, `broken-link`, `no-hero-image`, "
            + "`embargo-in-the-past`. The others "
            + "only advise.",
        Default = "none"
    )]
    public string[] RequiredToPublish { get; set; } = [];

    [Setting(
        SettingGroup.Content,
        "The origin at which readers reach this server, such as `https://api.example`. With it addresses of "
            + "images are absolute.",
        Default = "none"
    )]
    public string? PublicUrl { get; set; }

    [Setting(
        SettingGroup.Content,
        "The origin of a CDN in front of `/media`, such as `https://media.example`.",
        Default = "`Cms__PublicUrl`"
    )]
    public string? MediaUrl { get; set; }

    [Setting(
        SettingGroup.Content,
        "Widths of renditions, in pixels.",
        Default = "28 from 16 to 3840: those of Next.js, Astro and Nuxt, and round ones"
    )]
    public string[]? RenditionWidths { get; set; }

    [Setting(
        SettingGroup.Content,
        "Whether other sizes of renditions redirect to the next larger one instead of being refused (400)."
    )]
    public bool RoundRenditions { get; set; }

    [Setting(
        SettingGroup.Content,
        "Whether the usual renditions of hero images are made in the background after a publication."
    )]
    public bool WarmRenditions { get; set; } = true;

    [Setting(
        SettingGroup.Content,
        "Secrets of at least 32 characters with which addresses of renditions of any size are signed. The first one "
            + "signs; addresses that another one has signed hold too.",
        Default = "none"
    )]
    public string[] SigningSecrets { get; set; } = [];

    [Setting(
        SettingGroup.People,
        "The OpenID Connect provider whose access tokens people may come with, beside API keys: "
            + "`https://login.example/newsroom`. `/.well-known/openid-configuration` is read below it. Plain http "
            + "is allowed on this machine only.",
        Default = "none"
    )]
    public string? OidcAuthority { get; set; }

    [Setting(
        SettingGroup.People,
        "The audience (`aud`) that these tokens must be for. It must be set with `Cms__OidcAuthority`.",
        Default = "none"
    )]
    public string? OidcAudience { get; set; }

    [Setting(
        SettingGroup.People,
        "The claim with the name that others see. If it is missing: `name`, `preferred_username`, `email`, `sub`."
    )]
    public string OidcNameClaim { get; set; } = "name";

    [Setting(
        SettingGroup.People,
        "The claim with the role, or several of them, of which the highest counts. A claim within others is "
            + "written with dots: `realm_access.roles`."
    )]
    public string OidcRoleClaim { get; set; } = "roles";

    [Setting(
        SettingGroup.People,
        "Which values of that claim stand for which role: `newsdesk=editor`. Other values are then ignored.",
        Default = "the names of the roles themselves"
    )]
    public string[] OidcRoles { get; set; } = [];

    [Setting(
        SettingGroup.People,
        "The claim with the slugs or ids of the sections that a person is limited to; `*` stands for all. If "
            + "this is set, a token without the claim is refused.",
        Default = "none: nobody is limited"
    )]
    public string? OidcSectionsClaim { get; set; }

    [Setting(SettingGroup.Access, "Requests per minute for each key or person; 0: no limit.")]
    [Range(0, int.MaxValue)]
    public int KeyRequestsPerMinute { get; set; } = 60_000;

    [Setting(SettingGroup.Access, "Requests per minute for each address without a key; 0: no limit.")]
    [Range(0, int.MaxValue)]
    public int AnonymousRequestsPerMinute { get; set; }

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

    /// <summary>How S3 is reached.</summary>
    internal S3Settings S3() =>
        new()
        {
            Endpoint = OriginOf(nameof(S3Endpoint), S3Endpoint),
            Region = S3Region,
            AccessKey = S3AccessKey,
            SecretKey = S3SecretKey,
            PathStyle = S3PathStyle,
        };

    /// <exception cref="SettingException">Settings of image files do not fit together.</exception>
    private void RequireStores()
    {
        foreach (
            var (name, place) in new[]
            {
                (nameof(MediaStore), MediaStore),
                (nameof(RenditionStore), RenditionStore),
            }
        )
            if (place is not null)
                S3Location.Parse($"Cms__{name}", place);
        if (MediaStore is not null && MediaStore == RenditionStore)
            throw new SettingException(
                "Cms__MediaStore and Cms__RenditionStore are the same place. Give each a prefix or a bucket of its own."
            );
        if (S3AccessKey is null != S3SecretKey is null)
            throw new SettingException(
                "Cms__S3AccessKey and Cms__S3SecretKey belong together: set both, or none."
            );
        _ = S3();
    }

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
