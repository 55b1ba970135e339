using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Cms.Testing;

/// <summary>The OpenAPI document, as what every answer is held against.</summary>
internal sealed class Contract(string json)
{
    private const string ProblemType = "application/problem+json";

    /// <summary>
    /// Headers that HTTP itself brings or that any answer may have, and which no operation names: those of the message,
    /// of CORS, and those that keep browsers from harm.
    /// </summary>
    private static readonly HashSet<string> OfEveryAnswer = new(StringComparer.OrdinalIgnoreCase)
    {
        "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers",
        "Connection",
        "Content-Encoding",
        "Content-Length",
        "Content-Security-Policy",
        "Content-Type",
        "Cross-Origin-Resource-Policy",
        "Date",
        "Server",
        "Transfer-Encoding",
        "X-Accel-Buffering",
        "X-Content-Type-Options",
    };

    private readonly JsonObject _document = JsonNode.Parse(json)!.AsObject();

    public JsonObject Document => _document;

    /// <summary>What is wrong with an answer: nothing, if the document allows it.</summary>
    /// <param name="body">The body, without its content coding; null where it is not to be looked at.</param>
    public IReadOnlyList<string> Faults(
        HttpRequestMessage request,
        HttpResponseMessage response,
        byte[]? body
    )
    {
        var method = request.Method == HttpMethod.Head ? HttpMethod.Get : request.Method;
        var hasBody = request.Method != HttpMethod.Head;
        if (method == HttpMethod.Options)
            return [];
        if (FindPath(request.RequestUri!.AbsolutePath) is not { } path)
            return (int)response.StatusCode < 400 || !hasBody ? [] : ProblemFaults(response, body);
        // HTTP methods are lower-case in a document.
#pragma warning disable CA1308
        if (path[method.Method.ToLowerInvariant()] is not { } operation)
#pragma warning restore CA1308
            return MethodFaults(response, body, hasBody);

        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (operation["responses"]![status] is not { } declared)
            return [$"the status {status} is not declared"];
        var answer = SchemaCheck.Resolve(_document, declared);
        var faults = new List<string>();
        foreach (var (name, header) in answer["headers"]?.AsObject() ?? [])
            if ((bool?)SchemaCheck.Resolve(_document, header!)["required"] == true && !Has(response, name))
                faults.Add($"the header {name} is missing");
        // Names of header fields are the same in any case.
        var declaredNames = (answer["headers"]?.AsObject() ?? [])
            .Select(h => h.Key)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, _) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            if (!OfEveryAnswer.Contains(name) && !declaredNames.Contains(name))
                faults.Add(
                    $"the header {name} is not declared: name it in Traits or Refusals, or, if it may "
                        + "be in any answer, in the document's introduction"
                );
        if (hasBody)
            faults.AddRange(
                ContentFaults(
                    answer["content"],
                    response,
                    body,
                    request.RequestUri.Query.Contains("fields=", StringComparison.Ordinal)
                )
            );
        return faults;
    }

    /// <summary>The body without its content codings.</summary>
    public static byte[] Decode(byte[] body, IEnumerable<string> codings)
    {
        foreach (var coding in codings.Reverse())
        {
            using var packed = new MemoryStream(body);
            using Stream unpacked = coding switch
            {
                "br" => new BrotliStream(packed, CompressionMode.Decompress),
                "gzip" => new GZipStream(packed, CompressionMode.Decompress),
                "deflate" => new ZLibStream(packed, CompressionMode.Decompress),
                _ => throw new NotSupportedException($"An unknown content coding: {coding}."),
            };
            using var plain = new MemoryStream();
            unpacked.CopyTo(plain);
            body = plain.ToArray();
        }
        return body;
    }

    private IEnumerable<string> ContentFaults(
        JsonNode? content,
        HttpResponseMessage response,
        byte[]? body,
        bool narrowed
    )
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (content is null)
            return body is { Length: > 0 } ? [$"has a body ({type}) where none is declared"] : [];
        if (type is null || content[type] is not { } media)
            return [$"the media type {type ?? "(none)"} is not declared"];
        if (body is null || !IsJson(type))
            return [];
        return SchemaCheck.Faults(
            _document,
            (narrowed ? media["x-with-fields"] : null) ?? media["schema"]!,
            JsonNode.Parse(body)
        );
    }

    private IReadOnlyList<string> MethodFaults(HttpResponseMessage response, byte[]? body, bool hasBody)
    {
        if ((int)response.StatusCode != 405)
            return
            [
                $"the method is not declared, and the status is {(int)response.StatusCode} instead of 405",
            ];
        if (!Has(response, "Allow"))
            return ["the header Allow is missing"];
        return hasBody ? ProblemFaults(response, body) : [];
    }

    private IReadOnlyList<string> ProblemFaults(HttpResponseMessage response, byte[]? body)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type != ProblemType)
            return [$"an error is {type ?? "(nothing)"} instead of {ProblemType}"];
        return body is null
            ? []
            : SchemaCheck.Faults(
                _document,
                new JsonObject { ["$ref"] = "#/components/schemas/Problem" },
                JsonNode.Parse(body)
            );
    }

    /// <summary>The path item of an address: the one with the fewest placeholders, as routing has it.</summary>
    private JsonObject? FindPath(string address)
    {
        // An address is written in one way: another one is led there, and the document knows nothing of it.
        if (address.EndsWith('/'))
            return null;
        var segments = Split(Uri.UnescapeDataString(address));
        return _document["paths"]!
            .AsObject()
            .Select(p => (Template: Split(p.Key), Item: p.Value!.AsObject()))
            .Where(p => p.Template.Length == segments.Length)
            .Where(p =>
                p.Template.Zip(segments)
                    .All(s => s.First.StartsWith('{') || s.First.Equals(s.Second, StringComparison.Ordinal))
            )
            .OrderBy(p => p.Template.Count(s => s.StartsWith('{')))
            .Select(p => p.Item)
            .FirstOrDefault();
    }

    public static bool IsJson(string? type) =>
        type is not null && (type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal));

    private static bool Has(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.Contains(name) || response.Content.Headers.NonValidated.Contains(name);

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Fails the test whose answer the OpenAPI document does not allow. It leaves the answer as it is.</summary>
internal sealed class ContractHandler(Contract contract, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>No answer has a longer header, status line and ends of lines included.</summary>
    public const int MaxHeaderBytes = 3_072;

    public static int HeaderBytes(HttpResponseMessage response) =>
        "HTTP/1.1 200 \r\n\r\n".Length
        + (response.ReasonPhrase?.Length ?? 0)
        + response
            .Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .SelectMany(field =>
                field.Value.Select(value => field.Key.Length + value.Length + ": \r\n".Length)
            )
            .Sum();

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken ct
    )
    {
        var response = await base.SendAsync(request, ct);
        // Request lines and header fields beyond the server's limits never reach the application.
        if ((int)response.StatusCode is 414 or 431)
            return response;
        byte[]? body = null;
        // What is not JSON may be endless (events), and is not looked into.
        if (
            request.Method != HttpMethod.Head
            && (response.Content.Headers.ContentType is not { MediaType: { } type } || Contract.IsJson(type))
        )
        {
            await response.Content.LoadIntoBufferAsync(ct);
            body = Contract.Decode(
                await response.Content.ReadAsByteArrayAsync(ct),
                response.Content.Headers.ContentEncoding
            );
        }
        var faults = contract.Faults(request, response, body).ToList();
        if (HeaderBytes(response) is >= MaxHeaderBytes and var bytes)
            faults.Add(
                $"the header takes {bytes} bytes, and a proxy with stock buffers passes on 4 KB at most"
            );
        if (faults.Count > 0)
            Assert.Fail(
                $"{request.Method} {request.RequestUri!.PathAndQuery} answered "
                    + $"{(int)response.StatusCode}, against the OpenAPI document:\n"
                    + string.Join("\n", faults.Take(20))
            );
        return response;
    }
}
