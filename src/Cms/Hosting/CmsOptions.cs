using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Cms.Platform;
using Cms.Publishing.Bodies;

namespace Cms.Hosting;

/// <summary>What can be configured (<c>Cms:*</c> in settings, <c>Cms__*</c> in the environment). All of it has a default.</summary>
internal sealed record CmsOptions
{
    // Longer than any of the times is meant to be, and short enough for what reckons with them.
    private const int Century = 36_500;
    private const int Day = 86_400;

    // More than a server can have at work.
    private const int MostRequests = 100_000;

    /// <summary>Where image files are kept; null: <c>media</c> in the data directory. All nodes must share it.</summary>
    public string? MediaDirectory { get; set; }

    /// <summary>Cache-Control of delivery, in seconds: how long a shared cache may answer by itself.</summary>
    [Range(0, int.MaxValue)]
    public int MaxAge { get; set; } = 30;

    /// <summary>… how long after that it may answer with the old while it fetches the new.</summary>
    [Range(0, int.MaxValue)]
    public int StaleWhileRevalidate { get; set; } = 300;

    /// <summary>… and how long it may when this server does not answer.</summary>
    [Range(0, int.MaxValue)]
    public int StaleIfError { get; set; } = 86_400;

    /// <summary>For how many days deletions are remembered for apps that sync; one that was away for longer starts again.</summary>
    [Range(0, Century)]
    public int DeletionDays { get; set; } = 180;

    /// <summary>For how many days events are kept, for webhooks to be sent again.</summary>
    [Range(0, Century)]
    public int EventDays { get; set; } = 30;

    /// <summary>The most memory that finished answers may take, in megabytes; 0: none is kept.</summary>
    [Range(0, int.MaxValue)]
    public int CacheMegabytes { get; set; } = 128;

    /// <summary>The language that articles are written in, for search: what PostgreSQL calls it, such as <c>german</c>, or <c>simple</c> for none. Null: as it was set last; at first <c>english</c>.</summary>
    public string? SearchLanguage { get; set; }

    /// <summary>How often an event stream without news sends a comment, in seconds.</summary>
    [Range(1, Day)]
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>Webhooks may go to plain http addresses too.</summary>
    public bool WebhookAllowHttp { get; set; }

    /// <summary>Webhooks may go to loopback, private and other addresses that are not of the public internet.</summary>
    public bool WebhookAllowPrivate { get; set; }

    /// <summary>Seconds that a receiver of webhooks has for its whole answer.</summary>
    [Range(1, Day)]
    public int WebhookTimeout { get; set; } = 15;

    /// <summary>Seconds before a delivery that failed is first tried again; each further wait is twice as long.</summary>
    [Range(1, Day)]
    public int WebhookFirstRetry { get; set; } = 5;

    /// <summary>Requests of readers that may use the database at once; 0: five eighths of the pool's connections, less <see cref="ConcurrentSyncs"/>.</summary>
    [Range(0, MostRequests)]
    public int ConcurrentReads { get; set; }

    /// <summary>… and of the desk; 0: a quarter.</summary>
    [Range(0, MostRequests)]
    public int ConcurrentEdits { get; set; }

    /// <summary>… and of the change feed's readers (<c>/v1/sync</c>, <c>/v1/events</c>); 0: a twentieth.</summary>
    [Range(0, MostRequests)]
    public int ConcurrentSyncs { get; set; }

    /// <summary>The most memory for answers of <c>/v1/sync</c> and <c>/v1/events</c> that clients are still receiving, in megabytes.</summary>
    [Range(1, 1_000_000)]
    public int SyncMegabytes { get; set; } = 64;

    /// <summary>Requests for <c>/v1/sync</c> and <c>/v1/events</c> that may be open at once, waiting ones included.</summary>
    [Range(1, int.MaxValue)]
    public int MostStreams { get; set; } = 10_000;

    /// <summary>… and for each address; 0: 200, without a limit for loopback and private addresses, where a proxy may speak for everybody.</summary>
    [Range(0, int.MaxValue)]
    public int MostStreamsPerAddress { get; set; }

    /// <summary>Different selections (types, sections, body forms, rights) that streams and waiting requests may follow at once.</summary>
    [Range(1, int.MaxValue)]
    public int MostStreamScopes { get; set; } = 1_000;

    /// <summary>How many more of each may wait for that; 0: ten times as many as readers may be at work.</summary>
    [Range(0, 10 * MostRequests)]
    public int MostWaiting { get; set; }

    /// <summary>Seconds that one of them may wait before it is told to come back.</summary>
    [Range(0.0, Day)]
    public double LongestWait { get; set; } = 2;

    /// <summary>Connections of clients that are kept open at once; further ones are closed.</summary>
    [Range(1, int.MaxValue)]
    public int MostConnections { get; set; } = 20_000;

    /// <summary>… of one address; 0: a quarter of all. This machine and <see cref="Proxies"/> have no such limit.</summary>
    [Range(0, int.MaxValue)]
    public int MaxConnectionsPerAddress { get; set; }

    /// <summary>Networks of reverse proxies and load balancers, whose connections belong to many clients.</summary>
    public string[] Proxies { get; set; } = [];

    /// <summary>Whether there is <c>/metrics</c>.</summary>
    public bool Metrics { get; set; } = true;

    /// <summary>Networks that may read <c>/metrics</c>; null: this machine only.</summary>
    public string[]? MetricsFrom { get; set; }

    /// <summary>Origins of browsers that may call the editorial surface (CORS).</summary>
    public string[] EditorialOrigins { get; set; } = [];

    /// <summary>Hosts of external pictures in bodies; null: any; <c>none</c>: none.</summary>
    public string[]? ExternalImageHosts { get; set; }

    /// <summary>Hosts that bodies may embed; null: any; <c>none</c>: none.</summary>
    public string[]? EmbedHosts { get; set; }

    /// <summary>Requests that one key may send in a minute; 0: any number.</summary>
    [Range(0, int.MaxValue)]
    public int KeyRequestsPerMinute { get; set; } = 60_000;

    /// <summary>Requests that one address may send in a minute without a key; 0: any number (a CDN stands in front).</summary>
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
        return options;
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
                    $"Cms__{name}__{i} is '{hosts[i]}', which is not a host. Use a host such as images.example, its subdomains (*.images.example), or none."
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
                    $"{key.Replace(":", "__", StringComparison.Ordinal)} is '{value}', which is none of {string.Join(", ", Enum.GetNames<LogLevel>())}."
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
