using System.Security.Cryptography;
using System.Text;

namespace Cms.Platform;

/// <summary>
/// Ids that the contract's examples name and the demo newsroom has, so that what the documentation shows can be tried
/// out. UUIDv7, as all ids are: from a moment long before the first newsroom was loaded.
/// </summary>
internal static class ExampleIds
{
    public const string Key = "01981f5e-0003-7000-8000-000000000001";
    public const string Person = "01981f5e-000b-7000-8000-000000000001";
    public const string Image = "01981f5e-0004-7000-8000-000000000001";
    public const string Webhook = "01981f5e-0005-7000-8000-000000000001";
    public const string Delivery = "01981f5e-0006-7000-8000-000000000001";
    public const string Event = "01981f5e-0007-7000-8000-000000000001";

    /// <summary>The id and the token of the demo's preview: of a draft that is no secret.</summary>
    public const string Preview = "01981f5e-0008-7000-8000-000000000001";
    public const string PreviewToken = "demo-preview-of-the-draft-interview";

    /// <summary>An open release of the demo, and the preview of it.</summary>
    public const string Release = "01981f5e-0009-7000-8000-000000000001";
    public const string ReleasePreview = "01981f5e-000a-7000-8000-000000000001";
    public const string ReleaseToken = "demo-preview-of-the-year-in-review";

    /// <summary>The id of a note about the same draft.</summary>
    public const string Note = "01981f5e-000a-7000-8000-000000000001";

    /// <summary>
    /// The id of something in the demo newsroom: the same wherever that is loaded, so that samples of answers can show
    /// it.
    /// </summary>
    public static Guid Of(string kind, string slug)
    {
        // The time, version and variant of the others.
        var id = Guid.Parse(Key).ToByteArray(bigEndian: true);
        SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {slug}")).AsSpan(0, 7).CopyTo(id.AsSpan(9));
        return new(id, bigEndian: true);
    }
}
