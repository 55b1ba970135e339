using System.Net.Http.Headers;
using System.Text.Json;

namespace Cms.Benchmarks.Harness;

/// <summary>An answer of the server's, kept as a file for others to give: status, headers and bytes.</summary>
internal sealed record RecordedAnswer(string Name, int Status, KeyValuePair<string, string>[] Headers)
{
    // What each server writes of its own accord.
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        "Date",
        "Connection",
        "Content-Length",
        "Transfer-Encoding",
        "Keep-Alive",
        "Server",
        "Accept-Ranges",
    };

    private static readonly HttpClient Http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero }
    );

    public byte[] Body { get; init; } = [];

    /// <summary>Asks for it.</summary>
    /// <param name="headers">As on the wire, such as <c>Accept-Encoding: br</c>.</param>
    public static async Task<RecordedAnswer> FetchAsync(
        string name,
        Uri server,
        string target,
        IEnumerable<string> headers,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, target));
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim());
        }
        using var response = await Http.SendAsync(request, ct);
        return new(
            name,
            (int)response.StatusCode,
            [.. Pairs(response.Headers).Concat(Pairs(response.Content.Headers))]
        )
        {
            Body = await response.Content.ReadAsByteArrayAsync(ct),
        };
    }

    public string? Header(string name) =>
        Headers
            .Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(h => h.Value)
            .FirstOrDefault();

    /// <summary>How much the headers weigh that were written for it.</summary>
    public int HeaderBytes => Headers.Sum(h => h.Key.Length + h.Value.Length);

    public RecordedAnswer Require(int status) =>
        Status == status
            ? this
            : throw new InvalidOperationException($"{Name}: expected {status}, got {Status}.");

    /// <summary>Refuses to measure what is not the same.</summary>
    public void RequireSame(RecordedAnswer other, string whose)
    {
        other.Require(Status);
        if (other.Body.AsSpan().SequenceEqual(Body))
            return;
        var at = Body.AsSpan().CommonPrefixLength(other.Body);
        throw new InvalidOperationException(
            $"{Name}: {whose} has other bytes from {at} of {Body.Length} on: …{Around(other.Body, at)}… "
                + $"in place of …{Around(Body, at)}…"
        );
    }

    public async Task SaveAsync(string folder, CancellationToken ct)
    {
        await File.WriteAllBytesAsync(BodyFile(folder), Body, ct);
        await File.WriteAllTextAsync(
            Path.Combine(folder, Name + ".json"),
            JsonSerializer.Serialize(this with { Body = [] }),
            ct
        );
    }

    public static IEnumerable<RecordedAnswer> Load(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
        {
            var answer = JsonSerializer.Deserialize<RecordedAnswer>(File.ReadAllText(file))!;
            yield return answer with
            {
                Body = File.ReadAllBytes(answer.BodyFile(folder)),
            };
        }
    }

    public string BodyFile(string folder) => Path.Combine(folder, Name + ".body");

    private static IEnumerable<KeyValuePair<string, string>> Pairs(HttpHeaders headers) =>
        headers
            .NonValidated.Where(h => !Own.Contains(h.Key))
            .Select(h => KeyValuePair.Create(h.Key, h.Value.ToString()));

    private static string Around(byte[] bytes, int at) =>
        System.Text.Encoding.UTF8.GetString(
            bytes.AsSpan(Math.Max(0, Math.Min(at, bytes.Length) - 40)..Math.Min(at + 40, bytes.Length))
        );
}
