using System.ComponentModel.DataAnnotations;

namespace Cms.Hosting;

/// <summary>How much the server takes at once, and how long answers are kept.</summary>
internal sealed partial record CmsOptions
{
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
        SettingGroup.Caching,
        "The most memory for cached answers; 0: no cache. Names of sections, authors and tags take a "
            + "few MB more."
    )]
    [Range(0, int.MaxValue)]
    public int CacheMegabytes { get; set; } = 128;

    [Setting(SettingGroup.SyncAndEvents, "Seconds between the comments that keep an idle event stream open.")]
    [Range(1, Day)]
    public int HeartbeatSeconds { get; set; } = 15;

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
}
