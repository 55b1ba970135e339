using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cms.Client.Http;

namespace Cms.Client.Editorial.Http;

/// <summary>Asks the desk. What is written carries an idempotency key, the same for every try.</summary>
internal sealed class DeskConnection(Connection connection)
{
    public async Task<T> GetAsync<T>(Address address, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class => Wire.Read(await AskAsync(Ask(HttpMethod.Get, address), ct), type);

    public async Task<Page<T>> PageAsync<T>(
        Address address,
        JsonTypeInfo<Paged<T>> type,
        CancellationToken ct
    ) => (await GetAsync(address, type, ct)).ToPage();

    /// <summary>Posts, once for any number of tries.</summary>
    public Task<T> PostAsync<T>(
        Address address,
        Func<HttpContent>? content,
        CallOptions? options,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class => WriteAsync(HttpMethod.Post, address, content, options, [], type, ct);

    /// <summary>Puts: doing it twice does no more than doing it once.</summary>
    public async Task<T> PutAsync<T>(
        Address address,
        Func<HttpContent> content,
        IReadOnlyList<(string, string)> headers,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class =>
        Wire.Read(
            await AskAsync(Ask(HttpMethod.Put, address) with { Content = content, Headers = headers }, ct),
            type
        );

    /// <summary>The server, for what is no single question.</summary>
    public Connection Server => connection;

    /// <summary>Patches the revision that the caller has seen, once for any number of tries.</summary>
    public Task<T> PatchAsync<T>(
        Address address,
        MergePatch patch,
        int revision,
        CallOptions? options,
        IEnumerable<(string, string)> headers,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(patch);
        return WriteAsync(
            HttpMethod.Patch,
            address,
            Json(patch.ToJson(), "application/merge-patch+json"),
            options,
            [("If-Match", ETag(revision)), .. headers],
            type,
            ct
        );
    }

    public async Task<T> WriteAsync<T>(
        HttpMethod method,
        Address address,
        Func<HttpContent>? content,
        CallOptions? options,
        IEnumerable<(string, string)> headers,
        JsonTypeInfo<T> type,
        CancellationToken ct
    )
        where T : class
    {
        var key = options?.IdempotencyKey ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return Wire.Read(
            await AskAsync(
                Ask(method, address) with
                {
                    Content = content,
                    Headers = [("Idempotency-Key", key), .. headers],
                },
                ct
            ),
            type
        );
    }

    /// <summary>
    /// Deletes. A deletion takes no idempotency key: where a try may have done it before its answer was lost,
    /// <paramref name="isDoneAsync"/> says whether it has.
    /// </summary>
    public async Task DeleteAsync(
        Address address,
        int? revision,
        Func<CmsProblemException, Task<bool>> isDoneAsync,
        CancellationToken ct
    )
    {
        var answer = await connection.Transport.AskAsync(
            Ask(HttpMethod.Delete, address) with
            {
                Headers = revision is { } seen ? [("If-Match", ETag(seen))] : [],
            },
            ct
        );
        if (answer.IsSuccess)
            return;
        var problem = DeskProblem.Read(answer);
        if (answer.Tries == 1 || !await isDoneAsync(problem))
            throw problem;
    }

    public static Func<HttpContent> Json(byte[] json, string mediaType = "application/json") =>
        () => new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };

    public static Func<HttpContent> Json<T>(T value, JsonTypeInfo<T> type) =>
        Json(JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static string ETag(int revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    public Question Ask(HttpMethod method, Address address) =>
        new(address.Under(connection.BaseAddress)) { Method = method };

    private async Task<Answer> AskAsync(Question question, CancellationToken ct)
    {
        var answer = await connection.Transport.AskAsync(question, ct);
        return answer.IsSuccess ? answer : throw DeskProblem.Read(answer);
    }
}
