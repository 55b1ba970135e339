using System.Text;

namespace Cms.Docs;

/// <summary>
/// A request as guides and <c>openapi/requests.http</c> write it: a request line, headers, an empty line, a body.
/// </summary>
internal sealed record HttpExample(
    string Method,
    string Target,
    IReadOnlyList<(string Name, string Value)> Headers,
    string? Body
)
{
    /// <summary>Where <c>scripts/start</c> serves.</summary>
    public const string Server = "http://127.0.0.1:8080";

    private static readonly string[] Methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>Null if the text is not a request, such as an answer.</summary>
    public static HttpExample? Parse(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Trim('\n').Split('\n');
        var start = lines[0].Split(' ', 2);
        if (start.Length < 2 || !Methods.Contains(start[0], StringComparer.Ordinal))
            return null;
        var end = Array.IndexOf(lines, "");
        var head = end < 0 ? lines[1..] : lines[1..end];
        var body = end < 0 ? "" : string.Join('\n', lines[(end + 1)..]).Trim();
        return new HttpExample(
            start[0],
            start[1].Trim(),
            [.. head.Select(line => line.Split(':', 2)).Select(parts => (parts[0].Trim(), parts[1].Trim()))],
            body.Length == 0 ? null : body
        );
    }

    /// <summary>The same request for a shell. <c>$KEY</c> in a header remains a variable there.</summary>
    public string ToCurl()
    {
        var curl = new StringBuilder("curl");
        if (Method == "HEAD")
            curl.Append(" -I");
        else if (Method != "GET")
            curl.Append(" -X ").Append(Method);
        curl.Append(' ').Append(Quoted(Server + Target));
        foreach (var (name, value) in Headers)
            curl.Append(" \\\n  -H ").Append(Quoted($"{name}: {value}"));
        if (Body is not null)
            curl.Append(" \\\n  -d ").Append(Quoted(Body));
        return curl.ToString();
    }

    private static string Quoted(string text) =>
        text.Contains('$', StringComparison.Ordinal)
            ? "\""
                + text.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal)
                + "\""
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
