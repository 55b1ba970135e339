using System.Net;
using System.Net.Sockets;

namespace Cms.Platform.Outbound;

/// <summary>
/// Where this server may go when somebody else chooses the address. What the address says is checked when it is given;
/// what its name resolves to is checked each time that a connection is made (<see cref="OutboundConnections"/>), since
/// that may change from one moment to the next.
/// </summary>
internal static class PublicAddress
{
    public const int MaxLength = 2_000;

    /// <summary>What JSON Schema can say of it.</summary>
    public const string Pattern = "^[Hh][Tt][Tt][Pp][Ss]?://";

    // IANA's special-purpose registries: all that is not of the public internet.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "2001::/23",
            "2001:db8::/32",
            "3fff::/20",
        }.Select(n => IPNetwork.Parse(n)),
    ];
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>What is wrong with an address, as code and sentence; null: nothing.</summary>
    /// <param name="text">The address.</param>
    /// <param name="rules">What is allowed.</param>
    /// <param name="example">An address that would be right.</param>
    public static (string Code, string Detail)? FindFault(string text, OutboundRules rules, string example)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("https" or "http")
            || !text.StartsWith(url.Scheme + "://", StringComparison.OrdinalIgnoreCase)
            || url.Host.Length == 0
            || text.AsSpan().ContainsAny(" \t\n\r\\")
        )
            return ("wrong-form", $"Give an absolute address, such as {example}.");
        if (url.Scheme != "https" && !rules.AllowHttp)
            return ("insecure", "The address must be https.");
        if (url.UserInfo.Length > 0)
            return ("user-info", "Names and passwords do not belong into the address.");
        if (url.Fragment.Length > 0)
            return ("wrong-form", "The address has no fragment (#…): it would not be sent.");
        // Mail servers, shells and databases listen on low ports; web servers on these two.
        if (url.Port is not (80 or 443 or >= 1024))
            return ("forbidden-port", "The port must be 80, 443, or 1024 and above.");
        if (!rules.AllowPrivate && IsKnownToBePrivate(url))
            return ("private-address", "The address must be one of the public internet.");
        return null;
    }

    /// <summary>
    /// An address of the public internet, and not one that leads to another through a gateway or a tunnel.
    /// </summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return IsPublic(address.MapToIPv4());
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !Special.Any(n => n.Contains(address));
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address))
            return IsPublic(new IPAddress(bytes.AsSpan(12, 4)));
        if (SixToFour.Contains(address))
            return IsPublic(new IPAddress(bytes.AsSpan(2, 4)));
        return GlobalUnicast.Contains(address) && !Special.Any(n => n.Contains(address));
    }

    private static bool IsKnownToBePrivate(Uri url)
    {
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
            return !IsPublic(address);
        var name = url.IdnHost.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
