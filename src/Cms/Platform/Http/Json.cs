using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Cms.Platform.Http;

/// <summary>How this API writes and reads JSON: camelCase, UTC times with Z, enums as camelCase strings, nothing unknown.</summary>
internal static partial class Json
{
    public static readonly JsonSerializerOptions Options = Configure(
        new JsonSerializerOptions(JsonSerializerDefaults.Web)
    );

    // For texts that are written by us, or were checked when they came in: a converter of our own for each costs more than the framework's writing.
    private static readonly JsonSerializerOptions Checked = Unwary(Options);

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.TypeInfoResolver ??= new DefaultJsonTypeInfoResolver();
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
        options.Converters.Add(new CleanStringConverter());
        return options;
    }

    private static JsonSerializerOptions Unwary(JsonSerializerOptions options)
    {
        var unwary = new JsonSerializerOptions(options) { AllowDuplicateProperties = true };
        unwary.Converters.Remove(unwary.Converters.OfType<CleanStringConverter>().Single());
        return unwary;
    }

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Checked);

    public static string WriteText<T>(T value) => JsonSerializer.Serialize(value, Checked);

    /// <summary>Reads what the database made, or holds since it was checked: its texts need not be looked through again.</summary>
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Checked)!;

    /// <summary>RFC 3339, UTC with Z, as exact as PostgreSQL keeps it (microseconds).</summary>
    public static string Instant(DateTimeOffset value)
    {
        Span<char> text = stackalloc char[LongestInstant];
        return new(text[..WriteInstant(value, text)]);
    }

    /// <summary>Reads RFC 3339: a date, a time and an offset, all there.</summary>
    public static bool TryInstant(string? text, out DateTimeOffset value)
    {
        value = default;
        return text is { Length: >= 20 and <= 40 }
            && Rfc3339().IsMatch(text)
            && DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out value
            )
            // PostgreSQL's own range is wider, but year 1 in one zone is year 0 in another.
            && value.Year is > 1 and < 9999;
    }

    private const int LongestInstant = 28;

    // The framework's own form ("O", seven places), which is quick, without the seventh, and without what is zero at the end.
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

    // DateTimeOffset reads far more than RFC 3339: 01/10/2026 is a date to it, and which one is anybody's guess.
    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Rfc3339();

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader,
            Type type,
            JsonSerializerOptions options
        ) =>
            reader.TokenType == JsonTokenType.String && TryInstant(reader.GetString(), out var value)
                ? value
                : throw new JsonException("Expected a time such as 2026-10-01T08:00:00Z.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<char> text = stackalloc char[LongestInstant];
            writer.WriteStringValue(text[..WriteInstant(value, text)]);
        }
    }

    /// <summary>Text that PostgreSQL and every reader can hold: no NUL, no other control characters, no half of a surrogate pair.</summary>
    private sealed class CleanStringConverter : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException("Expected a string.");
            string text;
            try
            {
                text = reader.GetString()!;
            }
            catch (InvalidOperationException e)
            {
                throw new JsonException("The string holds half of a surrogate pair.", e);
            }
            return Text.IsClean(text)
                ? text
                : throw new JsonException("The string holds a control character.");
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);

        public override string ReadAsPropertyName(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => reader.GetString()!;

        public override void WriteAsPropertyName(
            Utf8JsonWriter writer,
            string value,
            JsonSerializerOptions options
        ) => writer.WritePropertyName(value);
    }
}

/// <summary>What text may hold.</summary>
internal static class Text
{
    private static readonly SearchValues<char> Controls = SearchValues.Create([
        .. Enumerable.Range(0, ' ').Select(c => (char)c).Except("\t\n\r"),
        '\u007f',
    ]);

    /// <summary>No control character but tab, line feed and carriage return, and no half of a surrogate pair.</summary>
    public static bool IsClean(ReadOnlySpan<char> text)
    {
        if (text.ContainsAny(Controls))
            return false;
        for (var i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
            if (
                char.IsLowSurrogate(text[i])
                || (
                    char.IsHighSurrogate(text[i]) && (i + 1 == text.Length || !char.IsLowSurrogate(text[++i]))
                )
            )
                return false;
        return true;
    }
}
