namespace Cms.Platform;

/// <summary>What is configured cannot be.</summary>
internal sealed class SettingException(string message) : Exception(message);
