namespace Cms.Platform;

/// <summary>Ids are UUIDv7 (RFC 9562): they sort by the time they were made.</summary>
internal static class Ids
{
    public static Guid New(DateTimeOffset at)
    {
#pragma warning disable RS0030 // the one place
        return Guid.CreateVersion7(at);
#pragma warning restore RS0030
    }
}
