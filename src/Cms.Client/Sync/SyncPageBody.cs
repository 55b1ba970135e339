using System.Globalization;
using System.Text.Json;

namespace Cms.Client.Sync;

/// <summary>A page of changes as it travels.</summary>
internal sealed record SyncPageBody
{
    public required IReadOnlyList<SyncChangeBody> Changes { get; init; }
    public required string Cursor { get; init; }
    public required bool HasMore { get; init; }

    /// <summary>The changes that this client has a place for.</summary>
    public IReadOnlyList<StoreChange> ToStore() =>
        [.. Changes.Select(c => c.ToStore()).OfType<StoreChange>()];
}

/// <summary>A change as it travels.</summary>
internal sealed record SyncChangeBody
{
    public required string Type { get; init; }
    public required Guid Id { get; init; }
    public required string Op { get; init; }
    public string? Reason { get; init; }
    public JsonElement? Data { get; init; }

    /// <summary>Null for a type that this client does not know: it never asked for one.</summary>
    public StoreChange? ToStore()
    {
        if (EntityTypes.Find(Type) is not { } type)
            return null;
        return Op switch
        {
            "upsert" when Data is { ValueKind: JsonValueKind.Object } data => new StoreChange
            {
                Type = type,
                Id = Id,
                Row = ToRow(type, data),
            },
            "delete" => new StoreChange
            {
                Type = type,
                Id = Id,
                Reason = Reason,
            },
            _ => throw new JsonException(
                $"The change of {Type} {Id} is neither an upsert with data nor a delete."
            ),
        };
    }

    // Leniently: what cannot be shown must not keep everything after it from coming.
    private StoreRow ToRow(EntityType type, JsonElement data) =>
        new()
        {
            Type = type,
            Id = Id,
            Slug = Text(data, "slug"),
            SortKey = type switch
            {
                EntityType.Article => Time(data, "publishedAt"),
                EntityType.Section => Number(data, "position"),
                EntityType.Author or EntityType.Tag => (Text(data, "name") ?? "").ToUpperInvariant(),
                _ => "",
            },
            Section =
                type == EntityType.Article && Guid.TryParse(Text(data, "section"), out var section)
                    ? section
                    : null,
            Json = data.GetRawText(),
        };

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string Time(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.TryGetDateTimeOffset(out var time)
            ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)
            : "";

    private static string Number(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number)
            // From 0 on, so that the order of the texts is the order of the numbers.
            ? ((long)number - int.MinValue).ToString("D10", CultureInfo.InvariantCulture)
            : "";
}

/// <summary>The names of types as they travel.</summary>
internal static class EntityTypes
{
    public static EntityType? Find(string name) =>
        name switch
        {
            "section" => EntityType.Section,
            "image" => EntityType.Image,
            "author" => EntityType.Author,
            "tag" => EntityType.Tag,
            "article" => EntityType.Article,
            _ => null,
        };

    public static string Name(EntityType type) =>
        type switch
        {
            EntityType.Section => "section",
            EntityType.Image => "image",
            EntityType.Author => "author",
            EntityType.Tag => "tag",
            EntityType.Article => "article",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such type."),
        };
}
