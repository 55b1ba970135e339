using System.ComponentModel.DataAnnotations;

namespace Cms.Hosting;

/// <summary>How webhooks are sent.</summary>
internal sealed partial record CmsOptions
{
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
}
