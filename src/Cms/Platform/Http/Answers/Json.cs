using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cms.Platform.Http.Requests;

namespace Cms.Platform.Http.Answers;

/// <summary>
/// How this API writes and reads JSON: camelCase, UTC times with Z, enums as camelCase strings, nothing unknown.
/// </summary>
internal static class Json
{
    public static readonly JsonSerializerOptions Options = Locked(
        Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web))
    );

    // For texts that are written by us, or were checked when they came in: a converter of our own for each costs more
    // than the framework's writing.
    private static readonly JsonSerializerOptions Checked = Unwary(Options);

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.TypeInfoResolver = (
            options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()
        ).WithAddedModifier(InputText.Apply);
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.AllowOutOfOrderMetadataProperties = true;
        // Answers are application/json with nosniff, never HTML: escaping every < of a body would only make it longer.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
        );
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new MergePatchConverter());
        options.Converters.Add(InputText.Stored);
        return options;
    }

    // What it knows of a type it keeps only once it is locked, and would make anew for each block of a body until then.
    private static JsonSerializerOptions Locked(JsonSerializerOptions options)
    {
        options.MakeReadOnly();
        return options;
    }

    private static JsonSerializerOptions Unwary(JsonSerializerOptions options)
    {
        var unwary = new JsonSerializerOptions(options) { AllowDuplicateProperties = true };
        unwary.Converters.Remove(InputText.Stored);
        unwary.TypeInfoResolver = new DefaultJsonTypeInfoResolver();
        return unwary;
    }

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Checked);

    public static string WriteText<T>(T value) => JsonSerializer.Serialize(value, Checked);

    /// <summary>
    /// Reads what the database made, or holds since it was checked: its texts need not be looked through again.
    /// </summary>
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Checked)!;

    /// <summary>RFC 3339, UTC with Z, as exact as PostgreSQL keeps it (microseconds).</summary>
    public static string Instant(DateTimeOffset value)
    {
        Span<char> text = stackalloc char[MaxInstantLength];
        return new(text[..WriteInstant(value, text)]);
    }

    /// <summary>Reads RFC 3339: a date, a time and an offset, all there.</summary>
    public static bool TryInstant(string? text, out DateTimeOffset value) =>
        Instants.Read(text, out value) is null;

    private const int MaxInstantLength = 28;

    // The framework's own form ("O", seven places), which is quick, without the seventh, and without what is zero at
    // the end.
    private static int WriteInstant(DateTimeOffset value, Span<char> text)
    {
        value.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        var end = "yyyy-MM-ddTHH:mm:ss.ffffff".Length;
        while (text[end - 1] == '0' && end > "yyyy-MM-ddTHH:mm:ss.".Length)
            end--;
        if (text[end - 1] == '.')
            end--;
        text[end] = 'Z';
        return end + 1;
    }

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader,
            Type type,
            JsonSerializerOptions options
        ) =>
            reader.TokenType == JsonTokenType.String
            && Instants.Read(reader.GetString(), out var value) is null
                ? value
                : throw new JsonException($"Expected a time such as {Instants.Example}.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<char> text = stackalloc char[MaxInstantLength];
            writer.WriteStringValue(text[..WriteInstant(value, text)]);
        }
    }
}
