using System.ComponentModel.DataAnnotations;

namespace Cms.Hosting;

/// <summary>What articles and images may hold, and how they are shown.</summary>
internal sealed partial record CmsOptions
{
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
        SettingGroup.Content,
        "The language of the articles, for search, by its name in PostgreSQL: `german`, `french`, …, "
            + "or `simple` for none. A change rebuilds the index in the background.",
        Default = "the last one set; `english` at first"
    )]
    public string? SearchLanguage { get; set; }

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
}
