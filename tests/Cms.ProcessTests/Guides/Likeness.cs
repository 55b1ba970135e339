using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cms.ProcessTests.Guides;

/// <summary>
/// Compares answers with those that a guide shows, and remembers what stands for what. The conventions of guides:
/// <list type="bullet">
/// <item><c>…</c> within a text is any text. As a member or an item it stands for any further ones; as a value, for
/// any value.</item>
/// <item>A UUID, a time, a key, or a text of one word that ends in <c>…</c> is a sample: it stands for what the
/// server really answered. The same
/// sample stands for the same thing in the whole guide, and requests that name it get what it stands for.</item>
/// </list>
/// All else must be equal: members that are missing, added or different are faults.
/// </summary>
internal sealed partial class Likeness
{
    private const string Rest = "…";

    private readonly Dictionary<string, string> _samples = new(StringComparer.Ordinal);

    /// <summary>A request with its samples replaced by what they stand for.</summary>
    public string Real(string request) =>
        _samples
            .OrderByDescending(s => s.Key.Length)
            .Aggregate(request, (text, s) => text.Replace(s.Key, s.Value, StringComparison.Ordinal));

    /// <summary>What is different between an answer in JSON and the one that is shown; null if nothing is.</summary>
    public string? Json(string shown, string actual)
    {
        try
        {
            return Difference("", JsonNode.Parse(Complete(shown)), JsonNode.Parse(actual));
        }
        catch (System.Text.Json.JsonException e)
        {
            return $"not JSON: {e.Message}\n{actual}";
        }
    }

    /// <summary>The same of a plain text, without its white space at the ends.</summary>
    public string? Text(string shown, string actual) =>
        IsLike(shown.Trim(), actual.Trim()) ? null : $"'{actual.Trim()}' instead of '{shown.Trim()}'";

    private string? Difference(string at, JsonNode? shown, JsonNode? actual)
    {
        if (shown is JsonValue any && any.TryGetValue<string>(out var rest) && rest == Rest)
            return null;
        return (shown, actual) switch
        {
            (JsonObject s, JsonObject a) => OfMembers(at, s, a),
            (JsonArray s, JsonArray a) => OfItems(at, s, a),
            (JsonValue s, JsonValue a)
                when s.TryGetValue<string>(out var text) && a.TryGetValue<string>(out var real) => IsLike(
                text,
                real
            )
                ? null
                : $"{at}: '{real}' instead of '{text}'",
            _ => JsonNode.DeepEquals(shown, actual)
                ? null
                : $"{at}: {actual?.ToJsonString() ?? "null"} instead of {shown?.ToJsonString() ?? "null"}",
        };
    }

    private string? OfMembers(string at, JsonObject shown, JsonObject actual)
    {
        foreach (var (name, value) in shown)
        {
            if (name == Rest)
                continue;
            if (!actual.ContainsKey(name))
                return $"{at}: no '{name}' in {actual.ToJsonString()}";
            if (Difference($"{at}/{name}", value, actual[name]) is { } difference)
                return difference;
        }
        var more = shown.ContainsKey(Rest)
            ? null
            : actual.Select(m => m.Key).FirstOrDefault(name => !shown.ContainsKey(name));
        return more is null ? null : $"{at}: '{more}' too: {actual[more]?.ToJsonString() ?? "null"}";
    }

    private string? OfItems(string at, JsonArray shown, JsonArray actual)
    {
        var isCut = shown.Count > 0 && shown[^1] is JsonValue last && $"{last}" == Rest;
        var count = isCut ? shown.Count - 1 : shown.Count;
        if (isCut ? actual.Count < count : actual.Count != count)
            return $"{at}: {actual.Count} items instead of {count}: {actual.ToJsonString()}";
        for (var i = 0; i < count; i++)
            if (Difference($"{at}/{i}", shown[i], actual[i]) is { } difference)
                return difference;
        return null;
    }

    private bool IsLike(string shown, string actual)
    {
        if (shown == actual)
            return true;
        if (Cut().IsMatch(shown))
            return Remember(shown, actual);
        var pattern = new StringBuilder("^");
        var samples = new List<string>();
        var end = 0;
        foreach (Match piece in Piece().Matches(shown))
        {
            pattern.Append(Regex.Escape(shown[end..piece.Index]));
            end = piece.Index + piece.Length;
            if (piece.Value == Rest)
            {
                pattern.Append(".*?");
                continue;
            }
            samples.Add(piece.Value);
            pattern.Append('(').Append(KindOf(piece)).Append(')');
        }
        pattern.Append(Regex.Escape(shown[end..])).Append('$');
        var match = Regex.Match(actual, pattern.ToString(), RegexOptions.Singleline, TimeSpan.FromSeconds(1));
        return match.Success
            && samples.Select((sample, i) => Remember(sample, match.Groups[i + 1].Value)).All(known => known);
    }

    private static string KindOf(Match piece) =>
        piece.Groups["id"].Success ? "[0-9a-f-]{36}"
        : piece.Groups["time"].Success ? "[0-9T:.-]+Z"
        : "[A-Za-z0-9_+/=-]+";

    private bool Remember(string sample, string actual) =>
        _samples.TryAdd(sample, actual) || _samples[sample] == actual;

    /// <summary>The JSON that is shown, each … that is not within a text made a member or an item.</summary>
    private static string Complete(string shown)
    {
        var json = new StringBuilder();
        var open = new Stack<char>();
        var last = ' ';
        var isText = false;
        for (var i = 0; i < shown.Length; i++)
        {
            var c = shown[i];
            if (isText)
            {
                json.Append(c);
                if (c == '\\')
                    json.Append(shown[++i]);
                isText = c != '"';
                continue;
            }
            if (c == Rest[0])
                json.Append(open.Peek() == '{' && last != ':' ? "\"…\":null" : "\"…\"");
            else
                json.Append(c);
            isText = c == '"';
            if (c is '{' or '[')
                open.Push(c);
            else if (c is '}' or ']')
                open.Pop();
            if (!char.IsWhiteSpace(c))
                last = c;
        }
        return json.ToString();
    }

    [GeneratedRegex("^\"?[A-Za-z0-9_.+/=-]+…\"?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Cut();

    [GeneratedRegex(
        "…|(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
            + "|(?<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z)|(?<secret>cms_[0-9a-f]{32}_[0-9a-f]+|"
            + "whsec_[A-Za-z0-9+/]{20,}=*)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Piece();
}
