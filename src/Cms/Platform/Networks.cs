using System.Net;
using System.Net.Sockets;

namespace Cms.Platform;

/// <summary>Networks as they are written in settings.</summary>
internal static class Networks
{
    /// <param name="setting">The setting that has it.</param>
    /// <param name="text">A network, such as <c>10.0.0.0/8</c>, or a single address.</param>
    /// <exception cref="SettingException">It is neither.</exception>
    public static IPNetwork Parse(string setting, string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
        : throw new SettingException($"{setting} has '{text}', which is no network such as 10.0.0.0/8.");
}
