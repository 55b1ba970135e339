using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies;

/// <summary>
/// The hosts of pictures and embeds that a body may show. A name stands for that host alone, <c>*.name</c> for all its
/// subdomains and not for itself; the port does not matter. What is already stored stays as it is.
/// </summary>
/// <param name="Images">Hosts of external pictures; null: any.</param>
/// <param name="Embeds">Of embeds; null: any.</param>
internal sealed partial record ExternalHosts(IReadOnlyList<string>? Images, IReadOnlyList<string>? Embeds)
{
    /// <summary>How a setting says that there are none.</summary>
    public const string None = "none";

    /// <summary>Any host.</summary>
    public static readonly ExternalHosts All = new(null, null);

    /// <summary>Whether a setting names a host: <c>images.example</c> or <c>*.images.example</c>.</summary>
    public static bool IsHost(string host) => Name().IsMatch(host) || IPAddress.TryParse(host, out _);

    /// <summary>
    /// A fault for each picture or embed from a host that is not allowed, with a pointer to its block.
    /// </summary>
    public IEnumerable<BodyFault> Check(Body body)
    {
        for (var i = 0; i < body.Blocks.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"/blocks/{i}");
            switch (body.Blocks[i])
            {
                case EmbedBlock embed when !Allows(Embeds, embed.Url):
                    yield return EmbedFault(at + "/url", embed.Url);
                    break;
                case HtmlBlock html:
                    foreach (var url in Addresses(Shown(), html.Html).Where(url => !Allows(Images, url)))
                        yield return ImageFault(at + "/html", url);
                    foreach (var url in Addresses(Embedded(), html.Html).Where(url => !Allows(Embeds, url)))
                        yield return EmbedFault(at + "/html", url);
                    break;
                default:
                    break;
            }
        }
    }

    private BodyFault ImageFault(string at, string url) =>
        new(
            at,
            "host-not-allowed",
            $"Pictures from {HostOf(url)} are not allowed. Upload the picture (POST "
                + $"/v1/editorial/images) and show it by its id{Or(Images)}."
        );

    private BodyFault EmbedFault(string at, string url) =>
        new(
            at,
            "host-not-allowed",
            Embeds is []
                ? $"Embeds are not allowed, so neither is one from {HostOf(url)}. Link to it instead."
                : $"Embeds from {HostOf(url)} are not allowed. Link to it instead{Or(Embeds)}."
        );

    private static string Or(IReadOnlyList<string>? hosts) =>
        hosts is [] or null ? "" : $", or take one from {string.Join(", ", hosts)}";

    private static bool Allows(IReadOnlyList<string>? hosts, string url)
    {
        if (hosts is null)
            return true;
        var host = HostOf(url);
        return hosts.Any(allowed =>
            allowed.StartsWith("*.", StringComparison.Ordinal)
                ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
                : host.Equals(allowed, StringComparison.OrdinalIgnoreCase)
        );
    }

    // Without the dot at the end that an absolute name may have.
    private static string HostOf(string url) => new Uri(url).IdnHost.TrimEnd('.');

    // In HTML as FlowWriter writes it: attributes stand in double quotes, and no ">" in them.
    private static IEnumerable<string> Addresses(Regex expression, string html) =>
        expression
            .Matches(html)
            .Select(match => WebUtility.HtmlDecode(match.Groups["url"].Value))
            .Distinct(StringComparer.Ordinal);

    [GeneratedRegex(
        "<(img|video|audio|source|track)( [^>]*)? (src|poster)=\"(?<url>https?://[^\"]*)\"",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Shown();

    [GeneratedRegex(
        "(<figure data-block=\"embed\"><a href|<iframe src)=\"(?<url>https?://[^\"]*)\"",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Embedded();

    [GeneratedRegex(
        @"^(\*\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Name();
}
