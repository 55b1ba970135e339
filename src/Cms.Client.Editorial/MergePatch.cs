using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cms.Client.Editorial;

/// <summary>
/// A change (RFC 7396). What is not assigned stays as it is; what is assigned null is removed:
/// <c>new ArticlePatch { Headline = "New", Deck = null }</c>.
/// </summary>
public abstract class MergePatch
{
    private readonly JsonObject _members = [];

    private protected MergePatch() { }

    /// <summary>Whether nothing is assigned.</summary>
    public bool IsEmpty => _members.Count == 0;

    /// <summary>Changes a member that this client does not know, of a newer server.</summary>
    /// <param name="member">Its name in JSON.</param>
    /// <param name="value">Its value; null removes it.</param>
    public void Set(string member, JsonNode? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(member);
        _members[member] = value;
    }

    /// <summary>As it is sent.</summary>
    public override string ToString() => Encoding.UTF8.GetString(ToJson());

    internal byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            _members.WriteTo(writer);
        return buffer.ToArray();
    }
}
